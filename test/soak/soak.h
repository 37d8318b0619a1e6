/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The soak: everything at once, at random, for long. Threads:
 *
 * - pollers: poll, inject for themselves, now and then give their poller away;
 * - injectors: inject from elsewhere;
 * - handles: destroys and creates injection handles under load;
 * - releaser: gives back mbufs of the doubles from a foreign thread;
 * - main: turns knobs, stops and starts ports, changes routes, and holds everybody still
 *   at checkpoints to compare the library's figures with the ledger.
 *
 * Every thread injects items of its own only. An item is ITEM_FREE, its thread's; or ITEM_OUT, the
 * library's; a completion makes it ITEM_FREE, or injects it again.
 */
#ifndef SOAK_H
#define SOAK_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include <fwpsk.h>

#include <fwpdk/fault.h>
#include <fwpdk/fwpdk.h>

#define SOAK_PORTS	     6u
#define SOAK_POLLERS	     2u
#define SOAK_INJECTORS	     4u /* the first SOAK_POLLERS of them own a poller */
#define SOAK_ITEMS	     256u
#define SOAK_PACKETS	     4u
#define SOAK_MDLS	     7u
#define SOAK_SLOTS	     6u	  /* handles of one family */
#define SOAK_PER_DISTURBANCE 200u /* injections */
#define SOAK_NETS	     8u /* destinations: one per port, one that moves, one that comes and goes */

#define LOAD(x)	    __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define STORE(x, v) __atomic_store_n(&(x), v, __ATOMIC_RELEASE)
#define ADD(x, v)   __atomic_fetch_add(&(x), v, __ATOMIC_ACQ_REL)

/* One life of an injection handle. */
struct soak_handle {
	HANDLE h;
	uint64_t done; /* atomic: completions */
	bool dead;     /* atomic: destroy has returned */
	struct soak_handle *next;
};

struct soak_packet {
	NET_BUFFER *nb;
	MDL *mdl[SOAK_MDLS];
	unsigned nmdl;
	uint8_t *buf;
	uint32_t size, lead, len; /* len: DataLength */
	uint32_t id;
	bool pool_memory;
};

enum { ITEM_FREE, ITEM_OUT };

struct soak_item {
	NET_BUFFER_LIST *nbl;
	struct soak_item *parent; /* its clone shares the packets */
	bool v6, oversize;
	uint8_t state;	    /* atomic */
	uint32_t due, done; /* completions: expected, seen. Atomic */
	struct soak_handle *handle;
	void *context;
	unsigned npackets;
	struct soak_packet packet[SOAK_PACKETS];
	uint32_t crc; /* of all its bytes */
};

struct soak_status {
	uint32_t status; /* + 1, 0 = free */
	uint64_t count;
};

/* The ledger. Written by all threads, atomic. */
struct soak_ledger {
	uint64_t due, refused, done; /* attempts, of these refused, completions */
	uint64_t doubled, late, changed, implausible, wrong, unbalanced, leaked, failed;
	uint64_t chained, again, clones, rebuilt;
	uint64_t disturbances, handles, stops, drains, knobs, routes, checkpoints;
	struct soak_status completed[16], refusals[8];
};
extern struct soak_ledger soak;

struct soak_injector {
	pthread_t thread;
	unsigned index;
	uint64_t random;
	struct soak_item item[SOAK_ITEMS];
	unsigned next;
};
extern struct soak_injector soak_injectors[SOAK_INJECTORS];

struct soak_port {
	uint16_t id;
	uint32_t ifi;
	struct fwpdk_fault *fault;
};
extern struct soak_port soak_ports[SOAK_PORTS];
extern struct fwpdk_poller *soak_pollers[SOAK_POLLERS];
extern struct soak_handle *soak_slots[2][SOAK_SLOTS]; /* [v6], atomic */
extern NDIS_HANDLE soak_nbl_pool, soak_nb_pool;
extern uint64_t soak_target, soak_seed;
extern bool soak_stop, soak_still, soak_pollers_still; /* atomic */

uint64_t soak_random(uint64_t *state);
/* 0..n-1 */
static inline uint32_t
soak_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(((soak_random(state) >> 32) * n) >> 32);
}
static inline bool
soak_one_in(uint64_t *state, uint32_t n)
{
	return soak_below(state, n) == 0;
}

/* item.c */
void soak_item_build(struct soak_item *item, uint32_t id, uint64_t *random);
void soak_item_clone(struct soak_item *item, struct soak_item *parent);
void soak_item_free(struct soak_item *item);
bool soak_item_same(const struct soak_item *item); /* structure and bytes are as injected */
const char *soak_frame_check(const struct rte_mbuf *m, void *port);

/* ledger.c */
void soak_count(struct soak_status *table, unsigned n, uint32_t status);
VOID NTAPI
soak_completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch);
/* Inject n items of one family, chained; they are ITEM_FREE and the caller's. */
void soak_inject(struct soak_item **item, unsigned n, struct soak_handle *handle);
struct soak_handle *soak_handle_any(bool v6, uint64_t *random);
bool soak_full(void); /* enough was injected, or enough for the disturbances so far */

/* threads.c */
void soak_threads_start(void);
void soak_threads_join(void);
void soak_hold(bool still, bool pollers_still); /* returns when they are */

/* world.c */
int soak_failed(const char *what, int rc); /* returns rc */
int soak_world_up(void);
void soak_world_down(void);
void soak_route(unsigned net, unsigned port, bool there);

/* chaos.c */
void soak_disturb(uint64_t *random);
void soak_checkpoint(void);

#endif
