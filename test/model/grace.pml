/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fwi_producer_enter(), _leave(), _grace() and fwi_pollers_publish(): a set of pollers is
 * freed when no inject call can use it any more.
 *
 * A thread with a lane (sequence number, odd inside a call), one without (two counters, the
 * current one by parity), control that publishes twice. The counters of the shared producer
 * are incremented atomically, but the new value may come out late: one that reads and
 * writes in two steps (load-linked, store-conditional) orders nothing after its store.
 *
 * @holds safety
 * @holds ends
 * @fails NO_MEMBARRIER safety: assertion violated !(freed[g])
 * @fails ONE_ROUND safety: assertion violated !(freed[g])
 * @fails NO_WAIT safety: assertion violated !(freed[g])
 * @fails ENTER_AFTER_LOOK safety: assertion violated !(freed[g])
 * @fails LEAVE_NO_RELEASE safety: assertion violated !(freed[g])
 */
#define NP 3
#define NV 5
#define SEQ	0
#define INSIDE	1 /* and 2 */
#define PARITY	3
#define PUBLISHED 4
#include "memory.inc"

#define LANE	0
#define SHARED	1
#define CONTROL 2

#define CALLS 2
#ifdef ONE_ROUND
#define ROUNDS 1
#else
#define ROUNDS 2
#endif
bool freed[3], over;

/* Something of the set is read; with weaker order it may be read after leave was. */
#define USE(g) assert(!freed[g])

active proctype lane()
{
	byte g, n;

	for (n : 1 .. CALLS) {
#ifndef ENTER_AFTER_LOOK
		STORE(LANE, SEQ, LOAD(LANE, SEQ) + 1);
#endif
		g = LOAD(LANE, PUBLISHED);
#ifdef ENTER_AFTER_LOOK
		STORE(LANE, SEQ, LOAD(LANE, SEQ) + 1);
#endif
#ifdef LEAVE_NO_RELEASE
		STORE(LANE, SEQ, LOAD(LANE, SEQ) + 1);
		USE(g)
#else
		USE(g);
		STORE_RELEASE(LANE, SEQ, LOAD(LANE, SEQ) + 1)
#endif
	}
}

active proctype shared()
{
	byte g, cookie, n;

	for (n : 1 .. CALLS) {
		cookie = LOAD(SHARED, PARITY) & 1;
		STORE(SHARED, INSIDE + cookie, LOAD(SHARED, INSIDE + cookie) + 1);
		g = LOAD(SHARED, PUBLISHED);
		USE(g);
		STORE_RELEASE(SHARED, INSIDE + cookie, LOAD(SHARED, INSIDE + cookie) - 1);
		cookie = 0
	}
}

inline grace()
{
#ifdef NO_MEMBARRIER
	FENCE(CONTROL);
#else
	MEMBARRIER();
#endif
#ifndef NO_WAIT
	s = LOAD(CONTROL, SEQ);
	if
	:: s & 1 ->
		LOAD(CONTROL, SEQ) != s
	:: else
	fi;
#endif
	round = 0;
	do
	:: round < ROUNDS ->
		s = LOAD(CONTROL, PARITY) & 1;
		STORE(CONTROL, PARITY, 1 - s);
		FENCE(CONTROL);
		LOAD(CONTROL, INSIDE + s) == 0;
		round++
	:: else -> break
	od;
	s = 0
}

active proctype control()
{
	byte s, round, set;

	for (set : 1 .. 2) {
		STORE_RELEASE(CONTROL, PUBLISHED, set);
		grace();
		freed[set - 1] = true
	};
	over = true
}

init {
	atomic {
		run drain(LANE);
		run drain(SHARED);
		run drain(CONTROL)
	}
}

ltl ends { <> over }
