/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * inject / complete / destroy of a handle: send_local.c, send_remote.c, send_fast.h,
 * complete.c, destroy.c, fwi_handle_totals().
 *
 * A thread that injects by its lane, an owner that injects locally, polls and completes, a
 * destroyer, and somebody who reads the totals. The device gives back in any order. FENCES is
 * the way of kernels without membarrier(2).
 *
 * @holds safety
 * @holds safety FENCES
 * @holds ends
 * @fails NO_MEMBARRIER safety: assertion violated !(destroyed)
 * @fails CHECK_BEFORE_COUNT safety: assertion violated !(destroyed)
 * @fails NO_COUNT_IN safety: assertion violated
 * @fails NO_COUNT_BACK ends: acceptance cycle
 * @fails OUT_BEFORE_CALLBACK safety: assertion violated !(in_callback)
 * @fails RING_NO_RELEASE safety: assertion violated (o<=i)
 * @fails READ_IN_BEFORE_OUT safety: assertion violated (o<=i)
 */
#define NP 3
#define NV 4
#define IN_LOCAL  0 /* p->count[h].in, the owner writes */
#define IN_LANE	  1 /* producer's count[h].in */
#define OUT	  2 /* p->count[h].out, the owner writes */
#define CLOSING	  3 /* the handle, the destroyer writes */
#include "memory.inc"

#define OWNER	  0
#define INJECTOR  1
#define DESTROYER 2

#define NBLS	  3 /* 0, 1 by the lane, 2 locally */
#ifdef LIVENESS
#define LANE_NBLS 1
#else
#define LANE_NBLS 2
#endif
mtype = { client, ring, device };
mtype at[NBLS] = client; /* who has the NBL */
bool done[NBLS];
bool accepted[NBLS];
bool in_callback, destroyed;
chan lane = [2] of { byte };

/* An inject call: count, look; count back if refused. */
inline count_in(p, var, n)
{
#ifndef NO_COUNT_IN
	STORE(p, var, LOAD(p, var) + n)
#else
	skip
#endif
}

inline inject(p, var, yes)
{
#ifdef CHECK_BEFORE_COUNT
	yes = LOAD(p, CLOSING) == 0;
	if
	:: yes -> count_in(p, var, 1)
	:: else
	fi
#else
	count_in(p, var, 1);
#ifdef FENCES
	FENCE(p);
#endif
	yes = LOAD(p, CLOSING) == 0;
	if
	:: yes
	:: else ->
#ifndef NO_COUNT_BACK
		STORE(p, var, LOAD(p, var) - 1)
#else
		skip
#endif
	fi
#endif
}

active proctype injector()
{
	byte k;
	bool yes;

	for (k : 0 .. LANE_NBLS - 1) {
		inject(INJECTOR, IN_LANE, yes);
		if
		:: yes ->
			atomic { /* rte_ring: the tail is stored with release order */
				accepted[k] = true;
				at[k] = ring;
#ifndef RING_NO_RELEASE
				d_step {
					OUT_OF(INJECTOR)
				};
#endif
				lane!k
			}
		:: else
		fi
	}
}

inline complete(k)
{
	atomic { /* released by the device: exactly once, and never too late */
		assert(at[k] == device && !done[k] && accepted[k]);
		assert(!destroyed);
		at[k] = client;
		done[k] = true;
		in_callback = true
	};
#ifdef OUT_BEFORE_CALLBACK
	STORE_RELEASE(OWNER, OUT, LOAD(OWNER, OUT) + 1);
#endif
	d_step {
		assert(!destroyed);
		in_callback = false
	};
#ifndef OUT_BEFORE_CALLBACK
	STORE_RELEASE(OWNER, OUT, LOAD(OWNER, OUT) + 1)
#endif
}

active proctype owner()
{
	byte k;
	bool injected, yes;

end:
	do
	:: !injected ->
		injected = true;
		inject(OWNER, IN_LOCAL, yes);
		if
		:: yes ->
			d_step {
				accepted[2] = true;
				at[2] = device
			}
		:: else
		fi
	:: atomic { lane?k -> at[k] = device; k = 0 }
	:: at[0] == device -> complete(0)
	:: at[1] == device -> complete(1)
	:: at[2] == device -> complete(2)
	od
}

inline read_in(p, i)
{
	i = LOAD(p, IN_LOCAL);
	i = i + LOAD(p, IN_LANE)
}

active proctype destroyer()
{
	byte i, o;

	STORE_RELEASE(DESTROYER, CLOSING, 1);
#if defined(NO_MEMBARRIER) || defined(FENCES)
	FENCE(DESTROYER);
#else
	MEMBARRIER();
#endif
	do
	:: o = LOAD(DESTROYER, OUT);
		read_in(DESTROYER, i);
		if
		:: i == o -> break
		:: else
		fi
	od;
	atomic {
		destroyed = true;
		assert(!in_callback);
		assert(at[0] == client && at[1] == client && at[2] == client)
	}
}

/* fwpdk_stats(), fwpdk_handle_next(): out first. It has no stores of its own. */
active proctype reader()
{
	byte i, o;

#ifdef READ_IN_BEFORE_OUT
	i = mem[IN_LOCAL];
	i = i + mem[IN_LANE];
	o = mem[OUT];
#else
	o = mem[OUT];
	i = mem[IN_LOCAL];
	i = i + mem[IN_LANE];
#endif
	assert(o <= i)
}

init {
	atomic {
		run drain(OWNER);
		run drain(INJECTOR);
		run drain(DESTROYER)
	}
}

ltl ends { <> destroyed }
