/* SPDX-License-Identifier: BSD-3-Clause */
/* Checksums after a change, without reading the whole packet (RFC 1624). */
#ifndef CALLOUTS_CHECKSUM_H
#define CALLOUTS_CHECKSUM_H

#include <ntddk.h>

/** sum: where the checksum stands; length: even, in bytes. Byte order does not matter. */
FWPDK_INLINE VOID
ChecksumReplace(UINT8 *sum, const VOID *old, const VOID *new, ULONG length)
{
	UINT32 total;
	UINT16 word;
	ULONG i;

	RtlCopyMemory(&word, sum, 2);
	total = (UINT16)~word;
	for (i = 0; i < length; i += 2) {
		RtlCopyMemory(&word, (const UINT8 *)old + i, 2);
		total += (UINT16)~word;
		RtlCopyMemory(&word, (const UINT8 *)new + i, 2);
		total += word;
	}
	while (total >> 16 != 0)
		total = (total & 0xffff) + (total >> 16);
	word = (UINT16)~total;
	RtlCopyMemory(sum, &word, 2);
}

#endif
