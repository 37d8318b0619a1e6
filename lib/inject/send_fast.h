/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: the commonest injection in one pass - own thread, default compartment, one
 * IPv4 packet without options in one MDL, header room offered, next hop known, room in
 * front of the queue. It is checked, recorded, mapped and staged at once. Whatever is
 * different goes the general way, where every check is made again: nothing has been
 * changed by then.
 *
 * Written for few instructions: doc/decisions/fastpath.md.
 */
#ifndef FWI_SEND_FAST_H
#define FWI_SEND_FAST_H

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "inject/check.h"
#include "inject/handle.h"
#include "inject/record.h"
#include "map/tag.h"
#include "tx/cpool.h"
#include "tx/poller.h"
#include "tx/producer.h"

/* The entry of a next hop seen from p less entries before it: the distance costs nothing then. */
struct fwi_near_row {
	uint8_t poller[offsetof(struct fwpdk_poller, near)];
	struct fwi_near near;
};

/* What the checks of a plain NBL found. */
struct fwi_plain {
	uint8_t *ip;
	uint64_t total;
	const struct fwi_near_row *row; /* its next hop */
};

/* Not 0: children or a read-only list. Its bytes are not to be written then. */
static inline uint64_t
fwi_odd_room(const NET_BUFFER_LIST *nbl)
{
	const struct fwi_nbl_hot *hot = (const void *)nbl;
	uint64_t children_flags = fwi_glance((const uint64_t *)(const void *)&hot->child_refs);

	/* Of NblFlags only the lowest bit matters; it follows ChildRefCount. */
	_Static_assert(NDIS_NBL_FLAGS_SEND_READ_ONLY == 1 &&
			       offsetof(struct fwi_nbl_hot, nbl_flags) ==
				       offsetof(struct fwi_nbl_hot, child_refs) + 4,
		"layout");
#if RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN
	children_flags <<= 31;
#else
	children_flags &= ~UINT64_C(0) << 32 | 1;
#endif
	FWI_OR(children_flags, (uintptr_t)nbl->ParentNetBufferList);
	return children_flags;
}

/* More into `odd`. Not 0: in flight, or something is asked for out of band. */
static inline uint64_t
fwi_odd_list(const NET_BUFFER_LIST *nbl, uint64_t odd)
{
	const struct fwi_nbl_hot *hot = (const void *)nbl;

	FWI_OR(odd, fwi_glance((const uint64_t *)(const void *)&hot->complete));
	FWI_OR(odd, (uintptr_t)nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo]);
	FWI_OR(odd, (uintptr_t)nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo]);
	FWI_OR(odd, (uintptr_t)nbl->NetBufferListInfo[Ieee8021QNetBufferListInfo]);
	FWI_OR(odd, (uintptr_t)nbl->NetBufferListInfo[UdpSegmentationOffloadInfo]);
	return odd;
}

/* Not 0: too little room for an Ethernet header, too few bytes for IPv4, or 2 GiB of them. */
static inline uint64_t
fwi_odd_window(const NET_BUFFER *nb)
{
	_Static_assert(offsetof(NET_BUFFER, CurrentMdlOffset) == 16 &&
			       offsetof(NET_BUFFER, DataOffset) == 20 &&
			       offsetof(NET_BUFFER, DataLength) == 24,
		"layout");
#ifdef __SSE2__
	const __m128i least = _mm_setr_epi32(FWI_L2_LEN, FWI_L2_LEN, FWI_IP4_HEADER, 0);
	__m128i window = _mm_load_si128((const __m128i *)(const void *)&nb->CurrentMdlOffset);

	return (uint32_t)_mm_movemask_ps(_mm_castsi128_ps(_mm_sub_epi32(window, least)));
#else
	return nb->CurrentMdlOffset < FWI_L2_LEN || nb->DataOffset < FWI_L2_LEN ||
	       nb->DataLength - FWI_IP4_HEADER > INT32_MAX - FWI_IP4_HEADER;
#endif
}

/*
 * Two bytes in network order. Those of DPDK need one of four registers, and the compiler
 * extends what it has rotated once more.
 */
static inline uint64_t
fwi_read16(const uint8_t *from)
{
	uint16_t raw;
	uint64_t value;

	memcpy(&raw, from, sizeof(raw));
#ifdef RTE_ARCH_X86_64
	value = raw;
	__asm__("rolw $8, %w0" : "+r"(value)::"cc");
#else
	value = rte_be_to_cpu_16(raw);
#endif
	return value;
}

/* Where a plain packet begins. */
static inline uint8_t *
fwi_plain_at(const NET_BUFFER *nb)
{
	const MDL *mdl = nb->CurrentMdl;
	int64_t off = nb->CurrentMdlOffset;

	off += mdl->ByteOffset;
	FWI_IN_REGISTER(off);
	return (uint8_t *)mdl->StartVa + off;
}

/* One MDL with the whole IPv4 packet; the window is in order. */
static inline bool
fwi_plain_packet(const NET_BUFFER *nb, struct fwi_plain *pl)
{
	const MDL *mdl = nb->CurrentMdl;
	int64_t off = nb->CurrentMdlOffset, len = nb->DataLength;

	if (unlikely(mdl == NULL))
		return false;
	if (unlikely((int64_t)mdl->ByteCount - off < len))
		return false;
	pl->ip = fwi_plain_at(nb);
	if (unlikely(pl->ip[0] != 0x45))
		return false;
	pl->total = fwi_read16(pl->ip + 2);
	return likely(pl->total <= (uint64_t)len);
}

/* Not 0: its next hop lies in another place of its group than the first one, so far from it. */
static inline uintptr_t
fwi_near_way(uintptr_t row, uint32_t dst)
{
	uintptr_t way;

	/* pollers are aligned as the groups are */
	for (way = sizeof(struct fwi_near); way < FWI_NEAR_GROUP; way += sizeof(struct fwi_near))
		if (((const struct fwi_near_row *)(row ^ way))->near.dst == dst)
			return way;
	return 0;
}

/*
 * Next hop known, with a queue that the fast path may use, and the packet fits. first: it is looked
 * for in its first place only.
 */
static __rte_always_inline bool
fwi_plain_hop(const struct fwpdk_poller *p, struct fwi_plain *pl, bool first)
{
	uintptr_t row, way;
	uint32_t dst;

	memcpy(&dst, pl->ip + 16, sizeof(dst));
	row = (uintptr_t)p + (uintptr_t)fwi_hop4_index(dst) * sizeof(pl->row->near);
	FWI_IN_REGISTER(row);
	pl->row = (const struct fwi_near_row *)row;
	if (unlikely(pl->row->near.dst != dst)) {
		way = first ? 0 : fwi_near_way(row, dst);
		if (way == 0)
			return false;
		pl->row = (const struct fwi_near_row *)(row ^ way);
	}
	/* A length below 20 is a large one here. */
	return likely((uint16_t)(pl->total - FWI_IP4_HEADER) <= pl->row->near.span);
}

static inline void
fwi_near_l2(uint8_t *frame, const struct fwi_near *near)
{
#ifdef __SSE2__
	__m128i both = _mm_loadu_si128((const __m128i *)(const void *)near->l2);

	__asm__("" : "+x"(both)); /* not as two loads */

	_mm_storel_epi64((__m128i *)(void *)frame, both);
	_mm_storeh_pi((__m64 *)(void *)(frame + 6), _mm_castsi128_ps(both));
#else
	memcpy(frame, &near->l2[0], 8);
	memcpy(frame + 6, &near->l2[1], 8);
#endif
}

/*
 * The pool's invariants make up for what is not written: refcnt 1, nb_segs 1, next NULL,
 * data_off 0, no offload flags. Queues with q->fast get their mbufs back like that.
 */
static inline void
fwi_fast_mbuf(struct rte_mbuf *m, uint8_t *frame, uint32_t len, uint64_t tag)
{
	m->buf_addr = frame;
	m->buf_iova = (uintptr_t)frame;
	m->pkt_len = len;
	m->data_len = (uint16_t)len;
	m->buf_len = (uint16_t)len;
	/* where there is a struct fwi_near, the tag is at this place */
	*RTE_MBUF_DYNFIELD(m, FWI_TAG_AT, uint64_t *) = tag;
}

/* The caller has recorded the NBL, and there is a free mbuf at the tail. */
static inline void
fwi_fast_stage(
	struct fwi_txq *q, struct rte_mbuf *m, const struct fwi_plain *pl, NET_BUFFER_LIST *nbl)
{
	uint8_t *frame = pl->ip - FWI_L2_LEN;

	q->bytes += pl->total;
	fwi_near_l2(frame, &pl->row->near);
	fwi_fast_mbuf(m, frame, (uint32_t)pl->total + FWI_L2_LEN, (uintptr_t)nbl);
	q->next++;
}

#endif
