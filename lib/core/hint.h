/* SPDX-License-Identifier: BSD-3-Clause */
/* Words that other threads read, and hints for what is written for few instructions. */
#ifndef FWI_HINT_H
#define FWI_HINT_H

#include <stddef.h>
#include <stdint.h>

/*
 * A counter with one writer: other threads read it at any time, and who sees it sees what was
 * before.
 */
static inline void
fwi_bump(uint64_t *counter, uint64_t n)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
#if defined(__SANITIZE_THREAD__) || !defined(__x86_64__)
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELEASE);
#else
	*counter += n; /* one instruction; x86 and the fences keep it in place */
#endif
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/*
 * A look at what others write at any time, in whatever instruction uses it. The order is the
 * business of fences around.
 */
static inline uint64_t
fwi_glance(const uint64_t *word)
{
#ifdef __SANITIZE_THREAD__
	return __atomic_load_n(word, __ATOMIC_RELAXED);
#else
	return *word;
#endif
}

/* n counters that others write, as they are now. */
static inline void
fwi_glance_all(void *to, const void *from, size_t n)
{
	const uint64_t *word = from;
	uint64_t *copy = to;

	for (size_t i = 0; i < n; i++)
		copy[i] = __atomic_load_n(&word[i], __ATOMIC_RELAXED);
}

/* Two tests that stay two branches: the compiler likes to combine them by more instructions. */
#define FWI_APART() __asm__ volatile("")

/* True, as somebody else has seen to: for those that read or check the code. */
#define FWI_KNOWN(x)                             \
	do {                                     \
		if (!(x))                        \
			__builtin_unreachable(); \
	} while (0)

/* What is read behind it is read from memory. */
#define FWI_READ_AGAIN() __asm__ volatile("" ::: "memory")

/* One more into the same register: one instruction where x is in memory. */
#define FWI_OR(sum, x)                \
	do {                          \
		(sum) |= (x);         \
		FWI_IN_REGISTER(sum); \
	} while (0)

/* Called with just these arguments, so that a tail call finds them where they are. */
#ifdef __clang__
#define FWI_AS_CALLED static __attribute__((noinline))
#else
#define FWI_AS_CALLED static __attribute__((noipa))
#endif

/* Computed once and kept, where the compiler would compute it again. */
#define FWI_IN_REGISTER(x) __asm__("" : "+r"(x))

#endif
