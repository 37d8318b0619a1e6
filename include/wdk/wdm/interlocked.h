/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Atomic operations, all sequentially consistent; any thread. */
#ifndef FWPDK_WDK_WDM_INTERLOCKED_H
#define FWPDK_WDK_WDM_INTERLOCKED_H

#include <ntdef.h>

/** Adds one; returns the new value. */
FWPDK_INLINE LONG
InterlockedIncrement(LONG volatile *v)
{
	return __atomic_add_fetch(v, 1, __ATOMIC_SEQ_CST);
}

/** Subtracts one; returns the new value. */
FWPDK_INLINE LONG
InterlockedDecrement(LONG volatile *v)
{
	return __atomic_sub_fetch(v, 1, __ATOMIC_SEQ_CST);
}

/** Adds @p n; returns the new value. */
FWPDK_INLINE LONG
InterlockedAdd(LONG volatile *v, LONG n)
{
	return __atomic_add_fetch(v, n, __ATOMIC_SEQ_CST);
}

/** Adds @p n; returns the old value. */
FWPDK_INLINE LONG
InterlockedExchangeAdd(LONG volatile *v, LONG n)
{
	return __atomic_fetch_add(v, n, __ATOMIC_SEQ_CST);
}

/** Stores @p n; returns the old value. */
FWPDK_INLINE LONG
InterlockedExchange(LONG volatile *v, LONG n)
{
	return __atomic_exchange_n(v, n, __ATOMIC_SEQ_CST);
}

/** Stores @p n if the value is @p expected; returns the value found. */
FWPDK_INLINE LONG
InterlockedCompareExchange(LONG volatile *v, LONG n, LONG expected)
{
	__atomic_compare_exchange_n(v, &expected, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return expected;
}

/** Ors @p n in; returns the old value. */
FWPDK_INLINE LONG
InterlockedOr(LONG volatile *v, LONG n)
{
	return __atomic_fetch_or(v, n, __ATOMIC_SEQ_CST);
}

/** Ands @p n in; returns the old value. */
FWPDK_INLINE LONG
InterlockedAnd(LONG volatile *v, LONG n)
{
	return __atomic_fetch_and(v, n, __ATOMIC_SEQ_CST);
}

/** Adds one; returns the new value. */
FWPDK_INLINE LONG64
InterlockedIncrement64(LONG64 volatile *v)
{
	return __atomic_add_fetch(v, 1, __ATOMIC_SEQ_CST);
}

/** Subtracts one; returns the new value. */
FWPDK_INLINE LONG64
InterlockedDecrement64(LONG64 volatile *v)
{
	return __atomic_sub_fetch(v, 1, __ATOMIC_SEQ_CST);
}

/** Adds @p n; returns the new value. */
FWPDK_INLINE LONG64
InterlockedAdd64(LONG64 volatile *v, LONG64 n)
{
	return __atomic_add_fetch(v, n, __ATOMIC_SEQ_CST);
}

/** Adds @p n; returns the old value. */
FWPDK_INLINE LONG64
InterlockedExchangeAdd64(LONG64 volatile *v, LONG64 n)
{
	return __atomic_fetch_add(v, n, __ATOMIC_SEQ_CST);
}

/** Stores @p n; returns the old value. */
FWPDK_INLINE LONG64
InterlockedExchange64(LONG64 volatile *v, LONG64 n)
{
	return __atomic_exchange_n(v, n, __ATOMIC_SEQ_CST);
}

/** Stores @p n if the value is @p expected; returns the value found. */
FWPDK_INLINE LONG64
InterlockedCompareExchange64(LONG64 volatile *v, LONG64 n, LONG64 expected)
{
	__atomic_compare_exchange_n(v, &expected, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return expected;
}

/** Stores @p n; returns the old pointer. */
FWPDK_INLINE PVOID
InterlockedExchangePointer(PVOID volatile *v, PVOID n)
{
	return __atomic_exchange_n(v, n, __ATOMIC_SEQ_CST);
}

/** Stores @p n if the pointer is @p expected; returns the pointer found. */
FWPDK_INLINE PVOID
InterlockedCompareExchangePointer(PVOID volatile *v, PVOID n, PVOID expected)
{
	__atomic_compare_exchange_n(v, &expected, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return expected;
}

#define KeMemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define MemoryBarrier()	  __atomic_thread_fence(__ATOMIC_SEQ_CST)

#endif
