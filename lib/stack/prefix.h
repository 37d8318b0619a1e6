/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses as 128-bit numbers, so that IPv4 and IPv6 share the control code: an IPv4
 * address sits in the upper 32 bits, and a prefix length counts from the top in both.
 */
#ifndef FWI_STACK_PREFIX_H
#define FWI_STACK_PREFIX_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>

#include <fwpdk/stack.h>

__extension__ typedef unsigned __int128 fwi_u128;

enum fwi_family { FWI_V4, FWI_V6, FWI_FAMILIES };

static inline unsigned
fwi_family_bits(enum fwi_family family)
{
	return family == FWI_V4 ? 32 : 128;
}

static inline fwi_u128
fwi_mask(unsigned depth)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): at most 128 */
	return depth == 0 ? 0 : ~(fwi_u128)0 << (128 - depth);
}

static inline bool
fwi_covers(fwi_u128 key, unsigned depth, fwi_u128 other)
{
	return ((key ^ other) & fwi_mask(depth)) == 0;
}

static inline fwi_u128
fwi_key4(uint32_t host_order)
{
	return (fwi_u128)host_order << 96;
}

static inline fwi_u128
fwi_key6(const uint8_t bytes[16])
{
	uint64_t half[2];

	memcpy(half, bytes, sizeof(half));
	return (fwi_u128)rte_be_to_cpu_64(half[0]) << 64 | rte_be_to_cpu_64(half[1]);
}

/* Number of leading one bits, at most bits. */
static inline unsigned
fwi_leading_ones(fwi_u128 key, unsigned bits)
{
	uint64_t hi = ~(uint64_t)(key >> 64), lo = ~(uint64_t)key;
	unsigned n = 128;

	if (hi != 0)
		n = (unsigned)__builtin_clzll(hi);
	else if (lo != 0)
		n = 64 + (unsigned)__builtin_clzll(lo);
	return n < bits ? n : bits;
}

/* Check and convert. 0, or -EINVAL for NULL or an unknown family. */
int fwi_addr_key(const struct fwpdk_addr *addr, enum fwi_family *family, fwi_u128 *key);
void fwi_key_addr(enum fwi_family family, fwi_u128 key, struct fwpdk_addr *addr);

#endif
