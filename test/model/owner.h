/* SPDX-License-Identifier: BSD-3-Clause */
/* owner.c for the models of it: claim, take-over, poll and release of one poller. */
#define NOBODY	 0
#define THREAD	 1
#define WORKER	 2
#define HELPER	 3 /* and 4 */
#define DESTROY1 4
#define DESTROY2 5

#ifndef FIRST_OWNER
#define FIRST_OWNER NOBODY
#endif
byte owner = FIRST_OWNER; /* p->owner */
byte polling;
byte waiting; /* NBLs in the poller */
byte mutex;   /* who has it */
bool freed;
bool worker_waits; /* rte_eal_get_lcore_state() == WAIT */
byte ended;

#define LOCK(me)              \
	atomic {              \
		mutex == 0 -> \
		mutex = me    \
	}
#define UNLOCK mutex = 0

/* fwi_poller_try_claim(); `got` says whether it is ours now. */
inline try_claim(me, locked)
{
	assert(!freed);
	got = false;
	seen = owner;
	if
	:: seen == me -> got = true
	:: seen == NOBODY ->
#ifdef CLAIM_NO_CAS
		owner = me;
		got = true
#else
		atomic {
			if
			:: owner == NOBODY ->
				owner = me;
				got = true
			:: else
			fi
		}
#endif
	:: seen == WORKER && worker_waits -> /* take_over() */
#ifndef TAKE_OVER_NO_MUTEX
		if
		:: locked
		:: else -> LOCK(me)
		fi;
#endif
		if
		:: owner == WORKER && worker_waits ->
#ifdef TAKE_OVER_NO_MUTEX
			owner = me;
			got = true
#else
			atomic {
				if
				:: owner == WORKER ->
					owner = me;
					got = true
				:: else
				fi
			}
#endif
		:: else
		fi;
#ifndef TAKE_OVER_NO_MUTEX
		if
		:: locked
		:: else -> UNLOCK
		fi
#endif
	:: seen != me && seen != NOBODY && !(seen == WORKER && worker_waits)
	fi;
	seen = 0
}

/* fwpdk_poll() of the owner */
inline poll(me)
{
	atomic {
		assert(!freed);
		assert(polling == 0);
		polling++
	};
	waiting = 0;
	polling--
}

inline give_back(me)
{
	assert(!freed && owner == me);
	owner = NOBODY;
	got = false
}
