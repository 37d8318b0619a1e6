/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A real kernel, in a network namespace of its own, says more than the socket takes: what the
 * mirror knows afterwards is what the kernel has, not what it had when the first message was lost.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "netlink_fixture.h"

#define FLOOD 3000u /* routes, several times what the socket takes */

static FILE *batch;

static void
shell(const char *command)
{
	if (system(command) != 0) /* NOLINT(cert-env33-c): a constant */
		fail_msg("%s", command);
}

static void
batch_begin(void)
{
	batch = popen("ip -batch -", "w"); /* NOLINT(cert-env33-c): a constant */
	assert_non_null(batch);
}

static void
batch_end(void)
{
	assert_int_equal(pclose(batch), 0);
}

static struct fwpdk_netlink_stats
follow(void)
{
	struct fwpdk_netlink_stats s = {.size = sizeof(s)};
	int rc;

	do
		rc = fwpdk_netlink_process(test_nl);
	while (rc > 0);
	assert_int_equal(rc, 0);
	assert_int_equal(fwpdk_netlink_stats(test_nl, &s), 0);
	return s;
}

static int
up(void **state)
{
	static const struct fwpdk_netlink_if ifs[] = {{.ifname = "near", .port_id = 0}};
	const struct fwpdk_netlink_opts opts = {
		.size = sizeof(opts), .ifs = ifs, .n_ifs = RTE_DIM(ifs), .rcvbuf = 65536};

	shell("ip link add near type veth peer name far && ip link set far up && "
	      "ip link set near up && "
	      "ip addr add 10.0.0.1/24 dev near && "
	      "for i in 2 3 4; do ip neigh add 10.0.0.$i lladdr 02:00:00:00:00:0$i dev near; done");
	if (test_stack_up(state) != 0)
		return -1;
	return fwpdk_netlink_open(&opts, &test_nl);
}

static int
down(void **state)
{
	if (fwpdk_netlink_close(test_nl) != 0)
		return -1;
	shell("ip link del near");
	return test_stack_down(state);
}

/* The last word on a prefix is among the lost ones, the one before is not. */
static void
last_word_lost(void **state)
{
	struct fwpdk_netlink_stats s;
	uint64_t base;

	(void)state;
	batch_begin();
	fprintf(batch, "route add 80.0.0.0/24 via 10.0.0.2\nroute add 80.0.2.0/24 via 10.0.0.2\n");
	batch_end();
	base = follow().installed;
	batch_begin();
	fprintf(batch, "route del 80.0.0.0/24\nroute add 80.0.1.0/24 via 10.0.0.2\n");
	fprintf(batch, "route replace 80.0.2.0/24 via 10.0.0.3\n");
	for (uint32_t i = 0; i < FLOOD; i++)
		fprintf(batch, "route add 90.%u.%u.0/24 via 10.0.0.2\n", i >> 8, i & 255);
	fprintf(batch, "route add 80.0.0.0/24 via 10.0.0.2\nroute del 80.0.1.0/24\n");
	fprintf(batch, "route replace 80.0.2.0/24 via 10.0.0.4\n");
	batch_end();
	s = follow();
	assert_true(s.overruns >= 1);
	assert_int_equal(s.installed, base + FLOOD);
	assert_int_equal(test_to("80.0.0.1"), 2);
	assert_int_equal(test_to("80.0.1.1"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(test_to("80.0.2.1"), 4);
	shell("ip route del 80.0.0.0/24");
	assert_int_equal(follow().installed, base + FLOOD - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(last_word_lost, up, down)};

	if (unshare(CLONE_NEWNET) != 0) {
		printf("SKIP: no network namespace of its own: %s\n", strerror(errno));
		return 77;
	}
	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
