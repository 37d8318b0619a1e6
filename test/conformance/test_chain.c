/* SPDX-License-Identifier: BSD-3-Clause */
/* P12, R38: chains of NBLs, and the same list where it must not be. */
#include "fixture.h"

#define MAX FWPDK_CHAIN_MAX

static struct pkt *chain[MAX + 1];

static void
link_up(unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		chain[i] = PKT(.payload = 16 + i);
	for (i = 0; i + 1 < n; i++)
		chain[i]->nbl->Next = chain[i + 1]->nbl;
}

static VOID NTAPI
completed_by_nbl(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	unsigned i;

	assert_ptr_equal(context, chain);
	for (i = 0; i <= MAX; i++)
		if (chain[i] != NULL && chain[i]->nbl == nbl)
			break;
	assert_true(i <= MAX);
	pkt_completed(chain[i], nbl, dispatch);
}

static NTSTATUS
inject(unsigned n)
{
	NTSTATUS status = FwpsInjectNetworkSendAsync0(
		fx.h4, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, chain[0]->nbl, completed_by_nbl, chain);
	unsigned i;

	for (i = 0; i < n && status == STATUS_SUCCESS; i++)
		pkt_injected(chain[i]);
	return status;
}

/* The whole call is refused, every list of it is as before. */
static void
refuse(unsigned n, NTSTATUS want)
{
	struct snap *s[MAX + 1];
	unsigned i;

	for (i = 0; i < n; i++)
		s[i] = snap_take(chain[i]);
	assert_status(inject(n), want);
	fx_poll_n(5);
	assert_int_equal(pkt_completions, 0);
	for (i = 0; i < n; i++)
		snap_same(s[i], chain[i]);
	fx_check_conserved();
}

static void
send_all(unsigned n)
{
	unsigned i;

	assert_status(inject(n), STATUS_SUCCESS);
	assert_true(fx_poll_done(n));
	fx_poll_n(10);
	assert_int_equal(pkt_completions, n);
	for (i = 0; i < n; i++) {
		assert_int_equal(chain[i]->done, 1);
		assert_int_equal(chain[i]->order, i);
		assert_true(chain[i]->next_was_null);
		assert_null(chain[i]->nbl->Next);
		assert_status(chain[i]->status, STATUS_SUCCESS);
		pkt_check_restored(chain[i]);
	}
	fx_check_conserved();
}

static void
p12_each_list_completes_alone_with_next_cleared(void **state)
{
	(void)state;
	link_up(32);
	send_all(32);
}

static void
p12_longest_chain(void **state)
{
	(void)state;
	link_up(MAX);
	send_all(MAX);
}

static void
p07_chain_longer_than_the_maximum(void **state)
{
	(void)state;
	link_up(MAX + 1);
	refuse(MAX + 1, STATUS_INVALID_PARAMETER);
	chain[MAX - 1]->nbl->Next = NULL;
	send_all(MAX);
}

static void
r038_a_single_list_is_sent(void **state)
{
	(void)state;
	link_up(1);
	send_all(1);
}

static void
p12_bad_list_anywhere_refuses_all(void **state)
{
	unsigned at[] = {0, 1, 7, 14, 15}, i;

	(void)state;
	link_up(16);
	for (i = 0; i < RTE_DIM(at); i++) {
		chain[at[i]]->ip[0] = 0x55;
		refuse(16, STATUS_INVALID_PARAMETER);
		chain[at[i]]->ip[0] = 0x45;
	}
	send_all(16);
}

static void
p07_same_list_twice_in_a_chain(void **state)
{
	(void)state;
	link_up(4);
	chain[3]->nbl->Next = chain[1]->nbl;
	refuse(4, STATUS_INVALID_PARAMETER);
	chain[3]->nbl->Next = chain[0]->nbl;
	refuse(4, STATUS_INVALID_PARAMETER);
	chain[3]->nbl->Next = chain[3]->nbl;
	refuse(4, STATUS_INVALID_PARAMETER);
	chain[3]->nbl->Next = NULL;
	send_all(4);
}

static void
p07_chain_of_one_that_is_its_own_next(void **state)
{
	(void)state;
	link_up(1);
	chain[0]->nbl->Next = chain[0]->nbl;
	refuse(1, STATUS_INVALID_PARAMETER);
	chain[0]->nbl->Next = NULL;
	send_all(1);
}

static void
p07_list_in_flight_is_refused(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_status(pkt_inject(p), STATUS_INVALID_PARAMETER); /* still waiting */
	fx_poll_n(3);
	assert_int_equal(p->done, 0);
	assert_status(pkt_inject(p), STATUS_INVALID_PARAMETER); /* with the driver */
	fx_ring_discard(0);
	assert_true(fx_poll_done(1));
	assert_int_equal(p->done, 1);
	assert_status(p->status, STATUS_SUCCESS);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(1);
	fx_ring_discard(0);
	assert_true(fx_poll_done(2));
}

static void
p07_chain_with_a_list_in_flight_is_refused(void **state)
{
	struct pkt *p = PKT(0);
	struct snap *s[2];

	(void)state;
	link_up(3);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(1); /* out of the library's own lists, Next is ours to damage */
	chain[2]->nbl->Next = p->nbl;
	s[0] = snap_take(chain[0]);
	s[1] = snap_take(chain[2]);
	assert_status(FwpsInjectNetworkSendAsync0(fx.h4, NULL, 0, UNSPECIFIED_COMPARTMENT_ID,
			      chain[0]->nbl, completed_by_nbl, chain),
		STATUS_INVALID_PARAMETER);
	snap_same(s[0], chain[0]);
	snap_same(s[1], chain[2]);
	fx_ring_discard(0);
	assert_true(fx_poll_done(1));
	assert_int_equal(p->done, 1);
}

static int
clean(void **state)
{
	unsigned i;

	for (i = 0; i <= MAX; i++)
		chain[i] = NULL;
	return fx_down(state);
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, clean)
#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, clean)
#define H(t) cmocka_unit_test_setup_teardown(t, fx_up_held, clean)

static const struct CMUnitTest tests[] = {
	N(p12_each_list_completes_alone_with_next_cleared),
	N(p12_longest_chain),
	N(p07_chain_longer_than_the_maximum),
	N(r038_a_single_list_is_sent),
	N(p12_bad_list_anywhere_refuses_all),
	N(p07_same_list_twice_in_a_chain),
	N(p07_chain_of_one_that_is_its_own_next),
	H(p07_list_in_flight_is_refused),
	H(p07_chain_with_a_list_in_flight_is_refused),
};
FX_MAIN(tests)
