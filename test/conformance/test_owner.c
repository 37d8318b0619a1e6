/* SPDX-License-Identifier: BSD-3-Clause */
/* P3, R25, R163: the owner of a poller injects much between two polls, or in completions. */
#include "fixture.h"

#define MANY 8000
#define POOL 511 /* completion mbufs */

static struct pkt *p[MANY];

static void
r163_owner_that_injects_and_injects(void **state)
{
	unsigned i, n = 0;

	(void)state;
	fx_poll_n(1);
	/* More than there are completion mbufs, and the driver gives back at once. */
	for (i = 0; i < MANY; i++) {
		p[i] = PKT(0);
		if (pkt_inject(p[i]) == STATUS_SUCCESS)
			n++;
	}
	assert_int_equal(pkt_completions, 0);
	fx_check_conserved();
	assert_true(fx_poll_done(n));
	fx_check_conserved();
	for (i = 0; i < MANY; i++)
		assert_int_equal(p[i]->done, p[i]->accepted);
}

static unsigned again;

static void
inject_again(struct pkt *q)
{
	if (again > 0) {
		again--;
		pkt_inject(q);
	}
}

static void
p03_poll_ends_though_completions_inject(void **state)
{
	uint64_t before;
	unsigned i;

	(void)state;
	again = 60000;
	pkt_hook = inject_again;
	fx_poll_n(1);
	for (i = 0; i < 160; i++)
		assert_status(pkt_inject(PKT(0)), STATUS_SUCCESS);
	while (pkt_completions < pkt_accepted) {
		before = pkt_completions;
		fwpdk_poll(fx.poller);
		/* the poll is bounded: not more than there is room to note what came back */
		assert_true(pkt_completions - before <= 4 * POOL);
	}
	assert_int_equal(again, 0);
	fx_check_conserved();
}

static int
up(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_null0"},
				    .port = {.backlog = 64, .pool_size = POOL},
				    .poller = {.backlog = 100}});
}

static int
up_copy(void **state)
{
	return fx_up(
		state, &(struct fx_conf){.dev = {"net_null0"},
			       .port = {.backlog = 64, .pool_size = POOL, .mode = FWPDK_MODE_COPY},
			       .poller = {.backlog = 100}});
}

#define S(t, up) cmocka_unit_test_setup_teardown(t, up, fx_down)

static const struct CMUnitTest tests[] = {
	S(r163_owner_that_injects_and_injects, up),
	S(r163_owner_that_injects_and_injects, up_copy),
	S(p03_poll_ends_though_completions_inject, up),
	S(p03_poll_ends_though_completions_inject, up_copy),
};
FX_MAIN(tests)
