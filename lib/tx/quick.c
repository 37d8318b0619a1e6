/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "map/small.h"
#include "map/tag.h"
#include "tx/quick.h"

/* One packet on its way. */
struct packet {
	const NET_BUFFER *nb;
	const struct fwi_hop *hop;
	uint8_t *data; /* first byte */
	uint32_t have; /* bytes of it in the first MDL */
	uint32_t total;
	uint64_t tag;
};

static inline bool
hop_known4(const struct fwpdk_poller *p, const struct fwi_quick *k, struct packet *pkt)
{
	const struct fwi_hop4 *e;
	uint32_t dst;

	memcpy(&dst, pkt->data + 16, sizeof(dst));
	e = fwi_hop4_slot(p->hops, dst);
	pkt->hop = &e->hop;
	return likely(e->key == fwi_hop4_key(k->comp, dst));
}

static inline bool
hop_known6(const struct fwpdk_poller *p, const struct fwi_quick *k, struct packet *pkt)
{
	const struct fwi_hop6 *e = fwi_hop6_slot(p->hops, k->comp, pkt->data + 24);

	pkt->hop = &e->hop;
	return likely(e->comp == k->comp + 1 && memcmp(e->dst, pkt->data + 24, 16) == 0);
}

/* A whole packet of the version that the others have, its header in one piece; where to? */
static inline bool
look(const struct fwpdk_poller *p, struct fwi_quick *k, struct packet *pkt)
{
	const NET_BUFFER *nb = pkt->nb;
	const MDL *mdl = nb->CurrentMdl;
	uint32_t off = nb->CurrentMdlOffset, len = nb->DataLength, header;
	uint8_t version;

	if (unlikely(mdl == NULL || off > mdl->ByteCount || len < 20))
		return false;
	pkt->have = mdl->ByteCount - off;
	if (unlikely(pkt->have < 20))
		return false;
	pkt->data = fwi_mdl_va(mdl) + off;
	version = pkt->data[0] >> 4;
	if (unlikely(version != k->version)) {
		if (k->version != 0)
			return false;
		k->version = version;
	}
	if (likely(version == 4)) {
		header = (pkt->data[0] & 15u) * 4;
		pkt->total = (uint32_t)pkt->data[2] << 8 | pkt->data[3];
		if (unlikely(header < 20 || !hop_known4(p, k, pkt)))
			return false;
	} else {
		header = 40;
		if (unlikely(version != 6 || pkt->have < 40 || len < 40))
			return false;
		pkt->total = 40 + ((uint32_t)pkt->data[4] << 8 | pkt->data[5]);
		if (unlikely(!hop_known6(p, k, pkt)))
			return false;
	}
	/* Bytes behind the packet would have to be walked too, where they are in other MDLs. */
	return likely(pkt->total >= header && pkt->total <= len && header <= pkt->have &&
		      (len <= pkt->have || pkt->total == len) && pkt->total <= pkt->hop->mtu &&
		      pkt->hop->user != 0);
}

/* Free mbufs of a fast queue have refcnt 1, nb_segs 1, next NULL, data_off 0, no flags. */
static inline void
segment(struct rte_mbuf *m, uint8_t *addr, rte_iova_t iova, uint32_t len, uint64_t tag)
{
	m->buf_addr = addr;
	m->buf_iova = iova;
	m->buf_len = (uint16_t)len;
	m->data_len = (uint16_t)len;
	*fwi_tag(m) = tag;
}

/* A mbuf more, linked behind *link. NULL: there is none. */
static inline struct rte_mbuf *
more(struct fwi_quick *k, struct rte_mbuf **link)
{
	struct rte_mbuf *m;

	if (unlikely(k->more == k->q->map.nfree))
		return NULL;
	m = k->q->map.free[k->q->map.nfree - ++k->more];
	*link = m;
	return m;
}

/*
 * What does not lie in one MDL behind its own header: head is its first mbuf, of segs
 * segments so far. Returns segments, 0 = not this way.
 */
static uint32_t
rest(struct fwi_quick *k, const struct packet *pkt, struct rte_mbuf *last, uint32_t segs,
	const MDL *mdl, uint32_t left)
{
	uint32_t here;

	/* MDLs that are not needed may be a ring: not this way. */
	while ((mdl = mdl->Next) != NULL) {
		if (unlikely(segs == k->q->map.max_segs))
			return 0;
		here = RTE_MIN(mdl->ByteCount, left);
		last = more(k, &last->next);
		if (unlikely(here == 0 || last == NULL))
			return 0;
		segment(last, fwi_mdl_va(mdl), (uintptr_t)fwi_mdl_va(mdl), here, pkt->tag);
		left -= here;
		segs++;
	}
	return likely(left == 0) ? segs : 0;
}

/* The same where it is small: behind its header, copied. */
static uint32_t
small(struct fwi_quick *k, const struct packet *pkt, struct rte_mbuf *m)
{
	uint8_t *room = rte_mbuf_to_priv(m);

	if (unlikely(!fwi_small_gather(
		    room + FWI_L2_LEN, pkt->nb->CurrentMdl, pkt->data, pkt->have, pkt->total)))
		return 0;
	memcpy(room, pkt->hop->l2, FWI_L2_LEN);
	m->pkt_len = pkt->total + FWI_L2_LEN;
	segment(m, room, (uintptr_t)room, pkt->total + FWI_L2_LEN, pkt->tag);
	k->headers++;
	return 1;
}

/* Into m and as many more as it takes. Returns segments, 0 = not this way. */
static inline uint32_t
map(struct fwi_quick *k, struct packet *pkt, struct rte_mbuf *m, bool lead)
{
	uint32_t here = RTE_MIN(pkt->have, pkt->total), segs = 1;
	struct rte_mbuf *head = m;
	uint8_t *room;

	if (pkt->total <= FWI_SMALL_MAX && unlikely(!lead || here != pkt->total))
		return small(k, pkt, m);
	m->pkt_len = pkt->total + FWI_L2_LEN;
	if (likely(lead)) {
		k->lead[k->nlead].to = pkt->data - FWI_L2_LEN;
		k->lead[k->nlead++].l2 = pkt->hop->l2;
		segment(m, pkt->data - FWI_L2_LEN, (uintptr_t)pkt->data - FWI_L2_LEN,
			here + FWI_L2_LEN, pkt->tag);
		if (likely(here == pkt->total))
			return 1;
	} else {
		room = rte_mbuf_to_priv(m);
		memcpy(room, pkt->hop->l2, FWI_L2_LEN);
		segment(m, room, rte_mempool_virt2iova(m) + sizeof(*m), FWI_L2_LEN, pkt->tag);
		m = more(k, &m->next);
		if (unlikely(m == NULL || k->q->map.max_segs < 2))
			return 0;
		segment(m, pkt->data, (uintptr_t)pkt->data, here, pkt->tag);
		k->headers++;
		segs = 2;
	}
	if (unlikely(here != pkt->total))
		segs = rest(k, pkt, m, segs, pkt->nb->CurrentMdl, pkt->total - here);
	head->nb_segs = (uint16_t)segs;
	return segs;
}

static bool
use_queue(struct fwpdk_poller *p, struct fwi_quick *k, const struct fwi_hop *hop)
{
	struct fwi_txq *q = p->of_hop[hop->user];

	if (likely(k->q == q))
		return true;
	if (k->q != NULL)
		return false;
	k->q = q;
	return true;
}

/* More packets than lie ready. */
static bool
extend(struct fwi_quick *k)
{
	struct fwi_txq *q = k->q;
	uint32_t n = RTE_MIN(
		RTE_MIN(q->map.nfree, (uint32_t)(q->stage + q->cap - q->limit)), FWI_READY);

	if (n == 0 || k->more != 0 || k->packets + n > FWI_QUICK_MAX)
		return false;
	q->map.nfree -= n;
	memcpy(q->limit, q->map.free + q->map.nfree, n * sizeof(q->stage[0]));
	q->limit += n;
	return true;
}

/* Does another NB of the list so far begin in the same MDL? Its bytes are no backfill then. */
static inline bool
alone(const MDL **seen, unsigned n, const MDL *mdl)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (unlikely(seen[i] == mdl))
			return false;
	seen[n] = mdl;
	return true;
}

#define SHARE_MAX 16u /* NBs of a list that are compared; longer ones go the general way */

bool
fwi_quick_add(struct fwpdk_poller *p, struct fwi_quick *k, NET_BUFFER_LIST *nbl)
{
	const struct fwi_nbl_hot *hot = (const void *)nbl;
	const NET_BUFFER *nb = hot->first_nb;
	const MDL *seen[SHARE_MAX];
	struct packet pkt;
	uint32_t segs, all = 0, n;
	bool offered, solo;

	if (unlikely(nb == NULL ||
		     ((uintptr_t)nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo] |
			     (uintptr_t)nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo] |
			     (uintptr_t)nbl->NetBufferListInfo[Ieee8021QNetBufferListInfo] |
			     (uintptr_t)nbl->NetBufferListInfo[UdpSegmentationOffloadInfo]) != 0))
		return false;
	offered = ((hot->nbl_flags & NDIS_NBL_FLAGS_SEND_READ_ONLY) |
			  (uint32_t)__atomic_load_n(&hot->child_refs, __ATOMIC_RELAXED) |
			  (uintptr_t)nbl->ParentNetBufferList) == 0;
	solo = nb->Next == NULL;
	pkt.tag = (uintptr_t)nbl | FWI_TAG_PART;
	for (n = 0; nb != NULL; nb = nb->Next, n++) {
		pkt.nb = nb;
		if (unlikely(!look(p, k, &pkt) || !use_queue(p, k, pkt.hop)))
			return false;
		if (unlikely(k->packets == fwi_txq_ready(k->q)) && !extend(k))
			return false;
		if (!solo &&
			unlikely(n == SHARE_MAX || nb->MdlChain != nb->CurrentMdl ||
				 nb->CurrentMdl->Next != NULL || !alone(seen, n, nb->CurrentMdl)))
			return false;
		segs = map(k, &pkt, k->q->next[k->packets++],
			offered && nb->CurrentMdlOffset >= FWI_L2_LEN &&
				nb->DataOffset >= FWI_L2_LEN);
		if (unlikely(segs == 0))
			return false;
		k->bytes += pkt.total;
		all += segs;
	}
	if (likely(all == 1 && !(k->sampled && k->lists == 0))) {
		*fwi_tag(k->q->next[k->packets - 1]) = (uintptr_t)nbl;
		all = 0;
	}
	k->pending[k->lists++] = all;
	return true;
}

void
fwi_quick_undo(struct fwi_quick *k)
{
	struct rte_mbuf *m;
	uint32_t i;

	for (i = 0; i < k->packets; i++) {
		m = k->q->next[i];
		m->next = NULL;
		m->nb_segs = 1;
	}
	for (i = 1; i <= k->more; i++)
		k->q->map.free[k->q->map.nfree - i]->next = NULL;
}

void
fwi_quick_commit(struct fwpdk_poller *p, struct fwi_quick *k)
{
	struct fwi_txq *q = k->q;
	uint32_t i;

	for (i = 0; i < k->nlead; i++)
		memcpy(k->lead[i].to, k->lead[i].l2, FWI_L2_LEN);
	q->map.nfree -= k->more;
	q->map.header_mbufs += k->headers;
	q->next += k->packets;
	q->bytes += k->bytes;
	p->extra += (int64_t)k->packets + k->more - k->lists;
	if (q->next == q->limit)
		fwi_txq_make_ready(q);
}
