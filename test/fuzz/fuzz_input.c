/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames handed to fwpdk_input(), each behind two bytes: how the callouts treat it, and its length.
 * At all layers callouts read their window, retreat, clone, keep, absorb or block as told. Every
 * mbuf is given back once, and the counters tell of each what became of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#define INITGUID
#include <fwpmk.h>
#include <fwpsk.h>

#include <fwpdk/fwpdk.h>

#include "check.h"

#define FRAMES 48u
#define KEPT   256u

static const GUID *const layers[] = {&FWPM_LAYER_INBOUND_MAC_FRAME_ETHERNET,
	&FWPM_LAYER_INBOUND_IPPACKET_V4, &FWPM_LAYER_INBOUND_IPPACKET_V6,
	&FWPM_LAYER_INBOUND_TRANSPORT_V4, &FWPM_LAYER_INBOUND_TRANSPORT_V6,
	&FWPM_LAYER_DATAGRAM_DATA_V4, &FWPM_LAYER_DATAGRAM_DATA_V6, &FWPM_LAYER_IPFORWARD_V4,
	&FWPM_LAYER_IPFORWARD_V6, &FWPM_LAYER_OUTBOUND_IPPACKET_V4,
	&FWPM_LAYER_OUTBOUND_IPPACKET_V6, &FWPM_LAYER_OUTBOUND_MAC_FRAME_ETHERNET};
static NET_BUFFER_LIST *clones[KEPT];
static unsigned nclones;
static struct rte_mbuf *delivered[KEPT];
static unsigned ndelivered;
static uint8_t told; /* what the callouts do with this frame */
static unsigned sum;
static struct rte_mempool *pool;
static struct fwpdk_poller *poller;
static uint16_t port;

static void
receive(void *arg, struct fwpdk_poller *p, uint32_t if_index, struct rte_mbuf **m, uint16_t n)
{
	(void)arg;
	(void)p;
	(void)if_index;
	while (n > 0 && ndelivered < KEPT)
		delivered[ndelivered++] = m[--n];
	CHECK(n == 0);
}

/* All bytes of the window, and of the headers in front of it. */
static void
read_all(NET_BUFFER *nb, ULONG back)
{
	static uint8_t store[4096];
	ULONG n = NET_BUFFER_DATA_LENGTH(nb);
	const uint8_t *at;

	CHECK(NdisRetreatNetBufferDataStart(nb, back, 0, NULL) == NDIS_STATUS_SUCCESS);
	n += back;
	if (n > sizeof(store))
		n = sizeof(store);
	at = n != 0 ? NdisGetDataBuffer(nb, n, store, 1, 0) : NULL;
	CHECK(n == 0 || at != NULL);
	while (n > 0)
		sum += at[--n];
	NdisAdvanceNetBufferDataStart(nb, back, FALSE, NULL);
}

static VOID NTAPI
classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	VOID *layer_data, const VOID *context, const FWPS_FILTER1 *filter, UINT64 flow,
	FWPS_CLASSIFY_OUT0 *out)
{
	NET_BUFFER_LIST *nbl = layer_data;
	NET_BUFFER *nb = NET_BUFFER_LIST_FIRST_NB(nbl);
	ULONG back = 0;

	(void)context;
	(void)filter;
	(void)flow;
	for (UINT32 i = 0; i < values->valueCount; i++)
		sum += values->incomingValue[i].value.type;
	if (values->layerId <= FWPS_LAYER_INBOUND_IPPACKET_V6)
		back = meta->ipHeaderSize;
	CHECK(back <= NET_BUFFER_DATA_OFFSET(nb));
	read_all(nb, back);
	out->actionType = FWP_ACTION_PERMIT;
	if ((told & 3) == 1 && nclones < KEPT &&
		FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &clones[nclones]) ==
			STATUS_SUCCESS)
		nclones++;
	if ((told >> 2 & 15) == values->layerId % 16) {
		out->actionType = FWP_ACTION_BLOCK;
		out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
		if (told & 0x40)
			out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
	}
}

static NTSTATUS NTAPI
notify(FWPS_CALLOUT_NOTIFY_TYPE type, const GUID *key, FWPS_FILTER1 *filter)
{
	(void)type;
	(void)key;
	(void)filter;
	return STATUS_SUCCESS;
}

static void
walls(void)
{
	static wchar_t name[] = L"fuzz";
	HANDLE engine;

	CHECK(FwpmEngineOpen0(NULL, RPC_C_AUTHN_DEFAULT, NULL, NULL, &engine) == STATUS_SUCCESS);
	for (unsigned i = 0; i < RTE_DIM(layers); i++) {
		GUID key = {0xf022 + i, 1, 2, {3}};
		FWPS_CALLOUT1 sc = {.calloutKey = key, .classifyFn = classify, .notifyFn = notify};
		FWPM_CALLOUT0 mc = {.calloutKey = key,
			.displayData = {name, NULL},
			.applicableLayer = *layers[i]};
		FWPM_FILTER0 f = {.displayData = {name, NULL},
			.layerKey = *layers[i],
			.action = {.type = FWP_ACTION_CALLOUT_TERMINATING, .calloutKey = key}};

		CHECK(FwpsCalloutRegister1(NULL, &sc, NULL) == STATUS_SUCCESS);
		CHECK(FwpmCalloutAdd0(engine, &mc, NULL, NULL) == STATUS_SUCCESS);
		CHECK(FwpmFilterAdd0(engine, &f, NULL, NULL) == STATUS_SUCCESS);
	}
}

static void
addr(uint32_t ifi, const char *text, uint8_t len)
{
	struct fwpdk_addr a;

	CHECK(fwpdk_addr_parse(text, &a) == 0 && fwpdk_addr_add(ifi, &a, len) == 0);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char args[] = "fuzz_input\0--no-huge\0-m\0"
			     "256\0--no-pci\0--no-telemetry\0--no-shconf\0-l\0"
			     "0\0--iova-mode=va\0--log-level=*:critical\0--vdev=net_null0\0";
	struct fwpdk_if_opts iface = {.size = sizeof(iface), .mac = {{2, 0, 0, 0, 0, 1}}};
	struct fwpdk_input_opts in = {.size = sizeof(in), .receive = receive, .datagrams = 1};
	struct fwpdk_route def = {.size = sizeof(def)};
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 2}};
	char *eal[24], *a;
	uint32_t ifi;
	int n = 0;

	(void)argc;
	(void)argv;
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		eal[n++] = a;
	CHECK(rte_eal_init(n, eal) >= 0 && fwpdk_init(NULL) == 0);
	CHECK(fwpdk_port_open(port, NULL) == 0 && fwpdk_if_add(&iface, &ifi) == 0);
	addr(ifi, "10.0.0.1", 24);
	addr(ifi, "fd00::1", 64);
	def.if_index = ifi;
	for (n = 0; n < 2; n++) {
		CHECK(fwpdk_addr_parse(n ? "::" : "0.0.0.0", &def.prefix) == 0);
		CHECK(fwpdk_addr_parse(n ? "fd00::2" : "10.0.0.2", &def.next_hop) == 0);
		CHECK(fwpdk_route_add(&def) == 0);
		CHECK(fwpdk_neigh_add(ifi, &def.next_hop, &mac) == 0);
	}
	CHECK(fwpdk_if_set_forwarding(ifi, 1) == 0);
	CHECK(fwpdk_poller_create(NULL, &poller) == 0);
	CHECK(fwpdk_poller_add_port(poller, port, 0) == 0);
	CHECK(fwpdk_input_open(poller, &in) == 0 && fwpdk_poller_start(poller) == 0);
	pool = rte_pktmbuf_pool_create("fuzz", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	CHECK(pool != NULL);
	walls();
	return 0;
}

/* Bit 7: in two segments. */
static struct rte_mbuf *
frame(const uint8_t *bytes, size_t n)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool), *tail;
	size_t first = (told & 0x80) && n > 60 ? 54 + n % 7 : n;

	CHECK(m != NULL);
	memcpy(rte_pktmbuf_append(m, (uint16_t)first), bytes, first);
	if (first == n)
		return m;
	tail = rte_pktmbuf_alloc(pool);
	CHECK(tail != NULL);
	memcpy(rte_pktmbuf_append(tail, (uint16_t)(n - first)), bytes + first, n - first);
	CHECK(rte_pktmbuf_chain(m, tail) == 0);
	return m;
}

static uint64_t
ends(void)
{
	struct fwpdk_input_stats s = {.size = sizeof(s)};

	CHECK(fwpdk_input_stats(poller, &s) == 0);
	return s.read - (s.gone_on + s.delivered + s.forwarded + s.blocked + s.absorbed +
				s.malformed + s.ttl_ended + s.no_route + s.too_big + s.no_room +
				s.no_memory + s.fragments - s.reassembled);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned frames = 0;

	while (size > 2 && frames++ < FRAMES) {
		size_t n = RTE_MIN((size_t)data[1], size - 2);
		struct rte_mbuf *m;

		told = data[0];
		m = frame(data + 2, n);
		if (fwpdk_input(poller, port, &m, 1) == 1)
			rte_pktmbuf_free(m);
		data += 2 + n;
		size -= 2 + n;
	}
	fwpdk_poll(poller);
	while (ndelivered > 0)
		rte_pktmbuf_free(delivered[--ndelivered]);
	while (nclones > 0)
		FwpsFreeCloneNetBufferList0(clones[--nclones], 0);
	fwpdk_poll(poller);
	CHECK(ends() == 0);
	return 0;
}
