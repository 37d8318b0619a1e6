/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk_pending_walk(): every NBL in flight, where it is, since when. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define MAX 512

static struct fwpdk_pending seen[MAX];
static unsigned nseen, stop_at;

static int
collect(const struct fwpdk_pending *p, void *arg)
{
	(void)arg;
	assert_true(p->size == sizeof(*p));
	assert_true(nseen < MAX);
	seen[nseen++] = *p;
	return nseen == stop_at ? 7 : 0;
}

static unsigned
look(void)
{
	nseen = stop_at = 0;
	assert_int_equal(fwpdk_pending_walk(collect, NULL), 0);
	/* quiescent: as many as are counted */
	assert_int_equal(nseen, fx_stats().in_flight);
	return nseen;
}

static const struct fwpdk_pending *
entry(const struct pkt *p)
{
	unsigned i;

	for (i = 0; i < nseen; i++)
		if (seen[i].nbl == p->nbl)
			return &seen[i];
	return NULL;
}

static void
is_at(const struct pkt *p, enum fwpdk_place place, int port)
{
	const struct fwpdk_pending *e = entry(p);

	assert_non_null(e);
	assert_string_equal(fwpdk_place_name(e->place), fwpdk_place_name(place));
	assert_int_equal(e->port_id, port < 0 ? -1 : fx.port[port].id);
	assert_int_equal(e->queue_id, port < 0 ? -1 : 0);
	assert_ptr_equal(e->handle, pkt_handle(p));
	assert_ptr_equal(e->context, p);
	assert_string_equal(e->poller, "p0");
}

static void
in_the_ring_and_their_age(void **state)
{
	struct pkt *a = PKT(0), *b = PKT(.version = 6), *c = PKT(.dst = "10.9.0.1");
	uint64_t before, after, ages[2];
	struct fwpdk_pending first;

	(void)state;
	assert_int_equal(look(), 0);
	before = fx_now_us();
	assert_status(pkt_inject(a), STATUS_SUCCESS); /* nobody owns the poller */
	after = fx_now_us();
	while (fx_now_us() - after < 3000)
		;
	assert_status(pkt_inject(b), STATUS_SUCCESS);
	assert_status(pkt_inject(c), STATUS_SUCCESS);
	while (fx_now_us() - after < 5000)
		;
	ages[0] = fx_now_us() - after; /* it may be taken off the CPU anywhere here */
	assert_int_equal(look(), 3);
	ages[1] = fx_now_us() - before;
	is_at(a, FWPDK_PLACE_RING, -1);
	is_at(b, FWPDK_PLACE_RING, -1);
	is_at(c, FWPDK_PLACE_RING, -1);
	assert_ptr_equal(seen[0].nbl, a->nbl); /* oldest first */
	assert_true(seen[0].age_us + 200 >= ages[0] && seen[0].age_us <= ages[1] + 200);
	assert_true(seen[1].age_us + 2800 <= ages[1]);
	first = seen[0];

	nseen = 0;
	stop_at = 1;
	assert_int_equal(fwpdk_pending_walk(collect, NULL), 7);
	assert_int_equal(nseen, 1);
	assert_ptr_equal(seen[0].nbl, first.nbl);
	assert_true(fx_poll_done(3));
	assert_int_equal(look(), 0);
}

static void
staged_and_waiting(void **state)
{
	struct pkt *p[128];
	unsigned i, staged = 0, waiting = 0;

	(void)state;
	fx_shim_on(0);
	fx_shim.limit = 0;
	fx_poll_n(1);
	for (i = 0; i < 40; i++) {
		p[i] = PKT(.nseg = 1 + i % 3, .seg = {20, 8}, .lead = i % 2 ? 14 : 0);
		if (i % 4 == 3)
			pkt_add_nb(p[i], PKT(0));
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	fx_poll_n(3);
	assert_int_equal(look(), 40);
	for (i = 0; i < 40; i++)
		is_at(p[i], FWPDK_PLACE_STAGED, 0);
	for (; i < 128; i++) { /* more than the 64 that have room */
		p[i] = PKT(0);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	fx_poll_n(3);
	assert_int_equal(look(), 128);
	for (i = 0; i < 128; i++) {
		staged += entry(p[i])->place == FWPDK_PLACE_STAGED;
		waiting += entry(p[i])->place == FWPDK_PLACE_WAITING;
	}
	assert_int_equal(staged + waiting, 128);
	assert_true(staged >= 40 && waiting >= 64);
	is_at(p[0], FWPDK_PLACE_STAGED, 0);
	is_at(p[127], FWPDK_PLACE_WAITING, -1);
	fx_shim.limit = UINT32_MAX;
	assert_true(fx_poll_done(128));
	assert_int_equal(look(), 0);
}

static void
with_the_receiver_and_given_back(void **state)
{
	struct pkt *a = PKT(0), *b = PKT(.nseg = 3, .seg = {20, 8}), *c = PKT(.version = 6);
	struct rte_mbuf *m[8];
	unsigned n;

	(void)state;
	pkt_add_nb(b, PKT(0));
	assert_status(pkt_inject(a), STATUS_SUCCESS);
	assert_status(pkt_inject(b), STATUS_SUCCESS);
	fx_poll_n(3);
	assert_status(pkt_inject(c), STATUS_SUCCESS); /* ours by now: mapped at once */
	assert_int_equal(look(), 3);
	is_at(a, FWPDK_PLACE_DRIVER, 0);
	is_at(b, FWPDK_PLACE_DRIVER, 0);
	is_at(c, FWPDK_PLACE_STAGED, 0);
	fx_poll_n(2);
	look();
	is_at(c, FWPDK_PLACE_DRIVER, 0);

	n = fx_ring_rx(0, m, 8);
	assert_int_equal(n, 4);
	rte_pktmbuf_free(m[0]); /* on the owner's thread: a */
	rte_pktmbuf_free(m[1]); /* half of b */
	assert_int_equal(fwpdk_poller_release(fx.poller), 0);
	rte_pktmbuf_free(m[3]); /* c, on a foreign one */
	assert_int_equal(look(), 3);
	assert_int_equal(entry(a)->place, FWPDK_PLACE_DONE);
	is_at(b, FWPDK_PLACE_DRIVER, 0);
	is_at(c, FWPDK_PLACE_DONE, 0);
	rte_pktmbuf_free(m[2]);
	look();
	assert_int_equal(entry(b)->place, FWPDK_PLACE_DONE);
	assert_true(fx_poll_done(3));
	assert_int_equal(look(), 0);
}

static struct pkt *chain[6];

/* All of a chain come with the same context. */
static VOID NTAPI
of_chain(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	unsigned i;

	(void)context;
	for (i = 0; chain[i]->nbl != nbl; i++)
		;
	pkt_completed(chain[i], nbl, dispatch);
}

/* The owner injects: the plain packet, a chain of them, and what is less plain. */
static void
age_of_what_the_owner_injects(void **state)
{
	struct pkt **p = chain;
	uint64_t start, after, least;
	unsigned i, round;

	(void)state;
	for (i = 0; i < 6; i++)
		p[i] = PKT(.lead = i < 4 ? 14 : 0, .nseg = i < 5 ? 1 : 3, .seg = {20, 5});
	fx_shim_on(0);
	for (round = 1; round <= 3; round++) { /* a stamp of an earlier round must not count */
		fx_shim.limit = 0;
		start = fx_now_us();
		fx_poll_n(1);
		for (i = 0; i < 6; i++) {
			if (i == 1)
				p[1]->nbl->Next = p[2]->nbl;
			if (i != 2)
				assert_status(FwpsInjectNetworkSendAsync0(pkt_handle(p[i]), NULL, 0,
						      0, p[i]->nbl, of_chain, NULL),
					STATUS_SUCCESS);
			pkt_injected(p[i]);
		}
		after = fx_now_us();
		while (fx_now_us() - after < 4000)
			;
		least = fx_now_us() - after;
		assert_int_equal(look(), 6);
		for (i = 0; i < 6; i++) {
			assert_true(entry(p[i])->age_us + 200 >= least);
			assert_true(entry(p[i])->age_us <= fx_now_us() - start + 200);
		}
		fx_shim.limit = UINT32_MAX;
		assert_true(fx_poll_done(round * 6));
	}
}

static void
look_from_inside(struct pkt *p)
{
	(void)p;
	nseen = stop_at = 0;
	assert_int_equal(fwpdk_pending_walk(collect, NULL), 0);
}

static unsigned looks;

static void
look_once(struct pkt *p)
{
	(void)p;
	if (looks++ == 0)
		look_from_inside(p);
}

static void
done_while_another_completes(void **state)
{
	struct pkt *a = PKT(0), *b = PKT(0);

	(void)state;
	looks = 0;
	pkt_hook = look_once;
	assert_status(pkt_inject(a), STATUS_SUCCESS);
	assert_status(pkt_inject(b), STATUS_SUCCESS);
	assert_true(fx_poll_done(2));
	assert_int_equal(nseen, 1);
	is_at(b, FWPDK_PLACE_DONE, -1);
}

static void
refused(void **state)
{
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_pending_walk(NULL, NULL), -EINVAL);
	assert_int_equal(look(), 0);
	for (i = 0; i < FWPDK_PLACES; i++)
		assert_true(strcmp(fwpdk_place_name((enum fwpdk_place)i), "?") != 0);
	assert_string_equal(fwpdk_place_name((enum fwpdk_place)FWPDK_PLACES), "?");
	assert_string_equal(fwpdk_place_name((enum fwpdk_place) - 1), "?");
}

static int
up_small(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_null0"},
				    .port = {.backlog = 64, .max_hold_us = 5000000}});
}

#define S(t, up) cmocka_unit_test_setup_teardown(t, up, fx_down)

static const struct CMUnitTest tests[] = {
	S(in_the_ring_and_their_age, fx_up_null),
	S(staged_and_waiting, up_small),
	S(with_the_receiver_and_given_back, fx_up_held),
	S(age_of_what_the_owner_injects, fx_up_null),
	S(done_while_another_completes, fx_up_null),
	S(refused, fx_up_bare),
};
FX_MAIN(tests)
