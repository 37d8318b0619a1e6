/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In front of every file of the library in builds with -Dfail_sites=true: each call that may
 * be refused becomes a site. So no room has to know, and a new call is a site by itself. Not
 * here: what cannot fail by construction, and releases. A call written (like)(this) is none.
 */
#ifndef FWI_SITE_CALLS_H
#define FWI_SITE_CALLS_H

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_hash.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <rte_memory.h>
#include <rte_mempool.h>
#include <rte_rcu_qsbr.h>
#include <rte_ring.h>
#include <rte_service_component.h>
#include <rte_telemetry.h>

#include "core/site.h"

#define FWI_SITE(what, error)                                                       \
	({                                                                          \
		static struct fwi_site __attribute__((section("fwi_sites")))        \
		fwi_site_here = {.file = __FILE__, .line = __LINE__, .call = what}; \
		fwi_site_fails(&fwi_site_here, error);                              \
	})
#define FWI_SITE_NULL(fn, ...)	    (FWI_SITE(#fn, ENOMEM) ? NULL : (fn)(__VA_ARGS__))
#define FWI_SITE_RC(fn, error, ...) (FWI_SITE(#fn, error) ? -(error) : (fn)(__VA_ARGS__))
#define FWI_SITE_MINUS(fn, ...)	    (FWI_SITE(#fn, ENOMEM) ? -1 : (fn)(__VA_ARGS__))
#define FWI_SITE_NONE(fn, ...)	    (FWI_SITE(#fn, ENOBUFS) ? 0 : (fn)(__VA_ARGS__))

#define FWI_FAIL() FWI_SITE("FWI_FAIL", ENOBUFS)

/* memory */
#define malloc(...)		 FWI_SITE_NULL(malloc, __VA_ARGS__)
#define calloc(...)		 FWI_SITE_NULL(calloc, __VA_ARGS__)
#define realloc(...)		 FWI_SITE_NULL(realloc, __VA_ARGS__)
#define rte_malloc(...)		 FWI_SITE_NULL(rte_malloc, __VA_ARGS__)
#define rte_zmalloc(...)	 FWI_SITE_NULL(rte_zmalloc, __VA_ARGS__)
#define rte_calloc(...)		 FWI_SITE_NULL(rte_calloc, __VA_ARGS__)
#define rte_zmalloc_socket(...)	 FWI_SITE_NULL(rte_zmalloc_socket, __VA_ARGS__)
#define rte_realloc_socket(...)	 FWI_SITE_NULL(rte_realloc_socket, __VA_ARGS__)
#define rte_extmem_register(...) FWI_SITE_MINUS(rte_extmem_register, __VA_ARGS__)
#define rte_dev_dma_map(...)	 FWI_SITE_MINUS(rte_dev_dma_map, __VA_ARGS__)

/* pools */
#define rte_mempool_create_empty(...)	FWI_SITE_NULL(rte_mempool_create_empty, __VA_ARGS__)
#define rte_pktmbuf_pool_create(...)	FWI_SITE_NULL(rte_pktmbuf_pool_create, __VA_ARGS__)
#define rte_mempool_set_ops_byname(...) FWI_SITE_RC(rte_mempool_set_ops_byname, EINVAL, __VA_ARGS__)
#define rte_mempool_populate_default(...) \
	FWI_SITE_RC(rte_mempool_populate_default, ENOMEM, __VA_ARGS__)
#define rte_mempool_register_ops(...) FWI_SITE_RC(rte_mempool_register_ops, ENOSPC, __VA_ARGS__)
#define rte_mempool_generic_get(...)  FWI_SITE_RC(rte_mempool_generic_get, ENOENT, __VA_ARGS__)
#define rte_mempool_get_bulk(...)     FWI_SITE_RC(rte_mempool_get_bulk, ENOENT, __VA_ARGS__)
#define rte_pktmbuf_alloc_bulk(...)   FWI_SITE_RC(rte_pktmbuf_alloc_bulk, ENOENT, __VA_ARGS__)

/* rings */
#define rte_ring_create(...)	       FWI_SITE_NULL(rte_ring_create, __VA_ARGS__)
#define rte_ring_sc_dequeue_burst(...) FWI_SITE_NONE(rte_ring_sc_dequeue_burst, __VA_ARGS__)

/* tables */
#define rte_hash_create(...) FWI_SITE_NULL(rte_hash_create, __VA_ARGS__)
#define rte_fib_create(...)  FWI_SITE_NULL(rte_fib_create, __VA_ARGS__)
#define rte_fib6_create(...) FWI_SITE_NULL(rte_fib6_create, __VA_ARGS__)
#define rte_hash_add_key_with_hash_data(...) \
	FWI_SITE_RC(rte_hash_add_key_with_hash_data, ENOSPC, __VA_ARGS__)

/* threads, the system, EAL */
#define pthread_key_create(...) \
	(FWI_SITE("pthread_key_create", EAGAIN) ? EAGAIN : (pthread_key_create)(__VA_ARGS__))
#define pthread_setspecific(...) \
	(FWI_SITE("pthread_setspecific", ENOMEM) ? ENOMEM : (pthread_setspecific)(__VA_ARGS__))
#define syscall(...)			FWI_SITE_MINUS(syscall, __VA_ARGS__)
#define rte_telemetry_register_cmd(...) FWI_SITE_RC(rte_telemetry_register_cmd, ENOMEM, __VA_ARGS__)
#define rte_service_component_register(...) \
	FWI_SITE_RC(rte_service_component_register, ENOMEM, __VA_ARGS__)

/* devices */
#define rte_eth_dev_info_get(...)   FWI_SITE_RC(rte_eth_dev_info_get, ENOTSUP, __VA_ARGS__)
#define rte_eth_dev_conf_get(...)   FWI_SITE_RC(rte_eth_dev_conf_get, ENOTSUP, __VA_ARGS__)
#define rte_eth_dev_configure(...)  FWI_SITE_RC(rte_eth_dev_configure, ENOMEM, __VA_ARGS__)
#define rte_eth_dev_set_mtu(...)    FWI_SITE_RC(rte_eth_dev_set_mtu, EIO, __VA_ARGS__)
#define rte_eth_rx_queue_setup(...) FWI_SITE_RC(rte_eth_rx_queue_setup, ENOMEM, __VA_ARGS__)
#define rte_eth_tx_queue_setup(...) FWI_SITE_RC(rte_eth_tx_queue_setup, ENOMEM, __VA_ARGS__)
#define rte_eth_dev_start(...)	    FWI_SITE_RC(rte_eth_dev_start, ENOMEM, __VA_ARGS__)

#endif
