/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_ethdev.h>

#include "rig.h"

struct rig rig;

static struct rig_dev *
dev_of(void *txq, unsigned *queue)
{
	unsigned i, q;

	for (i = 0; i < rig.ports; i++)
		for (q = 0; q < rig.queues; q++)
			if (rte_eth_fp_ops[rig.dev[i].id].txq.data[q] == txq) {
				*queue = q;
				return &rig.dev[i];
			}
	return NULL;
}

uint32_t
rig_frame_number(const struct rte_mbuf *m)
{
	uint32_t skip = 14 + 24, number = 0;
	unsigned got = 0;

	/* rte_pktmbuf_read() trusts pkt_len */
	for (; m != NULL && got < 4; m = m->next) {
		for (; skip < m->data_len && got < 4; skip++, got++)
			number = number << 8 | *rte_pktmbuf_mtod_offset(m, uint8_t *, skip);
		skip -= got < 4 && skip >= m->data_len ? m->data_len : 0;
	}
	return number;
}

static uint16_t
fake_burst(void *txq, struct rte_mbuf **m, uint16_t n)
{
	unsigned queue = 0;
	struct rig_dev *d = dev_of(txq, &queue);
	const struct fwpdk_poller *p = rig.p[queue];
	uint16_t i;

	if (n == 0) {
		d->nempty++;
		if (d->empties)
			rig_release_all(d, false);
	}
	if (n > d->limit)
		n = (uint16_t)d->limit;
	for (i = 0; i < n; i++) {
		if (rig.queues == 1)
			d->seen[d->nseen++ % RIG_HELD] = rig_frame_number(m[i]);
		if (d->hold)
			d->held[d->nheld++] = m[i];
		else
			rte_pktmbuf_free(m[i]);
		if (p->ndone > p->done_cap)
			d->overflow = true;
	}
	return n;
}

void
rig_shim(unsigned port)
{
	rte_eth_fp_ops[rig.dev[port].id].tx_pkt_burst = fake_burst;
}

void
rig_release(struct rig_dev *d, unsigned n)
{
	struct rte_mbuf *m = d->held[n];

	d->nheld--;
	memmove(&d->held[n], &d->held[n + 1], (d->nheld - n) * sizeof(d->held[0]));
	rte_pktmbuf_free(m);
}

void
rig_release_all(struct rig_dev *d, bool reverse)
{
	unsigned i, n = d->nheld;

	for (i = 0; i < n; i++)
		rte_pktmbuf_free(d->held[reverse ? n - 1 - i : i]);
	d->nheld = 0;
}

static void
route(unsigned port, const char *prefix, uint8_t len)
{
	static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};
	struct fwpdk_route r = {.size = sizeof(r), .if_index = rig.ifi[port], .prefix_len = len};
	char hop[32];

	snprintf(hop, sizeof(hop), "192.168.%u.1", port);
	assert_int_equal(fwpdk_addr_parse(prefix, &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse(hop, &r.next_hop), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
	assert_int_equal(fwpdk_neigh_add(rig.ifi[port], &r.next_hop, &mac), 0);
}

static void
port_up(unsigned i, const struct rig_conf *c)
{
	struct fwpdk_port_opts o = c->port;
	struct fwpdk_if_opts fo = {.size = sizeof(fo)};
	char name[32];

	snprintf(name, sizeof(name), "net_null%u", i);
	assert_int_equal(rte_eal_hotplug_add("vdev", name, ""), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(name, &rig.dev[i].id), 0);
	o.size = sizeof(o);
	o.nb_queues = (uint16_t)rig.queues;
	if (c->replace != NULL)
		c->replace(i);
	assert_int_equal(fwpdk_port_open(rig.dev[i].id, &o), 0);
	rig.dev[i].limit = UINT16_MAX;
	if (c->replace == NULL)
		rig_shim(i);
	fo.port_id = rig.dev[i].id;
	assert_int_equal(fwpdk_if_add(&fo, &rig.ifi[i]), 0);
	route(i, i == 0 ? "0.0.0.0" : "10.9.0.0", i == 0 ? 0 : 16);
}

static void
pools_up(void)
{
	NET_BUFFER_LIST_POOL_PARAMETERS lp = {
		.Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
			.Revision = 1,
			.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = 0x67697274};
	NET_BUFFER_POOL_PARAMETERS np = {
		.Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
			.Revision = 1,
			.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1},
		.PoolTag = 0x67697274};

	rig.pool = NdisAllocateNetBufferListPool(NULL, &lp);
	rig.nb_pool = NdisAllocateNetBufferPool(NULL, &np);
	assert_non_null(rig.pool);
	assert_non_null(rig.nb_pool);
}

void
rig_up(const struct rig_conf *conf)
{
	struct fwpdk_config fc = {.size = sizeof(fc),
		.nbl_count = 8191,
		.nb_count = 8191,
		.mdl_count = 16383,
		.max_handles = 16,
		.max_neighbours = 64,
		.max_producers = conf->max_producers};
	struct fwpdk_poller_opts po = conf->poller;
	unsigned i, q;

	memset(&rig, 0, sizeof(rig));
	pkt_hook = NULL;
	__atomic_store_n(&pkt_completions, 0, __ATOMIC_RELAXED);
	rig.ports = conf->ports != 0 ? conf->ports : 1;
	rig.queues = conf->queues != 0 ? conf->queues : 1;
	assert_int_equal(fwpdk_init(&fc), 0);
	for (i = 0; i < rig.ports; i++)
		port_up(i, conf);
	po.size = sizeof(po);
	for (q = 0; q < rig.queues; q++) {
		assert_int_equal(fwpdk_poller_create(&po, &rig.p[q]), 0);
		for (i = 0; i < rig.ports; i++)
			assert_int_equal(
				fwpdk_poller_add_port(rig.p[q], rig.dev[i].id, (uint16_t)q), 0);
		if (!conf->no_start)
			assert_int_equal(fwpdk_poller_start(rig.p[q]), 0);
	}
	assert_int_equal(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &rig.h),
		STATUS_SUCCESS);
	pools_up();
}

void
rig_down(void)
{
	unsigned i, q, k;
	char name[32];
	int rc;

	pkt_hook = NULL;
	for (i = 0; i < rig.ports; i++) {
		assert_false(rig.dev[i].overflow);
		rig.dev[i].limit = UINT16_MAX;
		rig.dev[i].hold = false;
		rig_release_all(&rig.dev[i], false);
		rc = fwpdk_port_stop(rig.dev[i].id, 1000000);
		assert_true(rc == 0 || rc == -EALREADY);
	}
	assert_int_equal(FwpsInjectionHandleDestroy0(rig.h), STATUS_SUCCESS);
	for (i = 0; i < rig.ports; i++) {
		assert_int_equal(fwpdk_if_del(rig.ifi[i]), 0);
		assert_int_equal(fwpdk_port_close(rig.dev[i].id), 0);
		snprintf(name, sizeof(name), "net_null%u", i);
		rte_eal_hotplug_remove("vdev", name);
	}
	for (q = 0; q < rig.queues; q++) {
		rc = fwpdk_poller_stop(rig.p[q]);
		assert_true(rc == 0 || rc == -EALREADY);
		for (k = 0; k < rig.p[q]->nports; k++)
			assert_int_equal(fwi_txq_free(rig.p[q]->q[k]), rig.p[q]->q[k]->pool_size);
		assert_int_equal(fwpdk_poller_destroy(rig.p[q]), 0);
	}
	rig_check_conserved();
	NdisFreeNetBufferPool(rig.nb_pool);
	NdisFreeNetBufferListPool(rig.pool);
	assert_int_equal(fwpdk_fini(), 0);
}

void
rig_check_conserved(void)
{
	struct fwpdk_stats s = {.size = sizeof(s)};

	assert_int_equal(fwpdk_stats(&s), 0);
	assert_int_equal(s.injected, s.completed + s.in_flight);
}
