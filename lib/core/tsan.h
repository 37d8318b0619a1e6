/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What orders our accesses inside libraries that ThreadSanitizer did not compile: the ring of a
 * mempool, the lock of the heap, the atomics of librte_hash. And between several producers of
 * an rte_ring, see tsan.supp. It does not see that, so these say so where something
 * goes in and where it comes out; without ThreadSanitizer they are nothing.
 */
#ifndef FWI_TSAN_H
#define FWI_TSAN_H

#include <stdint.h>

#include <rte_malloc.h>

#if defined(__SANITIZE_THREAD__)
#define FWI_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FWI_TSAN 1
#endif
#endif

#ifdef FWI_TSAN
void __tsan_acquire(void *p);
void __tsan_release(void *p);
#define FWI_TSAN_ACQUIRE(p) __tsan_acquire(p)
#define FWI_TSAN_RELEASE(p) __tsan_release(p)
/* rte_malloc() and rte_free() take one lock per heap, which this address stands for. */
#define FWI_TSAN_HEAP ((void *)(uintptr_t)&rte_malloc)
#else
#define FWI_TSAN_ACQUIRE(p) ((void)(p))
#define FWI_TSAN_RELEASE(p) ((void)(p))
#define FWI_TSAN_HEAP	    NULL
#endif

#endif
