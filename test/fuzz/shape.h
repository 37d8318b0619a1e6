/* SPDX-License-Identifier: BSD-3-Clause */
/* From fuzz input to an NBL of any shape, every MDL over a heap block of its exact size. */
#ifndef FUZZ_SHAPE_H
#define FUZZ_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "map/mapq.h"
#include "nbl/nbl_obj.h"

#define MAX_MDL	 24u
#define MAX_DATA 8192u
#define BARE	 48u /* completion mbufs of the queue */

static struct fwi_nbl nbl_a;
static NET_BUFFER nb_b;

/* The input, read from the front; zeros behind its end. */
struct in {
	const uint8_t *p;
	size_t left;
};

static inline uint32_t
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
	uint32_t size;		 /* sum of len */
	uint32_t offset, length; /* the window as the NB says it */
	uint8_t flat[MAX_DATA];	 /* all bytes of the chain as built */
	struct fwi_hop hop;
	bool clone, children, read_only, shared, ring, extbuf;
	uint8_t ask; /* what is asked for, requests.h; 0 = nothing */
	uint32_t mss, tag;
};

static inline void
shape_build(struct in *in, struct shape *s, struct fwi_mapq *q)
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
	q->copy_mode = (flags & 0xc0) == 0xc0;
	s->extbuf = (flags & 0xc0) == 0x80;
	q->max_segs = (uint16_t)(1 + get(in, 1) % 32);
	q->nfree = get(in, 1) % (BARE + 1);
	s->ask = (uint8_t)get(in, 1);
	if (s->ask != 0) {
		s->mss = 8 * (1 + get(in, 1));
		s->tag = get(in, 2);
	}
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
			s->flat[at] = s->buf[i][k] = in->left > 0 ? (uint8_t)get(in, 1)
								  : (uint8_t)(at * 7);
}

static inline NET_BUFFER *
shape_nb(struct shape *s)
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

#endif
