/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/tx/service.c: a poller as a DPDK service, run from an application lcore. */
#include <rte_service.h>

#include "rig.h"

static void
test_service(void **state)
{
	struct pkt *p[20];
	uint32_t id = UINT32_MAX, again;
	unsigned k;

	(void)state;
	rig_up(&(struct rig_conf){.poller.name = "svc"});
	assert_int_equal(fwpdk_poller_service_register(NULL, &id), -EINVAL);
	assert_int_equal(fwpdk_poller_service_register(rig.p[0], NULL), -EINVAL);
	assert_int_equal(fwpdk_poller_service_register(rig.p[0], &id), 0);
	assert_int_equal(fwpdk_poller_service_register(rig.p[0], &again), -EALREADY);
	assert_string_equal(rte_service_get_name(id), "fwpdk_svc");
	assert_int_equal(rte_service_get_by_name("fwpdk_svc", &again), 0);
	assert_int_equal(again, id);
	assert_int_equal(rte_service_runstate_set(id, 1), 0);
	for (k = 0; k < 20; k++) {
		p[k] = pkt_new(1 + k % 3, 1, 1, true);
		assert_int_equal(pkt_inject(p[k]), STATUS_SUCCESS);
	}
	assert_int_equal(pkt_completions, 0);
	for (k = 0; k < 3; k++)
		rte_service_run_iter_on_app_lcore(id, 1);
	assert_int_equal(pkt_completions, 20);
	for (k = 0; k < 20; k++) {
		assert_int_equal(p[k]->done, 1);
		assert_ptr_equal(p[k]->by, rig.p[0]);
		assert_true(p[k]->dispatch);
		pkt_del(p[k]);
	}
	rig_down();
	/* gone with the poller */
	assert_true(rte_service_get_by_name("fwpdk_svc", &again) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_service)};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
