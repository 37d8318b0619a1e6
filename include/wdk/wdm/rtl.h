/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Memory and byte order helpers. Lengths in bytes; any thread; no memory changes hands. */
#ifndef FWPDK_WDK_WDM_RTL_H
#define FWPDK_WDK_WDM_RTL_H

#include <ntdef.h>

#define RtlCopyMemory(dst, src, len)  __builtin_memcpy((dst), (src), (len))
#define RtlCopyBytes(dst, src, len)   __builtin_memcpy((dst), (src), (len))
#define RtlMoveMemory(dst, src, len)  __builtin_memmove((dst), (src), (len))
#define RtlZeroMemory(dst, len)	      __builtin_memset((dst), 0, (len))
#define RtlFillMemory(dst, len, byte) __builtin_memset((dst), (byte), (len))
#define RtlEqualMemory(a, b, len)     (__builtin_memcmp((a), (b), (len)) == 0)

#define RtlUshortByteSwap(v)	__builtin_bswap16((USHORT)(v))
#define RtlUlongByteSwap(v)	__builtin_bswap32((ULONG)(v))
#define RtlUlonglongByteSwap(v) ((ULONGLONG)__builtin_bswap64((ULONGLONG)(v)))

/** Number of leading bytes in which @p a and @p b agree, 0..@p len. */
FWPDK_INLINE SIZE_T
RtlCompareMemory(const VOID *a, const VOID *b, SIZE_T len)
{
	const UCHAR *x = (const UCHAR *)a;
	const UCHAR *y = (const UCHAR *)b;
	SIZE_T i = 0;

	while (i < len && x[i] == y[i])
		i++;
	return i;
}

/** Zeroes memory in a way the compiler does not remove. Returns @p dst. */
FWPDK_INLINE PVOID
RtlSecureZeroMemory(PVOID dst, SIZE_T len)
{
	__builtin_memset(dst, 0, len);
	__asm__ __volatile__("" : : "r"(dst) : "memory");
	return dst;
}

#endif
