/* SPDX-License-Identifier: BSD-3-Clause */
/* One frame for the driver: bytes of the library, then bytes of a NET_BUFFER. */
#ifndef FWI_FRAME_H
#define FWI_FRAME_H

#include "map/at.h"
#include "map/mapq.h"

#define FWI_L2_MAX 22u /* Ethernet header with two tags */

struct fwi_frame {
	const uint8_t *head; /* the Ethernet header, and more where the client's is not sent */
	uint32_t head_len;
	uint32_t len;  /* bytes of the NET_BUFFER behind it */
	bool backfill; /* head may go in front of the client's data: it is L2 alone */
	/* what is left to the NIC, as in struct rte_mbuf; head lies in one piece then */
	uint64_t ol_flags, tx_offload;
};

/* Nearly always it is the plain Ethernet header. */
static inline void
fwi_frame_head(void *to, const struct fwi_frame *f)
{
	if (likely(f->head_len == FWI_L2_LEN))
		memcpy(to, f->head, FWI_L2_LEN);
	else
		memcpy(to, f->head, f->head_len);
}

/* May len bytes in front of the used data be written (architecture, section 3)? */
bool fwi_backfill_offered(const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb, uint32_t len);

/*
 * Map one frame whose bytes of the NET_BUFFER begin at *at, which moves behind them. solo: the
 * NBL is this frame alone. Returns as fwi_map_nb().
 */
int fwi_map_frame(struct fwi_mapq *q, NET_BUFFER_LIST *nbl, bool solo, const struct fwi_frame *f,
	struct fwi_at *at, struct fwi_mapped *out);

/* copy.c: the same by copying. */
int fwi_map_copy(
	struct fwi_mapq *q, const struct fwi_frame *f, struct fwi_at *at, struct fwi_mapped *out);

#endif
