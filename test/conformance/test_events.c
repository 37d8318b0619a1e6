/* SPDX-License-Identifier: BSD-3-Clause */
/* The events of each injection of a mixed run: all of them, in order, once. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define MAX_EVENTS (1u << 16)
#define MAX_PKTS   1024u

/* What was seen of one NBL. */
struct trace {
	const struct pkt *p;
	unsigned kind[FWPDK_EVENTS], bad_order;
	int producer;
	int32_t status, port;
};
static struct trace trace[MAX_PKTS];
static unsigned ntrace;
static uint64_t last_number, last_tsc;
static bool copies; /* in this mode nothing is released */

static struct pkt *
traced(struct pkt *p)
{
	assert_true(ntrace < MAX_PKTS);
	trace[ntrace++] = (struct trace){.p = p, .port = -1, .producer = -9};
	return p;
}

static void
begin(void)
{
	const char *mode = getenv("FWPDK_TEST_MODE");

	copies = mode != NULL && strcmp(mode, "copy") == 0;
	ntrace = 0;
	assert_int_equal(fwpdk_events_start(MAX_EVENTS), 0);
}

static int
note(const struct fwpdk_event *e, void *arg)
{
	struct trace *t = trace;
	unsigned *n, later;

	(void)arg;
	while (t < trace + ntrace && t->p->nbl != e->nbl)
		t++;
	assert_true(t < trace + ntrace);
	assert_true(e->tsc >= last_tsc && (last_tsc == 0 || e->number > last_number));
	last_tsc = e->tsc;
	last_number = e->number;
	n = t->kind;
	for (later = e->kind + 1; later < FWPDK_EVENTS; later++)
		if (later == FWPDK_EVENT_COMPLETE || e->kind == FWPDK_EVENT_INJECT)
			t->bad_order += n[later] != 0;
	if (e->kind == FWPDK_EVENT_BURST)
		t->bad_order += n[FWPDK_EVENT_MAP] <= n[FWPDK_EVENT_BURST];
	if (e->kind == FWPDK_EVENT_RELEASE)
		t->bad_order += n[FWPDK_EVENT_MAP] == 0;
	if (e->kind != FWPDK_EVENT_INJECT)
		t->bad_order += n[FWPDK_EVENT_INJECT] != 1;
	n[e->kind]++;
	if (e->kind == FWPDK_EVENT_INJECT)
		t->producer = e->producer;
	if (e->kind == FWPDK_EVENT_COMPLETE)
		t->status = e->status;
	if (e->port_id >= 0)
		t->port = e->port_id;
	return 0;
}

static unsigned
packets_of(const struct pkt *p)
{
	const NET_BUFFER *nb = NET_BUFFER_LIST_FIRST_NB(p->nbl);
	unsigned n = 0;

	for (; nb != NULL; nb = NET_BUFFER_NEXT_NB(nb))
		n++;
	return n;
}

static void
end(void)
{
	last_number = last_tsc = 0;
	assert_int_equal(fwpdk_events_stop(), 0);
	assert_int_equal(fwpdk_events_walk(note, NULL), 0);
}

/* Everything that went well left the same trace. */
static void
check_sent(const struct trace *t, int port)
{
	assert_int_equal(t->bad_order, 0);
	assert_int_equal(t->kind[FWPDK_EVENT_INJECT], 1);
	assert_int_equal(t->kind[FWPDK_EVENT_MAP], packets_of(t->p));
	assert_int_equal(t->kind[FWPDK_EVENT_BURST], packets_of(t->p));
	if (copies)
		assert_int_equal(t->kind[FWPDK_EVENT_RELEASE], 0);
	else if (t->p->nmdl < 8) /* longer chains are sent as copies */
		assert_true(t->kind[FWPDK_EVENT_RELEASE] >= packets_of(t->p));
	assert_int_equal(t->kind[FWPDK_EVENT_COMPLETE], 1);
	assert_status(t->status, t->p->status);
	assert_status(t->status, STATUS_SUCCESS);
	assert_int_equal(t->port, fx.port[port].id);
}

static struct pkt *
shape(unsigned i)
{
	struct pkt *p = PKT(.version = i & 1 ? 6 : 4, .payload = 1 + i * 37 % 1200,
		.nseg = 1 + i % 4, .seg = {20, 9, 2}, .lead = i * 7 % 40,
		.dst = i % 3 != 0 ? NULL
		       : i & 1	  ? "fd09::7"
				  : "10.9.0.7");

	if (i % 5 == 4)
		pkt_add_nb(p, PKT(.version = i & 1 ? 6 : 4, .nseg = 2, .seg = {30},
				      .dst = i % 3 != 0 ? NULL
					     : i & 1	? "fd09::7"
							: "10.9.0.7"));
	return p;
}

static struct pkt *
packet_of(const NET_BUFFER_LIST *nbl)
{
	unsigned i;

	for (i = 0; i < ntrace && trace[i].p->nbl != nbl; i++)
		;
	assert_true(i < ntrace);
	return (struct pkt *)(uintptr_t)trace[i].p;
}

/* All of a chain come with the same context. */
static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	(void)context;
	pkt_completed(packet_of(nbl), nbl, dispatch);
}

static void
inject(struct pkt *first)
{
	NET_BUFFER_LIST *nbl;

	for (nbl = first->nbl; nbl != NULL; nbl = nbl->Next)
		pkt_injected(packet_of(nbl));
	assert_status(FwpsInjectNetworkSendAsync0(
			      pkt_handle(first), NULL, 0, 0, first->nbl, completed, NULL),
		STATUS_SUCCESS);
}

/* Alone, in chains, short and long ones, to two ports, of both families. */
static void
inject_all(unsigned n, void (*between)(void))
{
	struct pkt *p, *chain[2] = {NULL};
	unsigned i, length[2] = {0};

	for (i = 0; i < n; i++) {
		p = traced(shape(i));
		if (chain[i & 1] != NULL)
			p->nbl->Next = chain[i & 1]->nbl;
		chain[i & 1] = p;
		if (length[i & 1]++ == i / 16 % 4 || i + 2 >= n) {
			inject(p);
			chain[i & 1] = NULL;
			length[i & 1] = 0;
			between();
		}
	}
}

static void
poll_now_and_then(void)
{
	static unsigned calls;

	if (calls++ % 5 == 0)
		fx_poll_n(1);
}

static void
not_at_all(void)
{
}

static void
owner_injects(void **state)
{
	unsigned i;

	(void)state;
	fx_poll_n(1);
	begin();
	inject_all(300, poll_now_and_then);
	assert_true(fx_poll_done(300));
	end();
	for (i = 0; i < 300; i++) {
		check_sent(&trace[i], i % 3 == 0);
		assert_int_equal(trace[i].producer, FWPDK_PRODUCER_OWNER);
	}
}

static bool
all_done(void *arg)
{
	return __atomic_load_n(&pkt_completions, __ATOMIC_ACQUIRE) >= *(unsigned *)arg;
}

static void
another_thread_injects(void **state)
{
	unsigned i, n = 300;

	(void)state;
	begin();
	fx_thread_start();
	inject_all(n, not_at_all);
	assert_true(fx_wait_until(all_done, &n));
	fx_thread_stop();
	end();
	for (i = 0; i < n; i++) {
		check_sent(&trace[i], i % 3 == 0);
		assert_int_equal(trace[i].producer, 0); /* the only one */
	}
}

/* What fails has an inject and a complete, and no burst unless the driver had it. */
static void
failures(void **state)
{
	struct pkt *p[40];
	unsigned i;

	(void)state;
	fx_poll_n(1);
	for (i = 0; i < 2; i++)
		assert_int_equal(fwpdk_if_set_mtu(fx.port[i].ifi, 1280), 0);
	begin();
	for (i = 0; i < 40; i++) {
		p[i] = traced(PKT(.version = i & 1 ? 6 : 4, .lead = 14 * (i / 2 % 2),
			.payload = i % 8 < 2 ? 1400 : 40));
		if (i == 20)
			fx_shim_on(0);
		fx_shim.limit = 0;
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
		fx_poll_n(1);
	}
	assert_true(fx_poll_done(40)); /* expired */
	end();
	for (i = 0; i < 40; i++) {
		assert_int_equal(trace[i].bad_order, 0);
		assert_int_equal(trace[i].kind[FWPDK_EVENT_INJECT], 1);
		assert_int_equal(trace[i].kind[FWPDK_EVENT_COMPLETE], 1);
		assert_status(trace[i].status, p[i]->status);
		assert_int_equal(trace[i].kind[FWPDK_EVENT_BURST], p[i]->status == STATUS_SUCCESS);
		if (i % 8 < 2)
			assert_int_equal(trace[i].kind[FWPDK_EVENT_MAP], 0);
		assert_int_equal(p[i]->status == STATUS_SUCCESS, i < 20 && i % 8 >= 2);
	}
}

static int
up_two(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_null0", "net_null1"},
				    .port = {.max_hold_us = 2000}});
}

#define S(t, up) cmocka_unit_test_setup_teardown(t, up, fx_down)

static const struct CMUnitTest tests[] = {
	S(owner_injects, up_two),
	S(another_thread_injects, up_two),
	S(failures, up_two),
};
FX_MAIN(tests)
