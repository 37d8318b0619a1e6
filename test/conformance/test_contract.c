/* SPDX-License-Identifier: BSD-3-Clause */
/* Section B, P1, P3..P5: what a completion promises. */
#include <string.h>

#include "fixture.h"

static void
r014_success_means_exactly_one_completion(void **state)
{
	struct pkt *p[100];
	unsigned i;

	(void)state;
	for (i = 0; i < 100; i++) {
		p[i] = PKT(.payload = i * 14 + 1, .lead = i, .nseg = i % 5 + 1,
			.seg = {3, 17, 9, 4}, .version = i & 1 ? 6 : 4);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	assert_true(fx_poll_done(100));
	fx_poll_n(100); /* a second one would come now */
	for (i = 0; i < 100; i++)
		assert_int_equal(p[i]->done, 1);
	assert_int_equal(pkt_completions, 100);
}

static void
r014_every_failure_completes_too(void **state)
{
	struct pkt *p[4];
	unsigned i;

	(void)state;
	p[0] = PKT(.payload = 1600);   /* above the MTU */
	p[1] = PKT(.dst = "10.9.1.1"); /* route goes */
	p[2] = PKT(.payload = 1472);
	p[3] = PKT(.payload = 1473);
	for (i = 0; i < 4; i++)
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	assert_true(fx_poll_done(4));
	fx_poll_n(50);
	for (i = 0; i < 4; i++)
		assert_int_equal(p[i]->done, 1);
	assert_false(NT_SUCCESS(p[0]->status));
	assert_true(NT_SUCCESS(p[2]->status));
	assert_false(NT_SUCCESS(p[3]->status));
}

static void
r018_status_is_written_before_and_overwrites_the_old(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(.payload = 2000);

	(void)state;
	p->nbl->Status = STATUS_UNSUCCESSFUL;
	q->nbl->Status = STATUS_SUCCESS;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	assert_true(fx_poll_done(2));
	assert_status(p->status, STATUS_SUCCESS); /* as the callback saw it */
	assert_false(NT_SUCCESS(q->status));
}

static VOID *seen_context;
static NET_BUFFER_LIST *seen_nbl;

static VOID NTAPI
keep_context(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	(void)dispatch;
	seen_context = context;
	seen_nbl = nbl;
	pkt_completions++;
}

static void
r019_context_comes_back_bit_by_bit(void **state)
{
	uintptr_t context[] = {0, 1, 0x7fff123456789abc, UINTPTR_MAX, (uintptr_t)state};
	struct pkt *p = PKT(0);
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(context); i++) {
		seen_context = &seen_nbl;
		assert_status(
			FwpsInjectNetworkSendAsync0(fx.h4, NULL, 0, UNSPECIFIED_COMPARTMENT_ID,
				p->nbl, keep_context, (HANDLE)context[i]),
			STATUS_SUCCESS);
		pkt_accepted++;
		assert_true(fx_poll_done(i + 1));
		assert_ptr_equal(seen_context, (void *)context[i]);
		assert_ptr_equal(seen_nbl, p->nbl); /* R20 */
	}
}

static void
r020_same_pointer(void **state)
{
	struct pkt *p = PKT(0), *clone = pkt_clone(p);

	(void)state;
	assert_status(pkt_inject(clone), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_int_equal(clone->done, 1); /* pkt_completed() compares the pointers */
}

static void
r021_structure_is_as_injected(void **state)
{
	unsigned lead[] = {0, 1, 13, 14, 15, 64, 200}, i, cut;

	(void)state;
	for (i = 0; i < RTE_DIM(lead); i++) {
		for (cut = 0; cut < 2; cut++) {
			struct pkt *p = PKT(.lead = lead[i], .nseg = i + 1,
				.seg = {20 + i, 3, 0, 7}, .cut_lead = cut && lead[i], .tail = 9,
				.pad = i);

			assert_status(pkt_inject(p), STATUS_SUCCESS);
			assert_true(fx_poll_done(i * 2 + cut + 1));
			assert_status(p->status, STATUS_SUCCESS);
			pkt_check_restored(p);
		}
	}
}

static void
r021_also_after_a_failure(void **state)
{
	struct pkt *p = PKT(.payload = 3000, .lead = 20, .nseg = 3, .seg = {40, 1000});

	(void)state;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_status(p->status, STATUS_INVALID_BUFFER_SIZE);
	pkt_check_restored(p);
	assert_memory_equal(p->buf, p->copy, p->size); /* no header was written either */
}

static void
free_everything(struct pkt *p)
{
	unsigned i;

	/* As WinDivert does: MDL first, then the list, then the data. */
	for (i = 0; i < p->nmdl; i++)
		IoFreeMdl(p->mdl[i]);
	p->nmdl = 0;
	memset(p->buf, 0xdd, p->size);
	pkt_free_nbl(p);
}

static void
r022_everything_can_be_freed_in_the_completion(void **state)
{
	unsigned i;

	(void)state;
	pkt_hook = free_everything;
	for (i = 0; i < 50; i++)
		assert_status(pkt_inject(PKT(.lead = i, .nseg = 2, .seg = {25})), STATUS_SUCCESS);
	assert_true(fx_poll_done(50));
	fx_poll_n(10);
}

static void
r023_engine_never_frees(void **state)
{
	uint64_t live, before;
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_pool_usage(fx.pool, &before, NULL), 0);
	for (i = 0; i < 20; i++)
		assert_status(pkt_inject(PKT(.payload = i * 150 + 1)), STATUS_SUCCESS);
	assert_true(fx_poll_done(20));
	assert_int_equal(fwpdk_pool_usage(fx.pool, &live, NULL), 0);
	assert_int_equal(live - before, 20);
}

static unsigned again;

static void
inject_once_more(struct pkt *p)
{
	if (again > 0) {
		again--;
		pkt_in_inject++;
		assert_status(pkt_inject(p), STATUS_SUCCESS);
		pkt_in_inject--;
	}
}

static void
r025_inject_from_completion_does_not_recurse(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	again = 2000;
	pkt_hook = inject_once_more;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(2001));
	assert_int_equal(p->done, 2001);
	assert_int_equal(p->depth, 1);
	assert_false(p->inside_inject);
}

static void
fresh_packet(struct pkt *p)
{
	(void)p;
	if (again > 0) {
		again--;
		assert_status(pkt_inject(PKT(0)), STATUS_SUCCESS);
	}
}

static void
r025_completion_may_allocate_free_and_inject(void **state)
{
	(void)state;
	again = 300;
	pkt_hook = fresh_packet;
	assert_status(pkt_inject(PKT(.payload = 2000)), STATUS_SUCCESS); /* as for ICMP too big */
	assert_true(fx_poll_done(301));
	fx_check_conserved();
}

static void
poll_in_callback(struct pkt *p)
{
	(void)p;
	assert_int_equal(fwpdk_poll(fx.poller), 0);
}

static void
p03_nested_poll_does_nothing(void **state)
{
	unsigned i;

	(void)state;
	pkt_hook = poll_in_callback;
	for (i = 0; i < 10; i++)
		assert_status(pkt_inject(PKT(0)), STATUS_SUCCESS);
	assert_true(fx_poll_done(10));
}

static void
p03_never_inside_the_call_nor_the_driver(void **state)
{
	struct pkt *p[64];
	unsigned i;

	(void)state;
	fx_shim_on(0);
	for (i = 0; i < 64; i++) {
		p[i] = PKT(0);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
		assert_int_equal(p[i]->done, 0);
	}
	assert_true(fx_poll_done(64));
	assert_int_equal(fx_shim.taken, 64);
	for (i = 0; i < 64; i++) {
		assert_false(p[i]->inside_inject);
		assert_false(p[i]->inside_driver);
		assert_int_equal(p[i]->depth, 1);
	}
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)

static const struct CMUnitTest tests[] = {
	N(r014_success_means_exactly_one_completion),
	N(r014_every_failure_completes_too),
	N(r018_status_is_written_before_and_overwrites_the_old),
	N(r019_context_comes_back_bit_by_bit),
	N(r020_same_pointer),
	N(r021_structure_is_as_injected),
	N(r021_also_after_a_failure),
	N(r022_everything_can_be_freed_in_the_completion),
	N(r023_engine_never_frees),
	N(r025_inject_from_completion_does_not_recurse),
	N(r025_completion_may_allocate_free_and_inject),
	N(p03_nested_poll_does_nothing),
	N(p03_never_inside_the_call_nor_the_driver),
};
FX_MAIN(tests)
