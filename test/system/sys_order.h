/* SPDX-License-Identifier: BSD-3-Clause */
/* A receiver's view: every datagram once, whole, and in order within thread and flow. */
#ifndef SYS_ORDER_H
#define SYS_ORDER_H

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_mbuf.h>

#include "sys_frame.h"

#define ORDER_THREADS 16u
#define ORDER_FLOWS   16u

struct order {
	uint32_t next[ORDER_THREADS][ORDER_FLOWS];
	uint64_t datagrams;
	unsigned errors;
	bool gaps; /* numbers may be missing, but never go back */
};

/* One Ethernet frame; frames of other kinds are not counted. */
static inline void
order_frame(struct order *order, struct rte_mbuf *m)
{
	uint8_t frame[sizeof(struct rte_ether_hdr) + FRAME_MAX];
	uint32_t len = rte_pktmbuf_pkt_len(m);
	const uint8_t *bytes;
	struct datagram d = {0};

	if (len < 14 + 28 || len > sizeof(frame))
		return;
	bytes = rte_pktmbuf_read(m, 0, len, frame);
	if (memcmp(bytes + 12, "\x08\x00", 2) != 0 && memcmp(bytes + 12, "\x86\xdd", 2) != 0)
		return;
	if (bytes[14] >> 4 == 6 && bytes[20] != IPPROTO_UDP) /* the kernel's own */
		return;
	order->datagrams++;
	if (!frame_check(bytes + 14, len - 14, &d) || d.thread >= ORDER_THREADS ||
		d.flow >= ORDER_FLOWS ||
		(order->gaps ? d.sequence < order->next[d.thread][d.flow]
			     : d.sequence != order->next[d.thread][d.flow])) {
		if (order->errors++ < 3)
			fprintf(stderr, "damaged or out of order: thread %u flow %u sequence %u\n",
				d.thread, d.flow, d.sequence);
		return;
	}
	order->next[d.thread][d.flow] = d.sequence + 1;
}

#endif
