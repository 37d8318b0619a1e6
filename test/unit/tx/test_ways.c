/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_tx_ways [--seed=N] [--chains=N]: the same chain of lists, injected a few times one after the
 * other, once for each way that it may take: the general one; the short ones; those with a latency
 * sample; through an inject ring. What the client sees, what is on the wire and what is counted has
 * to be the same.
 */
#include <getopt.h>

#include <rte_ethdev.h>

#include "ways.h"

#define LOG_SIZE (1u << 22)
#define ROUNDS	 4u
#define FRAME	 (256u * 1024)
#define POLLS	 1000u
#define FEW	 128u /* mbufs that are looked at */
#define SENTINEL 77u  /* compartment of a list that no general way has recorded */

enum way { GENERAL, QUICK, SAMPLED, RING, WAYS };
static const char *const way_name[] = {"general", "short", "sampled", "ring"};

uint64_t ways_random;
static uint64_t seed = 1, chains = 1000;
static HANDLE handle[WAYS_HANDLES];
static struct ways_list list[WAYS_LISTS];
static unsigned nlists;
static uint64_t shorts;
static bool was_quick, was_copies;
static bool torn;	  /* a run did not come to its end: the library is of no use any more */
static uint16_t max_segs; /* of a packet; 0 = as the port has it */

/* One run of a chain. */
static struct log {
	char text[LOG_SIZE];
	size_t len;
} logs[WAYS], *now;
static unsigned completions;
static uint64_t headers[WAYS]; /* header mbufs of a chain */
static uint64_t wire_hash[RIG_PORTS];
static unsigned wire_frames[RIG_PORTS];

#define LOG(...)                                                                 \
	do {                                                                     \
		now->len += (size_t)snprintf(                                    \
			now->text + now->len, LOG_SIZE - now->len, __VA_ARGS__); \
		assert_true(now->len < LOG_SIZE);                                \
	} while (0)

static void
hash(uint64_t *h, const void *bytes, uint32_t n)
{
	const uint8_t *b = bytes;

	while (n-- > 0)
		*h = (*h ^ *b++) * UINT64_C(0x100000001b3);
}

static void
wire_forget(unsigned port)
{
	wire_frames[port] = 0;
	wire_hash[port] = UINT64_C(0xcbf29ce484222325);
}

/* Each frame as it is when the driver gets it. */
static uint16_t
burst(void *txq, struct rte_mbuf **m, uint16_t n)
{
	unsigned port = rte_eth_fp_ops[rig.dev[0].id].txq.data[0] == txq ? 0 : 1;
	uint64_t flags;
	uint32_t len;
	uint16_t i, segs;

	for (i = 0; i < n; i++) {
		len = segs = 0;
		flags = m[i]->ol_flags & ~(uint64_t)RTE_MBUF_F_EXTERNAL;
		for (const struct rte_mbuf *s = m[i]; s != NULL; s = s->next, segs++) {
			hash(&wire_hash[port], rte_pktmbuf_mtod(s, void *), s->data_len);
			len += s->data_len;
		}
		assert_int_equal(len, m[i]->pkt_len);
		assert_int_equal(segs, m[i]->nb_segs);
		assert_true(segs <= rig.p[0]->q[port]->map.max_segs);
		hash(&wire_hash[port], &len, sizeof(len));
		hash(&wire_hash[port], &flags, sizeof(flags));
		wire_frames[port]++;
		rte_pktmbuf_free(m[i]);
	}
	return n;
}

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct ways_list *l;

	(void)dispatch;
	assert_ptr_equal(context, list);
	for (l = list; l < list + nlists && l->nbl != nbl; l++)
		;
	assert_true(l < list + nlists);
	assert_null(nbl->Next);
	l->done++;
	l->status = nbl->Status;
	completions++;
}

/* Whatever was begun and given up: the short ways rely on what free mbufs are like. */
static void
check_free(const struct fwi_txq *q)
{
	struct rte_mbuf **m;
	uint32_t i;

	if (!q->fast)
		return;
	for (m = q->next; m != q->limit; m++)
		assert_true((*m)->next == NULL && (*m)->nb_segs == 1 && (*m)->data_off == 0);
	for (i = q->map.nfree > FEW ? q->map.nfree - FEW : 0; i < q->map.nfree; i++)
		assert_true(q->map.free[i]->next == NULL && q->map.free[i]->nb_segs == 1 &&
			    q->map.free[i]->data_off == 0 && q->map.free[i]->ol_flags == 0);
}

static void
log_list(unsigned i)
{
	const struct ways_list *l = &list[i];
	HANDLE context;
	unsigned k;

	LOG(" list %u: done %d status 0x%08x changed %u mtu %u slots %lx %lx states", i, l->done,
		(unsigned)l->status, ways_list_changed(l),
		l->status == (NTSTATUS)STATUS_INVALID_BUFFER_SIZE ? FWI_NBL(l->nbl)->mtu : 0,
		(unsigned long)(uintptr_t)l->nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo],
		(unsigned long)(uintptr_t)
			l->nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo]);
	for (k = 0; k < WAYS_HANDLES; k++) {
		LOG(" %d", FwpsQueryPacketInjectionState0(handle[k], l->nbl, &context));
		LOG("/%lu", (unsigned long)(uintptr_t)context);
	}
	LOG("\n");
}

static void
log_counters(const struct fwpdk_stats *b)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	unsigned i, k;
	uint64_t n;

	assert_int_equal(fwpdk_stats(&s), 0);
	LOG(" injected %lu completed %lu failed %lu refused %lu packets %lu bytes %lu copied %lu "
	    "linearised %lu memory %lu sums %lu segments %lu fragments %lu tagged %lu\n",
		s.injected - b->injected, s.completed - b->completed, s.failed - b->failed,
		s.refused - b->refused, s.packets - b->packets, s.bytes - b->bytes,
		s.copied - b->copied,
		/* what one of the short ways copies needs no chain */
		max_segs == 0 ? s.linearised - b->linearised : 0,
		s.copied_memory - b->copied_memory, s.checksums - b->checksums,
		s.segments - b->segments, s.fragments - b->fragments, s.tagged - b->tagged);
	for (i = 0; i < FWPDK_STATUS_SLOTS && s.by_status[i].count != 0; i++) {
		for (n = k = 0; k < FWPDK_STATUS_SLOTS; k++)
			if (b->by_status[k].status == s.by_status[i].status)
				n += b->by_status[k].count;
		if (n != s.by_status[i].count)
			LOG(" 0x%08x +%lu\n", s.by_status[i].status, s.by_status[i].count - n);
	}
	for (i = 0; i < rig.ports; i++) {
		LOG(" port %u: %u frames %016lx\n", i, wire_frames[i], wire_hash[i]);
		wire_forget(i);
	}
	headers[now - logs] += s.header_mbufs - b->header_mbufs;
	assert_int_equal(s.injected, s.completed);
	assert_int_equal(s.in_flight, 0);
	assert_int_equal(rig.p[0]->extra, 0);
	assert_int_equal(rig.p[0]->nwait, 0);
}

static void
set_way(enum way way)
{
	struct fwpdk_poller *p = rig.p[0];

	if (way == RING) /* whose mapping is the short one again */
		assert_int_equal(fwpdk_poller_release(p), 0);
	p->closed = way == GENERAL;
	p->quick = way != GENERAL && was_quick;
	p->copies = way != GENERAL && was_copies;
	p->sample = way == SAMPLED;
}

/* The lists as a chain, or as something that is none. */
static NET_BUFFER_LIST *
link_up(bool tame)
{
	unsigned i;

	for (i = 0; i < nlists; i++) {
		list[i].nbl->Next = i + 1 < nlists ? list[i + 1].nbl : NULL;
		list[i].done = 0;
		FWI_NBL(list[i].nbl)->compartment = SENTINEL;
	}
	if (!tame && one_in(30))
		list[nlists - 1].nbl->Next = list[below(nlists)].nbl;
	return !tame && one_in(100) ? NULL : list[0].nbl;
}

static NTSTATUS
inject(bool tame)
{
	HANDLE h = handle[one_in(3) ? below(tame ? 2 : WAYS_HANDLES) : 0];
	HANDLE context = (HANDLE)(uintptr_t)(1 + below(1000));
	COMPARTMENT_ID comp = one_in(2) ? UNSPECIFIED_COMPARTMENT_ID : FWPDK_DEFAULT_COMPARTMENT;
	FWPS_INJECT_COMPLETE0 fn = completed;
	UINT32 flags = 0;

	if (!tame && one_in(30))
		comp = (COMPARTMENT_ID)below(100);
	if (!tame && one_in(100))
		fn = NULL;
	if (!tame && one_in(30))
		flags = one_in(2) ? FWPS_SEND_INJECT_PRESERVE_IPID : 1u << below(32);
	return FwpsInjectNetworkSendAsync0(h, context, flags, comp, link_up(tame), fn, list);
}

static uint64_t
samples(void)
{
	struct fwpdk_latency l = {.size = sizeof(l)};

	assert_int_equal(fwpdk_latency(&l), 0);
	return l.samples;
}

/* Something else on the plain way, perhaps by another handle than those before and after. */
static void
another(void)
{
	struct pkt *p = pkt_new(1, 1, 1, true);

	rig.h = handle[below(2)];
	fwpdk_poll(rig.p[0]);
	set_way(QUICK);
	assert_int_equal(pkt_inject(p), STATUS_SUCCESS);
	while (p->done == 0)
		fwpdk_poll(rig.p[0]);
	pkt_del(p);
	rig.h = handle[0];
	for (unsigned i = 0; i < rig.ports; i++)
		wire_forget(i);
}

static void
one_round(enum way way, bool tame)
{
	struct fwpdk_stats before = {.size = sizeof(before)};
	unsigned polls, i;
	NTSTATUS status;
	uint64_t had;

	another();
	assert_int_equal(fwpdk_stats(&before), 0);
	had = samples();
	completions = 0;
	fwpdk_poll(rig.p[0]); /* ours, caches up to date */
	set_way(way);
	status = inject(tame);
	LOG("status 0x%08x\n", (unsigned)status);
	if (status == STATUS_SUCCESS && way == QUICK)
		shorts += FWI_NBL(list[0].nbl)->compartment == SENTINEL;
	if (status == STATUS_SUCCESS && one_in(10)) /* in flight */
		LOG("again 0x%08x\n", (unsigned)FwpsInjectNetworkSendAsync0(handle[0], NULL, 0, 0,
					      list[below(nlists)].nbl, completed, list));
	for (polls = 0; polls < POLLS && completions < nlists && status == STATUS_SUCCESS; polls++)
		fwpdk_poll(rig.p[0]);
	fwpdk_poll(rig.p[0]);
	for (i = 0; i < nlists; i++)
		log_list(i);
	log_counters(&before);
	for (i = 0; i < rig.ports; i++)
		check_free(rig.p[0]->q[i]);
	if (way == SAMPLED && status == STATUS_SUCCESS)
		assert_int_equal(samples(), had + 1);
}

static void
one_chain(enum way way, uint64_t from)
{
	unsigned rounds, i;
	bool tame;

	ways_random = from;
	now = &logs[way];
	now->len = 0;
	headers[way] = 0;
	tame = one_in(2);
	nlists = one_in(3) ? 1 + below(one_in(4) ? WAYS_LISTS : 5) : 1;
	for (i = 0; i < nlists; i++)
		ways_list_make(&list[i], tame || one_in(2));
	for (rounds = 1 + below(ROUNDS); rounds > 0; rounds--)
		one_round(way, tame);
	for (i = 0; i < nlists; i++) {
		list[i].nbl->Next = NULL;
		ways_list_free(&list[i]);
	}
}

/* Where two texts are no longer the same. */
static void
differ(enum way way, uint64_t from)
{
	const char *a = logs[GENERAL].text, *b = logs[way].text;
	size_t i, line = 0;

	for (i = 0; a[i] == b[i]; i++)
		if (a[i] == '\n')
			line = i + 1;
	fail_msg("seed %lu, %u lists: general: %.300s\n%s: %.300s", from, nlists, a + line,
		way_name[way], b + line);
}

static void
gateway(unsigned port, const char *text, bool known, struct fwpdk_addr *a)
{
	static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 9}};

	assert_int_equal(fwpdk_addr_parse(text, a), 0);
	if (known)
		assert_int_equal(fwpdk_neigh_add(rig.ifi[port], a, &mac), 0);
}

static void
route(unsigned port, const char *prefix, uint8_t len, const char *hop, bool known)
{
	struct fwpdk_route r = {.size = sizeof(r), .if_index = rig.ifi[port], .prefix_len = len};

	assert_int_equal(fwpdk_addr_parse(prefix, &r.prefix), 0);
	gateway(port, hop, known, &r.next_hop);
	assert_int_equal(fwpdk_route_add(&r), 0);
}

/* 10.8 and fd08: no neighbour; 10.6: by flow; 10.5: tagged. */
static uint32_t
routes_up(void)
{
	struct fwpdk_if_opts o = {.size = sizeof(o), .port_id = rig.dev[0].id, .vlan_id = 5};
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = 16};
	struct fwpdk_next_hop hops[2] = {{.if_index = rig.ifi[0]}, {.if_index = rig.ifi[0]}};
	unsigned last = rig.ports - 1;

	route(0, "10.8.0.0", 16, "192.168.0.8", false);
	route(0, "fd08::", 16, "fe80::8", false);
	route(0, "::", 0, "fe80::1", true);
	route(last, "fd09::", 16, "fe80::9", true);
	hops[1].if_index = rig.ifi[last];
	gateway(0, "192.168.0.6", true, &hops[0].gateway);
	gateway(last, "192.168.1.6", true, &hops[1].gateway);
	assert_int_equal(fwpdk_addr_parse("10.6.0.0", &r.prefix), 0);
	assert_int_equal(fwpdk_route_add_multi(&r, hops, 2), 0);
	assert_int_equal(fwpdk_if_add(&o, &r.if_index), 0);
	assert_int_equal(fwpdk_addr_parse("10.5.0.0", &r.prefix), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
	for (char text[] = "10.5.0.1"; text[7] <= '4'; text[7]++) {
		static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 5}};
		struct fwpdk_addr a;

		assert_int_equal(fwpdk_addr_parse(text, &a), 0);
		assert_int_equal(fwpdk_neigh_add(r.if_index, &a, &mac), 0);
	}
	return r.if_index;
}

static void
handle_up(unsigned k, ADDRESS_FAMILY family, UINT32 type)
{
	assert_int_equal(FwpsInjectionHandleCreate0(family, type, &handle[k]), STATUS_SUCCESS);
}

static void
run(struct rig_conf conf, uint16_t mtu, bool fragment, uint64_t n)
{
	uint32_t tagged;
	unsigned i;
	enum way w;

	if (torn)
		skip();
	torn = true;
	conf.port.max_hold_us = 60000000;
	rig_up(&conf);
	handle[0] = rig.h;
	handle_up(1, AF_INET, FWPS_INJECTION_TYPE_NETWORK);
	handle_up(2, AF_INET6, FWPS_INJECTION_TYPE_NETWORK);
	handle_up(3, AF_INET, FWPS_INJECTION_TYPE_FORWARD);
	handle_up(4, AF_INET, FWPS_INJECTION_TYPE_NETWORK);
	assert_int_equal(FwpsInjectionHandleDestroy0(handle[4]), STATUS_SUCCESS);
	handle[5] = NULL;
	handle[6] = (HANDLE)(uintptr_t)0x77770003;
	tagged = routes_up();
	for (i = 0; i < rig.ports; i++) {
		rte_eth_fp_ops[rig.dev[i].id].tx_pkt_burst = burst;
		assert_int_equal(fwpdk_if_set_mtu(rig.ifi[i], mtu), 0);
		assert_int_equal(fwpdk_if_set_fragment(rig.ifi[i], fragment), 0);
		wire_forget(i);
		if (max_segs != 0)
			rig.p[0]->q[i]->map.max_segs = max_segs;
	}
	was_quick = rig.p[0]->quick;
	was_copies = rig.p[0]->copies;
	shorts = 0;
	for (; n > 0; n--, seed++)
		for (w = 0; w < WAYS; w++) {
			one_chain(w, seed << 20);
			if (strcmp(logs[GENERAL].text, logs[w].text) != 0)
				differ(w, seed);
			/* what is copied behind its header has one too */
			assert_true(headers[w] >= headers[GENERAL]);
		}
	print_message("%lu chains by a short way\n", shorts);
	set_way(QUICK);
	assert_int_equal(fwpdk_if_del(tagged), 0);
	for (i = 1; i < 4; i++)
		assert_int_equal(FwpsInjectionHandleDestroy0(handle[i]), STATUS_SUCCESS);
	rig_down();
	torn = false;
}

static void
test_one_port(void **state)
{
	(void)state;
	run((struct rig_conf){0}, 1500, false, chains);
	assert_true(shorts > chains / 8);
}

static void
test_two_ports(void **state)
{
	(void)state;
	run((struct rig_conf){.ports = 2}, 1500, true, chains);
	assert_true(shorts > chains / 8);
}

static void
test_large(void **state)
{
	(void)state;
	run((struct rig_conf){.ports = 2}, 65535, true, chains / 4);
	run((struct rig_conf){0}, 65521, false, chains / 4);
}

static void
test_few_segments(void **state)
{
	(void)state;
	for (max_segs = 1; max_segs <= 3; max_segs++)
		run((struct rig_conf){0}, 1500, true, chains / 2);
	max_segs = 0;
}

/* The mbufs do not do for all of a chain at once. */
static void
test_short_of_mbufs(void **state)
{
	(void)state;
	run((struct rig_conf){.port = {.pool_size = 64, .backlog = 64}}, 1500, true, chains);
}

static void
test_copy(void **state)
{
	(void)state;
	run((struct rig_conf){.ports = 2, .port = {.mode = FWPDK_MODE_COPY}}, 1500, true, chains);
	run((struct rig_conf){.port = {.mode = FWPDK_MODE_COPY, .backlog = 64}}, 9000, false,
		chains / 4);
}

static void
test_extbuf(void **state)
{
	(void)state;
	run((struct rig_conf){.port = {.mode = FWPDK_MODE_EXTBUF}}, 1500, true, chains / 4);
}

static int
arguments(int argc, char **argv)
{
	static const struct option options[] = {{"seed", required_argument, NULL, 's'},
		{"chains", required_argument, NULL, 'n'}, {NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			return -1;
		*(c == 's' ? &seed : &chains) = strtoull(optarg, NULL, 10);
	}
	return optind == argc && chains != 0 ? 0 : -1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_port),
		cmocka_unit_test(test_two_ports),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_few_segments),
		cmocka_unit_test(test_short_of_mbufs),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_extbuf),
	};

	if (arguments(argc, argv) != 0)
		return 2;
	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
