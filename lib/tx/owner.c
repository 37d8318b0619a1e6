/* SPDX-License-Identifier: BSD-3-Clause */
/* Who polls a poller: claim, release, and help for one that nobody polls. */
#include <errno.h>

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "core/ctl.h"
#include "core/rcu.h"
#include "tx/cpool.h"
#include "tx/poller.h"

/*
 * Who owns what is in fwi_pollers[i]. A thread finds its own pollers here without a look into
 * those of others, which may be destroyed meanwhile. Atomic.
 */
static struct fwi_self *owner_of[FWI_MAX_POLLERS];

/*
 * The owner is an EAL worker whose function has returned: it will not poll again
 * unless it is launched anew, and then it has to claim like everybody else.
 */
static bool
owner_gone(const struct fwpdk_poller *p)
{
	int lcore = __atomic_load_n(&p->owner_lcore, __ATOMIC_ACQUIRE);
	enum rte_lcore_role_t role;

	if (lcore < 0 || (unsigned)lcore == rte_get_main_lcore())
		return false;
	role = rte_eal_lcore_role((unsigned)lcore);
	if ((role != ROLE_RTE && role != ROLE_SERVICE) ||
		rte_eal_get_lcore_state((unsigned)lcore) != WAIT)
		return false;
	__atomic_thread_fence(__ATOMIC_ACQUIRE); /* all that worker did comes before */
	return true;
}

/* A poller of that thread that serves one of these compartments (all bits: any poller). */
static struct fwpdk_poller *
first_of(const struct fwi_self *self, uint64_t comps)
{
	struct fwpdk_poller *p;
	unsigned i;

	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		if (__atomic_load_n(&owner_of[i], __ATOMIC_RELAXED) != self)
			continue;
		p = __atomic_load_n(&fwi_pollers[i], __ATOMIC_ACQUIRE);
		if (p != NULL && (comps == UINT64_MAX || (p->comps & comps) != 0))
			return p;
	}
	return NULL;
}

static bool
still_mine(const struct fwpdk_poller *p)
{
	unsigned i;

	for (i = 0; i < FWI_MAX_POLLERS; i++)
		if (__atomic_load_n(&owner_of[i], __ATOMIC_RELAXED) == &fwi_self &&
			__atomic_load_n(&fwi_pollers[i], __ATOMIC_RELAXED) == p)
			return true;
	return false;
}

static void
caches_close(struct fwpdk_poller *p)
{
	unsigned i;

	for (i = 0; i < p->nports; i++)
		fwi_cpool_close_cache(p->q[i]);
}

static void
now_mine(struct fwpdk_poller *p)
{
	unsigned i;

	caches_close(p); /* of an owner that is gone */
	for (i = 0; i < p->nports; i++)
		fwi_cpool_open_cache(p->q[i]);
	__atomic_store_n(&p->owner_lcore, rte_lcore_id() == LCORE_ID_ANY ? -1 : (int)rte_lcore_id(),
		__ATOMIC_RELEASE);
	p->in_poll = false;
	p->stamp = fwi_stamp(rte_rdtsc());
	__atomic_store_n(&owner_of[p->id], &fwi_self, __ATOMIC_RELAXED);
	fwi_self_poller(&fwi_self, p);
	/* What we injected as a stranger comes before what we inject as the owner (P8). */
	fwi_take_own_lane(p);
}

/* Under the mutex: two threads must not both take over from the one that is gone. */
static __rte_noinline int
take_over(struct fwpdk_poller *p, struct fwi_self *owner)
{
	int rc = -EPERM;

	fwi_ctl_lock();
	if (owner_gone(p)) {
		__atomic_store_n(&p->owner_lcore, -1, __ATOMIC_RELEASE);
		if (__atomic_compare_exchange_n(&p->owner, &owner, &fwi_self, false,
			    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
			now_mine(p); /* the reader that left is still registered with fwi_rcu */
			/* that worker is idle: nobody else writes its record now */
			if (__atomic_load_n(&owner->poller, __ATOMIC_RELAXED) == p)
				fwi_self_poller(owner, first_of(owner, UINT64_MAX));
			rc = 0;
		}
	}
	fwi_ctl_unlock();
	return rc;
}

int
fwi_poller_try_claim(struct fwpdk_poller *p)
{
	struct fwi_self *owner = __atomic_load_n(&p->owner, __ATOMIC_ACQUIRE);

	if (owner == &fwi_self)
		return 0;
	if (owner != NULL && !owner_gone(p))
		return -EPERM;
	if (fwi_self_arm() != 0)
		return -ENOMEM;
	if (owner != NULL)
		return take_over(p, owner);
	if (!__atomic_compare_exchange_n(
		    &p->owner, &owner, &fwi_self, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return -EPERM;
	fwi_rcu_online(p->id);
	now_mine(p);
	return 0;
}

static void
release(struct fwpdk_poller *p)
{
	caches_close(p);
	fwi_rcu_offline(p->id);
	__atomic_store_n(&p->owner_lcore, -1, __ATOMIC_RELEASE);
	__atomic_store_n(&owner_of[p->id], NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&p->owner, NULL, __ATOMIC_RELEASE);
	if (fwi_self.poller == p)
		fwi_self_poller(&fwi_self, first_of(&fwi_self, UINT64_MAX));
}

struct fwpdk_poller *
fwi_poller_own(uint64_t comps)
{
	return first_of(&fwi_self, comps);
}

int
fwpdk_poller_claim(struct fwpdk_poller *p)
{
	return fwi_poller_try_claim(p);
}

int
fwpdk_poller_release(struct fwpdk_poller *p)
{
	if (!fwi_poller_mine(p))
		return -EPERM;
	if (p->in_poll)
		return -EDEADLK;
	release(p);
	return 0;
}

void
fwi_pollers_release_all(struct fwi_self *self)
{
	struct fwpdk_poller *p;
	unsigned i;

	fwi_ctl_lock();
	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		p = fwi_pollers[i];
		if (p != NULL && __atomic_load_n(&p->owner, __ATOMIC_RELAXED) == self)
			release(p);
	}
	fwi_ctl_unlock();
}

/* One round as its owner; callbacks run without the mutex. */
static void
serve(struct fwpdk_poller *p, bool mine, struct fwpdk_poller *before)
{
	p->dispatch = false;
	fwpdk_poll(p);
	p->dispatch = true;
	if (!mine) {
		release(p);
		if (still_mine(before)) /* a completion may have released it */
			fwi_self_poller(&fwi_self, before);
	}
}

bool
fwi_poller_help(struct fwpdk_poller *p)
{
	struct fwpdk_poller *before = fwi_self.poller;
	bool mine = fwi_poller_mine(p);

	if (!mine && fwi_poller_try_claim(p) != 0)
		return false;
	serve(p, mine, before);
	return true;
}

bool
fwi_txq_help(struct fwi_txq *const *txq)
{
	struct fwpdk_poller *before = fwi_self.poller, *p;
	bool mine, ours;

	/* Claimed before anybody could destroy it. */
	fwi_ctl_lock();
	p = *txq != NULL ? (*txq)->poller : NULL;
	mine = p != NULL && fwi_poller_mine(p);
	ours = p != NULL && fwi_poller_try_claim(p) == 0;
	fwi_ctl_unlock();
	if (ours)
		serve(p, mine, before);
	return ours || p == NULL;
}

void
fwi_pollers_help(void)
{
	struct fwpdk_poller *before = fwi_self.poller, *p;
	bool mine, ours;
	unsigned i;

	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		/* Claimed before anybody could destroy it. */
		fwi_ctl_lock();
		p = fwi_pollers[i];
		mine = p != NULL && fwi_poller_mine(p);
		ours = p != NULL && fwi_poller_try_claim(p) == 0;
		fwi_ctl_unlock();
		if (ours)
			serve(p, mine, before);
	}
}

int
fwpdk_poller_loop(struct fwpdk_poller *p, const volatile bool *stop)
{
	int rc = fwi_poller_try_claim(p);

	if (rc != 0)
		return rc;
	while (!*stop)
		fwpdk_poll(p);
	return fwpdk_poller_release(p);
}
