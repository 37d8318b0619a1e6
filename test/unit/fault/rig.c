/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_dev.h>

#include "eal_fixture.h"
#include "rig.h"

uint16_t rig_port;
struct fwpdk_fault *rig_fault;
uint8_t rig_bytes[RIG_PACKETS][64];
uint32_t rig_released[RIG_PACKETS];
unsigned rig_nreleased;

static struct rte_mbuf_ext_shared_info info[RIG_PACKETS];
static struct rte_mempool *pool;
static unsigned next, refused;

static void
released(void *addr, void *arg)
{
	(void)addr;
	rig_released[__atomic_fetch_add(&rig_nreleased, 1, __ATOMIC_ACQ_REL)] =
		(uint32_t)(uintptr_t)arg;
}

static void
port_start(void)
{
	struct rte_eth_conf conf = {0};

	assert_int_equal(rte_eth_dev_configure(rig_port, 0, 1, &conf), 0);
	assert_int_equal(rte_eth_tx_queue_setup(rig_port, 0, 64, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_dev_start(rig_port), 0);
}

void
rig_up(const struct fwpdk_fault_opts *opts)
{
	struct fwpdk_fault_opts o = {.size = sizeof(o), .nb_desc = 64};

	next = refused = 0;
	__atomic_store_n(&rig_nreleased, 0, __ATOMIC_RELEASE);
	port_start();
	assert_int_equal(fwpdk_fault_install(rig_port, opts != NULL ? opts : &o, &rig_fault), 0);
}

void
rig_down(void)
{
	fwpdk_fault_remove(rig_fault);
	rig_fault = NULL;
	assert_int_equal(rig_nreleased, next);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	assert_int_equal(rte_eth_dev_stop(rig_port), 0);
}

static struct rte_mbuf *
segment(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	unsigned i = next++;

	assert_non_null(m);
	assert_true(i < RIG_PACKETS);
	info[i].free_cb = released;
	info[i].fcb_opaque = (void *)(uintptr_t)i;
	rte_mbuf_ext_refcnt_set(&info[i], 1);
	memset(rig_bytes[i], (int)i, sizeof(rig_bytes[i]));
	rte_pktmbuf_attach_extbuf(m, rig_bytes[i], 0, sizeof(rig_bytes[i]), &info[i]);
	m->data_len = sizeof(rig_bytes[i]);
	m->pkt_len = m->data_len;
	return m;
}

struct rte_mbuf *
rig_packet(unsigned segs)
{
	struct rte_mbuf *m = segment();

	while (--segs > 0)
		assert_int_equal(rte_pktmbuf_chain(m, segment()), 0);
	return m;
}

static unsigned
offer(struct rte_mbuf **m, unsigned n)
{
	unsigned taken = rte_eth_tx_burst(rig_port, 0, m, (uint16_t)n), i;

	for (i = taken; i < n; i++)
		rte_pktmbuf_free(m[i]);
	return taken;
}

unsigned
rig_send(unsigned n)
{
	struct rte_mbuf *m[512];
	unsigned i;

	assert_true(n <= 512);
	for (i = 0; i < n; i++)
		m[i] = rig_packet(1);
	return offer(m, n);
}

unsigned
rig_send_chain(unsigned segs)
{
	struct rte_mbuf *m = rig_packet(segs);

	return offer(&m, 1);
}

void
rig_knobs(const struct fwpdk_fault_knobs *knobs)
{
	assert_int_equal(fwpdk_fault_set(rig_fault, knobs), 0);
}

struct fwpdk_fault_counts
rig_counts(void)
{
	struct fwpdk_fault_counts c = {.size = sizeof(c)};

	assert_int_equal(fwpdk_fault_counts(rig_fault, &c), 0);
	return c;
}

void
rig_expect_fifo(unsigned from, unsigned n)
{
	unsigned i;

	assert_int_equal(rig_nreleased, from + n);
	for (i = from; i < from + n; i++)
		assert_int_equal(rig_released[i], i);
}

int
rig_main(const struct CMUnitTest *tests, size_t n)
{
	if (test_eal_init() != 0 || rte_eal_hotplug_add("vdev", "net_null0", "") != 0 ||
		rte_eth_dev_get_port_by_name("net_null0", &rig_port) != 0)
		return 99;
	pool = rte_pktmbuf_pool_create("rig", 4095, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	return pool == NULL ? 99 : _cmocka_run_group_tests("fault", tests, n, NULL, NULL);
}
