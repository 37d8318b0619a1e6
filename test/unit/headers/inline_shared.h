/* SPDX-License-Identifier: BSD-3-Clause */
/* The three ways client headers spell inline; included by two files of one program. */
#ifndef TEST_INLINE_SHARED_H
#define TEST_INLINE_SHARED_H

#include <ntddk.h>

int inline_a(int v);
int inline_b(int v);

__inline int
bare_inline(int v)
{
	return v + 1;
}

static __forceinline int
static_force(int v)
{
	return bare_inline(v) + 1;
}

FORCEINLINE int
bare_force(int v)
{
	LONG n = v;

	return InterlockedIncrement(&n) + 2; /* a function of ours inside a bare one */
}

#endif
