/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NET_BUFFERs of any shape without pools, each MDL over a heap block of exactly its size,
 * so that ASan sees every byte read outside; and a mapper's queue to map them on.
 */
#ifndef TEST_MAP_SHAPE_H
#define TEST_MAP_SHAPE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "eal_fixture.h"
#include "map/ip.h"
#include "map/mapq.h"
#include "map/tag.h"
#include "nbl/nbl_obj.h"

#define SHAPE_MDLS 2048u

/* xorshift64*, the same numbers in every run */
static inline uint32_t
rnd(uint32_t below)
{
	static uint64_t s = 0x2545f4914f6cdd1d;

	s ^= s >> 12;
	s ^= s << 25;
	s ^= s >> 27;
	return (uint32_t)((s * 0x2545f4914f6cdd1d >> 33) % below);
}

struct shape {
	struct fwi_nbl *l;
	NET_BUFFER *nb;
	MDL *mdl; /* [n], an array linked in order */
	unsigned n;
	uint8_t *before; /* all bytes of the chain as built */
	uint32_t size;
};

static inline void
shape_window(struct shape *s, uint32_t offset, uint32_t length)
{
	MDL *m = s->nb->MdlChain;
	uint32_t off = offset;

	while (off >= m->ByteCount && m->Next != NULL) {
		off -= m->ByteCount;
		m = m->Next;
	}
	s->nb->CurrentMdl = m;
	s->nb->CurrentMdlOffset = off;
	s->nb->DataOffset = offset;
	s->nb->stDataLength = length;
}

static inline MDL *
mdl_set(MDL *m, void *va, uint32_t len)
{
	memset(m, 0, sizeof(*m));
	m->StartVa = PAGE_ALIGN(va);
	m->ByteOffset = BYTE_OFFSET(va);
	m->ByteCount = len;
	m->MappedSystemVa = va;
	m->MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL;
	return m;
}

/* Cut bytes into n MDLs of the given lengths. */
static inline struct shape
shape_make(const uint8_t *bytes, const uint32_t *len, unsigned n, uint32_t offset, uint32_t length)
{
	struct shape s = {.n = n};
	unsigned i;

	s.l = aligned_alloc(64, RTE_ALIGN(sizeof(*s.l), 64));
	memset(s.l, 0, sizeof(*s.l));
	s.nb = &s.l->nb;
	s.l->nbl.FirstNetBuffer = s.nb;
	s.mdl = calloc(n, sizeof(MDL));
	for (i = 0; i < n; i++) {
		uint8_t *b = malloc(len[i]);

		memcpy(b, bytes + s.size, len[i]);
		mdl_set(&s.mdl[i], b, len[i]);
		if (i > 0)
			s.mdl[i - 1].Next = &s.mdl[i];
		s.size += len[i];
	}
	s.before = malloc(s.size);
	memcpy(s.before, bytes, s.size);
	s.nb->MdlChain = s.mdl;
	shape_window(&s, offset, length);
	return s;
}

static inline void
shape_free(struct shape *s)
{
	unsigned i;

	for (i = 0; i < s->n; i++)
		free(fwi_mdl_va(&s->mdl[i]));
	free(s->mdl);
	free(s->l);
	free(s->before);
}

/* Cut total into n lengths, zero ones among them. */
static inline void
cut(uint32_t *len, unsigned n, uint32_t total)
{
	unsigned i;

	for (i = 0; i + 1 < n; i++) {
		len[i] = rnd(4) == 0 ? 0 : rnd(total + 1);
		if (rnd(2) && len[i] > 40)
			len[i] = rnd(40);
		total -= len[i];
	}
	len[n - 1] = total;
}

/* Bytes that differ from the ones built, other than the 14 in front of the window. */
static inline void
shape_check_untouched(const struct shape *s, const uint8_t *l2)
{
	uint32_t at = 0, lead = s->nb->DataOffset - 14;
	unsigned i;
	uint32_t k;

	for (i = 0; i < s->n; i++)
		for (k = 0; k < s->mdl[i].ByteCount; k++, at++)
			if (l2 != NULL && at >= lead && at < lead + 14)
				assert_int_equal(fwi_mdl_va(&s->mdl[i])[k], l2[at - lead]);
			else
				assert_int_equal(fwi_mdl_va(&s->mdl[i])[k], s->before[at]);
}

/* An IPv4 or IPv6 header and random bytes behind it. */
static inline void
packet_fill(uint8_t *p, unsigned version, uint32_t total)
{
	uint32_t i;

	for (i = 0; i < total; i++)
		p[i] = (uint8_t)rnd(256);
	if (version == 4) {
		p[0] = 0x45;
		p[2] = (uint8_t)(total >> 8);
		p[3] = (uint8_t)total;
	} else {
		p[0] = 0x60;
		p[4] = (uint8_t)((total - 40) >> 8);
		p[5] = (uint8_t)(total - 40);
	}
}

/* mapq.c */
struct mapq {
	struct fwi_mapq q;
	struct rte_mempool *pool;
	unsigned size;
	struct rte_mbuf *all[4096];
	struct rte_mbuf *free[4096];
};

void mapq_make(struct mapq *m, unsigned size);
/* All mbufs back, as after their release. */
void mapq_refill(struct mapq *m);
void mapq_end(struct mapq *m);

/* Gather a chain and check its own book-keeping; returns the bytes. */
static inline uint32_t
chain_read(const struct rte_mbuf *head, uint8_t *to, uint32_t room)
{
	const struct rte_mbuf *m;
	uint32_t n = 0, segs = 0;

	for (m = head; m != NULL; m = m->next, segs++) {
		assert_true(n + m->data_len <= room);
		assert_int_equal(m->data_len + m->data_off <= m->buf_len, 1);
		memcpy(to + n, rte_pktmbuf_mtod(m, void *), m->data_len);
		n += m->data_len;
	}
	assert_int_equal(head->nb_segs, segs);
	assert_int_equal(head->pkt_len, n);
	return n;
}

static const struct fwi_hop test_hop = {
	.l2 = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0}, .mtu = 65535};

#endif
