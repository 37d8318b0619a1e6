/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that wait for a neighbour: asked, answered, silent, too many, changes meanwhile. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/ctl.h"
#include "neighbour.h"

#define A4   "192.0.2.77"
#define A6   "fd02::77"
#define FIVE 5u

static enum fwpdk_place place;

static int
see_place(const struct fwpdk_pending *e, void *arg)
{
	unsigned *n = arg;

	place = e->place;
	++*n;
	return 0;
}

static unsigned
pending(void)
{
	unsigned n = 0;

	assert_int_equal(fwpdk_pending_walk(see_place, &n), 0);
	return n;
}

static struct pkt *
inject(const char *dst)
{
	struct pkt *p = PKT(.version = strchr(dst, ':') != NULL ? 6 : 4, .dst = dst, .lead = 20);

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	return p;
}

static void
waits_and_goes(const char *dst, uint8_t mac)
{
	uint64_t unreachable = nb_stats().unreachable;
	struct pkt *p[FIVE], *late;
	unsigned i;

	for (i = 0; i < FIVE; i++)
		p[i] = inject(dst);
	nb_wait(0);
	nb_asked(0, dst, NULL);
	fx_poll_n(5);
	nb_nothing(0);
	assert_int_equal(pending(), FIVE);
	assert_int_equal(place, FWPDK_PLACE_UNRESOLVED);
	assert_int_equal(fx_stats().in_flight, FIVE);
	fx_check_conserved();
	assert_int_equal(nb_stats().waiting, FIVE);
	assert_true(nb_answers(dst, NB_MAC(mac)));
	late = inject(dst); /* not before those that waited */
	nb_wait(0);
	for (i = 0; i < FIVE; i++)
		nb_got(0, p[i], NB_MAC(mac));
	fx_poll_n(2);
	nb_got(0, late, NB_MAC(mac));
	for (i = 0; i < FIVE; i++)
		nb_ends(p[i], STATUS_SUCCESS);
	nb_ends(late, STATUS_SUCCESS);
	assert_int_equal(nb_stats().waiting, 0);
	assert_int_equal(nb_stats().unreachable, unreachable);
}

static void
n_waits_for_the_answer_and_goes(void **state)
{
	(void)state;
	waits_and_goes(A4, 1);
	waits_and_goes(A6, 2);
	assert_int_equal(nb_stats().learned, 2);
	assert_int_equal(nb_stats().solicits, 2);
	assert_int_equal(inside_stats().resolution, 2);
}

static void
no_answer(const char *dst)
{
	struct pkt *p[FIVE], *q;
	struct fwpdk_resolve_stats s = nb_stats();
	unsigned i;

	for (i = 0; i < FIVE; i++)
		p[i] = inject(dst);
	for (i = 0; i < 3; i++) {
		nb_wait(0);
		nb_asked(0, dst, NULL);
		assert_int_equal(p[0]->done, 0);
	}
	for (i = 0; i < FIVE; i++)
		nb_ends(p[i], STATUS_HOST_UNREACHABLE);
	q = inject(dst); /* at once */
	fx_poll_n(2);
	assert_int_equal(q->done, 1);
	nb_ends(q, STATUS_HOST_UNREACHABLE);
	nb_nothing(0);
	assert_int_equal(nb_stats().unreachable, s.unreachable + FIVE);
	assert_int_equal(nb_stats().negative, s.negative + 1);
	assert_int_equal(nb_stats().solicits, s.solicits + 3);
}

static bool
none_is_asked(void *arg)
{
	(void)arg;
	return nb_stats().asking == 0;
}

static void
n_no_answer_is_host_unreachable(void **state)
{
	(void)state;
	no_answer(A4);
	no_answer(A6);
	assert_true(fx_poll_until(none_is_asked, NULL));
	waits_and_goes(A4, 3); /* a new try */
}

static void
n_over_a_gateway(void **state)
{
	struct fwpdk_route r = {.size = sizeof(r), .if_index = fx.port[0].ifi, .prefix_len = 16};
	struct pkt *p, *q;

	(void)state;
	assert_int_equal(fwpdk_addr_parse("10.8.0.0", &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse(A4, &r.next_hop), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
	p = inject("10.8.1.1");
	q = inject("10.8.2.2");
	nb_wait(0);
	nb_asked(0, A4, NULL);
	assert_true(nb_answers(A4, NB_MAC(1)));
	nb_wait(0);
	nb_got(0, p, NB_MAC(1));
	nb_got(0, q, NB_MAC(1));
	nb_ends(p, STATUS_SUCCESS);
	nb_ends(q, STATUS_SUCCESS);
}

static void
n_the_oldest_makes_room(void **state)
{
	struct pkt *p[FWPDK_RESOLVE_WAITING + 2];
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(p); i++) {
		p[i] = inject(A4);
		fx_poll_n(1);
	}
	nb_asked(0, A4, NULL);
	nb_ends(p[0], STATUS_HOST_UNREACHABLE);
	nb_ends(p[1], STATUS_HOST_UNREACHABLE);
	assert_int_equal(p[2]->done, 0);
	assert_int_equal(nb_stats().overflow, 2);
	assert_int_equal(nb_stats().waiting, FWPDK_RESOLVE_WAITING);
	assert_true(nb_answers(A4, NB_MAC(1)));
	for (i = 2; i < RTE_DIM(p); i++) {
		nb_wait(0);
		nb_got(0, p[i], NB_MAC(1));
	}
	for (i = 2; i < RTE_DIM(p); i++)
		nb_ends(p[i], STATUS_SUCCESS);
}

/* In all, and neighbours at a time. */
static void
n_all_of_it_is_bounded(void **state)
{
	static struct pkt *p[FWPDK_RESOLVE_ASKED * 5];
	struct fwpdk_resolve_stats s;
	unsigned i, ended = 0, n = 0;
	char dst[32];

	(void)state;
	for (i = 0; i < RTE_DIM(p); i++) {
		snprintf(dst, sizeof(dst), "fd02::%x:1", i % (FWPDK_RESOLVE_ASKED + 1));
		p[n++] = inject(dst);
		fx_poll_n(1);
		fx_ring_discard(0);
	}
	s = nb_stats();
	assert_true(s.waiting <= FWPDK_RESOLVE_WAITING_ALL);
	assert_true(s.asking <= FWPDK_RESOLVE_ASKED);
	assert_true(s.no_slot + s.overflow + s.unreachable + s.negative != 0);
	for (i = 0; i < n; i++)
		ended += p[i]->done != 0;
	assert_int_equal(ended, s.no_slot + s.overflow + s.unreachable + s.negative);
	fx_check_conserved();
	for (i = 0; i < n; i++)
		while (!p[i]->done) {
			fx_poll_n(1);
			fx_ring_discard(0);
		}
	for (i = 0; i < n; i++)
		assert_status(p[i]->status, STATUS_HOST_UNREACHABLE);
	fx_check_conserved();
}

static void
n_other_packets_of_a_list_go(void **state)
{
	struct pkt *p = PKT(.dst = A4, .lead = 20), *q = PKT(.dst = "10.9.0.5", .lead = 20);

	(void)state;
	pkt_add_nb(p, q);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	nb_nothing(1);
	nb_wait(1); /* after the first one is given up */
	nb_got(1, q, (const uint8_t[6]){2, 0, 0, 0, 0, (uint8_t)fx.port[1].ifi});
	fx_ring_discard(0);
	assert_true(fx_poll_done(1));
	assert_status(p->status, STATUS_HOST_UNREACHABLE);
	fx_check_conserved();
}

static void
n_others_are_not_held_up(void **state)
{
	struct pkt *p = inject(A4), *q = inject("10.1.2.3"), *r = inject("10.9.0.5");

	(void)state;
	fx_poll_n(3);
	assert_int_equal(p->done, 0);
	nb_got(0, q, (const uint8_t[6]){2, 0, 0, 0, 0, (uint8_t)fx.port[0].ifi});
	nb_got(1, r, (const uint8_t[6]){2, 0, 0, 0, 0, (uint8_t)fx.port[1].ifi});
	nb_asked(0, A4, NULL);
	assert_true(nb_answers(A4, NB_MAC(1)));
	nb_wait(0);
	nb_got(0, p, NB_MAC(1));
}

static void
n_what_the_host_does_meanwhile(void **state)
{
	const struct rte_ether_addr mac = {{2, 0x77, 0, 0, 0, 9}};
	struct fwpdk_addr a;
	struct pkt *p = inject(A4);

	(void)state;
	nb_wait(0);
	nb_asked(0, A4, NULL);
	assert_int_equal(fwpdk_addr_parse(A4, &a), 0);
	assert_int_equal(fwpdk_neigh_add(fx.port[0].ifi, &a, &mac), 0);
	nb_wait(0);
	nb_got(0, p, NB_MAC(9));
	nb_ends(p, STATUS_SUCCESS);
	p = inject("192.0.2.78"); /* no more asking */
	nb_wait(0);
	nb_asked(0, "192.0.2.78", NULL);
	assert_int_equal(fwpdk_if_set_resolve(fx.port[0].ifi, 0), 0);
	nb_ends(p, STATUS_HOST_UNREACHABLE);
	nb_ends(inject("192.0.2.78"), STATUS_HOST_UNREACHABLE);
	nb_nothing(0);
	assert_int_equal(fwpdk_if_set_resolve(fx.port[0].ifi, 1), 0);
	p = inject("192.0.2.79");
	nb_wait(0);
	nb_asked(0, "192.0.2.79", NULL);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 1000000), 0);
	nb_ends(p, STATUS_INVALID_DEVICE_STATE);
	nb_ends(inject("192.0.2.79"), STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
}

static void
n_the_library_is_taken_down(void **state)
{
	(void)state;
	inject(A4); /* the fixture's end completes it, or fails */
	inject(A6);
	fx_poll_n(2);
	fx_ring_discard(0);
	assert_true(fwpdk_poller_deadline(fx.poller) < UINT64_MAX);
}

static void
n_a_control_call_is_not_waited_for(void **state)
{
	struct pkt *p;

	(void)state;
	fwi_ctl_lock();
	p = inject(A4);
	fx_poll_n(100);
	nb_nothing(0);
	assert_int_equal(p->done, 0);
	assert_true(nb_stats().lock_busy > 0);
	fwi_ctl_unlock();
	nb_wait(0);
	nb_asked(0, A4, NULL);
	assert_true(nb_answers(A4, NB_MAC(1)));
	nb_wait(0);
	nb_got(0, p, NB_MAC(1));
}

static void
n_forward_injection_waits_too(void **state)
{
	struct pkt *p = PKT(.dst = A4, .lead = 20);
	HANDLE h;

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_FORWARD, &h), 0);
	assert_status(FwpsInjectForwardAsync0(h, NULL, 0, AF_INET, UNSPECIFIED_COMPARTMENT_ID,
			      fx.port[0].ifi, p->nbl, pkt_completed, p),
		STATUS_SUCCESS);
	pkt_injected(p);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	assert_true(nb_answers(A4, NB_MAC(1)));
	nb_wait(0);
	nb_got(0, p, NB_MAC(1));
	nb_ends(p, STATUS_SUCCESS);
	assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
}

/* Packets that came in by port 1 for a host on port 0. */
static void
n_forwarded_packets_wait(void **state)
{
	struct pkt *p[FWPDK_RESOLVE_FORWARDED + 1];
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	for (i = 0; i < RTE_DIM(p); i++) {
		p[i] = PKT(.dst = A4);
		assert_false(inside_input(1, inside_packet(1, p[i])));
		p[i]->ip[8]--;
		pkt_ip_checksum(p[i]);
	}
	nb_wait(0);
	nb_asked(0, A4, NULL);
	assert_int_equal(nb_stats().forward_waited, RTE_DIM(p));
	assert_int_equal(nb_stats().forward_dropped, 1);
	assert_true(nb_answers(A4, NB_MAC(1)));
	nb_wait(0);
	for (i = 1; i < RTE_DIM(p); i++)
		nb_got(0, p[i], NB_MAC(1));
	assert_int_equal(inside_stats().forwarded, FWPDK_RESOLVE_FORWARDED);
	/* Nobody there: dropped; and one that waits when the poller ends */
	assert_false(inside_input(1, inside_packet(1, PKT(.dst = "192.0.2.78"))));
	for (i = 0; i < 3; i++) {
		nb_wait(0);
		nb_asked(0, "192.0.2.78", NULL);
	}
	while (nb_stats().forward_dropped != 2)
		fx_poll_n(1);
	assert_false(inside_input(1, inside_packet(1, PKT(.dst = "192.0.2.79"))));
}

static void
n_an_answer_overtakes_its_news(void **state)
{
	const char *dst[] = {A4, A6};
	struct pkt *first, *second;
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(dst); i++) {
		first = inject(dst[i]);
		nb_wait(0);
		nb_asked(0, dst[i], NULL);
		nb_learned(dst[i], 5);
		second = inject(dst[i]);
		nb_wait(0);
		nb_got(0, first, NB_MAC(5));
		fx_poll_n(2);
		nb_got(0, second, NB_MAC(5));
		nb_ends(first, STATUS_SUCCESS);
		nb_ends(second, STATUS_SUCCESS);
	}
	assert_int_equal(nb_stats().unreachable, 0);
	assert_int_equal(nb_stats().waiting, 0);
}

static void
n_an_answer_overtakes_its_news_to_forwarded_packets(void **state)
{
	const char *dst[] = {A4, A6};
	struct pkt *p[2];
	unsigned i, k;

	(void)state;
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	for (i = 0; i < RTE_DIM(dst); i++)
		for (k = 0; k < 2; k++) {
			p[k] = PKT(.version = i == 0 ? 4 : 6, .dst = dst[i]);
			assert_false(inside_input(1, inside_packet(1, p[k])));
			p[k]->ip[i == 0 ? 8 : 7]--;
			if (i == 0)
				pkt_ip_checksum(p[k]);
			nb_wait(0);
			if (k == 0) {
				nb_asked(0, dst[i], NULL);
				nb_learned(dst[i], 6);
				continue;
			}
			nb_got(0, p[1], NB_MAC(6));
			nb_wait(0);
			nb_got(0, p[0], NB_MAC(6));
		}
	assert_int_equal(inside_stats().no_route, 0);
}

/* Nobody knows it, and nobody may ask. */
static void
n_no_answer_is_no_news(void **state)
{
	struct pkt *p;

	(void)state;
	assert_int_equal(fwpdk_if_set_resolve(fx.port[0].ifi, 0), 0);
	p = inject(A4);
	fx_poll_n(2);
	nb_ends(p, STATUS_HOST_UNREACHABLE);
	nb_learned(A4, 7);
	p = inject(A4);
	nb_wait(0);
	nb_got(0, p, NB_MAC(7));
}

static void
n_arguments_are_checked(void **state)
{
	struct fwpdk_resolve_stats s = {.size = 8};

	(void)state;
	assert_int_equal(fwpdk_if_set_resolve(99, 1), -ENOENT);
	assert_int_equal(fwpdk_if_set_resolve(fx.port[0].ifi, 1), 0);
	assert_int_equal(fwpdk_resolve_stats(fx.poller, &s), -EINVAL);
	assert_int_equal(fwpdk_resolve_stats(NULL, &s), -EINVAL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, nb_up, inside_down)
static const struct CMUnitTest tests[] = {
	T(n_waits_for_the_answer_and_goes),
	T(n_no_answer_is_host_unreachable),
	T(n_over_a_gateway),
	T(n_the_oldest_makes_room),
	T(n_all_of_it_is_bounded),
	T(n_other_packets_of_a_list_go),
	T(n_others_are_not_held_up),
	T(n_what_the_host_does_meanwhile),
	T(n_the_library_is_taken_down),
	T(n_a_control_call_is_not_waited_for),
	T(n_forward_injection_waits_too),
	T(n_forwarded_packets_wait),
	T(n_an_answer_overtakes_its_news),
	T(n_an_answer_overtakes_its_news_to_forwarded_packets),
	T(n_no_answer_is_no_news),
	T(n_arguments_are_checked),
};

FX_MAIN(tests)
