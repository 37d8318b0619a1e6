/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The mapper's side of a TX queue: where its mbufs come from and what the port can read.
 * Embedded in struct fwi_txq; written by the queue's owner only.
 */
#ifndef FWI_MAPQ_H
#define FWI_MAPQ_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <ndis.h>

#include "stack/stack.h"

#define FWI_L2_LEN	 14u
#define FWI_HDR_ROOM	 96u  /* private area of a completion mbuf: headers of the library */
#define FWI_PRIV_ROOM	 128u /* ... and behind it what an external buffer shares (extbuf.c) */
#define FWI_CHAIN_MAX	 64u  /* segments of one packet; longer chains are linearised */
#define FWI_BLANKS	 32u  /* mbufs for copies, taken at once */
#define FWI_BLANKS_AHEAD 8u
#define FWI_FEW_BYTES	 64u /* of a packet, copied without a call */
#define FWI_COPY_BURST	 36u /* most mbufs a copied packet may take */

/* Which memory the device can read (P9). */
enum fwi_mem_class {
	FWI_MEM_ANY, /* the driver copies with the CPU */
	FWI_MEM_DMA, /* DPDK memory or registered and mapped memory */
	FWI_MEM_FD   /* fd-backed DPDK memory only (virtio_user, memif zero-copy) */
};

struct fwi_mapq {
	struct rte_mbuf **free; /* bare completion mbufs, a stack */
	uint32_t nfree;
	uint16_t max_segs; /* longest chain the port takes */
	uint8_t mem_class; /* enum fwi_mem_class */
	bool copy_mode;
	uint16_t copy_room;	       /* bytes of a frame that one mbuf of copy_pool takes */
	uint16_t copy_span;	       /* copy_mode: of these for an IP packet; else 0 */
	uint16_t copy_few;	       /* the same, not more than FWI_FEW_BYTES */
	uint64_t nic_sums;	       /* RTE_ETH_TX_OFFLOAD_*_CKSUM that the port does */
	struct rte_mempool *copy_pool; /* ordinary mbufs for copies */
	struct rte_mempool *ext_pool;  /* extbuf mode: mbufs that go out instead of free[] */
	/* from copy_pool, as they were put back: map/blank.h */
	struct rte_mbuf *blank[2 * FWI_BLANKS];
	uint32_t nblank;

	/* counters, single writer */
	uint64_t header_mbufs;
	uint64_t linearised;
	uint64_t copied_memory;
	uint64_t copied;
	uint64_t sums;	     /* packets whose checksums were filled in */
	uint64_t nic_summed; /* of these, packets that the NIC sums up */
	uint64_t segments;   /* frames that are segments */
	uint64_t fragments;  /* frames that are fragments */
	uint64_t tagged;     /* frames with a VLAN tag */
};

/* Control. pool: ordinary mbufs that begin behind the usual headroom. */
static inline void
fwi_mapq_copy_into(struct fwi_mapq *q, struct rte_mempool *pool)
{
	q->copy_pool = pool;
	q->copy_room = (uint16_t)(rte_pktmbuf_data_room_size(pool) - RTE_PKTMBUF_HEADROOM);
	q->copy_span = q->copy_mode ? q->copy_room - FWI_L2_LEN : 0;
	q->copy_few = RTE_MIN(q->copy_span, FWI_FEW_BYTES);
}

/* copy.c: FWI_BLANKS more of blank[], where no more are left; false: the pool has not so many.
 * Back to the pool. */
bool fwi_map_blanks(struct fwi_mapq *q);
void fwi_map_blanks_back(struct fwi_mapq *q);

struct fwi_ip;

/* A packet ready for the driver. */
struct fwi_mapped {
	struct rte_mbuf *m;
	uint32_t refs; /* completion mbufs in it; 0 = a copy that no release will report */
	uint32_t len;  /* bytes behind the Ethernet header, tags included */
};

/*
 * Map one NET_BUFFER whose header the caller has just checked (ip). solo: the NBL is this
 * NB alone.
 * Returns 0; -ENOBUFS nothing changed, try again when mbufs are back; or a (negative)
 * NTSTATUS that the NBL has to end with.
 */
int fwi_map_nb(struct fwi_mapq *q, NET_BUFFER_LIST *nbl, NET_BUFFER *nb, bool solo,
	const struct fwi_ip *ip, const struct fwi_hop *hop, struct fwi_mapped *out);

/*
 * extbuf.c: the packet made of n completion mbufs from head on, once more as ordinary
 * mbufs with external buffers. NULL = no mbufs now.
 */
struct rte_mbuf *fwi_map_extbuf(
	struct fwi_mapq *q, struct rte_mbuf *head, uint32_t n, uint32_t pkt_len);
/* When a completion mbuf is made. */
void fwi_extbuf_init(struct rte_mbuf *record);
/* The completion mbuf that stands behind an mbuf of ext_pool. */
static inline struct rte_mbuf *
fwi_extbuf_record(const struct rte_mbuf *m)
{
	return (struct rte_mbuf *)m->shinfo->fcb_opaque;
}

/* memory.c: bytes readable by the device from addr on, 0 = not at all; *iova of addr. */
uint32_t fwi_mem_readable(uint8_t mem_class, const void *addr, uint32_t len, rte_iova_t *iova);

#endif
