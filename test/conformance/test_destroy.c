/* SPDX-License-Identifier: BSD-3-Clause */
/* P6, R9..R13: the end of a handle. */
#include <errno.h>
#include <unistd.h>

#include "fixture.h"

static HANDLE handle;
static bool destroy_returned;
static uint64_t done_at_return;
static NTSTATUS destroy_status;

static void
new_handle(void)
{
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &handle), 0);
}

static void *
destroyer(void *arg)
{
	(void)arg;
	destroy_status = FwpsInjectionHandleDestroy0(handle);
	done_at_return = __atomic_load_n(&pkt_completions, __ATOMIC_ACQUIRE);
	__atomic_store_n(&destroy_returned, true, __ATOMIC_RELEASE);
	return NULL;
}

static pthread_t
destroy_elsewhere(void)
{
	pthread_t t;

	destroy_returned = false;
	assert_int_equal(pthread_create(&t, NULL, destroyer, NULL), 0);
	return t;
}

static bool
is_closing(void *arg)
{
	struct fwpdk_handle_info i = {.size = sizeof(i)};
	unsigned n;

	(void)arg;
	for (n = 0; fwpdk_handle_next(n, &i) == 0; n++)
		if (i.handle == handle)
			return i.closing != 0;
	return false;
}

static void
r011_nothing_outstanding_returns_at_once(void **state)
{
	uint64_t t0 = fx_now_us();
	unsigned i;

	(void)state;
	for (i = 0; i < 100; i++) {
		new_handle();
		assert_status(FwpsInjectionHandleDestroy0(handle), STATUS_SUCCESS);
	}
	assert_true(fx_now_us() - t0 < 1000000);
}

/* The fast path remembers the entry of the handle before, here that of one that has ended. */
static void
r013_what_is_no_handle_is_refused_after_the_end_of_one(void **state)
{
	static const uintptr_t no[] = {0, 1, UINTPTR_MAX};
	struct pkt *p;
	unsigned i;

	(void)state;
	new_handle();
	p = PKT(0);
	assert_status(pkt_inject_on(handle, p), STATUS_SUCCESS);
	fx_poll_n(5);
	assert_int_equal(p->done, 1);
	assert_status(FwpsInjectionHandleDestroy0(handle), STATUS_SUCCESS);
	for (i = 0; i < 3; i++)
		assert_false(NT_SUCCESS(pkt_inject_on((HANDLE)no[i], PKT(0))));
	fx_check_conserved();
}

static void
r009_waits_for_all_of_them(void **state)
{
	struct pkt *p[10];
	struct rte_mbuf *m[16];
	pthread_t t;
	unsigned i;

	(void)state;
	new_handle();
	for (i = 0; i < 10; i++) {
		p[i] = PKT(0);
		assert_status(pkt_inject_on(handle, p[i]), STATUS_SUCCESS);
	}
	fx_poll_n(5);
	assert_int_equal(fx_ring_rx(0, m, 16), 10);
	t = destroy_elsewhere();
	assert_true(fx_wait_until(is_closing, NULL));
	for (i = 0; i < 10; i++) {
		usleep(1000);
		fx_poll_n(3);
		assert_false(__atomic_load_n(&destroy_returned, __ATOMIC_ACQUIRE));
		assert_int_equal(pkt_completions, i);
		rte_pktmbuf_free(m[i]);
	}
	assert_true(fx_poll_done(10));
	pthread_join(t, NULL);
	assert_status(destroy_status, STATUS_SUCCESS);
	assert_int_equal(done_at_return, 10);
	for (i = 0; i < 10; i++)
		assert_status(p[i]->status, STATUS_SUCCESS);
}

static void
r010_closing_refuses_and_changes_nothing(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(0);
	struct rte_mbuf *m;
	struct snap *s;
	pthread_t t;

	(void)state;
	new_handle();
	assert_status(pkt_inject_on(handle, p), STATUS_SUCCESS);
	fx_poll_n(3);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	t = destroy_elsewhere();
	assert_true(fx_wait_until(is_closing, NULL));
	s = snap_take(q);
	assert_status(pkt_inject_on(handle, q), STATUS_FWP_INJECT_HANDLE_CLOSING);
	snap_same(s, q);
	assert_status(pkt_inject_on(fx.h4, q), STATUS_SUCCESS); /* others go on */
	rte_pktmbuf_free(m);
	assert_true(fx_poll_done(1));
	pthread_join(t, NULL);
	assert_status(pkt_inject_on(handle, q), STATUS_INVALID_HANDLE);
}

static void
r012_destroy_drops_nothing(void **state)
{
	struct rte_mbuf *m[64];
	struct pkt *p[40];
	unsigned i;

	(void)state;
	new_handle();
	for (i = 0; i < 40; i++) {
		p[i] = PKT(0);
		assert_status(pkt_inject_on(handle, p[i]), STATUS_SUCCESS);
	}
	/* Closed before the first poll; all of them must still get to the other side. */
	assert_int_equal(fwpdk_handle_destroy(handle, 0), -ETIMEDOUT);
	fx_poll_n(10);
	assert_int_equal(fx_ring_rx(0, m, 64), 40);
	for (i = 0; i < 40; i++) {
		fx_check_frame(m[i], 0, p[i]);
		rte_pktmbuf_free(m[i]);
	}
	assert_status(FwpsInjectionHandleDestroy0(handle), STATUS_SUCCESS);
	assert_int_equal(pkt_completions, 40);
	for (i = 0; i < 40; i++)
		assert_status(p[i]->status, STATUS_SUCCESS);
}

static NTSTATUS inner_status;
static int inner_native, inner_stop;

static void
destroy_inside(struct pkt *p)
{
	(void)p;
	inner_status = FwpsInjectionHandleDestroy0(fx.h4);
	inner_native = fwpdk_handle_destroy(fx.h4, 1000000);
	inner_stop = fwpdk_port_stop(fx.port[0].id, 0);
}

static void
r013_destroy_from_a_completion_changes_nothing(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(0);

	(void)state;
	pkt_hook = destroy_inside;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	pkt_hook = NULL;
	assert_status(inner_status, STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(inner_native, -EDEADLK);
	assert_int_equal(inner_stop, -EDEADLK);
	handle = fx.h4;
	assert_false(is_closing(NULL));
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	assert_true(fx_poll_done(2));
	assert_status(q->status, STATUS_SUCCESS);
}

static void
r013_the_owner_thread_serves_itself(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	new_handle();
	assert_int_equal(fwpdk_poller_claim(fx.poller), 0);
	assert_status(pkt_inject_on(handle, p), STATUS_SUCCESS);
	/* Nobody else could: it polls, or refuses; it must not hang. */
	assert_status(FwpsInjectionHandleDestroy0(handle), STATUS_SUCCESS);
	assert_int_equal(p->done, 1);
	assert_status(p->status, STATUS_SUCCESS);
}

static void
p06_timeout_gives_up_and_keeps_it_closing(void **state)
{
	struct fwpdk_handle_info i = {.size = sizeof(i)};
	struct pkt *p = PKT(0), *q = PKT(0);
	unsigned n;

	(void)state;
	new_handle();
	assert_status(pkt_inject_on(handle, p), STATUS_SUCCESS);
	fx_poll_n(3);
	assert_int_equal(fwpdk_handle_destroy(handle, 0), -ETIMEDOUT);
	assert_int_equal(fwpdk_handle_destroy(handle, 20000), -ETIMEDOUT);
	for (n = 0; fwpdk_handle_next(n, &i) == 0 && i.handle != handle; n++)
		;
	assert_ptr_equal(i.handle, handle);
	assert_int_equal(i.closing, 1);
	assert_int_equal(i.in_flight, 1);
	assert_status(pkt_inject_on(handle, q), STATUS_FWP_INJECT_HANDLE_CLOSING);
	assert_int_equal(p->done, 0);
	fx_ring_discard(0);
	assert_int_equal(fwpdk_handle_destroy(handle, 1000000), 0);
	assert_int_equal(p->done, 1);
	assert_status(p->status, STATUS_SUCCESS);
	assert_status(pkt_inject_on(handle, q), STATUS_INVALID_HANDLE);
	assert_int_equal(fwpdk_handle_destroy(handle, 0), -EBADF);
}

static void
p06_two_threads_destroy_one_handle(void **state)
{
	struct pkt *p = PKT(0);
	NTSTATUS mine;
	pthread_t t;

	(void)state;
	new_handle();
	assert_status(pkt_inject_on(handle, p), STATUS_SUCCESS);
	fx_poll_n(3);
	t = destroy_elsewhere();
	assert_true(fx_wait_until(is_closing, NULL));
	assert_int_equal(fwpdk_handle_destroy(handle, 1000), -ETIMEDOUT);
	fx_ring_discard(0);
	mine = FwpsInjectionHandleDestroy0(handle);
	/* the first may be done by now, or not; in no case is the other one left waiting */
	assert_true(mine == STATUS_SUCCESS || mine == STATUS_INVALID_HANDLE ||
		    mine == STATUS_FWP_INJECT_HANDLE_CLOSING);
	assert_true(fx_poll_done(1));
	pthread_join(t, NULL);
	assert_status(destroy_status, STATUS_SUCCESS);
	assert_status(FwpsInjectionHandleDestroy0(handle), STATUS_INVALID_HANDLE);
}

static void
p06_poller_without_owner_is_served_by_destroy(void **state)
{
	struct pkt *p[5];
	unsigned i;

	(void)state;
	new_handle();
	for (i = 0; i < 5; i++) {
		p[i] = PKT(0);
		assert_status(pkt_inject_on(handle, p[i]), STATUS_SUCCESS); /* nobody ever polled */
	}
	assert_status(FwpsInjectionHandleDestroy0(handle), STATUS_SUCCESS);
	for (i = 0; i < 5; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->dispatch, FALSE);
		assert_true(pthread_equal(p[i]->thread, pthread_self()));
	}
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)
#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)
#define H(t) cmocka_unit_test_setup_teardown(t, fx_up_held, fx_down)

static const struct CMUnitTest tests[] = {
	N(r011_nothing_outstanding_returns_at_once),
	N(r013_what_is_no_handle_is_refused_after_the_end_of_one),
	H(r009_waits_for_all_of_them),
	H(r010_closing_refuses_and_changes_nothing),
	H(r012_destroy_drops_nothing),
	N(r013_destroy_from_a_completion_changes_nothing),
	N(r013_the_owner_thread_serves_itself),
	H(p06_timeout_gives_up_and_keeps_it_closing),
	H(p06_two_threads_destroy_one_handle),
	N(p06_poller_without_owner_is_served_by_destroy),
};
FX_MAIN(tests)
