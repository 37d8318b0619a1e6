/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libFuzzer target: ARP and neighbour discovery messages as they come in, against the rules of RFC
 * 826 and RFC 4861 7.1 written down another way. What is taken must keep all of them, what keeps
 * all of them must be taken, and what it says must be what the bytes say.
 *
 * First byte: 0 = ARP, 1 = discovery as it is, 2 = with the checksum made right. For discovery the
 * IPv6 header is the fuzzer's too, but for its length.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolve/resolve.h"
#include "check.h"

static unsigned
be16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static int
all_zero(const uint8_t *p, size_t n)
{
	while (n-- > 0)
		if (p[n] != 0)
			return 0;
	return 1;
}

static int
station(const uint8_t *mac)
{
	return !all_zero(mac, 6) && mac[0] % 2 == 0;
}

static int
unicast4(const uint8_t *a)
{
	return a[0] >= 1 && a[0] <= 223 && a[0] != 127;
}

static int
arp_valid(const uint8_t *b, size_t n)
{
	unsigned op;

	if (n < 28 || be16(b) != 1 || be16(b + 2) != 0x800 || b[4] != 6 || b[5] != 4)
		return 0;
	op = be16(b + 6);
	if (op != 1 && op != 2)
		return 0;
	if (!station(b + 8) || !unicast4(b + 24))
		return 0;
	return unicast4(b + 14) || (op == 1 && all_zero(b + 14, 4));
}

static void
arp(const uint8_t *b, size_t n)
{
	struct fwi_heard h;
	enum fwi_hear got = fwi_hear_arp(b, (uint32_t)n, &h);

	CHECK(got == (arp_valid(b, n) ? FWI_HEAR_OK : FWI_HEAR_BAD));
	if (got != FWI_HEAR_OK)
		return;
	CHECK(h.who.version == 4 && h.who.if_index == 0 && h.target_version == 4);
	CHECK(memcmp(h.who.addr, b + 14, 4) == 0 && all_zero(h.who.addr + 4, 12));
	CHECK(memcmp(h.target, b + 24, 4) == 0);
	CHECK(h.question == (b[7] == 1) && h.asked == (b[7] == 2));
	CHECK(h.has_mac == !all_zero(b + 14, 4));
	CHECK(memcmp(h.mac.addr_bytes, b + 8, 6) == 0);
}

/* Ones' complement sum over the pseudo header and n bytes, byte by byte. */
static unsigned
sum6(const uint8_t *ip, const uint8_t *b, size_t n)
{
	uint64_t s = n + 58;
	size_t i;

	for (i = 8; i < 40; i += 2)
		s += be16(ip + i);
	for (i = 0; i < n; i++)
		s += i % 2 == 0 ? (unsigned)b[i] << 8 : b[i];
	while (s > 0xffff)
		s = (s & 0xffff) + (s >> 16);
	return (unsigned)s;
}

/* The first option of a type, or NULL; *ok = 0: one is cut or has no length. */
static const uint8_t *
option(const uint8_t *b, size_t n, unsigned type, int *ok)
{
	const uint8_t *found = NULL;
	size_t at = 24;

	*ok = 1;
	while (at != n) {
		if (n - at < 8 || b[at + 1] == 0 || (size_t)b[at + 1] * 8 > n - at) {
			*ok = 0;
			return NULL;
		}
		if (found == NULL && b[at] == type)
			found = b + at;
		at += (size_t)b[at + 1] * 8;
	}
	return found;
}

static int
nd_valid(const uint8_t *ip, const uint8_t *b, size_t n)
{
	const uint8_t *src = ip + 8, *dst = ip + 24, *opt;
	int ok;

	if (n < 24 || ip[7] != 255 || b[1] != 0 || sum6(ip, b, n) != 0xffff)
		return 0;
	if (b[8] == 0xff || all_zero(b + 8, 16))
		return 0;
	opt = option(b, n, b[0] == 135 ? 1 : 2, &ok);
	if (!ok || (opt != NULL && !station(opt + 2)))
		return 0;
	if (b[0] == 136)
		return (b[4] & 0x40) == 0 || dst[0] != 0xff;
	if (all_zero(src, 16))
		return opt == NULL && dst[0] == 0xff && dst[1] == 2 && all_zero(dst + 2, 9) &&
		       dst[11] == 1 && dst[12] == 0xff;
	return src[0] != 0xff && (dst[0] != 0xff || opt != NULL);
}

static void
nd(uint8_t *ip, size_t n, int fix)
{
	uint8_t *b = ip + 40;
	const uint8_t *opt;
	struct fwi_heard h;
	enum fwi_hear got, want;
	unsigned s;
	int ok;

	if (n < 40)
		return;
	n -= 40;
	if (fix && n >= 4) {
		b[2] = b[3] = 0;
		s = 0xffff - sum6(ip, b, n);
		b[2] = (uint8_t)(s >> 8);
		b[3] = (uint8_t)s;
	}
	got = fwi_hear_nd(ip, 40, (uint32_t)(n + 40), &h);
	want = n == 0 || (b[0] != 135 && b[0] != 136) ? FWI_HEAR_OTHER
	       : nd_valid(ip, b, n)		      ? FWI_HEAR_OK
						      : FWI_HEAR_BAD;
	CHECK(got == want);
	if (got != FWI_HEAR_OK)
		return;
	opt = option(b, n, b[0] == 135 ? 1 : 2, &ok);
	CHECK(h.who.version == 6 && h.who.if_index == 0 && h.target_version == 6);
	CHECK(memcmp(h.who.addr, b[0] == 135 ? ip + 8 : b + 8, 16) == 0);
	CHECK(memcmp(h.target, b + 8, 16) == 0);
	CHECK(h.question == (b[0] == 135));
	CHECK(h.asked == (b[0] == 136 && (b[4] & 0x40) != 0));
	CHECK(h.overriding == (b[0] == 135 || (b[4] & 0x20) != 0));
	CHECK(h.has_mac == (opt != NULL));
	CHECK(opt == NULL || memcmp(h.mac.addr_bytes, opt + 2, 6) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (size < 1)
		return 0;
	copy = malloc(size - 1 + (size == 1)); /* its end is guarded */
	CHECK(copy != NULL);
	memcpy(copy, data + 1, size - 1);
	if (data[0] % 3 == 0)
		arp(copy, size - 1);
	else
		nd(copy, size - 1, data[0] % 3 == 2);
	free(copy);
	return 0;
}
