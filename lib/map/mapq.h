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

#define FWI_L2_LEN     14u
#define FWI_HDR_ROOM   32u /* private area of a completion mbuf: the header of a header mbuf */
#define FWI_COPY_BURST 36u /* most mbufs a copied packet may take */

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
	struct rte_mempool *copy_pool; /* ordinary mbufs for copies */

	/* counters, single writer */
	uint64_t header_mbufs;
	uint64_t linearised;
	uint64_t copied_memory;
	uint64_t copied;
};

struct fwi_ip;

/* A packet ready for the driver. */
struct fwi_mapped {
	struct rte_mbuf *m;
	uint32_t refs; /* completion mbufs in it; 0 = a copy that no release will report */
	uint32_t len;  /* bytes from the IP header on */
};

/*
 * Map one NET_BUFFER whose header the caller has just checked (ip). solo: the NBL is this
 * NB alone.
 * Returns 0; -ENOBUFS nothing changed, try again when mbufs are back; or a (negative)
 * NTSTATUS that the NBL has to end with.
 */
int fwi_map_nb(struct fwi_mapq *q, NET_BUFFER_LIST *nbl, NET_BUFFER *nb, bool solo,
	const struct fwi_ip *ip, const struct fwi_hop *hop, struct fwi_mapped *out);

/* copy.c: the same by copying. */
int fwi_map_copy(struct fwi_mapq *q, const NET_BUFFER *nb, const struct fwi_ip *ip,
	const struct fwi_hop *hop, struct fwi_mapped *out);

/* memory.c: bytes readable by the device from addr on, 0 = not at all; *iova of addr. */
uint32_t fwi_mem_readable(uint8_t mem_class, const void *addr, uint32_t len, rte_iova_t *iova);

#endif
