/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host has a dynamic field where the tag would like to be. The tag lies elsewhere then, and
 * stays there for those who look at it while a port more is set up.
 */
#include <dlfcn.h>
#include <pthread.h>

#include <rte_mbuf_dyn.h>

#include "map/tag.h"
#include "rig.h"

#define PACKETS 32u

static bool watch, seen_wrong;
static bool stop; /* atomic */

/* The library's call comes here first: what would other threads see just now? */
int
rte_mbuf_dynfield_register(const struct rte_mbuf_dynfield *params)
{
	int (*real)(const struct rte_mbuf_dynfield *);

	seen_wrong |= watch && fwi_tag_offset < 0;
	*(void **)&real = dlsym(RTLD_NEXT, "rte_mbuf_dynfield_register");
	return real(params);
}

static struct fwpdk_poller *
poller_with_port(uint16_t queue)
{
	struct fwpdk_poller *p;

	assert_int_equal(fwpdk_poller_create(NULL, &p), 0);
	assert_int_equal(fwpdk_poller_add_port(p, rig.dev[0].id, queue), 0);
	return p;
}

static void
test_offset_is_never_seen_changing(void **state)
{
	(void)state;
	rig_up(&(struct rig_conf){.queues = 2, .no_start = true});
	assert_int_not_equal(fwi_tag_offset, FWI_TAG_AT);
	assert_true(fwi_tag_offset >= 0);
	assert_int_equal(fwpdk_poller_destroy(rig.p[1]), 0);
	watch = true;
	rig.p[1] = poller_with_port(1);
	watch = false;
	rig_down();
	assert_false(seen_wrong);
}

static void *
traffic(void *arg)
{
	struct pkt *p[PACKETS];
	unsigned i;

	(void)arg;
	for (i = 0; i < PACKETS; i++)
		p[i] = pkt_new(1, 1 + (i & 1), 1, i % 3 != 0);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < PACKETS; i++)
			assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
		while (fwpdk_poll(rig.p[0]) != 0)
			;
	}
	for (i = 0; i < PACKETS; i++)
		pkt_del(p[i]);
	fwpdk_poller_release(rig.p[0]);
	return NULL;
}

static void
test_pollers_come_and_go_beside_traffic(void **state)
{
	pthread_t t;
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){.queues = 2});
	rig.queues = 1;
	assert_int_equal(fwpdk_poller_stop(rig.p[1]), 0);
	assert_int_equal(fwpdk_poller_destroy(rig.p[1]), 0);
	assert_int_equal(pthread_create(&t, NULL, traffic, NULL), 0);
	for (i = 0; i < 50; i++)
		assert_int_equal(fwpdk_poller_destroy(poller_with_port(1)), 0);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(t, NULL);
	rig_down();
}

int
main(void)
{
	static const struct rte_mbuf_dynfield theirs = {
		.name = "host_field", .size = 8, .align = 8};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offset_is_never_seen_changing),
		cmocka_unit_test(test_pollers_come_and_go_beside_traffic),
	};

	if (test_eal_init() != 0 || rte_mbuf_dynfield_register_offset(&theirs, FWI_TAG_AT) < 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
