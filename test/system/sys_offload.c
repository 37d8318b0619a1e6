/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injects what the receiver's tshark then judges: every combination of IP version, protocol,
 * MDLs, checksum request and VLAN tag; a large send and a UDP segmentation per version; and
 * IPv4 datagrams of 4,000 bytes with and without DF over an MTU of 1500.
 *
 *     sys_offload <EAL> -- TO4 TO6    (ETHPORT,ADDRESS,MAC,UDPPORT,FILE as sys_udp_send)
 *
 * Packet n of the matrix has n as identification or flow label, see matrix() and offload.py.
 * Prints a line of JSON.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>

#include <fwpdk/fwpdk.h>
#include <fwpsk.h>

#include "sys_stack.h"

#define TAG	   'dlfo'
#define LEAD	   32u
#define MDLS	   5u
#define LARGE	   64000u
#define SEGMENT	   1400u
#define VLAN_ID	   7u
#define PRIORITY   5u
#define PATTERN(i) ((uint8_t)((i)*31u + (i) / 251u))

enum proto { TCP = 6, UDP = 17, ICMP = 1, ICMP6 = 58 };

static struct target target[2];
static struct fwpdk_poller *poller;
static HANDLE handle[2];
static NDIS_HANDLE pool;

struct packet {
	NET_BUFFER_LIST *nbl;
	MDL *mdl[MDLS];
	uint8_t *data, *copy, *ip;
	uint32_t len, l4;
	NTSTATUS status;
	unsigned mtu;
	bool done, same;
};

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
pseudo(const struct packet *p, bool six, uint32_t proto)
{
	return add(proto + p->len - p->l4, p->ip + (six ? 8 : 12), six ? 32 : 8);
}

/* Headers and a payload that follows from the position; all sums as a sender without NIC. */
static void
write_packet(struct packet *p, bool six, enum proto proto, unsigned n)
{
	const struct target *to = &target[six];
	uint32_t field = proto == TCP ? 16 : proto == UDP ? 6 : 2, i, head = proto == TCP ? 20 : 8;
	uint8_t *ip = p->ip, *l4 = ip + p->l4;

	memset(ip, 0, p->l4 + head);
	if (six) {
		ip[0] = 0x60;
		put16(ip + 2, n);
		put16(ip + 4, p->len - 40);
		ip[6] = proto;
		ip[7] = 64;
		memcpy(ip + 8, to->source, 16);
		memcpy(ip + 24, to->address, 16);
	} else {
		ip[0] = 0x45;
		put16(ip + 2, p->len);
		put16(ip + 4, n);
		ip[8] = 64;
		ip[9] = proto;
		memcpy(ip + 12, to->source, 4);
		memcpy(ip + 16, to->address, 4);
		put_sum(ip + 10, add(0, ip, 20));
	}
	for (i = head; i < p->len - p->l4; i++)
		l4[i] = PATTERN(i - head);
	if (proto == TCP || proto == UDP) {
		put16(l4, 40000);
		put16(l4 + 2, to->udp_port);
	}
	if (proto == TCP) {
		put16(l4 + 6, n);
		l4[12] = 0x50;
		l4[13] = 0x19; /* FIN, PSH, ACK */
		put16(l4 + 14, 1000);
	} else if (proto == UDP) {
		put16(l4 + 4, p->len - p->l4);
	} else {
		l4[0] = proto == ICMP ? 0 : 129; /* an echo reply: nobody answers */
	}
	put_sum(l4 + field, add(proto == ICMP ? 0 : pseudo(p, six, proto), l4, p->len - p->l4));
}

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct packet *p = context;

	(void)dispatch;
	p->status = nbl->Status;
	p->mtu = fwpdk_nbl_mtu(nbl);
	p->same = memcmp(p->ip, p->copy, p->len) == 0;
	p->done = true;
}

static void
make(struct packet *p, bool six, enum proto proto, uint32_t payload, unsigned n, unsigned mdls)
{
	uint32_t at = 0, cut[MDLS] = {LEAD + 9, 22, 300, 1, 0}, len;
	unsigned i;

	memset(p, 0, sizeof(*p));
	p->l4 = six ? 40 : 20;
	p->len = p->l4 + (proto == TCP ? 20 : 8) + payload;
	p->data = ExAllocatePool2(POOL_FLAG_NON_PAGED, LEAD + p->len, TAG);
	p->copy = malloc(p->len);
	if (p->data == NULL || p->copy == NULL)
		exit(3);
	p->ip = p->data + LEAD;
	write_packet(p, six, proto, n);
	for (i = 0; i < mdls; i++, at += len) {
		len = i + 1 == mdls ? LEAD + p->len - at : cut[i];
		p->mdl[i] = IoAllocateMdl(p->data + at, len, FALSE, FALSE, NULL);
		MmBuildMdlForNonPagedPool(p->mdl[i]);
		if (i > 0)
			p->mdl[i - 1]->Next = p->mdl[i];
	}
	if (FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, p->mdl[0], LEAD, p->len, &p->nbl))
		exit(3);
}

/* The field as a sender leaves it to the NIC: the pseudo header's sum, not complemented. */
static void
ask_sums(struct packet *p, bool six, enum proto proto)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
	uint8_t *field = p->ip + p->l4 + (proto == TCP ? 16 : 6);

	sum.Transmit.IsIPv4 = !six;
	sum.Transmit.IsIPv6 = six;
	if (!six) {
		sum.Transmit.IpHeaderChecksum = 1;
		put16(p->ip + 10, 0);
	}
	if (proto == TCP || proto == UDP) {
		sum.Transmit.TcpChecksum = proto == TCP;
		sum.Transmit.UdpChecksum = proto == UDP;
		sum.Transmit.TcpHeaderOffset = p->l4;
		put_sum(field, pseudo(p, six, proto));
		put16(field, ~((uint32_t)field[0] << 8 | field[1]));
	}
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
}

static void
ask_tag(struct packet *p)
{
	NDIS_NET_BUFFER_LIST_8021Q_INFO tag = {.Value = NULL};

	tag.TagHeader.UserPriority = PRIORITY;
	tag.TagHeader.VlanId = VLAN_ID;
	NET_BUFFER_LIST_INFO(p->nbl, Ieee8021QNetBufferListInfo) = tag.Value;
}

/* Inject, wait for the completion, give everything back. False: not as it should be. */
static bool
transmit(struct packet *p, bool six, NTSTATUS want)
{
	uint64_t end = rte_rdtsc() + 10 * rte_get_tsc_hz();
	NTSTATUS status;
	unsigned i;

	memcpy(p->copy, p->ip, p->len);
	status = FwpsInjectNetworkSendAsync0(
		handle[six], NULL, 0, UNSPECIFIED_COMPARTMENT_ID, p->nbl, completed, p);
	while (status == STATUS_SUCCESS && !p->done && rte_rdtsc() < end)
		fwpdk_poll(poller);
	if (status != STATUS_SUCCESS || !p->done || p->status != want || !p->same) {
		fprintf(stderr, "inject 0x%08x, done %d, status 0x%08x, bytes as they were %d\n",
			(unsigned)status, p->done, (unsigned)p->status, p->same);
		return false;
	}
	for (i = 0; i < MDLS && p->mdl[i] != NULL; i++)
		IoFreeMdl(p->mdl[i]);
	FwpsFreeNetBufferList0(p->nbl);
	ExFreePoolWithTag(p->data, TAG);
	free(p->copy);
	return true;
}

/* n counts in this order: version, protocol, MDLs, request, tag. */
static bool
matrix(unsigned *n)
{
	static const unsigned mdls[] = {1, 2, 5};
	unsigned six, proto, m, request, tagged;
	bool ok = true;
	struct packet p;

	for (six = 0; six < 2; six++)
		for (proto = 0; proto < 3; proto++)
			for (m = 0; m < 3; m++)
				for (request = 0; request < 2; request++)
					for (tagged = 0; tagged < 2; tagged++) {
						enum proto is = proto == 0   ? TCP
								: proto == 1 ? UDP
								: six	     ? ICMP6
									     : ICMP;

						++*n;
						make(&p, six, is, 394 + *n * 7, *n, mdls[m]);
						if (request && !(six && is == ICMP6))
							ask_sums(&p, six, is);
						if (tagged)
							ask_tag(&p);
						ok &= transmit(&p, six, STATUS_SUCCESS);
					}
	return ok;
}

static bool
large(bool six)
{
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso = {.Value = NULL};
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso = {.Value = NULL};
	struct packet p;
	bool ok;

	make(&p, six, TCP, LARGE, 30000, 3);
	lso.LsoV2Transmit.MSS = SEGMENT;
	lso.LsoV2Transmit.TcpHeaderOffset = p.l4;
	lso.LsoV2Transmit.Type = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;
	lso.LsoV2Transmit.IPVersion = six;
	NET_BUFFER_LIST_INFO(p.nbl, TcpLargeSendNetBufferListInfo) = lso.Value;
	put16(p.ip + (six ? 4 : 2), 0);
	ok = transmit(&p, six, STATUS_SUCCESS);
	make(&p, six, UDP, 10000, 40000, 2);
	uso.Transmit.MSS = SEGMENT;
	uso.Transmit.UdpHeaderOffset = p.l4;
	uso.Transmit.IPVersion = six;
	NET_BUFFER_LIST_INFO(p.nbl, UdpSegmentationOffloadInfo) = uso.Value;
	return transmit(&p, six, STATUS_SUCCESS) && ok;
}

/* With DF it comes back with the MTU; without, it leaves in three pieces. */
static bool
fragments(unsigned *mtu)
{
	struct packet p;
	bool ok;

	make(&p, false, UDP, 3972, 50001, 2);
	p.ip[6] = 0x40;
	p.ip[10] = (uint8_t)(p.ip[10] - 0x40);
	ok = transmit(&p, false, STATUS_INVALID_BUFFER_SIZE);
	*mtu = p.mtu;
	make(&p, false, UDP, 3972, 50000, 3);
	return transmit(&p, false, STATUS_SUCCESS) && ok;
}

static int
open_all(void)
{
	NET_BUFFER_LIST_POOL_PARAMETERS params = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = TAG};

	if (sys_stack_up(FWPDK_MODE_AUTO, false, target, 2, &poller, 1) != 0 ||
		fwpdk_if_set_fragment(fwpdk_if_by_name("if1"), 1) != 0)
		return -1;
	pool = NdisAllocateNetBufferListPool(NULL, &params);
	return pool == NULL ||
			       FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK,
				       &handle[0]) != STATUS_SUCCESS ||
			       FwpsInjectionHandleCreate0(AF_INET6, FWPS_INJECTION_TYPE_NETWORK,
				       &handle[1]) != STATUS_SUCCESS
		       ? -1
		       : 0;
}

int
main(int argc, char **argv)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	struct fwpdk_port_info info = {.size = sizeof(info)};
	unsigned n = 0, mtu = 0;
	bool ok;
	int rc;

	signal(SIGPIPE, SIG_IGN);
	rc = rte_eal_init(argc, argv);
	if (rc < 0 || argc - rc != 3)
		return 2;
	target_parse(argv[rc + 1], &target[0]);
	target_parse(argv[rc + 2], &target[1]);
	if (open_all() != 0)
		return 2;
	progress_wait(&target[0]);
	ok = matrix(&n);
	ok &= large(false);
	ok &= large(true);
	ok &= fragments(&mtu);
	fwpdk_stats(&s);
	fwpdk_port_info(target[0].eth_port, &info);
	printf("{\"packets\": %lu, \"matrix\": %u, \"mtu\": %u, \"injected\": %lu, \"completed\": "
	       "%lu, "
	       "\"in_flight\": %lu, \"checksums\": %lu, \"segments\": %lu, \"fragments\": %lu, "
	       "\"tagged\": %lu, \"mode\": \"%s\"}\n",
		s.packets, n, mtu, s.injected, s.completed, s.in_flight, s.checksums, s.segments,
		s.fragments, s.tagged, info.mode_name);
	fflush(stdout);
	/* The receiver says when it has seen enough: a shared memory peer loses the unread. */
	while (__atomic_load_n(&target[0].progress[1], __ATOMIC_ACQUIRE) == 0)
		rte_delay_us_sleep(1000);
	FwpsInjectionHandleDestroy0(handle[0]);
	FwpsInjectionHandleDestroy0(handle[1]);
	NdisFreeNetBufferListPool(pool);
	fwpdk_poller_release(poller);
	if (sys_stack_stop() != 0 || sys_stack_down(&poller, 1) != 0)
		ok = false;
	rte_eal_cleanup();
	return ok ? 0 : 1;
}
