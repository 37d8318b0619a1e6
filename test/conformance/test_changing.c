/* SPDX-License-Identifier: BSD-3-Clause */
/* P4, P5: a client that breaks the rules and changes packets while the library has them. */
#include <pthread.h>
#include <string.h>

#include "fixture.h"

#define N      64
#define ROUNDS 400

static struct pkt *p[N];

static void
set_total(struct pkt *q, unsigned total)
{
	q->ip[2] = (uint8_t)(total >> 8);
	q->ip[3] = (uint8_t)total;
}

/* Between the inject call and the poll that maps it. */
static void
p05_changed_before_it_is_mapped(void **state)
{
	static const NTSTATUS want[] = {STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER,
		STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER, STATUS_SUCCESS, STATUS_SUCCESS};
	uint64_t bytes;
	unsigned i;

	(void)state;
	for (i = 0; i < 6; i++) {
		p[i] = PKT(.payload = 100, .nseg = i & 1 ? 3 : 1, .seg = {24, 30}, .lead = 14);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS); /* nobody owns the poller */
	}
	p[0]->ip[0] = 0;
	p[1]->ip[0] = 0x4f; /* options that the packet may have no room for, and has */
	set_total(p[1], 40);
	set_total(p[2], 19);
	set_total(p[3], 0xffff);
	set_total(p[4], 60);
	p[5]->ip[16] = 11; /* another destination */
	bytes = fx_stats().bytes;
	assert_true(fx_poll_done(6));
	for (i = 0; i < 6; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_status(p[i]->status, want[i]);
	}
	assert_int_equal(fx_stats().bytes - bytes, 60 + p[5]->ip_len);
	fx_check_conserved();
}

static bool stop;

/* Reads and writes that race with the library's: what this test is about. */
__attribute__((no_sanitize("thread"))) static void *
scribbles(void *arg)
{
	static const uint8_t first[] = {0x45, 0x4f, 0x60, 0x00, 0x46, 0x45, 0x45};
	static const uint16_t total[] = {60, 0, 20, 0xffff, 61, 1500, 40};
	unsigned n = 0, i;

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		n = n * 1103515245 + 12345;
		i = (n >> 16) % N;
		__atomic_store_n(&p[i]->ip[0], first[(n >> 8) % 7], __ATOMIC_RELAXED);
		__atomic_store_n(
			&p[i]->ip[2], (uint8_t)(total[(n >> 11) % 7] >> 8), __ATOMIC_RELAXED);
		__atomic_store_n(&p[i]->ip[3], (uint8_t)total[(n >> 14) % 7], __ATOMIC_RELAXED);
		__atomic_store_n(&p[i]->ip[6], (uint8_t)n, __ATOMIC_RELAXED);
		__atomic_store_n(&p[i]->ip[16], (uint8_t)(n >> 20), __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Injected again and again meanwhile: no byte outside is touched (ASan), each ends once. */
static void
p04_changing_all_the_time(void **state)
{
	unsigned round, i, taken = 0;
	pthread_t t;

	(void)state;
	for (i = 0; i < N; i++)
		p[i] = PKT(.payload = 32, .nseg = 1 + i % 4, .seg = {20, 7, 5},
			.lead = i & 1 ? 14 : 0);
	stop = false;
	fx_poll_n(1);
	assert_int_equal(pthread_create(&t, NULL, scribbles, NULL), 0);
	for (round = 0; round < ROUNDS || taken < 1000; round++) {
		if (round % 2 != 0) /* through the ring: mapped later */
			assert_int_equal(fwpdk_poller_release(fx.poller), 0);
		for (i = 0; i < N; i++) {
			NTSTATUS status = pkt_inject(p[i]);

			taken += status == STATUS_SUCCESS;
			if (status != STATUS_SUCCESS)
				assert_status(status, STATUS_INVALID_PARAMETER);
		}
		assert_true(fx_poll_done(pkt_accepted));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	for (i = 0; i < N; i++) {
		assert_int_equal(p[i]->done, p[i]->accepted);
		assert_true(
			p[i]->status == STATUS_SUCCESS || p[i]->status == STATUS_INVALID_PARAMETER);
	}
	fx_check_conserved();
}

#define S(t, up) cmocka_unit_test_setup_teardown(t, up, fx_down)

static const struct CMUnitTest tests[] = {
	S(p05_changed_before_it_is_mapped, fx_up_null),
	S(p04_changing_all_the_time, fx_up_null),
};
FX_MAIN(tests)
