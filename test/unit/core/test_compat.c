/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/core/compat.c: is a device running? Asked of net_null in every state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <rte_dev.h>
#include <rte_ethdev.h>

#include "core/compat.h"
#include "eal_fixture.h"

static uint16_t
null_dev(const char *name)
{
	uint16_t id;

	assert_int_equal(rte_eal_hotplug_add("vdev", name, ""), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(name, &id), 0);
	return id;
}

static void
configure(uint16_t id)
{
	static struct rte_mempool *pool;
	struct rte_eth_conf conf;

	if (pool == NULL)
		pool = rte_pktmbuf_pool_create("rx", 255, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	memset(&conf, 0, sizeof(conf));
	assert_int_equal(rte_eth_dev_configure(id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(id, 0, 64, 0, NULL, pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(id, 0, 64, 0, NULL), 0);
}

static void
test_states(void **state)
{
	uint16_t a, b, i;

	(void)state;
	for (i = 0; i < RTE_MAX_ETHPORTS; i++)
		assert_false(fwi_eth_started(i));
	a = null_dev("net_null0");
	b = null_dev("net_null1");
	assert_false(fwi_eth_started(a));
	configure(a);
	configure(b);
	assert_false(fwi_eth_started(a));
	assert_int_equal(rte_eth_dev_start(a), 0);
	assert_true(fwi_eth_started(a));
	assert_false(fwi_eth_started(b));
	assert_int_equal(rte_eth_dev_start(b), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(rte_eth_dev_stop(a), 0);
		assert_false(fwi_eth_started(a));
		assert_true(fwi_eth_started(b));
		assert_int_equal(rte_eth_dev_start(a), 0);
		assert_true(fwi_eth_started(a));
	}
	assert_int_equal(rte_eth_dev_stop(a), 0);
	assert_int_equal(rte_eth_dev_close(a), 0);
	assert_false(fwi_eth_started(a));
	assert_true(fwi_eth_started(b));
	assert_int_equal(rte_eth_dev_stop(b), 0);
	assert_int_equal(rte_eth_dev_close(b), 0);
	assert_false(fwi_eth_started(b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_states)};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
