/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * librte_hash publishes our pointers with atomics of its own, which ThreadSanitizer does
 * not see in a library it did not compile. These say so; without it they are nothing.
 */
#ifndef FWI_STACK_TSAN_H
#define FWI_STACK_TSAN_H

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
#else
#define FWI_TSAN_ACQUIRE(p) ((void)(p))
#define FWI_TSAN_RELEASE(p) ((void)(p))
#endif

#endif
