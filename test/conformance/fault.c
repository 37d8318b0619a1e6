/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "fault.h"

struct fwpdk_fault *fx_fault;
enum fx_kind fx_kind;

static const enum fwpdk_strategy strategy[FX_KINDS] = {
	[FX_IN_BURST] = FWPDK_STRATEGY_IN_BURST,
	[FX_EMPTY_BURST] = FWPDK_STRATEGY_EMPTY_BURST,
	[FX_DESC_DONE] = FWPDK_STRATEGY_DESC_DONE,
	[FX_DONE_CLEANUP] = FWPDK_STRATEGY_DONE_CLEANUP,
	[FX_LAZY] = FWPDK_STRATEGY_NONE,
};

static const enum fwpdk_fault_release release[FX_KINDS] = {
	[FX_IN_BURST] = FWPDK_FAULT_IN_BURST,
	[FX_EMPTY_BURST] = FWPDK_FAULT_NEXT_BURST,
	[FX_DESC_DONE] = FWPDK_FAULT_LAZY,
	[FX_DONE_CLEANUP] = FWPDK_FAULT_CLEANUP,
	[FX_LAZY] = FWPDK_FAULT_LAZY,
};

struct fwpdk_fault_knobs
fx_knobs(void)
{
	return (struct fwpdk_fault_knobs){
		.size = sizeof(struct fwpdk_fault_knobs),
		.release = release[fx_kind],
		.no_status = fx_kind != FX_DESC_DONE,
	};
}

void
fx_fault_set(const struct fwpdk_fault_knobs *knobs)
{
	assert_int_equal(fwpdk_fault_set(fx_fault, knobs), 0);
}

struct fwpdk_fault_counts
fx_fault_counts(void)
{
	struct fwpdk_fault_counts c = {.size = sizeof(c)};

	assert_int_equal(fwpdk_fault_counts(fx_fault, &c), 0);
	return c;
}

void
fx_fault_heal(void)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k)};

	fx_fault_set(&k);
	fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
}

bool
fx_nothing_staged(void *arg)
{
	struct fwpdk_poller_info i = {.size = sizeof(i)};

	(void)arg;
	assert_int_equal(fwpdk_poller_info(fx.poller, &i), 0);
	return i.in_rings + i.waiting + i.staged == 0;
}

static void
put_fault(uint16_t port_id)
{
	struct fwpdk_fault_opts o = {
		.size = sizeof(o), .nb_desc = 256, .tx_free_thresh = 32, .seed = 3, .verify = 1};
	struct fwpdk_fault_knobs k = fx_knobs();

	if (fx_fault != NULL) /* port 0 has it */
		return;
	assert_int_equal(fwpdk_fault_install(port_id, &o, &fx_fault), 0);
	fx_fault_set(&k);
}

int
fx_up_fault(void **state, enum fx_kind kind, const struct fx_conf *conf)
{
	const char *mode = getenv("FWPDK_TEST_MODE");
	struct fx_conf c = *conf;

	fx_fault = NULL;
	fx_kind = kind;
	if (c.dev[0] == NULL)
		c.dev[0] = "net_null0";
	c.before_open = put_fault;
	c.port.strategy = strategy[kind];
	c.port.mode = mode != NULL && strcmp(mode, "extbuf") == 0 ? FWPDK_MODE_EXTBUF
								  : FWPDK_MODE_CPOOL;
	return fx_up(state, &c);
}

#define UP(name, kind)                                                 \
	int fx_up_##name(void **state)                                 \
	{                                                              \
		return fx_up_fault(state, kind, &(struct fx_conf){0}); \
	}
UP(in_burst, FX_IN_BURST)
UP(empty_burst, FX_EMPTY_BURST)
UP(desc_done, FX_DESC_DONE)
UP(done_cleanup, FX_DONE_CLEANUP)
UP(lazy, FX_LAZY)

int
fx_down_fault(void **state)
{
	struct fwpdk_fault_counts c = fx_fault_counts();

	fx_thread_stop();
	fwpdk_fault_remove(fx_fault);
	fx_fault = NULL;
	fx_down(state);
	assert_int_equal(c.changed, 0);
	return 0;
}

void
fx_inject_shapes(struct pkt **p, unsigned n, unsigned seed)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		p[i] = PKT(.version = (i + seed) & 1 ? 6 : 4, .payload = 1 + (i * 37 + seed) % 1200,
			.nseg = 1 + (i + seed) % 4, .seg = {20, 9, 2}, .lead = (i * 7) % 40);
		if (i % 5 == 4)
			pkt_add_nb(p[i],
				PKT(.version = (i + seed) & 1 ? 6 : 4, .nseg = 2, .seg = {30}));
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
}
