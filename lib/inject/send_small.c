/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: one small IPv4 packet that would take several mbufs - no room in front of it, as with
 * clones, several MDLs, or both. It is copied behind its header, into the private area of one mbuf.
 * Else as the plain packet of send_fast.h.
 */
#include <fwpdk/stack.h>

#include "inject/send_fast.h"
#include "inject/send_quick.h"
#include "map/small.h"

/* As fwi_count_in_own(), IPv4, quicker where it is the handle of the injection before. */
static inline bool
count_in(struct fwpdk_poller *p, HANDLE handle)
{
	struct fwi_own_count *c = p->last;

	/* Counted before the handle is looked at: see destroy.c. */
	fwi_bump(&c->in, 1);
	if (likely(fwi_glance(&c->send4) == (uintptr_t)handle))
		return true;
	fwi_bump(&c->in, -(uint64_t)1);
	c = p->last = &p->count[(uint32_t)(uintptr_t)handle & p->handle_mask];
	fwi_bump(&c->in, 1);
	if (likely(fwi_glance(&c->send4) == (uintptr_t)handle))
		return true;
	fwi_bump(&c->in, -(uint64_t)1);
	return false;
}

/* The header lies whole in the first MDL, of whose bytes *have are in the window. */
static inline bool
first_mdl(const NET_BUFFER *nb, struct fwi_plain *pl, uint32_t *have)
{
	const MDL *mdl = nb->CurrentMdl;
	uint32_t off = nb->CurrentMdlOffset, len = nb->DataLength;

	if (unlikely(mdl == NULL || off > mdl->ByteCount))
		return false;
	*have = mdl->ByteCount - off;
	if (unlikely(*have < FWI_IP4_HEADER))
		return false;
	pl->ip = fwi_mdl_va(mdl) + off;
	if (unlikely(pl->ip[0] != 0x45))
		return false;
	pl->total = fwi_read16(pl->ip + 2);
	/* Bytes behind the packet would have to be walked too, where they are in other MDLs. */
	return likely(pl->total == len || (pl->total < len && len <= *have));
}

enum small_end {
	SMALL_DONE,
	SMALL_NOT,  /* not taken, nothing changed */
	SMALL_MORE, /* the same: not in one MDL */
	SMALL_ODD   /* the same, and nothing for send_parts.c either */
};

/* one: the whole packet has to be in one MDL. */
static __rte_always_inline enum small_end
send_small(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context, NET_BUFFER_LIST *nbl,
	FWPS_INJECT_COMPLETE0 fn, const volatile HANDLE *context, bool one)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	NET_BUFFER *nb = hot->first_nb;
	struct fwi_plain pl;
	struct rte_mbuf *m;
	struct fwi_txq *q;
	uint8_t *frame;
	uint64_t odd;
	uint32_t have;

	odd = fwi_odd_list(nbl, fwi_glance(&p->gate));
	FWI_OR(odd, (uintptr_t)hot->next);
	FWI_OR(odd, (uintptr_t)nb->Next);
	if (unlikely(odd != 0))
		return SMALL_ODD;
	FWI_APART();
	if (one && unlikely(nb->DataLength < FWI_IP4_HEADER)) /* else seen with its next hop */
		return SMALL_NOT;
	FWI_APART();
	nb->FwpdkStamp = p->stamp;
	if (one && unlikely(!fwi_plain_packet(nb, &pl)))
		return SMALL_MORE;
	if (!one && unlikely(!first_mdl(nb, &pl, &have)))
		return SMALL_NOT;
	if (unlikely(pl.total > FWI_SMALL_MAX || !fwi_plain_hop(p, &pl, false)))
		return SMALL_NOT;
	if (unlikely(hot->handle != (uintptr_t)handle)) {
		FWI_READ_AGAIN();
		if (hot->handle != 0)
			return SMALL_NOT;
	}
	q = pl.row->near.q;
	if (unlikely(q->next == q->limit))
		return SMALL_NOT;
	if (!one) {
		frame = rte_mbuf_to_priv(*q->next);
		if (unlikely(!fwi_small_gather(
			    frame + FWI_L2_LEN, nb->CurrentMdl, pl.ip, have, (uint32_t)pl.total)))
			return SMALL_NOT;
	}
	if (unlikely(!count_in(p, handle)))
		return SMALL_NOT;

	hot->handle = (uintptr_t)handle;
	FWI_READ_AGAIN(); /* handle's register is free from here on */
	hot->context = *context;
	hot->inj_context = inj_context;
	fwi_nbl_outcome_clear(hot);
	hot->complete = (void *)fn;
	m = *q->next++;
	q->bytes += pl.total;
	q->map.header_mbufs++;
	frame = rte_mbuf_to_priv(m);
	fwi_near_l2(frame, &pl.row->near);
	if (one)
		fwi_small_copy(frame + FWI_L2_LEN, pl.ip, (uint32_t)pl.total);
	fwi_fast_mbuf(m, frame, (uint32_t)pl.total + FWI_L2_LEN, (uintptr_t)nbl);
	return SMALL_DONE;
}

NTSTATUS
fwi_send_gather(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, volatile HANDLE context)
{
	enum small_end end;

	(void)flags;
	(void)compartment;
	end = send_small(fwi_self.near, handle, inj_context, nbl, fn, &context, false);
	if (likely(end == SMALL_DONE))
		return STATUS_SUCCESS;
	if (end == SMALL_NOT)
		return fwi_send_parts(
			handle, inj_context, 0, FWPDK_DEFAULT_COMPARTMENT, nbl, fn, context);
	return fwi_send_other(handle, inj_context, 0, FWPDK_DEFAULT_COMPARTMENT, nbl, fn, context);
}

NTSTATUS
fwi_send_small(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, volatile HANDLE context)
{
	enum small_end end;

	(void)flags;
	(void)compartment;
	/* Of a thread without a poller the gate is shut. */
	end = send_small(fwi_self.near, handle, inj_context, nbl, fn, &context, true);
	if (likely(end == SMALL_DONE))
		return STATUS_SUCCESS;
	if (end == SMALL_NOT)
		return fwi_send_behind(
			handle, inj_context, 0, FWPDK_DEFAULT_COMPARTMENT, nbl, fn, context);
	if (end == SMALL_MORE)
		return fwi_send_gather(
			handle, inj_context, 0, FWPDK_DEFAULT_COMPARTMENT, nbl, fn, context);
	return fwi_send_other(handle, inj_context, 0, FWPDK_DEFAULT_COMPARTMENT, nbl, fn, context);
}
