/* SPDX-License-Identifier: BSD-3-Clause */
/* P6, R9: the end of a handle whose packets the driver does not give back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_log.h>

#include "fault.h"

#define N 30

static struct pkt *p[N];
static HANDLE handle;
static NTSTATUS destroy_status;
static uint64_t done_at_return;
static bool returned;

static void
never_released(void)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	unsigned i;

	k.release = FWPDK_FAULT_NEVER;
	k.finish_never = 1;
	fx_fault_set(&k);
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &handle), 0);
	for (i = 0; i < N; i++) {
		p[i] = PKT(.nseg = 1 + i % 3, .seg = {20, 9}, .lead = 16);
		assert_status(pkt_inject_on(handle, p[i]), STATUS_SUCCESS);
	}
	fx_poll_n(10);
	assert_int_equal(pkt_completions, 0);
	fwpdk_poller_release(fx.poller);
}

static void
each_once(void)
{
	unsigned i;

	assert_int_equal(pkt_completions, N);
	for (i = 0; i < N; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_status(p[i]->status, STATUS_SUCCESS);
		pkt_check_restored(p[i]);
	}
}

static void *
destroyer(void *arg)
{
	(void)arg;
	destroy_status = FwpsInjectionHandleDestroy0(handle);
	done_at_return = __atomic_load_n(&pkt_completions, __ATOMIC_ACQUIRE);
	__atomic_store_n(&returned, true, __ATOMIC_RELEASE);
	return NULL;
}

static FILE *log_file;

/* Lines of the log with that in them. */
static unsigned
lines_with(const char *what)
{
	char text[8192];
	ssize_t n = pread(fileno(log_file), text, sizeof(text) - 1, 0);
	unsigned lines = 0;
	const char *at;

	assert_in_range(n, 0, sizeof(text) - 2);
	text[n] = '\0';
	for (at = text; (at = strstr(at, what)) != NULL; at++)
		lines++;
	return lines;
}

static bool
complained_twice(void *arg)
{
	(void)arg;
	return lines_with("\n") >= 4; /* the handle, and where its packets are */
}

static void
p06_waits_and_says_so_every_second(void **state)
{
	char line[96];
	uint64_t t0;
	pthread_t t;

	(void)state;
	never_released();
	log_file = tmpfile();
	assert_non_null(log_file);
	assert_int_equal(rte_log_set_level_pattern("fwpdk.inject", RTE_LOG_WARNING), 0);
	assert_int_equal(rte_openlog_stream(log_file), 0);
	returned = false;
	t0 = fx_now_us();
	assert_int_equal(pthread_create(&t, NULL, destroyer, NULL), 0);
	assert_true(fx_wait_until(complained_twice, NULL));
	assert_in_range(fx_now_us() - t0, 1900000, 3000000);
	assert_false(__atomic_load_n(&returned, __ATOMIC_ACQUIRE));
	fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	pthread_join(t, NULL);
	rte_openlog_stream(NULL);
	rte_log_set_level_pattern("fwpdk.inject", RTE_LOG_ERR);
	assert_status(destroy_status, STATUS_SUCCESS);
	assert_int_equal(done_at_return, N);
	each_once();
	snprintf(line, sizeof(line), "destroy of handle 0x%lx waits for %u NBLs since 1 s",
		(unsigned long)(uintptr_t)handle, N);
	assert_int_equal(lines_with(line), 1);
	line[strlen(line) - 3] = '2';
	assert_int_equal(lines_with(line), 1);
	assert_int_equal(lines_with("destroy of handle"), 2);
	snprintf(line, sizeof(line), "port %u: 0 mbufs staged, %u with the driver", fx.port[0].id,
		(unsigned)fx_fault_counts().released);
	assert_int_equal(lines_with(line), 2);
	fclose(log_file);
	assert_status(FwpsInjectionHandleDestroy0(handle), STATUS_INVALID_HANDLE);
}

static void
p06_with_a_timeout_it_gives_up(void **state)
{
	struct fwpdk_handle_info i = {.size = sizeof(i)};
	struct pkt *q = PKT(0);
	uint64_t t0 = fx_now_us();
	uint32_t left;
	unsigned n;

	(void)state;
	never_released();
	assert_int_equal(fwpdk_handle_destroy(handle, 50000), -ETIMEDOUT);
	assert_in_range(fx_now_us() - t0, 50000, 2000000);
	for (n = 0; fwpdk_handle_next(n, &i) == 0 && i.handle != handle; n++)
		;
	assert_ptr_equal(i.handle, handle);
	assert_int_equal(i.closing, 1);
	assert_int_equal(i.in_flight, N);
	assert_status(pkt_inject_on(handle, q), STATUS_FWP_INJECT_HANDLE_CLOSING);
	assert_int_not_equal(fwpdk_port_drain(fx.port[0].id, 20000, 0, &left), 0);
	assert_int_equal(left, fx_fault_counts().held);
	fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	assert_int_equal(fwpdk_handle_destroy(handle, 1000000), 0);
	each_once();
	assert_status(pkt_inject_on(handle, q), STATUS_INVALID_HANDLE);
}

/* The stop makes the driver let go, so destroy comes back by itself. */
static void
p06_a_stop_ends_the_wait(void **state)
{
	pthread_t t;
	unsigned i;

	(void)state;
	never_released();
	returned = false;
	assert_int_equal(pthread_create(&t, NULL, destroyer, NULL), 0);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 2000000), 0);
	pthread_join(t, NULL);
	assert_status(destroy_status, STATUS_SUCCESS);
	assert_int_equal(done_at_return, N);
	for (i = 0; i < N; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_status(p[i]->status, STATUS_REQUEST_ABORTED);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(
		p06_waits_and_says_so_every_second, fx_up_in_burst, fx_down_fault),
	cmocka_unit_test_setup_teardown(
		p06_waits_and_says_so_every_second, fx_up_lazy, fx_down_fault),
	FX_EACH_KIND(p06_with_a_timeout_it_gives_up),
	FX_EACH_KIND(p06_a_stop_ends_the_wait),
};
FX_MAIN(tests)
