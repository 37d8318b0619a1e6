/* SPDX-License-Identifier: BSD-3-Clause */
/* The application's own command line: what stands behind "--". */
#ifndef TESTPMD_ARGS_H
#define TESTPMD_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BURST_MAX     512u
#define INJECTORS_MAX 64u
#define SEGS_MAX      16u
#define TXPKTS_MIN    28u /* IPv4 and UDP header */
#define TXPKTS_MAX    65535u

enum forward_mode {
	FORWARD_TXONLY,
	FORWARD_REPLAY,
	/* from here on: what the ports receive goes on */
	FORWARD_FORWARD,
	FORWARD_CALLOUT,
	FORWARD_NAT,
	FORWARD_INSPECT,
	FORWARD_DROP,
	FORWARD_ECHO,
	FORWARD_LOOP,
};

static inline bool
forward_mode_receives(enum forward_mode mode)
{
	return mode >= FORWARD_FORWARD;
}

/* Where the mode callout takes packets out. */
enum callout_layers {
	LAYERS_IN = 1,
	LAYERS_FORWARD = 2,
};

/* A packet's segment lengths, counted from the IP header on. */
struct txpkts {
	unsigned n;
	uint32_t total;
	uint32_t len[SEGS_MAX];
};

/* What the NBLs of txonly and replay ask for out of band. */
struct requests {
	bool sums;    /* checksums */
	uint32_t mss; /* segments of so many bytes of payload; 0 = none */
};

struct args {
	bool help, interactive, recycle;
	bool fragment; /* interfaces fragment IPv4 that is larger than their MTU */
	bool resolve;  /* neighbours are asked for; pollers read their RX queues */
	enum forward_mode mode;
	struct txpkts txpkts;
	struct requests requests;
	unsigned burst;
	unsigned injectors;   /* threads that only inject; 0 = each poller's own thread */
	uint32_t compartment; /* where packets are injected; 0 = the default one */
	uint64_t loop;	      /* passes over the capture; 0 = without end */
	uint64_t count;	      /* packets to inject in txonly; 0 = without end */
	double duration;      /* seconds; 0 = without end */
	double stats_period;  /* seconds; 0 = no live lines */
	int port_mode;	      /* enum fwpdk_mode */
	int layers;	      /* enum callout_layers, ored */
	uint32_t hold_ms;     /* how long the mode callout keeps each packet */
	uint16_t nb_desc;     /* 0 = the library's default */
	const char *replay_file, *cmdline_file, *json;
	const char *netlink; /* NULL: no mirror at the start */
};

/*
 * Parse argv[1..]. Returns 0, or -1 with one line without newline in err.
 * The strings in args point into argv.
 */
int args_parse(int argc, char **argv, struct args *args, char *err, size_t err_size);

/* What --help prints. */
extern const char args_usage[];

/* parse.c */

/* Parse "LEN[,LEN...]". Returns 0, or -1 with the cause in err. */
int txpkts_parse(const char *text, struct txpkts *txpkts, char *err, size_t err_size);

/* Parse seconds, with a fraction or without. Returns 0, or -1 with the cause in err. */
int seconds_parse(const char *text, double *value, char *err, size_t err_size);

#endif
