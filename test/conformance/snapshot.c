/* SPDX-License-Identifier: BSD-3-Clause */
/* A packet as it was, to compare with what it is. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define SNAP_NBS 8

struct snap {
	NET_BUFFER_LIST nbl;
	NET_BUFFER *nb_at[SNAP_NBS], nb[SNAP_NBS];
	MDL mdl[PKT_SEGS + 1];
	unsigned nnb;
	FWPS_PACKET_INJECTION_STATE state4, state6;
	uint8_t *data;
};

struct snap *
snap_take(const struct pkt *p)
{
	struct snap *s = calloc(1, sizeof(*s));
	NET_BUFFER *nb;
	unsigned i;

	assert_non_null(s);
	s->data = malloc(p->size);
	assert_non_null(s->data);
	memcpy(s->data, p->buf, p->size);
	memcpy(&s->nbl, p->nbl, sizeof(s->nbl));
	for (nb = p->nbl->FirstNetBuffer; nb != NULL && s->nnb < SNAP_NBS; nb = nb->Next) {
		s->nb_at[s->nnb] = nb;
		memcpy(&s->nb[s->nnb++], nb, sizeof(*nb));
	}
	for (i = 0; i < p->nmdl; i++)
		memcpy(&s->mdl[i], p->mdl[i], sizeof(MDL));
	s->state4 = FwpsQueryPacketInjectionState0(fx.h4, p->nbl, NULL);
	s->state6 = FwpsQueryPacketInjectionState0(fx.h6, p->nbl, NULL);
	return s;
}

void
snap_same(struct snap *s, const struct pkt *p)
{
	unsigned i;

	assert_memory_equal(p->nbl, &s->nbl, sizeof(s->nbl));
	for (i = 0; i < s->nnb; i++) {
		s->nb[i].FwpdkStamp = s->nb_at[i]->FwpdkStamp; /* nothing of the client's */
		assert_memory_equal(s->nb_at[i], &s->nb[i], sizeof(s->nb[i]));
	}
	for (i = 0; i < p->nmdl; i++)
		assert_memory_equal(p->mdl[i], &s->mdl[i], sizeof(MDL));
	assert_memory_equal(p->buf, s->data, p->size);
	assert_int_equal(FwpsQueryPacketInjectionState0(fx.h4, p->nbl, NULL), s->state4);
	assert_int_equal(FwpsQueryPacketInjectionState0(fx.h6, p->nbl, NULL), s->state6);
	free(s->data);
	free(s);
}

void
pkt_check_restored(const struct pkt *p)
{
	const NET_BUFFER *nb = p->nbl->FirstNetBuffer;
	ULONG before = 0;
	const MDL *mdl;
	unsigned i;

	assert_non_null(nb);
	assert_ptr_equal(nb->MdlChain, p->mdl[0]);
	assert_int_equal(nb->DataOffset, p->lead);
	assert_int_equal(nb->DataLength, p->data_len);
	for (i = 0; i < p->nmdl; i++)
		assert_ptr_equal(p->mdl[i]->Next, i + 1 < p->nmdl ? p->mdl[i + 1] : NULL);
	for (mdl = nb->MdlChain; mdl != nb->CurrentMdl; mdl = mdl->Next)
		before += mdl->ByteCount;
	assert_int_equal(before + nb->CurrentMdlOffset, p->lead);
	/* the used bytes and what lies behind them; the backfill may have been used */
	assert_memory_equal(p->ip, p->copy + p->lead, p->size - p->lead);
}
