/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * poller_ctl.c: the end of a poller. Nothing in it is lost, nobody uses it afterwards.
 *
 * A host stops a poller and destroys it from two threads at once. The owner is inside a
 * call that still found it accepting, and releases then; somebody helps; somebody starts
 * it again and injects from outside.
 *
 * @holds safety
 * @holds ends
 * @fails NO_RECHECK safety: assertion violated (waiting==0)
 * @fails FREE_NO_CLAIM safety: assertion violated
 * @fails HELP_NO_MUTEX safety: assertion violated !(freed)
 * @fails NO_DESTROYING safety: assertion violated (waiting==0)
 * @fails START_WHILE_DESTROYED safety: assertion violated (waiting==0)
 */
#define FIRST_OWNER THREAD
#include "owner.inc"

bool in_table = true, destroying, started, accepting = true, stopped;

/* The owner all along. */
active proctype thread()
{
	bool yes;

	yes = accepting;
	poll(THREAD);
	if
	:: yes -> waiting++ /* FwpsInjectNetworkSendAsync0() */
	:: else
	fi;
	assert(!freed);
	owner = NOBODY;
	ended++
}

/* fwi_pollers_help() */
active proctype helper()
{
	byte seen;
	bool got, there;

#ifdef HELP_NO_MUTEX
	there = in_table;
	if
	:: there -> try_claim(HELPER, false)
	:: else
	fi;
#else
	LOCK(HELPER);
	there = in_table;
	if
	:: there -> try_claim(HELPER, true)
	:: else
	fi;
	UNLOCK;
#endif
	if
	:: got ->
		poll(HELPER);
		give_back(HELPER)
	:: else
	fi;
	ended++
}

/* fwpdk_poller_destroy() */
proctype destroy(byte me)
{
	byte seen, tries;
	bool got, gone;

	stopped;
	LOCK(me);
	if
	:: !in_table -> gone = true /* -ENODEV */
#ifdef NO_DESTROYING
	:: in_table && started -> gone = true
	:: in_table && !started -> destroying = true
#else
	:: in_table && (destroying || started) -> gone = true /* -EBUSY */
	:: in_table && !destroying && !started -> destroying = true
#endif
	fi;
	UNLOCK;
	if
	:: gone -> goto out
	:: else
	fi;
again:
	assert(!freed);
	if
	:: waiting != 0 -> /* poller_drain() */
		try_claim(me, false);
		if
		:: got ->
			poll(me);
			give_back(me)
		:: else
		fi;
		tries++;
		if
		:: tries == 2 -> destroying = false; goto out /* -EBUSY */
		:: else -> goto again
		fi
	:: else
	fi;
	LOCK(me);
#ifdef FREE_NO_CLAIM
	got = true;
#else
	try_claim(me, true);
#endif
	if
#ifndef NO_RECHECK
	:: got && waiting != 0 ->
		give_back(me);
		UNLOCK;
		tries++;
		if
		:: tries >= 2 -> destroying = false; goto out
		:: else -> goto again
		fi
#endif
	:: !got -> destroying = false; UNLOCK; goto out
#ifndef NO_RECHECK
	:: got && waiting == 0 ->
#else
	:: got ->
#endif
		in_table = false;
		owner = NOBODY;
		UNLOCK;
		atomic {
			assert(!freed);
			assert(polling == 0);
			assert(waiting == 0); /* else an NBL is lost */
			freed = true
		}
	fi;
out:
	ended++
}

/* A host that starts the poller once more, and somebody who injects from outside. */
active proctype starter()
{
	bool may;

	stopped;
	LOCK(6);
#ifdef START_WHILE_DESTROYED
	may = in_table;
#else
	may = in_table && !destroying;
#endif
	if
	:: may ->
		started = true;
		accepting = true
	:: else
	fi;
	UNLOCK;
	if
	:: may && accepting ->
		assert(!freed);
		waiting++
	:: else
	fi;
	ended++
}

init {
	accepting = false; /* fwpdk_poller_stop() */
	stopped = true;
	atomic {
		run destroy(DESTROY1);
		run destroy(DESTROY2)
	}
}

ltl ends { <> (ended == 5) }
