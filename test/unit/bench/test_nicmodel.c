/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk-bench: the double of a hardware queue keeps, releases and checks as it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "eal_fixture.h"
#include "nicmodel.h"

#define MBUFS 2047u

static uint16_t port;
static struct rte_mempool *pool;
static struct fwpdk_fault *model;

static const char *
no_odd_length(const struct rte_mbuf *m, void *arg)
{
	(*(unsigned *)arg)++;
	return (m->pkt_len & 1) != 0 ? "odd" : NULL;
}

static unsigned looked;

static int
setup(void **state)
{
	struct rte_eth_conf conf = {0};

	(void)state;
	if (rte_eth_dev_configure(port, 0, 1, &conf) != 0 ||
		rte_eth_tx_queue_setup(port, 0, 512, SOCKET_ID_ANY, NULL) != 0 ||
		rte_eth_dev_start(port) != 0)
		return -1;
	looked = 0;
	model = nicmodel_install(port, no_odd_length, &looked);
	return model != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	nicmodel_flush(model);
	fwpdk_fault_remove(model);
	return rte_eth_dev_stop(port);
}

static unsigned
out(void)
{
	return rte_mempool_in_use_count(pool);
}

static void
put_out(unsigned n, uint16_t len)
{
	struct rte_mbuf *m;

	for (unsigned i = 0; i < n; i++) {
		m = rte_pktmbuf_alloc(pool);
		assert_non_null(m);
		m->data_len = m->pkt_len = len;
		assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
	}
}

static void
releases_in_blocks(void **state)
{
	(void)state;
	put_out(64, 60); /* 960 free: not fewer */
	assert_int_equal(out(), 64);
	put_out(1, 60);
	assert_int_equal(out(), 65);
	put_out(1, 60); /* now fewer: a block of 32 comes back first */
	assert_int_equal(out(), 34);
	nicmodel_flush(model);
	assert_int_equal(out(), 0);
}

static void
counts_segments(void **state)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool), *second = rte_pktmbuf_alloc(pool);

	(void)state;
	assert_true(m != NULL && second != NULL);
	m->data_len = m->pkt_len = 20;
	second->data_len = second->pkt_len = 10;
	assert_int_equal(rte_pktmbuf_chain(m, second), 0);
	put_out(63, 60);
	assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
	assert_int_equal(out(), 65); /* 65 descriptors */
	put_out(1, 60);
	assert_int_equal(out(), 34);
	nicmodel_flush(model);
	assert_int_equal(out(), 0);
	assert_true(second->next == NULL && m->next == NULL && m->nb_segs == 1);
}

static void
takes_long_bursts(void **state)
{
	struct rte_mbuf *m[512];

	(void)state;
	for (unsigned k = 0; k < 8; k++) {
		assert_int_equal(rte_pktmbuf_alloc_bulk(pool, m, 512), 0);
		assert_int_equal(rte_eth_tx_burst(port, 0, m, 512), 512);
		assert_true(out() <= 96);
	}
}

static void
tells_what_is_wrong(void **state)
{
	struct fwpdk_fault_counts counts = {.size = sizeof(counts)};

	(void)state;
	put_out(3, 60);
	put_out(2, 61);
	fwpdk_fault_counts(model, &counts);
	assert_int_equal(counts.taken, 5);
	assert_int_equal(counts.checked, 5);
	assert_int_equal(looked, 5);
	assert_int_equal(counts.wrong, 2);
	assert_string_equal(counts.first_wrong, "odd");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(releases_in_blocks, setup, teardown),
		cmocka_unit_test_setup_teardown(counts_segments, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_long_bursts, setup, teardown),
		cmocka_unit_test_setup_teardown(tells_what_is_wrong, setup, teardown),
	};

	if (test_eal_init() != 0 || rte_eal_hotplug_add("vdev", "net_null0", "") != 0 ||
		rte_eth_dev_get_port_by_name("net_null0", &port) != 0)
		return 1;
	pool = rte_pktmbuf_pool_create("t", MBUFS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	return pool == NULL ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
