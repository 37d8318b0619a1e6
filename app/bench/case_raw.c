/* SPDX-License-Identifier: BSD-3-Clause */
/* What DPDK costs without the library: the denominators. */
#include <string.h>

#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include "cases.h"
#include "nicmodel.h"

#define FRAME_LEN 60u

struct headers {
	struct rte_ether_hdr eth;
	struct rte_ipv4_hdr ip;
	struct rte_udp_hdr udp;
} __rte_packed __rte_aligned(2);

static struct headers headers;

/* The same frame that an injection of 46 bytes to the target's gateway makes. */
static void
headers_fill(const struct target *target)
{
	const uint16_t len = FRAME_LEN - sizeof(headers.eth);
	uint32_t gateway = rte_cpu_to_be_32(tables_dest(target, 0xfffd));

	memset(&headers, 0, sizeof(headers));
	headers.eth.dst_addr.addr_bytes[0] = 0x02;
	memcpy(headers.eth.dst_addr.addr_bytes + 2, &gateway, sizeof(gateway));
	rte_eth_macaddr_get(target->id, &headers.eth.src_addr);
	headers.eth.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	headers.ip.version_ihl = RTE_IPV4_VHL_DEF;
	headers.ip.total_length = rte_cpu_to_be_16(len);
	headers.ip.time_to_live = 64;
	headers.ip.next_proto_id = IPPROTO_UDP;
	headers.ip.src_addr = rte_cpu_to_be_32(RTE_IPV4(198u, 51, 100, 1));
	headers.ip.dst_addr = rte_cpu_to_be_32(tables_dest(target, 0));
	headers.ip.hdr_checksum = rte_ipv4_cksum(&headers.ip);
	headers.udp.src_port = headers.udp.dst_port = rte_cpu_to_be_16(9);
	headers.udp.dgram_len = rte_cpu_to_be_16((uint16_t)(len - sizeof(headers.ip)));
}

/*
 * RAW_MBUFS frames in turn. Their pool is an ordinary one with a cache per lcore; what the
 * driver puts into the cache is forgotten after each burst, because the mbufs are ours all
 * the time: a put costs its copy and nothing else.
 */
int
measured_raw(struct run *run, uint64_t packets)
{
	struct rte_mempool_cache *cache = rte_mempool_default_cache(
		run->env->raw_pool, rte_lcore_id());
	struct rte_mbuf **mbufs = run->env->raw;
	uint16_t port = run->target->id, queue = run->target->raw_queue;
	uint32_t at = 0;

	for (; packets > 0; packets -= BURST) {
		if (rte_eth_tx_burst(port, queue, mbufs + at, BURST) != BURST)
			return run_failed(run, "the device does not take a burst");
		cache->len = 0;
		at = (at + BURST) & (RAW_MBUFS - 1);
	}
	return 0;
}

/* As txonly of testpmd with one segment: mbufs from a pool, each header copied. */
static inline void
txonly_packet(struct rte_mbuf *m)
{
	rte_pktmbuf_reset_headroom(m);
	m->data_len = FRAME_LEN;
	m->ol_flags &= RTE_MBUF_F_EXTERNAL;
	m->vlan_tci = 0;
	m->vlan_tci_outer = 0;
	m->l2_len = sizeof(struct rte_ether_hdr);
	m->l3_len = sizeof(struct rte_ipv4_hdr);
	rte_memcpy(rte_pktmbuf_mtod(m, char *), &headers.eth, sizeof(headers.eth));
	rte_memcpy(rte_pktmbuf_mtod_offset(m, char *, sizeof(headers.eth)), &headers.ip,
		sizeof(headers.ip));
	rte_memcpy(rte_pktmbuf_mtod_offset(m, char *, sizeof(headers.eth) + sizeof(headers.ip)),
		&headers.udp, sizeof(headers.udp));
	m->nb_segs = 1;
	m->pkt_len = FRAME_LEN;
	m->next = NULL;
}

int
measured_txonly(struct run *run, uint64_t packets)
{
	uint16_t port = run->target->id, queue = run->target->raw_queue;
	struct rte_mempool *pool = run->env->tx_pool;
	struct rte_mbuf *mbufs[BURST];

	for (; packets > 0; packets -= BURST) {
		if (rte_mempool_get_bulk(pool, (void **)mbufs, BURST) != 0)
			return run_failed(run, "the pool is empty");
		for (unsigned i = 0; i < BURST; i++)
			txonly_packet(mbufs[i]);
		if (rte_eth_tx_burst(port, queue, mbufs, BURST) != BURST)
			return run_failed(run, "the device does not take a burst");
	}
	return 0;
}

int
raw_run(struct run *run, struct sample *sample)
{
	struct rte_mempool_cache *cache = rte_mempool_default_cache(
		run->env->raw_pool, rte_lcore_id());
	int rc;

	headers_fill(run->target);
	for (unsigned i = 0; i < RAW_MBUFS; i++)
		txonly_packet(run->env->raw[i]);
	if (cache == NULL)
		return run_failed(run, "this lcore has no mempool cache");
	rc = run_measure(run, run->env->args.packets, sample);
	if (run->target->model != NULL)
		nicmodel_flush(run->target->model);
	cache->len = 0;
	return rc != 0 || run->target->model == NULL ? rc : run_settle(run);
}
