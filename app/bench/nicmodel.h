/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A double of a hardware transmit queue: 1024 descriptors, packets stay with the "device"
 * until blocks of 32 of them are released by a later burst, when fewer than 960 are free.
 * The device itself is infinitely fast. It takes the place of a net_null port's queues:
 * FWPDK_FAULT_MODEL_NIC of <fwpdk/fault.h>.
 */
#ifndef BENCH_NICMODEL_H
#define BENCH_NICMODEL_H

#include <stdint.h>

#include <fwpdk/fault.h>

#define NICMODEL_DESC 1024u

/* Replace the queues of a started port. check may be NULL. NULL: no memory. */
struct fwpdk_fault *nicmodel_install(uint16_t port_id, fwpdk_fault_check check, void *arg);
/* Release all that the device holds, like a device that stops. By the polling thread. */
void nicmodel_flush(struct fwpdk_fault *model);

#endif
