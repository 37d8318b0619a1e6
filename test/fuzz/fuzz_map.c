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

#define MAX_MDL	 24u
#define MAX_DATA 8192u
#define BARE	 48u
#define COPIES	 15u

#define CHECK(x)                                                                      \
	do {                                                                          \
		if (!(x)) {                                                           \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);       \
			abort();                                                      \
		}                                                                     \
	} while (0)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int fwi_tag_offset; /* lib/tx/cpool.c elsewhere */

bool
fwi_mem_is_registered(const void *addr)
{
	(void)addr;
	return false;
}

static struct fwi_mapq q;
static struct rte_mbuf *all[BARE], *free_stack[BARE];
static struct fwi_nbl nbl_a;
static NET_BUFFER nb_b;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char args[] = "fuzz\0--no-huge\0-m\0" "64\0--no-pci\0--no-telemetry\0--no-shconf\0-l\0" "0\0"
			     "--iova-mode=va\0--log-level=*:error\0";
	static const struct rte_mbuf_dynfield field = {
		.name = "fwpdk_nbl_tag", .size = sizeof(uint64_t), .align = 8};
	struct rte_mempool *bare;
	char *eal[16], *a;
	int n = 0;

	(void)argc;
	(void)argv;
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		eal[n++] = a;
	CHECK(rte_eal_init(n, eal) >= 0);
	fwi_tag_offset = rte_mbuf_dynfield_register(&field);
	CHECK(fwi_tag_offset >= 0);
	bare = rte_pktmbuf_pool_create("bare", BARE, 0, FWI_HDR_ROOM, 0, 0);
	q.copy_pool = rte_pktmbuf_pool_create("copy", COPIES, 0, 0, 1024 + RTE_PKTMBUF_HEADROOM, 0);
	CHECK(bare != NULL && q.copy_pool != NULL);
	CHECK(rte_mempool_get_bulk(bare, (void **)all, BARE) == 0);
	q.free = free_stack;
	return 0;
}

/* The input, read from the front; zeros behind its end. */
struct in {
	const uint8_t *p;
	size_t left;
};

static uint32_t
get(struct in *in, unsigned bytes)
{
	uint32_t v = 0;

	for (; bytes > 0; bytes--) {
		v = v << 8 | (in->left > 0 ? *in->p : 0);
		in->p += in->left > 0;
		in->left -= in->left > 0;
	}
	return v;
}

struct shape {
	MDL mdl[MAX_MDL];
	uint8_t *buf[MAX_MDL];
	uint32_t len[MAX_MDL];
	unsigned n;
	uint32_t size;		  /* sum of len */
	uint32_t offset, length;  /* the window as the NB says it */
	uint8_t flat[MAX_DATA];	  /* all bytes of the chain as built */
	struct fwi_hop hop;
	bool clone, children, read_only, shared, ring;
};

static void
build(struct in *in, struct shape *s)
{
	uint32_t i, k, at = 0;
	unsigned flags;

	memset(s, 0, offsetof(struct shape, flat));
	flags = get(in, 1);
	s->clone = flags & 1;
	s->children = flags & 2;
	s->read_only = flags & 4;
	s->shared = flags & 8;
	s->ring = (flags & 0x30) == 0x30;
	q.copy_mode = (flags & 0xc0) == 0xc0;
	q.max_segs = (uint16_t)(1 + get(in, 1) % 32);
	q.nfree = get(in, 1) % (BARE + 1);
	s->hop.mtu = (uint16_t)get(in, 2);
	for (i = 0; i < 14; i++)
		s->hop.l2[i] = (uint8_t)(0xc0 + i);
	s->n = 1 + get(in, 1) % MAX_MDL;
	s->offset = get(in, 2);
	s->length = get(in, 2);
	for (i = 0; i < s->n; i++) {
		s->len[i] = get(in, 2) % 1025;
		if (s->size + s->len[i] > MAX_DATA)
			s->len[i] = 0;
		s->buf[i] = malloc(s->len[i]);
		s->mdl[i].Next = i + 1 < s->n ? &s->mdl[i + 1] : s->ring ? &s->mdl[0] : NULL;
		s->mdl[i].StartVa = PAGE_ALIGN(s->buf[i]);
		s->mdl[i].ByteOffset = BYTE_OFFSET(s->buf[i]);
		s->mdl[i].ByteCount = s->len[i];
		s->mdl[i].MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL;
		s->size += s->len[i];
	}
	for (i = 0; i < s->n; i++)
		for (k = 0; k < s->len[i]; k++, at++)
			s->flat[at] = s->buf[i][k] = in->left > 0 ? (uint8_t)get(in, 1) : (uint8_t)(at * 7);
}

static NET_BUFFER *
lists(struct shape *s)
{
	NET_BUFFER *nb = &nbl_a.nb;
	MDL *m = s->mdl;
	uint32_t off = s->offset;

	memset(&nbl_a, 0, sizeof(nbl_a));
	nbl_a.nbl.FirstNetBuffer = nb;
	nbl_a.nbl.ParentNetBufferList = s->clone ? &nbl_a.nbl : NULL;
	nbl_a.nbl.ChildRefCount = s->children;
	nbl_a.nbl.NblFlags = s->read_only ? NDIS_NBL_FLAGS_SEND_READ_ONLY : 0;
	while (off >= m->ByteCount && m->Next != NULL && m != &s->mdl[s->n - 1]) {
		off -= m->ByteCount;
		m = m->Next;
	}
	nb->MdlChain = s->mdl;
	nb->CurrentMdl = m;
	nb->CurrentMdlOffset = off;
	nb->DataOffset = s->offset;
	nb->stDataLength = s->length;
	if (s->shared) {
		nb_b = *nb;
		nb->Next = &nb_b;
	}
	return nb;
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
	uint32_t n = !lead, left = total + (lead ? 14 : 0), off = nb->CurrentMdlOffset - (lead ? 14 : 0);
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
			CHECK(*rte_pktmbuf_mtod_offset(m, uint8_t *, k) == (at < 14 ? s->hop.l2[at] : want));
		}
	CHECK(at == total + 14 && out->m->pkt_len == at && out->m->nb_segs == segs && out->len == total);
	CHECK(segs <= q.max_segs);
}

static void
one(struct shape *s)
{
	NET_BUFFER *nb = lists(s);
	struct expect e = naive(s);
	struct fwi_mapped out = {0};
	struct fwi_ip ip;
	uint32_t had = q.nfree, need, copies;
	bool lead;
	int rc;

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
	lead = !s->clone && !s->children && !s->read_only && !s->shared && nb->CurrentMdlOffset >= 14;
	need = segments(s, nb, e.total, lead);
	copies = (e.total + 14 + 1023) / 1024;
	if (rc == 0 && out.refs != 0) {
		CHECK(!q.copy_mode && need <= q.max_segs && out.refs == need && q.nfree == had - need);
		if (!s->ring) { /* in a ring the header may have gone into the data */
			check_chain(s, &out, e.total);
			check_untouched(s, lead);
		}
	} else if (rc == 0) {
		CHECK((q.copy_mode || need > q.max_segs) && q.nfree == had);
		check_chain(s, &out, e.total);
		check_untouched(s, false);
		rte_pktmbuf_free(out.m);
	} else {
		if (rc == -ENOBUFS)
			CHECK((!q.copy_mode && had < need) || copies > COPIES);
		else
			CHECK(rc == STATUS_INVALID_BUFFER_SIZE && copies > q.max_segs);
		CHECK(q.nfree == had && memcmp(free_stack, all, sizeof(all)) == 0);
		check_untouched(s, false);
	}
	CHECK(rte_mempool_avail_count(q.copy_pool) == COPIES);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct shape s;
	struct in in = {data, size};
	unsigned i;

	build(&in, &s);
	one(&s);
	for (i = 0; i < BARE; i++) {
		all[i]->next = NULL;
		all[i]->nb_segs = 1;
	}
	for (i = 0; i < s.n; i++)
		free(s.buf[i]);
	return 0;
}
