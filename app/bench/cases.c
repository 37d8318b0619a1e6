/* SPDX-License-Identifier: BSD-3-Clause */
/* All cases. */
#include "cases.h"

#define SMALL(n)                                                             \
	{                                                                    \
		.nbs = 1, .mdls = 1, .len = 46, .backfill = 16, .count = (n) \
	}
#define LEN(l)                                                                 \
	{                                                                      \
		.nbs = 1, .mdls = 1, .len = (l), .backfill = 16, .count = 1024 \
	}
#define MDLS(n)                                                                 \
	{                                                                       \
		.nbs = 1, .mdls = (n), .len = 46, .backfill = 16, .count = 1024 \
	}
#define LOCAL(l)    .loop = (l), .run = inject_run
#define FLOWS(f)    .loop = measured_flows, .run = flows_run, .param = (f), .shape = SMALL(4096)
#define PACED(p)    .flags = CASE_TIME, .loop = measured_local, .run = latency_run, .param = (p)
#define INPUT(l, p) .loop = (l), .run = input_run, .param = (p)
#define FIFO(n)	    .shape = SMALL(n), .loop = measured_fifo, .run = inject_run
#define IDLE_FLAGS  (CASE_TIME | CASE_NO_NICMODEL)

const struct bench_case bench_cases[] = {
	{"raw_tx_burst", "rte_eth_tx_burst of 4,096 pre-built mbufs in turn, put forgotten",
		.flags = CASE_RAW, .loop = measured_raw, .run = raw_run},
	{"txonly_like", "what testpmd's txonly does: mbufs from a pool, headers copied",
		.flags = CASE_RAW, .loop = measured_txonly, .run = raw_run},
	{"inject_local", "one call per packet on the poller's thread, 1 NB x 1 MDL, 60 byte frames",
		.shape = SMALL(4096), LOCAL(measured_local)},
	{"inject_local_fresh", "the same, NBL and MDL allocated and freed for each packet",
		.shape = SMALL(4096), .loop = measured_fresh, .run = fresh_run},
	{"inject_chain", "the same, NBL chains of 32", .shape = SMALL(4096), LOCAL(measured_chain)},
	{"inject_cross", "one call per packet on another lcore; wall cycles of the poller",
		.flags = CASE_CROSS, .shape = SMALL(512), .param = 1, .run = cross_run},
	{"inject_cross_chain", "the same, NBL chains of 32", .flags = CASE_CROSS,
		.shape = SMALL(512), .param = BURST, .run = cross_run},
	{"header_mbuf", "no unused bytes in front: the header needs an mbuf of its own",
		.shape = {.nbs = 1, .mdls = 1, .len = 46, .backfill = 0, .count = 1024},
		LOCAL(measured_local)},
	{"nb8", "8 NET_BUFFERs per NBL",
		.shape = {.nbs = 8, .mdls = 1, .len = 46, .backfill = 16, .count = 1024},
		LOCAL(measured_nbs)},
	{"mdl2", "2 MDLs per packet", .shape = MDLS(2), LOCAL(measured_local)},
	{"mdl4", "4 MDLs per packet", .shape = MDLS(4), LOCAL(measured_local)},
	{"header_len1486", "as header_mbuf, 1,486 bytes from the IP header on: not copied",
		.shape = {.nbs = 1, .mdls = 1, .len = 1486, .backfill = 0, .count = 1024},
		LOCAL(measured_local)},
	{"mdl2_len1486", "as mdl2, 1,486 bytes: not copied",
		.shape = {.nbs = 1, .mdls = 2, .len = 1486, .backfill = 16, .count = 1024},
		LOCAL(measured_local)},
	{"len242", "242 bytes from the IP header on", .shape = LEN(242), LOCAL(measured_local)},
	{"len1486", "1,486 bytes from the IP header on", .shape = LEN(1486), LOCAL(measured_local)},
	{"inflight16k", "16,384 NBLs that come round in order", FIFO(16384)},
	{"dest16", "16 destinations in turn", .shape = SMALL(4096), .dests = 16,
		LOCAL(measured_local)},
	{"routes1m", "1,000,000 routes, 1,024 flows in turn", FLOWS(FLOWS_ROUTED),
		.table = TABLE_ROUTES},
	{"neigh64k", "65,536 neighbours on-link, 1,024 flows in turn", FLOWS(FLOWS_ONLINK),
		.table = TABLE_NEIGHS},
	{"neigh64k_random", "65,536 neighbours on-link, drawn at random",
		FLOWS(FLOWS_ONLINK_RANDOM), .dests = 65536, .table = TABLE_NEIGHS},
	{"handles4096", "4,096 injection handles in turn", .shape = SMALL(4096),
		LOCAL(measured_handles), .table = TABLE_HANDLES},
	{"input", "received packets go on, no callout; beside txonly_like",
		.flags = CASE_NO_NICMODEL, INPUT(measured_permit, INPUT_NOTHING)},
	{"classify_permit", "the same with a callout that permits", .flags = CASE_NO_NICMODEL,
		INPUT(measured_permit, INPUT_PERMIT)},
	{"classify_reinject", "a callout clones, absorbs and sends", .flags = CASE_NO_NICMODEL,
		INPUT(measured_taken, INPUT_REINJECT)},
	{"forward", "received packets are sent on, no callout", .flags = CASE_NO_NICMODEL,
		INPUT(measured_taken, INPUT_FORWARD)},
	{"extbuf", "port in external-buffer mode", .flags = CASE_EXT, .shape = SMALL(4096),
		LOCAL(measured_local)},
	{"copy", "port in copy mode", .flags = CASE_COPY, .shape = SMALL(4096),
		LOCAL(measured_local)},
	{"copy_default", "the same in the default compartment, alone on its poller",
		.flags = CASE_COPY_DEFAULT, .shape = SMALL(4096), LOCAL(measured_local)},
	{"idle_tail", "1, 31, 32, 33, 500 NBLs, then silence: time to the last completion",
		.flags = IDLE_FLAGS | CASE_RING, .shape = SMALL(4096), .run = idle_run},
	{"lat_lone", "call to completion of a lone packet", .flags = IDLE_FLAGS,
		.shape = SMALL(4096), .run = lone_run, .param = 2000},
	{"lat10", "call to completion at 10 % of the highest rate", .shape = SMALL(4096),
		PACED(10)},
	{"lat50", "call to completion at 50 % of the highest rate", .shape = SMALL(4096),
		PACED(50)},
	{"lat90", "call to completion at 90 % of the highest rate", .shape = SMALL(4096),
		PACED(90)},
	{"inflight256", "256 NBLs in order", FIFO(256), .flags = CASE_SWEEP},
	{"inflight1k", "1,024 NBLs in order", FIFO(1024), .flags = CASE_SWEEP},
	{"inflight4k", "4,096 NBLs in order", FIFO(4096), .flags = CASE_SWEEP},
	{"dest1", "1 destination, address written per packet", FLOWS(FLOWS_BEHIND), .dests = 1,
		.flags = CASE_SWEEP},
	{"dest256", "256 consecutive destinations", FLOWS(FLOWS_BEHIND), .dests = 256,
		.flags = CASE_SWEEP},
	{"dest1k", "1,024 consecutive destinations", FLOWS(FLOWS_BEHIND), .dests = 1024,
		.flags = CASE_SWEEP},
	{"dest16k", "16,384 consecutive destinations", FLOWS(FLOWS_BEHIND), .dests = 16384,
		.flags = CASE_SWEEP},
};

const unsigned nb_bench_cases = RTE_DIM(bench_cases);
