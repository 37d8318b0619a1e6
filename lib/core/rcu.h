/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deferred free for what pollers read without a lock (tables of lib/stack).
 *
 * A poller is a reader while it is owned; it reports a quiescent state in every poll.
 * Writers publish the new table, then hand the old one to fwi_rcu_defer(), which never
 * waits: memory of a poller that has stopped polling stays until it polls again, is
 * released, or fwi_rcu_fini() (P14).
 */
#ifndef FWI_RCU_H
#define FWI_RCU_H

#include <rte_rcu_qsbr.h>

/* Lies in the object itself: giving up memory must not need any. */
struct fwi_retired {
	struct fwi_retired *next;
	uint64_t token;
	void (*free_fn)(void *);
	void *object;
};

extern struct rte_rcu_qsbr *fwi_rcu;

int fwi_rcu_init(unsigned max_readers);
void fwi_rcu_fini(void);

/* Reader side, id < max_readers, one thread at a time per id. */
void fwi_rcu_online(unsigned id);
void fwi_rcu_offline(unsigned id);

static inline void
fwi_rcu_quiescent(unsigned id)
{
	rte_rcu_qsbr_quiescent(fwi_rcu, id);
}

/* Writer side, under fwi_ctl_lock(). */
void fwi_rcu_defer(struct fwi_retired *r, void (*free_fn)(void *), void *object);
void fwi_rcu_reclaim(void);
/* Objects not freed yet, for tests and diagnosis. */
unsigned fwi_rcu_deferred(void);

#endif
