/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libFuzzer target: any shape of NBL against fwi_ip_parse() and fwi_map_nb().
 *
 * The input decides MDL sizes, window, flags, limits of the queue and header bytes. A plain
 * loop of our own gathers the packet; what was mapped must be exactly the Ethernet header
 * and those bytes, and a refusal must be one that the loop foresees. Every MDL lies over a
 * heap block of its exact size, so that ASan sees each byte touched outside.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_mbuf.h>

#include <ntstatus.h>

#include "map/ip.h"
#include "map/mapq.h"
#include "map/mem.h"
#include "map/tag.h"
#include "stack/facts.h"
#include "requests.h"
#include "shape.h"
#include "check.h"

#define COPIES 15u
#define EXT    15u

int fwi_tag_offset;			     /* lib/tx/cpool.c elsewhere */
uint64_t fwi_if_facts[FWPDK_MAX_INTERFACES]; /* lib/stack/interface.c */

bool
fwi_mem_is_registered(const void *addr)
{
	(void)addr;
	return false;
}

static struct fwi_mapq q;
static struct rte_mempool *bare, *ext_pool;
static struct rte_mbuf *all[BARE], *free_stack[BARE];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char args[] = "fuzz\0--no-huge\0-m\0"
			     "64\0--no-pci\0--no-telemetry\0--no-shconf\0-l\0"
			     "0\0"
			     "--iova-mode=va\0--log-level=*:error\0";
	static const struct rte_mbuf_dynfield field = {
		.name = "fwpdk_nbl_tag", .size = sizeof(uint64_t), .align = 8};
	struct rte_mempool *copies;
	char *eal[16], *a;
	unsigned i;
	int n = 0;

	(void)argc;
	(void)argv;
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		eal[n++] = a;
	CHECK(rte_eal_init(n, eal) >= 0);
	fwi_tag_offset = rte_mbuf_dynfield_register(&field);
	CHECK(fwi_tag_offset >= 0);
	bare = rte_pktmbuf_pool_create("bare", BARE, 0, FWI_PRIV_ROOM, 0, 0);
	ext_pool = rte_pktmbuf_pool_create("ext", EXT, 0, 0, 0, 0);
	copies = rte_pktmbuf_pool_create("copy", COPIES, 0, 0, 1024 + RTE_PKTMBUF_HEADROOM, 0);
	CHECK(bare != NULL && ext_pool != NULL && copies != NULL);
	fwi_mapq_copy_into(&q, copies);
	CHECK(rte_mempool_get_bulk(bare, (void **)all, BARE) == 0);
	for (i = 0; i < BARE; i++)
		fwi_extbuf_init(all[i]);
	q.free = free_stack;
	return 0;
}

/* The naive reader: byte i of the window; a ring goes round as long as the library looks. */
static bool
byte_at(const struct shape *s, uint32_t i, uint8_t *out)
{
	uint64_t at = (uint64_t)s->offset + i;

	if (at >= s->size && s->ring && s->size != 0) {
		*out = s->flat[at % s->size];
		return true;
	}
	if (at >= s->size)
		return false;
	*out = s->flat[at];
	return true;
}

struct expect {
	bool packet;
	uint32_t total;
};

static struct expect
naive(const struct shape *s)
{
	struct expect e = {0};
	uint8_t h[40] = {0};
	uint32_t i, head;

	if (s->length < 20)
		return e;
	head = s->length < 40 ? s->length : 40;
	for (i = 0; i < head; i++)
		if (!byte_at(s, i, &h[i]))
			return e;
	if (!byte_at(s, s->length - 1, &h[39]))
		return e;
	if (head == 40)
		byte_at(s, 39, &h[39]);
	if (h[0] >> 4 == 4) {
		e.total = h[2] * 256u + h[3];
		e.packet = (h[0] & 15) >= 5 && e.total >= (h[0] & 15) * 4u && e.total <= s->length;
	} else if (h[0] >> 4 == 6 && s->length >= 40) {
		e.total = 40 + h[4] * 256u + h[5];
		e.packet = e.total <= s->length;
	}
	return e;
}

/* Segments of a zero-copy chain, from lengths alone. */
static uint32_t
segments(const struct shape *s, const NET_BUFFER *nb, uint32_t total, bool lead)
{
	uint32_t n = !lead, left = total + (lead ? 14 : 0),
		 off = nb->CurrentMdlOffset - (lead ? 14 : 0);
	unsigned i = (unsigned)(nb->CurrentMdl - s->mdl), here;

	for (; left > 0; i = (i + 1) % s->n, off = 0) {
		here = s->len[i] - off < left ? s->len[i] - off : left;
		n += here != 0;
		left -= here;
	}
	return n;
}

static void
check_untouched(const struct shape *s, bool lead)
{
	uint32_t at = 0, k;
	unsigned i;

	for (i = 0; i < s->n; i++)
		for (k = 0; k < s->len[i]; k++, at++)
			if (lead && at + 14 >= s->offset && at < s->offset)
				CHECK(s->buf[i][k] == s->hop.l2[at + 14 - s->offset]);
			else
				CHECK(s->buf[i][k] == s->flat[at]);
}

static void
check_chain(const struct shape *s, const struct fwi_mapped *out, uint32_t total)
{
	uint32_t at = 0, k, segs = 0;
	const struct rte_mbuf *m;
	uint8_t want = 0;

	for (m = out->m; m != NULL; m = m->next, segs++)
		for (k = 0; k < m->data_len; k++, at++) {
			if (at >= 14)
				CHECK(byte_at(s, at - 14, &want));
			CHECK(*rte_pktmbuf_mtod_offset(m, uint8_t *, k) ==
				(at < 14 ? s->hop.l2[at] : want));
		}
	CHECK(at == total + 14 && out->m->pkt_len == at && out->m->nb_segs == segs &&
		out->len == total);
	CHECK(segs <= q.max_segs);
}

/* Extbuf mode: the release of what travelled brings each record home once. */
static void
check_records(struct rte_mbuf *m, uint32_t n)
{
	struct rte_mbuf *home[BARE];

	rte_pktmbuf_free(m);
	CHECK(rte_mempool_avail_count(ext_pool) == EXT);
	CHECK(rte_mempool_avail_count(bare) == n);
	CHECK(rte_mempool_get_bulk(bare, (void **)home, n) == 0);
}

static void
one(struct shape *s)
{
	NET_BUFFER *nb = shape_nb(s);
	struct expect e = naive(s);
	struct fwi_mapped out = {0};
	struct fwi_ip ip;
	uint32_t had = q.nfree, need, copies;
	bool lead;
	int rc;

	q.ext_pool = s->extbuf ? ext_pool : NULL;
	memcpy(free_stack, all, sizeof(all));
	/* a ring may be looked at for longer than 1024 MDLs only by giving up: not foreseen */
	if (!fwi_ip_parse(nb, &ip)) {
		CHECK(!e.packet || s->ring);
		check_untouched(s, false);
		return;
	}
	CHECK(e.packet && ip.total == e.total);
	rc = fwi_map_nb(&q, &nbl_a.nbl, nb, !s->shared, &ip, &s->hop, &out);
	if (e.total > s->hop.mtu) {
		CHECK(rc == STATUS_INVALID_BUFFER_SIZE);
		check_untouched(s, false);
		return;
	}
	lead = !s->clone && !s->children && !s->read_only && !s->shared &&
	       nb->CurrentMdlOffset >= 14;
	need = segments(s, nb, e.total, lead);
	copies = (e.total + 14 + 1023) / 1024;
	if (rc == 0 && out.refs != 0) {
		CHECK(!q.copy_mode && need <= q.max_segs && out.refs == need &&
			q.nfree == had - need);
		if (!s->ring) { /* in a ring the header may have gone into the data */
			check_chain(s, &out, e.total);
			check_untouched(s, lead);
		}
		if (s->extbuf)
			check_records(out.m, need);
	} else if (rc == 0) {
		CHECK((q.copy_mode || need > q.max_segs) && q.nfree == had);
		check_chain(s, &out, e.total);
		check_untouched(s, false);
		rte_pktmbuf_free(out.m);
	} else {
		if (rc == -ENOBUFS)
			CHECK((!q.copy_mode && (had < need || (s->extbuf && need > EXT))) ||
				copies > COPIES);
		else
			CHECK(rc == STATUS_INVALID_BUFFER_SIZE && copies > q.max_segs);
		CHECK(q.nfree == had && memcmp(free_stack, all, sizeof(all)) == 0);
		check_untouched(s, false);
	}
	CHECK(rte_mempool_avail_count(q.copy_pool) == COPIES);
}

/* A frame that was mapped: as expected, and back to where it came from. */
static void
check_frame(struct fwi_mapped *out, unsigned i, uint32_t had)
{
	uint32_t at = 0, k, segs = 0;
	const struct rte_mbuf *m;

	CHECK(i < wanted.n);
	for (m = out->m; m != NULL; m = m->next, segs++)
		for (k = 0; k < m->data_len; k++, at++)
			CHECK(at < wanted.len[i] && *rte_pktmbuf_mtod_offset(m, uint8_t *, k) ==
							    wanted.bytes[wanted.at[i] + at]);
	CHECK(at == wanted.len[i] && out->m->pkt_len == at && out->m->nb_segs == segs &&
		out->len == at - 14 && segs <= q.max_segs);
	if (out->refs == 0) {
		CHECK(q.nfree == had);
		rte_pktmbuf_free(out->m);
	} else {
		CHECK(!q.copy_mode && out->refs == segs && q.nfree == had - segs);
		if (q.ext_pool != NULL)
			check_records(out->m, segs);
	}
	CHECK(rte_mempool_avail_count(q.copy_pool) == COPIES);
	memcpy(free_stack, all, sizeof(all));
	for (k = 0; k < BARE; k++) {
		all[k]->next = NULL;
		all[k]->nb_segs = 1;
	}
	q.nfree = had;
}

/* Frame after frame; they cannot be mapped only where mbufs do not do. */
static void
frames(struct fwi_job *job, NET_BUFFER *nb, uint16_t mtu)
{
	struct fwi_at at = fwi_at_start(nb);
	uint32_t done = 0, had = q.nfree;
	struct fwi_mapped out;
	struct fwi_frame f;
	unsigned i;
	int rc;

	CHECK(fwi_at_skip(&at, fwi_job_position(job, done)));
	fwi_job_resume(job, done);
	for (i = 0; done != job->total; i++) {
		rc = fwi_job_frame(job, &at, done, mtu, &f);
		CHECK(rc == 0);
		if (job->kind == FWI_JOB_PLAIN)
			f.backfill = !q.copy_mode &&
				     fwi_backfill_offered(&nbl_a.nbl, nb, f.head_len);
		rc = fwi_map_frame(&q, &nbl_a.nbl, false, &f, &at, &out);
		if (rc != 0) {
			CHECK(rc == -ENOBUFS || rc == STATUS_INVALID_BUFFER_SIZE);
			CHECK(q.nfree == had);
			return;
		}
		check_frame(&out, i, had);
		done = fwi_job_position(job, done) + f.len;
	}
	CHECK(i == wanted.n);
}

static void
with_requests(struct shape *s)
{
	NET_BUFFER *nb = shape_nb(s);
	uint8_t l2[FWI_L2_MAX];
	struct fwi_job job;
	struct fwi_oob oob;
	struct fwi_ip ip;
	uint32_t len;
	bool fits;

	memcpy(free_stack, all, sizeof(all));
	q.ext_pool = s->extbuf ? ext_pool : NULL;
	slots_set(s);
	if (!fwi_oob_read(&nbl_a.nbl, &oob) ||
		!(fwi_oob_cuts(&nbl_a.nbl) ? fwi_ip_parse_large(nb, &ip) : fwi_ip_parse(nb, &ip)) ||
		fwi_job_init(&job, nb, &oob, &ip) != 0)
		return;
	len = fwi_tags_write(l2, &s->hop, oob.tagged, oob.tag);
	CHECK(len == (oob.tagged ? 18u : 14u));
	fwi_job_l2(&job, l2, len);
	if (job.kind != FWI_JOB_SEGMENTS && job.total > s->hop.mtu &&
		fwi_job_fragment(&job, nb, s->hop.mtu) != 0)
		return;
	fits = expected(s, &ip, &oob, l2, len);
	if (job.kind == FWI_JOB_SEGMENTS && !fits)
		return;
	CHECK(fits);
	frames(&job, nb, s->hop.mtu);
}

/* The client's bytes, but for what a header without request may write in front of them. */
static void
requests(struct shape *s)
{
	uint32_t at = 0, k;
	unsigned i;

	if (s->ring)
		return;
	with_requests(s);
	for (i = 0; i < s->n; i++)
		for (k = 0; k < s->len[i]; k++, at++)
			if (at + FWI_L2_MAX < s->offset || at >= s->offset)
				CHECK(s->buf[i][k] == s->flat[at]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct shape s;
	struct in in = {data, size};
	unsigned i;

	shape_build(&in, &s, &q);
	if (s.ask != 0)
		requests(&s);
	else
		one(&s);
	for (i = 0; i < BARE; i++) {
		all[i]->next = NULL;
		all[i]->nb_segs = 1;
	}
	for (i = 0; i < s.n; i++)
		free(s.buf[i]);
	return 0;
}
