/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "sys_request.h"

#define TAG	   'dlfo'
#define LEAD	   32u
#define SEQUENCE   0xffff8000u /* + the packet's number: a large send passes 2^32 */
#define VLAN_ID	   7u
#define PRIORITY   5u
#define SCRIBBLE   0xdd
#define PATTERN(i) ((uint8_t)((i)*31u + (i) / 251u))

static uint32_t
add(uint32_t sum, const uint8_t *p, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	return sum;
}

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put_sum(uint8_t *field, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(field, ~sum);
}

static uint32_t
pseudo(const struct request *p, uint32_t len)
{
	return add(p->proto + len, p->ip + (p->six ? 8 : 12), p->six ? 32 : 8);
}

static void
write_ip(struct request *p, unsigned n)
{
	const struct target *to = p->to;
	uint8_t *ip = p->ip;

	memset(ip, 0, p->l4);
	if (p->six) {
		ip[0] = 0x60;
		put16(ip + 2, n);
		put16(ip + 4, p->len - 40);
		ip[6] = p->proto;
		ip[7] = 64;
		memcpy(ip + 8, to->source, 16);
		memcpy(ip + 24, to->address, 16);
		return;
	}
	ip[0] = 0x45;
	put16(ip + 2, p->len);
	put16(ip + 4, n);
	ip[8] = 64;
	ip[9] = p->proto;
	memcpy(ip + 12, to->source, 4);
	memcpy(ip + 16, to->address, 4);
	put_sum(ip + 10, add(0, ip, 20));
}

/* Where the checksum is from the transport header on. */
static uint32_t
sum_offset(const struct request *p)
{
	return p->proto == TCP ? 16 : p->proto == UDP ? 6 : 2;
}

/* Headers and a payload that follows from the position; all sums as a sender without NIC. */
static void
write_packet(struct request *p, unsigned n)
{
	uint32_t i, head = p->proto == TCP ? 20 : 8, len = p->len - p->l4;
	uint8_t *l4 = p->ip + p->l4;

	write_ip(p, n);
	memset(l4, 0, head);
	for (i = head; i < len; i++)
		l4[i] = PATTERN(i - head);
	if (p->proto == TCP || p->proto == UDP) {
		put16(l4, 40000);
		put16(l4 + 2, p->to->udp_port);
	}
	if (p->proto == TCP) {
		put16(l4 + 4, (SEQUENCE + n) >> 16);
		put16(l4 + 6, SEQUENCE + n);
		l4[12] = 0x50;
		l4[13] = 0x19; /* FIN, PSH, ACK */
		put16(l4 + 14, 1000);
	} else if (p->proto == UDP) {
		put16(l4 + 4, len);
	} else {
		l4[0] = p->proto == ICMP ? 0 : 129; /* an echo reply: nobody answers */
	}
	put_sum(l4 + sum_offset(p), add(p->proto == ICMP ? 0 : pseudo(p, len), l4, len));
}

/* A sum of 0 says that there is none; the sender knows. */
static void
udp_zero(struct request *p)
{
	uint8_t *field = p->ip + p->l4 + 6;

	if (p->proto == UDP && field[0] == 0 && field[1] == 0)
		put16(field, 0xffff);
}

/* Of twice the memory one half is within a page. */
static void
make_room(struct request *p)
{
	uint32_t size = LEAD + p->len;

	p->block = ExAllocatePool2(POOL_FLAG_NON_PAGED, p->page != 0 ? 2 * size : size, TAG);
	p->copy = malloc(p->len);
	if (p->block == NULL || p->copy == NULL)
		abort();
	p->data = p->block;
	if (p->page != 0 &&
		(uintptr_t)p->data / p->page != ((uintptr_t)p->data + size - 1) / p->page)
		p->data += size;
	p->ip = p->data + LEAD;
}

void
request_make(struct request *p, NDIS_HANDLE pool, uint32_t payload, unsigned n, unsigned mdls)
{
	uint32_t at = 0, cut[REQUEST_MDLS] = {LEAD + 9, 22, 300, 1, 0}, len;
	unsigned i;

	p->l4 = p->six ? 40 : 20;
	p->len = p->l4 + (p->proto == TCP ? 20 : 8) + payload;
	make_room(p);
	write_packet(p, n);
	udp_zero(p);
	for (i = 0; i < mdls; i++, at += len) {
		len = i + 1 == mdls ? LEAD + p->len - at : cut[i];
		p->mdl[i] = IoAllocateMdl(p->data + at, len, FALSE, FALSE, NULL);
		if (p->mdl[i] == NULL)
			abort();
		MmBuildMdlForNonPagedPool(p->mdl[i]);
		if (i > 0)
			p->mdl[i - 1]->Next = p->mdl[i];
	}
	if (FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, p->mdl[0], LEAD, p->len, &p->nbl))
		abort();
	memcpy(p->copy, p->ip, p->len);
}

/* The field as a sender leaves it to the NIC: the pseudo header's sum, not complemented. */
static void
leave_sum(struct request *p, uint32_t len)
{
	uint8_t *field = p->ip + p->l4 + sum_offset(p);

	put_sum(field, pseudo(p, len));
	put16(field, ~((uint32_t)field[0] << 8 | field[1]));
}

static void
leave_ip_sum(struct request *p)
{
	if (!p->six)
		put16(p->ip + 10, 0);
}

void
request_ask_sums(struct request *p)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};

	sum.Transmit.IsIPv4 = !p->six;
	sum.Transmit.IsIPv6 = p->six;
	sum.Transmit.IpHeaderChecksum = !p->six;
	if (p->proto == TCP || p->proto == UDP) {
		sum.Transmit.TcpChecksum = p->proto == TCP;
		sum.Transmit.UdpChecksum = p->proto == UDP;
		sum.Transmit.TcpHeaderOffset = p->l4;
		leave_sum(p, p->len - p->l4);
	}
	leave_ip_sum(p);
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
	memcpy(p->copy, p->ip, p->len);
}

static void
ask_tcp(struct request *p, uint32_t mss)
{
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso = {.Value = NULL};

	lso.LsoV2Transmit.MSS = mss;
	lso.LsoV2Transmit.TcpHeaderOffset = p->l4;
	lso.LsoV2Transmit.Type = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;
	lso.LsoV2Transmit.IPVersion = p->six;
	NET_BUFFER_LIST_INFO(p->nbl, TcpLargeSendNetBufferListInfo) = lso.Value;
	/* A large send may be longer than an IP length can say. */
	put16(p->ip + (p->six ? 4 : 2), 0);
}

static void
ask_udp(struct request *p, uint32_t mss)
{
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso = {.Value = NULL};

	uso.Transmit.MSS = mss;
	uso.Transmit.UdpHeaderOffset = p->l4;
	uso.Transmit.IPVersion = p->six;
	NET_BUFFER_LIST_INFO(p->nbl, UdpSegmentationOffloadInfo) = uso.Value;
}

void
request_ask_segments(struct request *p, uint32_t mss)
{
	if (p->proto == TCP)
		ask_tcp(p, mss);
	else
		ask_udp(p, mss);
	leave_sum(p, 0);
	leave_ip_sum(p);
	memcpy(p->copy, p->ip, p->len);
}

void
request_ended(struct request *p, const NET_BUFFER_LIST *nbl)
{
	if (p->times++ != 0)
		return;
	p->status = nbl->Status;
	p->mtu = fwpdk_nbl_mtu(nbl);
	p->same = nbl == p->nbl && memcmp(p->ip, p->copy, p->len) == 0;
	memset(p->data, SCRIBBLE, LEAD + p->len);
}

void
request_ask_tag(struct request *p)
{
	NDIS_NET_BUFFER_LIST_8021Q_INFO tag = {.Value = NULL};

	tag.TagHeader.UserPriority = PRIORITY;
	tag.TagHeader.VlanId = VLAN_ID;
	NET_BUFFER_LIST_INFO(p->nbl, Ieee8021QNetBufferListInfo) = tag.Value;
}

void
request_free(struct request *p)
{
	unsigned i;

	for (i = 0; i < REQUEST_MDLS && p->mdl[i] != NULL; i++)
		IoFreeMdl(p->mdl[i]);
	FwpsFreeNetBufferList0(p->nbl);
	ExFreePoolWithTag(p->block, TAG);
	free(p->copy);
}
