/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * owner.c: at most one thread polls.
 *
 * A thread that claims, polls and releases (or ends); a worker lcore that claims and returns
 * without releasing; two helpers. RELAUNCH: what a host may not do to a worker that did not
 * release (poller.h).
 *
 * @holds safety
 * @holds ends
 * @fails CLAIM_NO_CAS safety: assertion violated (polling==0)
 * @fails TAKE_OVER_NO_MUTEX safety: assertion violated
 * @fails RELAUNCH safety: assertion violated (polling==0)
 */
#include "owner.inc"

active proctype thread()
{
	byte seen, turn;
	bool got;

	do
	:: turn < 2 ->
		turn++;
		try_claim(THREAD, false);
		if
		:: got ->
			poll(THREAD);
			if
			:: true -> give_back(THREAD)
			:: true -> got = false
			fi
		:: else
		fi
	:: else -> break
	od;
	if
	:: owner == THREAD -> give_back(THREAD) /* thread_ends() */
	:: else
	fi;
	ended++
}

active proctype worker()
{
	byte seen, launches;
	bool got;

again:
	try_claim(WORKER, false);
	if
	:: got -> poll(WORKER)
	:: else
	fi;
	got = false;
	worker_waits = true; /* returned, without release */
#ifdef RELAUNCH
	launches++;
	if
	:: launches < 2 ->
		worker_waits = false;
		goto again
	:: else
	fi;
#endif
	ended++
}

/* fwi_poller_help(); fwi_pollers_help() has the mutex already */
proctype helper(byte me)
{
	byte seen;
	bool got;

	if
	:: me == HELPER -> try_claim(me, false)
	:: else ->
		LOCK(me);
		try_claim(me, true);
		UNLOCK
	fi;
	if
	:: got ->
		poll(me);
		give_back(me)
	:: else
	fi;
	ended++
}

init {
	atomic {
		run helper(HELPER);
		run helper(HELPER + 1)
	}
}

ltl ends { <> (ended == 4) }
