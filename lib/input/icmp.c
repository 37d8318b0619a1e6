/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: ICMP for us that says what a path takes (RFC 1191, RFC 8201). Whoever gets a message
 * past the checks may lower the path MTU of one address to the least that every path must take, for
 * some time; nothing else. The message goes on to whoever it is for.
 */
#include <netinet/in.h>

#include <rte_cycles.h>
#include <rte_ip.h>

#include "input/input.h"
#include "stack/pmtu.h"

#define ICMP_LEN	8u
#define UNREACHABLE	3u /* with code 4: fragmentation needed */
#define TOO_BIG		2u /* ICMPv6 */
#define CHANGES_PER_SEC 1000u

struct too_big {
	const uint8_t *icmp, *inner;
	uint32_t len; /* from icmp on */
	uint32_t mtu;
};

static bool
too_big4(const struct fwi_packet *pkt, struct too_big *t)
{
	if (t->len < ICMP_LEN + sizeof(struct rte_ipv4_hdr) || t->icmp[0] != UNREACHABLE ||
		t->icmp[1] != 4)
		return false;
	t->mtu = (uint32_t)t->icmp[6] << 8 | t->icmp[7];
	return t->inner[0] >> 4 == 4 && (t->inner[0] & 15) >= 5 &&
	       memcmp(t->inner + 12, pkt->ip + 16, 4) == 0 &&
	       t->mtu < ((uint32_t)t->inner[2] << 8 | t->inner[3]) &&
	       rte_raw_cksum(t->icmp, t->len) == 0xffff;
}

static bool
checksum6_ok(const struct fwi_packet *pkt, const struct too_big *t)
{
	struct {
		uint8_t addrs[32];
		rte_be32_t len, proto;
	} pseudo;
	uint32_t sum;

	memcpy(pseudo.addrs, pkt->ip + 8, sizeof(pseudo.addrs));
	pseudo.len = rte_cpu_to_be_32(t->len);
	pseudo.proto = rte_cpu_to_be_32(IPPROTO_ICMPV6);
	sum = (uint32_t)rte_raw_cksum(&pseudo, sizeof(pseudo)) + rte_raw_cksum(t->icmp, t->len);
	return ((sum & 0xffff) + (sum >> 16)) == 0xffff;
}

static bool
too_big6(const struct fwi_packet *pkt, struct too_big *t)
{
	rte_be32_t mtu;

	if (t->len < ICMP_LEN + sizeof(struct rte_ipv6_hdr) || t->icmp[0] != TOO_BIG)
		return false;
	memcpy(&mtu, t->icmp + 4, sizeof(mtu));
	t->mtu = rte_be_to_cpu_32(mtu);
	return t->inner[0] >> 4 == 6 && memcmp(t->inner + 8, pkt->ip + 24, 16) == 0 &&
	       t->mtu < 40 + ((uint32_t)t->inner[4] << 8 | t->inner[5]) && checksum6_ok(pkt, t);
}

/* Is there a way to the destination of the packet that was too big, and does it take more? */
static bool
is_news(const struct fwi_packet *pkt, const struct too_big *t, fwi_u128 *dst)
{
	struct fwi_flow flow = {.hash = 0};
	struct fwi_hop hop;
	uint32_t dst4;

	fwi_flow_src(&flow, t->inner);
	if (pkt->version == 6) {
		fwi_stack_lookup6_flow(pkt->iface->comp, t->inner + 24, &flow, &hop);
		*dst = fwi_key6(t->inner + 24);
	} else {
		memcpy(&dst4, t->inner + 16, sizeof(dst4));
		fwi_stack_lookup4_flow(pkt->iface->comp, dst4, &flow, &hop);
		*dst = fwi_key4(rte_be_to_cpu_32(dst4));
	}
	return hop.status != STATUS_NETWORK_UNREACHABLE && t->mtu < hop.mtu;
}

void
fwi_icmp_heard(struct fwi_packet *pkt)
{
	struct fwpdk_input_stats *n = &pkt->in->n;
	struct too_big t = {.icmp = pkt->ip + pkt->ip_len};
	bool six = pkt->version == 6;
	uint64_t now = rte_rdtsc();
	fwi_u128 dst;

	if (pkt->fragment || pkt->injected != NULL || fwi_packet_kind(pkt) != FWI_ADDR_LOCAL ||
		pkt->total + pkt->l2_len > rte_pktmbuf_data_len(pkt->m))
		return;
	t.len = pkt->total - pkt->ip_len;
	t.inner = t.icmp + ICMP_LEN;
	if (!(six ? too_big6(pkt, &t) : too_big4(pkt, &t)) || !is_news(pkt, &t, &dst))
		return;
	if (now < pkt->in->next_path) { /* each change costs all pollers their caches */
		fwi_input_count(&n->paths_put_off);
		return;
	}
	if (!fwi_pmtu_learn(pkt->iface->comp, six ? FWI_V6 : FWI_V4, dst, t.mtu))
		return;
	pkt->in->next_path = now + rte_get_tsc_hz() / CHANGES_PER_SEC;
	fwi_input_count(&n->paths_lowered);
}
