/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: credits that follow their packets. A driver that spreads a burst over members
 * (net_bonding) moves what it did not take behind what it took.
 */
#include <string.h>

#include "tx/txq.h"

void
fwi_credit_follow(struct fwi_txq *q, struct rte_mbuf *const *before, uint16_t n, uint16_t sent)
{
	struct rte_mbuf *const *now = q->stage + q->head;
	uint64_t *credit = q->credit + q->head, old[FWI_TX_BURST];
	bool left[FWI_TX_BURST] = {false};
	uint16_t i, k;

	if (memcmp(now + sent, before + sent, (n - sent) * sizeof(now[0])) == 0)
		return;
	memcpy(old, credit, n * sizeof(old[0]));
	for (i = sent; i < n; i++) {
		for (k = 0; k < n && before[k] != now[i]; k++)
			;
		if (k < n) {
			credit[i] = old[k];
			left[k] = true;
		}
	}
	for (i = k = 0; k < n && i < sent; k++)
		if (!left[k])
			credit[i++] = old[k];
}
