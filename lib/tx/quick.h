/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: whole NBLs onto one fast queue in one pass - chains, several NET_BUFFERs,
 * several MDLs, header mbufs, IPv6. Checked and mapped at the same time into mbufs that lie
 * ready; only fwi_quick_commit() makes them part of the stage, and nothing of the client's
 * is written before, but for the mark that an NBL is in flight. Whatever is unusual is
 * refused and goes the general way.
 */
#ifndef FWI_QUICK_H
#define FWI_QUICK_H

#include <stdbool.h>
#include <stdint.h>

#include "tx/poller.h"

#define FWI_QUICK_MAX 64u /* packets in one go */

struct fwi_quick {
	struct fwi_txq *q; /* NULL until the first packet */
	uint32_t comp;	   /* table index */
	uint32_t packets;
	uint32_t more; /* mbufs beyond one per packet */
	uint32_t lists;
	uint32_t headers;
	bool sampled;	 /* the first NBL has a latency sample: its pending word is looked at */
	uint8_t version; /* of all packets */
	uint64_t bytes;
	/* Ethernet headers that go into backfill */
	struct {
		uint8_t *to;
		const uint8_t *l2;
	} lead[FWI_QUICK_MAX];
	uint32_t nlead;
	/* of each NBL: what its FwpdkPending has to count; 0 if it is one mbuf */
	uint32_t pending[FWI_QUICK_MAX];
};

static inline void
fwi_quick_init(struct fwi_quick *k, uint32_t comp)
{
	k->q = NULL;
	k->comp = comp;
	k->packets = k->more = k->lists = k->headers = k->nlead = 0;
	k->version = 0;
	k->sampled = false;
	k->bytes = 0;
}

/*
 * One more NBL; the caller has made sure that it is not in flight. False: all that was
 * added has to be undone now.
 */
bool fwi_quick_add(struct fwpdk_poller *p, struct fwi_quick *k, NET_BUFFER_LIST *nbl);
void fwi_quick_undo(struct fwi_quick *k);
void fwi_quick_commit(struct fwpdk_poller *p, struct fwi_quick *k);

#endif
