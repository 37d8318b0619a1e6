/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: what an ARP or neighbour discovery message says, if it is a valid one. Nothing
 * here depends on who hears it; test/fuzz/fuzz_hear.c compares it with the rules written another
 * way.
 */
#include <netinet/in.h>
#include <string.h>

#include <rte_arp.h>
#include <rte_ip.h>

#include "resolve/resolve.h"

#define ARP_LEN	       28u
#define ND_LEN	       24u /* before the options */
#define ND_QUESTION    135u
#define ND_ANSWER      136u
#define OPT_SOURCE_MAC 1u
#define OPT_TARGET_MAC 2u
#define FLAG_SOLICITED 0x40u
#define FLAG_OVERRIDE  0x20u

static bool
mac_ok(const uint8_t *mac)
{
	const struct rte_ether_addr *m = (const void *)mac;

	return !rte_is_multicast_ether_addr(m) && !rte_is_zero_ether_addr(m);
}

/* Could be a host's: none of 0/8, 127/8, 224/3. */
static bool
host4(const uint8_t *a)
{
	return a[0] != 0 && a[0] != 127 && a[0] < 224;
}

enum fwi_hear
fwi_hear_arp(const uint8_t *arp, uint32_t have, struct fwi_heard *h)
{
	static const uint8_t fixed[6] = {0, 1, 0x08, 0x00, 6, 4}; /* Ethernet, IPv4 */
	const uint8_t *sender = arp + 14, *target = arp + 24;
	bool none;

	if (have < ARP_LEN || memcmp(arp, fixed, sizeof(fixed)) != 0 || arp[6] != 0 ||
		(arp[7] != RTE_ARP_OP_REQUEST && arp[7] != RTE_ARP_OP_REPLY))
		return FWI_HEAR_BAD;
	memset(h, 0, sizeof(*h));
	none = memcmp(sender, &h->who.addr, 4) == 0;
	h->question = arp[7] == RTE_ARP_OP_REQUEST;
	if (!mac_ok(arp + 8) || !host4(target) || (!host4(sender) && !(none && h->question)))
		return FWI_HEAR_BAD;
	h->who.version = h->target_version = 4;
	memcpy(h->who.addr, sender, 4);
	memcpy(h->target, target, 4);
	memcpy(h->mac.addr_bytes, arp + 8, 6);
	h->has_mac = !none;
	h->overriding = true;
	h->asked = !h->question;
	return FWI_HEAR_OK;
}

static bool
checksum_ok(const uint8_t *ip, const uint8_t *icmp, uint32_t len)
{
	struct {
		uint8_t addrs[32];
		rte_be32_t len, proto;
	} pseudo;
	uint32_t sum;

	memcpy(pseudo.addrs, ip + 8, sizeof(pseudo.addrs));
	pseudo.len = rte_cpu_to_be_32(len);
	pseudo.proto = rte_cpu_to_be_32(IPPROTO_ICMPV6);
	sum = (uint32_t)rte_raw_cksum(&pseudo, sizeof(pseudo)) + rte_raw_cksum(icmp, len);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/* The first option of that type, MAC in *mac; false: an option is not all there. */
static bool
options(const uint8_t *at, const uint8_t *end, uint8_t type, const uint8_t **mac)
{
	*mac = NULL;
	while (at < end) {
		if (end - at < 8 || at[1] == 0 || end - at < at[1] * 8)
			return false;
		if (at[0] == type && *mac == NULL)
			*mac = at + 2;
		at += at[1] * 8;
	}
	return true;
}

static bool
zero16(const uint8_t *a)
{
	static const uint8_t zero[16];

	return memcmp(a, zero, sizeof(zero)) == 0;
}

/* RFC 4861, 7.1.1; solicited-node addresses: RFC 4291, 2.7.1. */
static bool
question_ok(const uint8_t *src, const uint8_t *dst, const uint8_t *mac)
{
	static const uint8_t solicited_node[13] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};

	if (zero16(src))
		return memcmp(dst, solicited_node, sizeof(solicited_node)) == 0 && mac == NULL;
	return src[0] != 0xff && (mac != NULL || dst[0] != 0xff);
}

enum fwi_hear
fwi_hear_nd(const uint8_t *ip, uint32_t ip_len, uint32_t total, struct fwi_heard *h)
{
	const uint8_t *icmp = ip + ip_len, *end = ip + total, *dst = ip + 24, *mac;
	const uint8_t *target = icmp + 8, *who;
	bool question;

	if (total < ip_len + 1 || (icmp[0] != ND_QUESTION && icmp[0] != ND_ANSWER))
		return FWI_HEAR_OTHER;
	question = icmp[0] == ND_QUESTION;
	if (total < ip_len + ND_LEN || ip[7] != 255 || icmp[1] != 0 ||
		!checksum_ok(ip, icmp, total - ip_len) || target[0] == 0xff || zero16(target) ||
		!options(icmp + ND_LEN, end, question ? OPT_SOURCE_MAC : OPT_TARGET_MAC, &mac) ||
		(mac != NULL && !mac_ok(mac)))
		return FWI_HEAR_BAD;
	memset(h, 0, sizeof(*h));
	h->question = question;
	h->asked = !question && (icmp[4] & FLAG_SOLICITED) != 0;
	h->overriding = question || (icmp[4] & FLAG_OVERRIDE) != 0;
	if (question ? !question_ok(ip + 8, dst, mac) : h->asked && dst[0] == 0xff)
		return FWI_HEAR_BAD;
	who = question ? ip + 8 : target;
	h->who.version = h->target_version = 6;
	memcpy(h->who.addr, who, 16);
	memcpy(h->target, target, 16);
	h->has_mac = mac != NULL;
	if (mac != NULL)
		memcpy(h->mac.addr_bytes, mac, 6);
	return FWI_HEAR_OK;
}
