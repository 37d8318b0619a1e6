/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The poller: everything one owner thread needs to take, map, send and complete NBLs.
 * Fields are written by the owner unless a comment says otherwise.
 */
#ifndef FWI_POLLER_H
#define FWI_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_atomic.h>
#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_ring.h>

#include <fwpdk/init.h>
#include <fwpdk/poller.h>

#include "core/hint.h"
#include "nbl/nbl_obj.h"
#include "stack/stack.h"
#include "tx/histogram.h"
#include "tx/hop_cache.h"
#include "tx/self.h"
#include "tx/txq.h"

#define FWI_MAX_POLLERS	 64u
#define FWI_POLLER_PORTS 16u
#define FWI_SAMPLE_EVERY 1024u /* NBLs per latency sample */
#define FWI_TAKE	 32u   /* NBLs taken from one inject ring at a time */

/* NBLs of one handle that one thread injected or one poller completed. Single writer. */
struct fwi_count {
	uint64_t in, out;
};

/* The same in a poller, with what its fast path asks about the handle: one line for all. */
struct fwi_own_count {
	uint64_t in, out;
	uint64_t send4; /* atomic, control: the handle that may send IPv4 through this entry */
	uint64_t send6;
};

/* NBLs ended with one error status. Single writer. */
struct fwi_status_count {
	int32_t status;
	uint64_t count;
};
#define FWI_STATUS_SLOTS 16u

struct fwpdk_poller {
	/* read by every inject call of the owner, written rarely by control */
	struct fwi_self *owner __rte_cache_aligned; /* atomic; NULL = none */
	uint64_t comps; /* bit n: serves compartment n; frozen while started */
	bool accepting; /* atomic, control: started and a port is started */
	bool in_poll;
	bool quick;  /* has a queue that the short ways map onto */
	bool copies; /* has a queue whose port copies */
	uint8_t nports;
	bool dispatch; /* what completions see as dispatchLevel */
	/*
	 * Why not the fast path? 0 = no reason. One word for all who have one, so that it costs
	 * an injection the same however many there are.
	 */
	union {
		struct {
			/* atomic, control: not accepting, not for the default compartment or a
			 * fence is needed */
			bool closed;
			bool waiting; /* wait_head != NULL */
			bool sample;  /* the next NBL injected is to be timed */
			bool slow;    /* no queue that it may use */
		};
		uint64_t gate; /* atomic: all at once */
	};
	uint32_t stamp;		    /* fwi_stamp() of the last poll */
	struct fwi_own_count *last; /* of the handle injected by most recently */
	uint32_t generation;	    /* of the stack, as cached */
	int32_t sample_left;	    /* completions until the next latency sample */
	uint16_t id;

	/* accepted, not yet mapped, in order; linked through NBL->Next */
	NET_BUFFER_LIST *wait_head, **wait_tail;
	uint32_t nwait, max_wait;
	uint32_t nfirst; /* came back from waiting aside and has not been looked at */

	/* done, callbacks outstanding */
	NET_BUFFER_LIST **done; /* from releases */
	uint32_t ndone, done_cap;
	bool done_mixed;			 /* done[] has others than plain successes */
	NET_BUFFER_LIST *fail_head, **fail_tail; /* ended without a release, or done[] was full */
	NET_BUFFER_LIST *ending; /* of a fail list: those whose turn has not come yet */
	uint32_t nfail;
	uint32_t nheld;		     /* ended, but callouts still refer to them: held.c */
	uint32_t nunresolved;	     /* wait in lib/resolve for a neighbour's answer */
	uint64_t resolve_due;	     /* TSC: when lib/resolve has something to do */
	void *wait_at;		     /* where the NBL that is being mapped has to wait */
	struct fwi_resolve *resolve; /* atomic, control */
	/* mbufs out beyond one per mapped NBL: NBLs with drivers = mbufs out - extra */
	int64_t extra;

	struct fwi_own_count *count; /* [max_handles] */
	struct fwi_txq *q[FWI_POLLER_PORTS];
	struct fwi_txq *of_hop[FWI_POLLER_PORTS + 1]; /* by fwi_hop.user; 0: a queue without room */
	uint8_t q_of_port[RTE_MAX_ETHPORTS];	      /* index into q[], 0xff = none */
	struct fwi_hop_cache *hops;
	unsigned lane_turn;

	uint32_t handle_mask;
	uint32_t default_comp;	   /* table index */
	uint64_t default_key;	   /* its part of the key of struct fwi_hop4 */
	struct fwi_events *events; /* atomic, control: where to record; NULL = nowhere */
	uint64_t polls;
	struct fwi_status_count failed[FWI_STATUS_SLOTS];
	struct fwi_histogram latency;
	struct fwi_input *input; /* atomic, control: the receive side of lib/input, or NULL */
	uint32_t near_chance;
	struct fwi_near near[FWI_HOPS4] __rte_aligned(FWI_NEAR_GROUP);

	/* injecting threads write here */
	struct fwi_lane **lane __rte_cache_aligned; /* [max_producers], one writer each */
	struct rte_ring *shared;		    /* for threads without a lane */
	int32_t shared_credit;			    /* atomic: free slots of shared */
	NET_BUFFER_LIST *returned;		    /* atomic: held ones that are free to go */

	/* control */
	struct fwi_events *kept_events; /* events, also after the end of recording */
	int owner_lcore;
	bool started;
	bool destroying; /* a thread is inside fwpdk_poller_destroy() */
	bool service_registered;
	uint32_t service_id;
	int socket;
	char name[24];
};

/* As the fast path, but for a latency sample that is due. */
static inline bool
fwi_gate_quick(const struct fwpdk_poller *p)
{
	uint64_t sample = 0;

	((uint8_t *)&sample)[offsetof(struct fwpdk_poller, sample) -
			     offsetof(struct fwpdk_poller, gate)] = UINT8_MAX;
	return (fwi_glance(&p->gate) & ~sample) == 0;
}

/* registry.c */
extern struct fwpdk_poller *fwi_pollers[FWI_MAX_POLLERS]; /* atomic slots */
int fwi_tx_init(void);
unsigned fwi_tx_fini(void); /* pools that could not be freed, named in the log */
void fwi_events_fini(void);
unsigned fwi_tx_busy(void); /* pollers and ports alive, named in the log */
bool fwi_tx_in_flight(void);
unsigned fwi_pending_log(void); /* how many NBLs are in flight, the oldest named in the log */

/* may_send.c. Control, under the mutex: handle `index` may send these families; 0 = not. */
void fwi_may_send(uint32_t index, uint64_t send4, uint64_t send6);
int fwi_may_send_init(void);
void fwi_may_send_fini(void);
void fwi_may_send_copy(struct fwpdk_poller *p); /* to a new poller */

/* pollers_of.c: which pollers take injections for a compartment. */
struct fwi_pollers_of {
	uint32_t n;
	struct fwpdk_poller *p[FWI_MAX_POLLERS];
};
/* Any thread; valid until the end of a fwi_producer_enter()/leave() section. */
const struct fwi_pollers_of *fwi_pollers_of(uint32_t comp);
/* Control: publish anew after a poller or a port started or stopped. Waits for injecting
 * threads (never for pollers) so that nobody still uses what was there before. */
void fwi_pollers_publish(void);

/* hop_cache.c, owner thread, or nobody's: all cached next hops */
void fwi_poller_forget_hops(struct fwpdk_poller *p);

/* owner.c */
static inline bool
fwi_poller_mine(const struct fwpdk_poller *p)
{
	return __atomic_load_n(&p->owner, __ATOMIC_RELAXED) == &fwi_self;
}
int fwi_poller_try_claim(struct fwpdk_poller *p);
/* Claim if nobody owns it, poll once with dispatchLevel FALSE, release. False: owned elsewhere. */
bool fwi_poller_help(struct fwpdk_poller *p);
/* The same for the poller of *txq (of a port's table), which others may destroy meanwhile. True
 * if there is none. */
bool fwi_txq_help(struct fwi_txq *const *txq);
/* The same for all pollers that are ours or nobody's; others may destroy them meanwhile. */
void fwi_pollers_help(void);
void fwi_pollers_release_all(struct fwi_self *self);
/* A poller of ours that serves one of these compartments (bits; all = any), or NULL. */
struct fwpdk_poller *fwi_poller_own(uint64_t comps);
/* poll.c: before anything is mapped, since what accepted NBLs rely on may have changed. */
void fwi_follow_control(struct fwpdk_poller *p);
/* The next time as if the stack had changed, if it has or not. */
void fwi_follow_again(struct fwpdk_poller *p);
/* poll.c: what this thread has injected as a stranger goes to the waiting list. */
void fwi_take_own_lane(struct fwpdk_poller *p);
/* poll.c, owner thread, rare: all that is in the inject rings goes to the waiting list. */
void fwi_take_all(struct fwpdk_poller *p);

/* complete.c, owner thread */
void fwi_done_failed(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl); /* without a release */
/* From a release. mbufs that come back while mapping go out again: done[] may fill up. */
static inline void
fwi_done(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	p->done_mixed = true;
	if (likely(p->ndone != p->done_cap))
		p->done[p->ndone++] = nbl;
	else
		fwi_done_failed(p, nbl);
}
void fwi_nbl_credit(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl, uint32_t n, int32_t status);
int fwi_run_completions(struct fwpdk_poller *p);

/* mapping.c, owner thread */
void fwi_wait_push(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl);
void fwi_map_waiting(struct fwpdk_poller *p);
/* Those that waited elsewhere, in order, before all that wait here. n of them, linked. */
void fwi_wait_first(
	struct fwpdk_poller *p, NET_BUFFER_LIST *head, NET_BUFFER_LIST **tail, uint32_t n);
/* The packet that it waited with ends with this status; false: others of it are to be mapped. */
bool fwi_wait_failed(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl, int32_t status);
void fwi_fail_stuck(struct fwpdk_poller *p, struct fwi_txq *q);

/* Does the mapper wait for this queue? What it waited with may have ended for another reason. */
static inline bool
fwi_txq_blocked(const struct fwi_txq *q)
{
	return q->blocked && q->poller->wait_head != NULL;
}

/* Status that wins: the first failure. */
static inline void
fwi_nbl_fail(NET_BUFFER_LIST *nbl, int32_t status)
{
	if (nbl->Status == 0)
		nbl->Status = status;
}

/* port_table.c */
struct fwi_port *fwi_port_get(uint16_t port_id);

#endif
