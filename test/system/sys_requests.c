/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "sys_request.h"
#include "sys_requests.h"

#define TAG	     'dlfo'
#define LARGE	     65536u /* bytes of a TCP send */
#define DATAGRAMS    60000u /* bytes of UDP */
#define FRAGMENTED   3972u
#define MTU	     1500u
#define COMBINATIONS 72u
#define PACKETS_MAX  100u
#define LIMIT_S	     30u /* not reached, even on a machine with other work */

static struct request packets[PACKETS_MAX];
static unsigned nb_packets;
static const struct requests *use;
static struct requests_counts want;
static NDIS_HANDLE pool;
static HANDLE handle[2];

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	UNREFERENCED_PARAMETER(dispatch);
	request_ended(context, nbl);
}

static struct request *
make(bool six, enum proto proto, uint32_t payload, unsigned n, unsigned mdls)
{
	struct request *p = &packets[nb_packets++];

	if (nb_packets > PACKETS_MAX)
		abort();
	*p = (struct request){.to = &use->to[six], .page = use->page, .six = six, .proto = proto};
	request_make(p, pool, payload, n, mdls);
	return p;
}

/* frames: that it becomes. */
static void
leaves(struct request *p, uint64_t frames, bool tagged)
{
	want.frames += frames;
	if (!tagged)
		return;
	request_ask_tag(p);
	want.tagged += frames;
}

/* n counts in this order: version, protocol, MDLs, request, tag. */
static void
matrix(void)
{
	static const enum proto protos[2][3] = {{TCP, UDP, ICMP}, {TCP, UDP, ICMP6}};
	static const unsigned mdls[] = {1, 2, 5};
	unsigned i, n;

	for (i = 0; i < COMBINATIONS; i = n) {
		bool tagged = i & 1, request = i >> 1 & 1, six = i / 36;
		enum proto proto = protos[six][i / 12 % 3];
		struct request *p;

		n = i + 1;
		p = make(six, proto, 394 + n * 7 + (i >> 2 & 1), n, mdls[i / 4 % 3]);
		if (request && proto != ICMP6) {
			request_ask_sums(p);
			want.checksums++;
		}
		leaves(p, 1, tagged);
	}
	want.combinations = COMBINATIONS;
}

static void
large(bool six, enum proto proto, uint32_t payload, unsigned n, bool tagged)
{
	uint32_t mss = MTU - (six ? 40 : 20) - (proto == TCP ? 20 : 8);
	uint32_t frames = (payload + mss - 1) / mss;
	struct request *p = make(six, proto, payload, n, proto == TCP ? 3 : 2);

	request_ask_segments(p, mss);
	want.segments += frames;
	leaves(p, frames, tagged);
}

/* With DF it comes back with the MTU; without, it leaves in three pieces. */
static void
fragments(void)
{
	struct request *p = make(false, UDP, FRAGMENTED, 50001, 2);

	p->ip[6] = 0x40;
	p->ip[10] = (uint8_t)(p->ip[10] - 0x40);
	p->want = STATUS_INVALID_BUFFER_SIZE;
	memcpy(p->copy, p->ip, p->len);
	leaves(make(false, UDP, FRAGMENTED, 50000, 3), 3, false);
	want.fragments += 3;
}

static void
inject_all(uint64_t end)
{
	struct request *p;

	for (p = packets; p < packets + nb_packets; p++) {
		do {
			p->refused = FwpsInjectNetworkSendAsync0(handle[p->six], NULL, 0,
				UNSPECIFIED_COMPARTMENT_ID, p->nbl, completed, p);
			if (p->refused == STATUS_INSUFFICIENT_RESOURCES)
				fwpdk_poll(use->poller);
		} while (p->refused == STATUS_INSUFFICIENT_RESOURCES && rte_rdtsc() < end);
	}
}

static bool
all_complete(void)
{
	const struct request *p;

	for (p = packets; p < packets + nb_packets; p++)
		if (p->refused == STATUS_SUCCESS && p->times == 0)
			return false;
	return true;
}

/* A large send's slot tells of its end. */
static bool
slot_right(const struct request *p)
{
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso = {
		.Value = NET_BUFFER_LIST_INFO(p->nbl, TcpLargeSendNetBufferListInfo)};

	return p->proto != TCP || lso.LsoV2TransmitComplete.Reserved == 0;
}

static bool
check(const struct request *p)
{
	if (p->refused == STATUS_SUCCESS && p->times == 1 && p->status == p->want && p->same &&
		slot_right(p) && (p->want == STATUS_SUCCESS || p->mtu == MTU))
		return true;
	use->fault("packet %td: call 0x%08x, %u completions, status 0x%08x, MTU %u, bytes as they "
		   "were %d",
		p - packets + 1, (unsigned)p->refused, p->times, (unsigned)p->status, p->mtu,
		p->same);
	return false;
}

static bool
counted(const char *what, uint64_t value, uint64_t expected)
{
	if (value == expected)
		return true;
	use->fault("%s counts %lu, not %lu", what, value, expected);
	return false;
}

static bool
check_counters(const struct fwpdk_stats *before, struct requests_counts *counts)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	bool ok = fwpdk_stats(&s) == 0;

	ok &= counted("injected", s.injected - before->injected, nb_packets);
	ok &= counted("completed", s.completed - before->completed, nb_packets);
	ok &= counted("packets", s.packets - before->packets, want.frames);
	ok &= counted("checksums", s.checksums - before->checksums, want.checksums);
	ok &= counted("segments", s.segments - before->segments, want.segments);
	ok &= counted("fragments", s.fragments - before->fragments, want.fragments);
	ok &= counted("tagged", s.tagged - before->tagged, want.tagged);
	*counts = want;
	counts->nbls = nb_packets;
	counts->checksums_nic = s.checksums_nic - before->checksums_nic;
	return ok;
}

static bool
open_client(void)
{
	NET_BUFFER_LIST_POOL_PARAMETERS params = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = TAG};

	pool = NdisAllocateNetBufferListPool(NULL, &params);
	return pool != NULL &&
	       FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &handle[0]) ==
		       STATUS_SUCCESS &&
	       FwpsInjectionHandleCreate0(AF_INET6, FWPS_INJECTION_TYPE_NETWORK, &handle[1]) ==
		       STATUS_SUCCESS;
}

bool
requests_send(const struct requests *requests, struct requests_counts *counts)
{
	struct fwpdk_stats before = {.size = sizeof(before)};
	uint64_t end = rte_rdtsc() + LIMIT_S * rte_get_tsc_hz();
	bool ok;

	use = requests;
	if (!open_client() || fwpdk_stats(&before) != 0) {
		use->fault("no client for the requests");
		return false;
	}
	matrix();
	for (unsigned i = 0; i < 4; i++) {
		large(i / 2, TCP, LARGE, i & 1 ? 30000 : 65520, i & 1);
		large(i / 2, UDP, DATAGRAMS, i & 1 ? 41000 : 40000, i & 1);
	}
	fragments();
	inject_all(end);
	while (!all_complete() && rte_rdtsc() < end)
		fwpdk_poll(use->poller);
	for (unsigned i = 0; i < 100; i++) /* nothing completes again */
		fwpdk_poll(use->poller);
	ok = check_counters(&before, counts);
	for (unsigned i = 0; i < nb_packets; i++)
		ok &= check(&packets[i]);
	if (!all_complete())
		return false; /* what is out may not be given back */
	for (unsigned i = 0; i < nb_packets; i++)
		request_free(&packets[i]);
	FwpsInjectionHandleDestroy0(handle[0]);
	FwpsInjectionHandleDestroy0(handle[1]);
	NdisFreeNetBufferListPool(pool);
	return ok;
}
