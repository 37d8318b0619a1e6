/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets through net_ring, looked at on the other side. */
#include <stdlib.h>

#include "fixture.h"

/* Through net_ring: frame == Ethernet header + IP packet; then given back. */
void
fx_send_and_check(struct pkt *p)
{
	uint64_t before = pkt_completions;
	struct rte_mbuf *m[2];

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(1);
	assert_int_equal(fx_ring_rx(0, m, 2), 1);
	fx_check_frame(m[0], 0, p);
	rte_pktmbuf_free(m[0]);
	assert_true(fx_poll_done(before + 1));
	assert_status(p->status, STATUS_SUCCESS);
	pkt_check_restored(p);
}

void
fx_send_random(unsigned seed, unsigned count)
{
	unsigned i, k;

	srand(seed);
	for (i = 0; i < count; i++) {
		struct pkt_spec s = {.version = rand() & 1 ? 4 : 6,
			.payload = 1 + (unsigned)rand() % 1400,
			.nseg = 1 + (unsigned)rand() % PKT_SEGS,
			.lead = (unsigned)rand() % 60,
			.pad = rand() % 3 == 0 ? (unsigned)rand() % 80 : 0,
			.tail = rand() % 3 == 0 ? (unsigned)rand() % 80 : 0,
			.cut_lead = rand() & 1,
			.pool_memory = rand() & 1};
		struct pkt *p;

		for (k = 0; k < s.nseg; k++) {
			unsigned r = (unsigned)rand() % 5;

			s.seg[k] = r == 0 ? 0 : r == 1 ? 1 : (unsigned)rand() % (r * 40);
		}
		s.cut_lead = s.cut_lead && s.lead > 0;
		p = pkt_make(&s);
		fx_send_and_check(p);
		pkt_free(p);
	}
}
