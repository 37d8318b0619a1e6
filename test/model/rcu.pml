/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/rcu.c with owner.c: a table is freed when no poller can be reading it. The reader's
 * slot belongs to the poller, so it changes hands with it: the old owner's offline() comes
 * before the poller is given back.
 *
 * rte_rcu_qsbr: a reader's counter is 0 while it is offline, else the token it has seen;
 * a writer takes a new token and waits until each counter is 0 or not older.
 *
 * @holds safety
 * @holds ends
 * @fails READ_WHILE_OFFLINE safety: assertion violated !(freed[t])
 * @fails RELEASE_BEFORE_OFFLINE safety: assertion violated !(freed[t])
 * @fails ONLINE_NO_FENCE safety: assertion violated !(freed[t])
 * @fails QUIESCENT_WHILE_READING safety: assertion violated !(freed[t])
 */
#define NP 3
#define NV 3
#define COUNTER	  0 /* the slot of the poller */
#define TOKEN	  1
#define PUBLISHED 2
#include "memory.inc"

#define WRITER 2

byte owner = 9;
bool freed[3], over;

inline online(p)
{
	t = LOAD(p, TOKEN) + 1;
	STORE(p, COUNTER, t);
#ifndef ONLINE_NO_FENCE
	FENCE(p);
#endif
	t = 0
}

proctype thread(byte p)
{
	byte t;

	atomic {
		owner == 9 ->
		owner = p;
		FENCE(p)
	};
#ifndef READ_WHILE_OFFLINE
	online(p);
#endif
	/* a poll, in which the cached next hop outlives a nested poll */
	t = LOAD(p, PUBLISHED);
#ifdef QUIESCENT_WHILE_READING
	STORE_RELEASE(p, COUNTER, LOAD(p, TOKEN) + 1);
#endif
	assert(!freed[t]);
	/* the next one begins with a quiescent state */
	STORE_RELEASE(p, COUNTER, LOAD(p, TOKEN) + 1);
	t = LOAD(p, PUBLISHED);
	assert(!freed[t]);
	t = 0;
#ifdef RELEASE_BEFORE_OFFLINE
	atomic {
		FENCE(p);
		owner = 9
	};
	STORE_RELEASE(p, COUNTER, 0)
#else
	STORE_RELEASE(p, COUNTER, 0);
	atomic {
		FENCE(p);
		owner = 9
	}
#endif
}

active proctype writer()
{
	byte set;

	for (set : 1 .. 2) {
		STORE_RELEASE(WRITER, PUBLISHED, set);
		STORE_RELEASE(WRITER, TOKEN, set);
		FENCE(WRITER);
		/* looked at whenever something is deferred, not waited for (P14) */
		LOAD(WRITER, COUNTER) == 0 || LOAD(WRITER, COUNTER) >= set + 1;
		freed[set - 1] = true
	};
	over = true
}

init {
	atomic {
		run thread(0);
		run thread(1);
		run drain(0);
		run drain(1);
		run drain(WRITER)
	}
}

ltl ends { <> over }
