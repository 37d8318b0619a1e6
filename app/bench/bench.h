/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the program share: error lines, the environment, cases, one run. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include <fwpdk/fwpdk.h>
#include <fwpsk.h>

#include "args.h"
#include "packets.h"
#include "perf.h"

#define BURST	  32u	/* packets between two polls */
#define WARM	  4096u /* packets before the measured ones */
#define RAW_MBUFS 4096u

/* One line on stderr. Returns -1. */
int bench_error(const char *fmt, ...) __rte_format_printf(1, 2);

/* A port that packets are measured on. */
enum target_id {
	TARGET_NULL,
	TARGET_NIC,
	TARGET_NULL_COPY,
	TARGET_NIC_COPY,
	TARGET_NULL_EXT,
	TARGET_NIC_EXT,
	TARGET_RING,
	TARGET_NULL_COPY_DEFAULT,
	TARGET_EXTRA, /* idle_tail: what else the machine can make, peers.h */
	TARGETS = TARGET_EXTRA + 12,
};
#define EXTRAS	(TARGETS - TARGET_EXTRA)
#define POLLERS 3u

struct fwpdk_fault;

struct target {
	const char *name; /* the field "port" of results */
	const char *vdev;
	bool used, opened;
	uint16_t id; /* ethdev */
	uint16_t raw_queue;
	uint32_t if_index;
	COMPARTMENT_ID compartment;
	struct fwpdk_poller *poller;
	struct fwpdk_fault *model; /* NULL: the driver itself */
	unsigned index;
	/* of TARGET_EXTRA and behind */
	char own_name[RTE_ETH_NAME_MAX_LEN], missing[128];
	int peer; /* -1: none */
	struct fwpdk_port_info info;
};

/* Tables that some cases need; loaded before the first repetition. */
enum table_id {
	TABLE_NONE,
	TABLE_ROUTES,
	TABLE_NEIGHS,
	TABLE_HANDLES,
	TABLES,
};

struct env {
	struct args args;
	bool initialised;
	struct target target[TARGETS];
	struct fwpdk_poller *poller[POLLERS]; /* of compartments 1 (no copy), 2 and 3 (extra) */
	struct fwpdk_poller *active;	      /* the one that this thread owns now */
	HANDLE handle;
	unsigned worker; /* lcore of the other side, LCORE_ID_ANY: none */
	NDIS_HANDLE nbl_pool, nb_pool;
	struct deck *decks;
	struct rte_mempool *raw_pool, *tx_pool;
	struct rte_mbuf **raw; /* RAW_MBUFS, ready to be sent */
	HANDLE *handles;       /* TABLE_HANDLES */
	unsigned nb_handles;
	bool need[TABLES];
	char table_missing[TABLES][128]; /* why it could not be loaded, "" = it could */
};

/* Figures of one repetition, per packet or per time. */
struct sample {
	double cycles, instructions;
	double mpps;		    /* per second of CPU time; cross cases: of wall time */
	double p50, p99, p999, max; /* us */
	/* idle_tail, us, by the number of NBLs */
	double by_count[8], by_count_p99[8], by_count_max[8];
};

struct run;
/* Send so many packets; the thing to be measured. 0, or -1 after an error line. */
typedef int (*loop_fn)(struct run *run, uint64_t packets);

#define CASE_RAW	  0x01u	 /* no injection: mbufs of the program's own */
#define CASE_CROSS	  0x02u	 /* needs a second lcore */
#define CASE_TIME	  0x04u	 /* result is times, not cycles */
#define CASE_COPY	  0x08u	 /* on the port in copy mode */
#define CASE_SWEEP	  0x10u	 /* only when asked for by name, or for a report */
#define CASE_NO_NICMODEL  0x20u	 /* a queue that gives nothing back when idle has no such time */
#define CASE_RING	  0x40u	 /* also on net_ring0 */
#define CASE_EXT	  0x80u	 /* on the port in extbuf mode */
#define CASE_COPY_DEFAULT 0x100u /* on the port in copy mode of the default compartment */

struct bench_case {
	const char *name, *what;
	unsigned flags;
	struct shape shape;
	uint32_t dests; /* destinations of the NBLs; 0 = 1 */
	uint32_t param; /* of the loop */
	enum table_id table;
	loop_fn loop;
	/* NULL: warm up, measure loop, drain. */
	int (*run)(struct run *run, struct sample *sample);
};

extern const struct bench_case bench_cases[];
extern const unsigned nb_bench_cases;

struct run {
	struct env *env;
	struct target *target;
	const struct bench_case *c;
	struct deck *deck;
	HANDLE handle;
};

/* env.c */
int env_open(struct env *env); /* -1 after an error line */
int env_close(struct env *env);
struct target *env_target(struct env *env, enum target_id id);
/* The thread owns the target's poller from now on. */
int env_use(struct env *env, struct target *target);

/* devices.c */
int devices_open(struct env *env);
int devices_raw_open(struct env *env);
int devices_stop(struct env *env);
int devices_close(struct env *env);

/* tables.c: addresses, routes, neighbours. Addresses in host order. */
int tables_base(struct env *env, struct target *target);       /* interface, gateway, route */
void tables_load(struct env *env);			       /* those in need[] */
uint32_t tables_dest(const struct target *target, uint32_t n); /* behind the gateway */
uint32_t tables_routed(
	const struct target *target, uint32_t n); /* by the n-th of its many routes */
uint32_t tables_routes_of(const struct env *env); /* how many those are */
uint32_t tables_onlink(const struct target *target, uint32_t n); /* the n-th of 65,536 neighbours */
/* Is that packet as it should be? For the nicmodel; arg: the target. */
const char *tables_check(const struct rte_mbuf *m, void *arg);

/* run.c */
/* Poll until all NBLs of the deck are home; 0, or -1 after an error line. */
int run_settle(struct run *run);
/* Measure loop over packets after a warm-up and drain. */
int run_measure(struct run *run, uint64_t packets, struct sample *sample);
/* An inject call returned an error. Returns -1. */
int run_refused(const struct run *run, NTSTATUS status);
int run_failed(const struct run *run, const char *what);

#endif
