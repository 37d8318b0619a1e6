/* SPDX-License-Identifier: BSD-3-Clause */
/* The ring of events: what is in it, what is overwritten, looking while it is written. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "rig.h"
#include "tx/events.h"

#define MAX   8192u
#define N     64u
#define LOOKS 400u

static struct fwpdk_event seen[MAX];
static unsigned nseen, stop_at;

static int
collect(const struct fwpdk_event *e, void *arg)
{
	(void)arg;
	assert_true(e->size == sizeof(*e));
	assert_true(nseen < MAX);
	seen[nseen++] = *e;
	return nseen == stop_at ? 7 : 0;
}

static unsigned
look(void)
{
	nseen = stop_at = 0;
	assert_int_equal(fwpdk_events_walk(collect, NULL), 0);
	return nseen;
}

static void
is_event(unsigned i, enum fwpdk_event_kind kind, const struct pkt *p)
{
	const struct fwpdk_event *e = &seen[i];
	bool at_queue = kind == FWPDK_EVENT_MAP || kind == FWPDK_EVENT_BURST ||
			kind == FWPDK_EVENT_RELEASE;

	assert_true(i < nseen);
	assert_string_equal(fwpdk_event_name(e->kind), fwpdk_event_name(kind));
	assert_ptr_equal(e->nbl, p->nbl);
	assert_string_equal(e->poller, "p0");
	assert_int_equal(e->port_id, at_queue ? rig.dev[0].id : -1);
	assert_int_equal(e->queue_id, at_queue ? 0 : -1);
	if (i > 0)
		assert_true(e->tsc >= seen[i - 1].tsc && e->number > seen[i - 1].number);
}

static void
test_what_a_packet_meets(void **state)
{
	struct pkt *a, *b;
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	a = pkt_new(1, 1, 0, true);
	b = pkt_new(2, 2, 0, false);
	assert_int_equal(fwpdk_poll(rig.p[0]), 0);
	assert_true(fwi_gate_quick(rig.p[0]));
	assert_int_equal(fwpdk_events_start(0), 0);
	assert_int_equal(fwpdk_events_recording(), FWPDK_EVENTS_DEFAULT);
	assert_false(fwi_gate_quick(rig.p[0]));
	assert_int_equal(pkt_inject(a), STATUS_SUCCESS);
	assert_int_equal(pkt_inject(b), STATUS_SUCCESS);
	assert_int_equal(fwpdk_poll(rig.p[0]), 2);
	/* b: two packets of header, rest, rest */
	assert_int_equal(look(), 2 + 3 + 3 + 7 + 2);
	is_event(0, FWPDK_EVENT_INJECT, a);
	assert_int_equal(seen[0].producer, FWPDK_PRODUCER_OWNER);
	is_event(1, FWPDK_EVENT_MAP, a);
	is_event(2, FWPDK_EVENT_INJECT, b);
	is_event(3, FWPDK_EVENT_MAP, b);
	is_event(4, FWPDK_EVENT_MAP, b);
	is_event(5, FWPDK_EVENT_BURST, a);
	is_event(6, FWPDK_EVENT_BURST, b);
	is_event(7, FWPDK_EVENT_BURST, b);
	is_event(8, FWPDK_EVENT_RELEASE, a);
	for (i = 9; i < 15; i++)
		is_event(i, FWPDK_EVENT_RELEASE, b);
	is_event(15, FWPDK_EVENT_COMPLETE, a);
	is_event(16, FWPDK_EVENT_COMPLETE, b);
	assert_int_equal(seen[15].status, 0);
	stop_at = 3;
	nseen = 0;
	assert_int_equal(fwpdk_events_walk(collect, NULL), 7);

	/* no longer recorded, still there */
	assert_int_equal(fwpdk_events_stop(), 0);
	assert_true(fwi_gate_quick(rig.p[0]));
	assert_int_equal(pkt_inject(a), STATUS_SUCCESS);
	assert_int_equal(fwpdk_poll(rig.p[0]), 1);
	assert_int_equal(look(), 17);
	assert_int_equal(fwpdk_events_start(256), 0); /* what was there is gone */
	assert_int_equal(look(), 0);
	pkt_del(a);
	pkt_del(b);
	rig_down();
	assert_int_equal(fwpdk_events_recording(), 0);
}

/* Bursts are there for what was taken; releases inside the driver's call come behind them. */
static void
test_taken_in_part(void **state)
{
	struct pkt *p[4];
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	assert_int_equal(fwpdk_poll(rig.p[0]), 0);
	fwi_cpool_close_cache(rig.p[0]->q[0]); /* so that the driver's release is a call of ours */
	assert_int_equal(fwpdk_events_start(256), 0);
	rig.dev[0].limit = 3;
	for (i = 0; i < 4; i++) {
		p[i] = pkt_new(1, 1, 0, true);
		assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	assert_int_equal(fwpdk_poll(rig.p[0]), 3);
	assert_int_equal(look(), 8 + 3 + 3 + 3);
	for (i = 0; i < 3; i++) {
		is_event(8 + i, FWPDK_EVENT_BURST, p[i]);
		is_event(11 + i, FWPDK_EVENT_RELEASE, p[i]);
		is_event(14 + i, FWPDK_EVENT_COMPLETE, p[i]);
	}
	assert_int_equal(seen[11].number, 8 + 4); /* one place was kept free in vain */
	rig.dev[0].limit = 0;
	for (i = 0; i < 10; i++)
		fwpdk_poll(rig.p[0]);
	assert_int_equal(look(), 17);
	rig.dev[0].limit = 1;
	assert_int_equal(fwpdk_poll(rig.p[0]), 1);
	assert_int_equal(look(), 20);
	assert_int_equal(seen[17].number, seen[16].number + 1); /* nothing was kept in vain */
	is_event(17, FWPDK_EVENT_BURST, p[3]);
	for (i = 0; i < 4; i++)
		pkt_del(p[i]);
	rig_down();
}

/* Rounds of 64 packets with five events each: the last 256 are left, in order. */
static void
test_wraps_around(void **state)
{
	struct pkt *p[N];
	unsigned i, round;

	(void)state;
	rig_up(&(struct rig_conf){0});
	assert_int_equal(fwpdk_poll(rig.p[0]), 0);
	assert_int_equal(fwpdk_events_start(256), 0);
	for (i = 0; i < N; i++)
		p[i] = pkt_new(1, 1, 0, i % 2);
	for (round = 1; round <= 40; round++) {
		for (i = 0; i < N; i++)
			assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
		assert_int_equal(fwpdk_poll(rig.p[0]), N);
		assert_int_equal(look(), 256);
		for (i = 1; i < nseen; i++)
			assert_int_equal(seen[i].number, seen[i - 1].number + 1);
		/* half of the packets have two mbufs */
		assert_int_equal(seen[255].number + 1, round * N * 11 / 2);
		for (i = 0; i < N; i++)
			is_event(256 - N + i, FWPDK_EVENT_COMPLETE, p[i]);
	}
	for (i = 0; i < N; i++)
		pkt_del(p[i]);
	rig_down();
}

/* More is released inside one call of the driver than the ring has room for. */
static void
test_wraps_inside_a_burst(void **state)
{
	struct pkt *p[300];
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	assert_int_equal(fwpdk_poll(rig.p[0]), 0);
	fwi_cpool_close_cache(rig.p[0]->q[0]);
	assert_int_equal(fwpdk_events_start(256), 0);
	rig.dev[0].hold = true;
	for (i = 0; i < 300; i++) {
		p[i] = pkt_new(1, 1, 0, true);
		assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
		if (i % 32 == 31)
			assert_int_equal(fwpdk_poll(rig.p[0]), 0);
	}
	rig.dev[0].hold = false;
	rig.dev[0].empties = true;
	assert_int_equal(fwpdk_poll(rig.p[0]), 12); /* what was staged */
	fwi_event_offer(rig.p[0]->q[0], 0);
	rte_eth_tx_burst(rig.dev[0].id, 0, NULL, 0); /* all the others */
	fwi_event_sent(rig.p[0]->q[0], 0);
	assert_int_equal(look(), 256);
	for (i = 0; i < nseen; i++)
		is_event(i, FWPDK_EVENT_RELEASE, p[288 - 256 + i]);
	assert_int_equal(fwpdk_poll(rig.p[0]), 288);
	for (i = 0; i < 300; i++)
		pkt_del(p[i]);
	rig_down();
}

static void
test_refused(void **state)
{
	struct fwpdk_poller *late;
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_events_start(0), -ENODEV);
	assert_int_equal(fwpdk_events_stop(), -ENODEV);
	assert_int_equal(fwpdk_events_walk(collect, NULL), -ENODEV);
	rig_up(&(struct rig_conf){0});
	assert_int_equal(fwpdk_events_stop(), -EALREADY);
	assert_int_equal(fwpdk_events_start(FWPDK_EVENTS_MIN / 2), -EINVAL);
	assert_int_equal(fwpdk_events_start(FWPDK_EVENTS_MAX * 2), -EINVAL);
	assert_int_equal(fwpdk_events_start(1000), -EINVAL);
	assert_int_equal(fwpdk_events_walk(NULL, NULL), -EINVAL);
	assert_int_equal(look(), 0);
	assert_int_equal(fwpdk_events_start(FWPDK_EVENTS_MIN), 0);
	assert_int_equal(fwpdk_poller_create(NULL, &late), 0);
	assert_non_null(late->events);
	assert_int_equal(late->events->mask, FWPDK_EVENTS_MIN - 1);
	assert_int_equal(fwpdk_events_start(2 * FWPDK_EVENTS_MIN), 0);
	assert_int_equal(late->events->mask, 2 * FWPDK_EVENTS_MIN - 1);
	assert_int_equal(fwpdk_events_stop(), 0);
	assert_int_equal(fwpdk_poller_destroy(late), 0);
	for (i = 0; i < FWPDK_EVENTS; i++)
		assert_true(strcmp(fwpdk_event_name((enum fwpdk_event_kind)i), "?") != 0);
	assert_string_equal(fwpdk_event_name((enum fwpdk_event_kind)FWPDK_EVENTS), "?");
	rig_down();
}

static struct pkt *p[N];
static bool stop, idle[N];

static void *
polls(void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 0; !__atomic_load_n(&stop, __ATOMIC_ACQUIRE); i++) {
		if (fwpdk_poll(rig.p[0]) == 0)
			sched_yield();
		if (i % 500 == 499) /* whoever comes next writes on */
			fwpdk_poller_release(rig.p[0]);
	}
	fwpdk_poller_release(rig.p[0]);
	return NULL;
}

static void
is_idle(struct pkt *q)
{
	unsigned i;

	for (i = 0; i < N && p[i] != q; i++)
		;
	__atomic_store_n(&idle[i], true, __ATOMIC_RELEASE);
}

static void *
injects(void *arg)
{
	const unsigned first = arg != NULL ? N / 2 : 0;
	unsigned i;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		for (i = first; i < first + N / 2; i++) {
			if (!__atomic_load_n(&idle[i], __ATOMIC_ACQUIRE))
				continue;
			__atomic_store_n(&idle[i], false, __ATOMIC_RELAXED);
			if (pkt_inject(p[i]) != STATUS_SUCCESS)
				is_idle(p[i]);
		}
		sched_yield();
	}
	return NULL;
}

static void
check_seen(void)
{
	unsigned i, k;

	for (i = 0; i < nseen; i++) {
		for (k = 0; k < N && p[k]->nbl != seen[i].nbl; k++)
			;
		assert_true(k < N);
		assert_true((unsigned)seen[i].kind < FWPDK_EVENTS);
		assert_int_equal(seen[i].status, 0);
		if (seen[i].kind == FWPDK_EVENT_INJECT)
			assert_in_range(seen[i].producer, 0, 63);
		else if (seen[i].kind != FWPDK_EVENT_COMPLETE)
			assert_int_equal(seen[i].port_id, rig.dev[0].id);
		if (i > 0)
			assert_true(seen[i].number > seen[i - 1].number);
	}
}

/* Switched on, off and to other sizes, dumped all the time, while others inject and poll. */
static void
test_looks_while_it_is_written(void **state)
{
	pthread_t t[3];
	unsigned i, full = 0;

	(void)state;
	rig_up(&(struct rig_conf){0});
	for (i = 0; i < N; i++)
		p[i] = pkt_new(1 + i % 3, 1 + i % 4, 0, i % 2);
	memset(idle, true, sizeof(idle));
	pkt_hook = is_idle;
	stop = false;
	assert_int_equal(pthread_create(&t[0], NULL, polls, NULL), 0);
	assert_int_equal(pthread_create(&t[1], NULL, injects, NULL), 0);
	assert_int_equal(pthread_create(&t[2], NULL, injects, &stop), 0);
	for (i = 0; i < LOOKS || full == 0; i++) {
		if (i % 16 == 0)
			assert_int_equal(fwpdk_events_start(256u << i / 16 % 3), 0);
		else if (i % 16 == 13)
			assert_int_equal(fwpdk_events_stop(), 0);
		full += look() > 200;
		check_seen();
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	while (fwi_tx_in_flight())
		fwpdk_poll(rig.p[0]);
	pkt_hook = NULL;
	for (i = 0; i < N; i++)
		pkt_del(p[i]);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_packet_meets),
		cmocka_unit_test(test_taken_in_part),
		cmocka_unit_test(test_wraps_around),
		cmocka_unit_test(test_wraps_inside_a_burst),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_looks_while_it_is_written),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
