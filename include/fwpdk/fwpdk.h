/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * fwpdk: Windows packet injection on DPDK. Umbrella header of the native API.
 *
 * Order of calls in a host application:
 *
 *     rte_eal_init()                      the host's, never ours
 *     fwpdk_init()
 *     fwpdk_port_open()  or  configure the port yourself + fwpdk_port_attach()
 *     fwpdk_if_add(), fwpdk_route_add(), fwpdk_neigh_add()
 *     fwpdk_poller_create(), fwpdk_poller_add_port(), fwpdk_poller_start()
 *     FwpsInjectionHandleCreate0()        <fwpsk.h>, directory include/wdk
 *     loop on an lcore:  FwpsInjectNetworkSendAsync0() ... fwpdk_poll()
 *     fwpdk_poller_release()              when that lcore leaves its loop
 *     fwpdk_poller_stop(), fwpdk_port_stop(), fwpdk_if_del(), fwpdk_port_close(),
 *     FwpsInjectionHandleDestroy0(), fwpdk_poller_destroy(), fwpdk_fini(), rte_eal_cleanup()
 *                                         some drivers give packets back only at the close, which
 *                                         destroying the handle waits for
 *
 * Native functions return 0 (or a count) on success and -errno on failure.
 * Threads: a function says so if it is not a control call. Control calls may be
 * made from any thread, take an internal mutex and never wait for a poller that
 * has stopped polling. They must not be made from a completion function.
 */
#ifndef FWPDK_H
#define FWPDK_H

#include <fwpdk/init.h>
#include <fwpdk/port.h>
#include <fwpdk/poller.h>
#include <fwpdk/stack.h>
#include <fwpdk/netlink.h>
#include <fwpdk/pmtu.h>
#include <fwpdk/memory.h>
#include <fwpdk/pool.h>
#include <fwpdk/nbl.h>
#include <fwpdk/handle.h>
#include <fwpdk/input.h>
#include <fwpdk/resolve.h>
#include <fwpdk/stats.h>
#include <fwpdk/pending.h>
#include <fwpdk/events.h>

#endif
