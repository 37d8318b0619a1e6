/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The receiving end: a burst that takes and keeps as much as it likes, or a double that completes
 * by descriptors, and with a NIC for checksums a prepare function that refuses some packets.
 */
#include <rte_ethdev.h>

#include <fwpdk/fault.h>

#include "shapes.h"

#define HELD	   65536u
#define TAKE_ALL   UINT32_MAX
#define FAULT_DESC 256u
#define FAULT_FREE 32u /* descriptors */

enum keep { KEEP_NONE, KEEP_ALL, KEEP_SOME };

static struct wire {
	struct rte_mbuf *held[HELD];
	unsigned nheld;
	uint32_t take; /* packets per burst: fewer than that */
	enum keep keep;
	struct fwpdk_fault *fault[RIG_PORTS];
} wire;

/* The first complaint counts: others may follow from it. */
static const char *
look(const struct rte_mbuf *m, unsigned port)
{
	const char *wrong = shapes_frame(m, port);

	if (wrong != NULL && shapes.wrong == NULL)
		shapes.wrong = wrong;
	return wrong;
}

static uint16_t
burst(void *txq, struct rte_mbuf **m, uint16_t n)
{
	unsigned port = rte_eth_fp_ops[rig.dev[0].id].txq.data[0] == txq ? 0 : 1;
	uint16_t i, take = n;

	if (n != 0 && wire.take != TAKE_ALL) /* the clock says when there are empty ones */
		take = (uint16_t)RTE_MIN((uint32_t)n, below(wire.take));
	shapes.partial += take < n;
	for (i = 0; i < take; i++) {
		look(m[i], port);
		if (wire.nheld < HELD &&
			(wire.keep == KEEP_ALL || (wire.keep == KEEP_SOME && one_in(2))))
			wire.held[wire.nheld++] = m[i];
		else
			rte_pktmbuf_free(m[i]);
	}
	return take;
}

static uint16_t
prepare(void *txq, struct rte_mbuf **m, uint16_t n)
{
	struct shapes_window *w;
	uint16_t i;

	(void)txq;
	for (i = 0; i < n; i++) {
		w = shapes_frame_window(m[i]);
		if (w == NULL) { /* fwpdk_tx() does not have them prepared */
			shapes.wrong = "the NIC's driver is shown something that is not ours";
			break;
		}
		if (w->disliked) {
			shapes.disliked++;
			break;
		}
		w->prepared = true;
	}
	return i;
}

static const char *
fault_look(const struct rte_mbuf *m, void *port)
{
	return look(m, (unsigned)(uintptr_t)port);
}

void
shapes_wire_replace(unsigned port)
{
	struct fwpdk_fault_opts o = {.size = sizeof(o),
		.nb_desc = FAULT_DESC,
		.tx_free_thresh = FAULT_FREE,
		.seed = below(UINT32_MAX),
		.verify = 1,
		.check = fault_look,
		.check_arg = (void *)(uintptr_t)port};
	struct fwpdk_fault_knobs k = {.size = sizeof(k), .release = FWPDK_FAULT_LAZY};

	assert_int_equal(fwpdk_fault_install(rig.dev[port].id, &o, &wire.fault[port]), 0);
	assert_int_equal(fwpdk_fault_set(wire.fault[port], &k), 0);
}

void
shapes_wire_up(unsigned port)
{
	struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[rig.dev[port].id];

	if (shapes.conf.nic)
		ops->tx_pkt_prepare = prepare;
	if (!shapes.conf.fault)
		ops->tx_pkt_burst = burst;
}

static void
fault_turn(struct fwpdk_fault *f)
{
	struct fwpdk_fault_knobs k = {
		.size = sizeof(k), .release = FWPDK_FAULT_LAZY, .end = FWPDK_FAULT_AT_STOP};

	k.take = one_in(2) ? 0 : 1 + below(40);
	k.take_random = one_in(2);
	k.finish_after = one_in(2) ? below(50) : 0;
	k.finish_never = one_in(4);
	k.one_by_one = one_in(2);
	k.order = (enum fwpdk_fault_order)below(3);
	assert_int_equal(fwpdk_fault_set(f, &k), 0);
}

void
shapes_wire_turn(void)
{
	unsigned i;

	if (one_in(2))
		wire.take = one_in(2) ? TAKE_ALL : 1 + below(40);
	else
		wire.keep = (enum keep)below(3);
	for (i = 0; shapes.conf.fault && i < rig.ports; i++)
		fault_turn(wire.fault[i]);
}

void
shapes_wire_open(void)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k), .release = FWPDK_FAULT_LAZY};
	unsigned i;

	wire.take = TAKE_ALL;
	wire.keep = KEEP_NONE;
	for (i = 0; shapes.conf.fault && i < rig.ports; i++)
		assert_int_equal(fwpdk_fault_set(wire.fault[i], &k), 0);
}

static void
fault_give(struct fwpdk_fault *f, bool all)
{
	uint32_t n = all ? FWPDK_FAULT_ALL : below(100);

	fwpdk_fault_finish(f, n);
	if (all || one_in(3))
		fwpdk_fault_release(f, n);
}

void
shapes_wire_give(bool all)
{
	unsigned i;

	while (wire.nheld != 0) {
		i = below(wire.nheld);
		rte_pktmbuf_free(wire.held[i]);
		wire.held[i] = wire.held[--wire.nheld];
	}
	for (i = 0; shapes.conf.fault && i < rig.ports; i++)
		fault_give(wire.fault[i], all);
}

void
shapes_wire_end(void)
{
	struct fwpdk_fault_counts c = {.size = sizeof(c)};
	unsigned i;

	for (i = 0; shapes.conf.fault && i < rig.ports; i++) {
		assert_int_equal(fwpdk_fault_counts(wire.fault[i], &c), 0);
		assert_int_equal(c.wrong, 0);
		assert_int_equal(c.changed, 0);
		assert_int_equal(c.held, 0);
		shapes.partial += c.offered > c.taken;
		assert_non_null(rig.p[0]->q[i]->sent); /* by descriptors, really */
	}
}

void
shapes_wire_down(void)
{
	unsigned i;

	for (i = 0; shapes.conf.fault && i < rig.ports; i++)
		fwpdk_fault_remove(wire.fault[i]);
}
