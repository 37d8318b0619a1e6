/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injectors: clients of the Windows packet injection API.
 *
 * An injector owns a bounded number of data buffers, hence of NBLs in flight. What is
 * not in flight is free: in the injector's stack, or, if completions run on other
 * threads, in a list on the way back to it.
 */
#ifndef TESTPMD_INJECT_H
#define TESTPMD_INJECT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include <fwpsk.h>

#include "args.h"
#include "capture.h"

#define IN_FLIGHT_MAX 1024u /* NBLs of one injector */
#define BACKFILL      32u   /* room for the L2 header in front of a packet */

struct app;
struct injector;

/* Data of one packet. The first MDL begins at room, the IP header is at packet. */
struct buffer {
	struct injector *injector;
	struct buffer *next; /* in the list of returned ones */
	uint8_t unused[16];
	uint8_t room[BACKFILL];
	uint8_t packet[];
};

struct injector {
	bool (*step)(struct injector *injector); /* false: there is nothing more to inject */
	const struct app *app;
	HANDLE handle[2]; /* IPv4, IPv6 */
	NDIS_HANDLE pool;
	COMPARTMENT_ID compartment;
	uint32_t burst;
	bool remote; /* completions run on other threads */
	bool recycle;
	bool limited; /* left counts */
	bool done;
	uint32_t again;	   /* completions that may yet inject again in this round and ask nothing */
	uint32_t allowed;  /* again, as the round began with it */
	uint32_t recycled; /* others that did since the last step; local injectors only */
	NTSTATUS refusal;  /* the refusal that ended txonly */

	struct txpkts txpkts; /* txonly */
	struct requests requests;
	int64_t left;

	const struct capture *capture; /* replay */
	size_t next;		       /* packet */
	uint64_t passes_left;	       /* 0: without end */

	unsigned nb_buffers, nb_free;
	uint32_t buffer_len;
	struct buffer *free[IN_FLIGHT_MAX];
	struct buffer *returned __rte_cache_aligned; /* pushed by other threads */
};

/* remote: completions will run on another thread than the one that injects. */
struct injector *injector_create(const struct app *app, bool remote);
/* Make ready for a run, with share of --count. Nothing may be in flight. 0 or -1. */
int injector_prepare(struct injector *injector, uint64_t count);
void injector_set_burst(struct injector *injector, unsigned burst);
bool injector_done(const struct injector *injector);
/* Inject up to a burst; the injector's own thread. */
void injector_run(struct injector *injector);
/* Status of the refusal after which the injector gave up, 0 if none. */
uint32_t injector_refusal(const struct injector *injector);
/* Returns 0; -1 if buffers are still in flight, which stay. */
int injector_destroy(struct injector *injector);

/* packet.c */
/* Nothing of it is in flight; on its own thread, or while that one does not inject. */
bool buffers_home(struct injector *injector);
struct buffer *buffer_get(struct injector *injector);
/*
 * Inject an NBL with one MDL per segment over the buffer. On refusal, or when a pool is empty
 * (STATUS_INSUFFICIENT_RESOURCES), all of it and the buffer are free again.
 */
NTSTATUS packet_send(struct buffer *buffer, const uint32_t *segs, unsigned n, unsigned ipv6);

/* requests.c: into an NBL that is not in flight, of a whole IP packet of len bytes. */
void requests_set(
	NET_BUFFER_LIST *nbl, const uint8_t *packet, uint32_t len, const struct requests *r);

/* txonly.c, replay.c */
bool txonly_step(struct injector *injector);
void txonly_fill(const struct injector *injector, struct buffer *buffer);
bool replay_step(struct injector *injector);

/* Back to the stack: the injector's own thread, for what was not injected. */
static inline void
buffer_put(struct buffer *buffer)
{
	struct injector *injector = buffer->injector;

	injector->free[injector->nb_free++] = buffer;
}

/* May one more packet be injected under --count? */
static inline bool
injector_take(struct injector *injector)
{
	if (!injector->limited || __atomic_fetch_sub(&injector->left, 1, __ATOMIC_RELAXED) > 0)
		return true;
	__atomic_fetch_add(&injector->left, 1, __ATOMIC_RELAXED);
	return false;
}

/* The packet taken was not injected. */
static inline void
injector_untake(struct injector *injector)
{
	if (injector->limited)
		__atomic_fetch_add(&injector->left, 1, __ATOMIC_RELAXED);
}

#endif
