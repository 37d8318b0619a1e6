/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What has to leave for a packet and what was asked for with it, byte by byte and in one flat
 * buffer: written from the RFCs, knowing nothing of the library. Used by unit and conformance
 * tests and by the fuzz target of the mapper.
 */
#ifndef TEST_OFFLOAD_ORACLE_H
#define TEST_OFFLOAD_ORACLE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define OR_FRAMES 8192u
#define OR_BYTES  (1u << 20)

struct or_ask {
	bool ip_sum, l4_sum;
	uint32_t mss; /* not 0: segments */
	uint32_t mtu;
	bool fragment;
	const uint8_t *l2;
	uint32_t l2_len;
};

struct or_frames {
	unsigned n;
	uint32_t len[OR_FRAMES], at[OR_FRAMES], used;
	uint8_t bytes[OR_BYTES];
};

static inline uint32_t
or_get16(const uint8_t *p)
{
	return p[0] * 256u + p[1];
}

static inline void
or_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v / 256);
	p[1] = (uint8_t)v;
}

static inline uint64_t
or_add(uint64_t sum, const uint8_t *p, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		sum += i % 2 == 0 ? p[i] * 256u : p[i];
	return sum;
}

static inline uint32_t
or_end(uint64_t sum)
{
	while (sum > 0xffff)
		sum = sum % 0x10000 + sum / 0x10000;
	return 0xffff - (uint32_t)sum;
}

static inline void
or_ip_sum(uint8_t *p)
{
	or_put16(p + 10, 0);
	or_put16(p + 10, or_end(or_add(0, p, (p[0] % 16) * 4u)));
}

/* Offset of the transport header. Extension headers must be whole. */
static inline uint32_t
or_l4(const uint8_t *p, uint8_t *proto, uint32_t *dst)
{
	uint32_t at = 40;

	if (p[0] / 16 == 4) {
		*proto = p[9];
		*dst = 16;
		/* a source route with hops left ends at its last address (RFC 791, 1122) */
		for (at = 20; at < (p[0] % 16) * 4u && p[at] != 0; at += p[at] == 1 ? 1 : p[at + 1])
			if ((p[at] == 131 || p[at] == 137) && p[at + 1] >= 7 &&
				p[at + 2] + 3u <= p[at + 1])
				*dst = at + 3 + 4 * ((p[at + 1] - 3u) / 4 - 1);
		return (p[0] % 16) * 4u;
	}
	*proto = p[6];
	*dst = 24;
	for (;;) {
		switch (*proto) {
		case 43:
			if (p[at + 3] !=
				0) /* the last address is where it goes; of an SRH the first */
				*dst = p[at + 2] == 4 ? at + 8 : at + p[at + 1] * 8u + 8 - 16;
			/* fallthrough */
		case 0:
		case 60:
		case 135:
		case 139:
		case 140:
			*proto = p[at];
			at += p[at + 1] * 8u + 8;
			continue;
		case 44:
			*proto = p[at];
			at += 8;
			continue;
		case 51:
			*proto = p[at];
			at += p[at + 1] * 4u + 8;
			continue;
		default:
			return at;
		}
	}
}

static inline void
or_l4_sum(uint8_t *p, uint32_t len)
{
	bool four = p[0] / 16 == 4;
	uint8_t proto;
	uint32_t dst, l4 = or_l4(p, &proto, &dst), sum;
	uint8_t *field = p + l4 + (proto == 6 ? 16 : 6), tail[8] = {0};

	or_put16(field, 0);
	tail[2] = (uint8_t)((len - l4) >> 8);
	tail[3] = (uint8_t)(len - l4);
	tail[1] = (uint8_t)((len - l4) >> 16);
	tail[7] = proto;
	sum = or_end(or_add(or_add(or_add(or_add(0, p + (four ? 12 : 8), four ? 4 : 16), p + dst,
					   four ? 4 : 16),
				    tail, 8),
		p + l4, len - l4));
	or_put16(field, sum == 0 && proto == 17 ? 0xffff : sum);
}

static inline uint8_t *
or_new(struct or_frames *f, const struct or_ask *a, uint32_t len)
{
	uint8_t *p = f->bytes + f->used;

	if (f->n == OR_FRAMES || f->used + a->l2_len + len > OR_BYTES)
		__builtin_trap();
	memcpy(p, a->l2, a->l2_len);
	f->at[f->n] = f->used;
	f->len[f->n++] = a->l2_len + len;
	f->used += a->l2_len + len;
	return p + a->l2_len;
}

static inline void
or_segments(const uint8_t *p, uint32_t len, const struct or_ask *a, struct or_frames *f)
{
	uint8_t proto, *q;
	uint32_t dst, l4 = or_l4(p, &proto, &dst), from = 0, n, i = 0, seq;
	uint32_t head = l4 + (proto == 6 ? p[l4 + 12] / 16 * 4u : 8);

	do {
		n = len - head - from < a->mss ? len - head - from : a->mss;
		q = or_new(f, a, head + n);
		memcpy(q, p, head);
		memcpy(q + head, p + head + from, n);
		if (p[0] / 16 == 4) {
			or_put16(q + 2, head + n);
			or_put16(q + 4, or_get16(p + 4) + i);
			or_ip_sum(q);
		} else {
			or_put16(q + 4, head + n - 40);
		}
		if (proto == 6) {
			seq = or_get16(p + l4 + 4) * 65536u + or_get16(p + l4 + 6) + from;
			or_put16(q + l4 + 4, seq / 65536);
			or_put16(q + l4 + 6, seq % 65536);
			if (from + n < len - head)
				q[l4 + 13] &= 0xf6;
			if (i > 0)
				q[l4 + 13] &= 0x7f;
		} else {
			or_put16(q + l4 + 4, 8 + n);
		}
		or_l4_sum(q, head + n);
		from += n;
		i++;
	} while (from < len - head);
}

/* RFC 791, section 3.2. */
static inline void
or_fragments(const uint8_t *p, uint32_t len, const struct or_ask *a, struct or_frames *f)
{
	uint32_t head = (p[0] % 16) * 4u, from = 0, n, k, o, here = head, flags = or_get16(p + 6);
	uint8_t *q, h[60];

	memcpy(h, p, head);
	while (from < len - head) {
		n = (a->mtu - here) / 8 * 8;
		if (n > len - head - from)
			n = len - head - from;
		q = or_new(f, a, here + n);
		memcpy(q, h, here);
		memcpy(q + here, p + head + from, n);
		q[0] = (uint8_t)(0x40 + here / 4);
		or_put16(q + 2, here + n);
		or_put16(q + 6, (flags + from / 8) | (from + n < len - head ? 0x2000 : 0));
		or_ip_sum(q);
		from += n;
		/* what the others have of the options */
		for (k = o = 20; k < head && p[k] != 0; k += p[k] == 1 ? 1 : p[k + 1])
			if (p[k] >= 128) {
				memcpy(h + o, p + k, p[k + 1]);
				o += p[k + 1];
			}
		while (o % 4 != 0)
			h[o++] = 0;
		here = o;
	}
}

/* p: the packet, len bytes; scratch of the same size. False: it is too large and stays so. */
static inline bool
or_frames(const uint8_t *p, uint32_t len, uint8_t *scratch, const struct or_ask *a,
	struct or_frames *f)
{
	f->n = 0;
	f->used = 0;
	memcpy(scratch, p, len);
	if (a->mss != 0) {
		uint8_t proto;
		uint32_t dst, l4 = or_l4(p, &proto, &dst);
		uint32_t head = l4 + (proto == 6 ? p[l4 + 12] / 16 * 4u : 8);

		if ((len - head < a->mss ? len : head + a->mss) > a->mtu)
			return false;
		or_segments(scratch, len, a, f);
		return true;
	}
	if (a->ip_sum)
		or_ip_sum(scratch);
	if (a->l4_sum)
		or_l4_sum(scratch, len);
	if (len <= a->mtu) {
		memcpy(or_new(f, a, len), scratch, len);
		return true;
	}
	if (!a->fragment || p[0] / 16 != 4 || (p[6] & 0x40) != 0)
		return false;
	or_fragments(scratch, len, a, f);
	return true;
}

#endif
