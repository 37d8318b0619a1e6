/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A lane: tx/lane.h. One thread puts NBLs, the owner takes up to two at a time; what is in an NBL
 * was written before it was put, and is written anew when its slot is used again.
 *
 * @holds safety
 * @holds safety CAPACITY_ONE
 * @holds ends
 * @fails PLAIN_SLOT safety: assertion violated (content==next)
 * @fails NO_LAP safety: assertion violated ((slot>>1)==next)
 * @fails HALF_LAP safety: assertion violated ((slot>>1)==next)
 * @fails ONE_TOO_MANY safety: assertion violated (content==next)
 * @fails EARLY_HEAD safety: assertion violated (content==next)
 * @fails HEAD_NEVER_READ ends: acceptance cycle
 */
#define NP 2
#define NV 5
#define SLOT    0 /* two of them */
#define CONTENT 2 /* of the NBLs in them */
#define HEAD    4

#include "memory.inc"

#define NBLS 6
#define SIZE 2
#ifdef CAPACITY_ONE
#define CAPACITY 1
#elif defined(ONE_TOO_MANY)
#define CAPACITY 3
#else
#define CAPACITY 2
#endif

#ifdef HALF_LAP
#define LAP(turn) (((turn) & (SIZE >> 1)) == 0)
#else
#define LAP(turn) (((turn) & SIZE) == 0)
#endif

#ifdef NO_LAP
#define FULL(slot, turn) ((slot) != 0)
#else
#define FULL(slot, turn) (((slot) & 1) == LAP(turn))
#endif

bool over;

/* Process 0. The NBL of turn n is n + 1; it and its lap are one value. */
active proctype putter()
{
	byte tail, room = CAPACITY;

	do
	:: tail < NBLS ->
		if
		:: room == 0 ->
#ifdef HEAD_NEVER_READ
			false;
#endif
			tail - LOAD(0, HEAD) < CAPACITY;
			room = CAPACITY - (tail - LOAD(0, HEAD))
		:: else
		fi;
		STORE(0, CONTENT + tail % SIZE, tail + 1);
#ifdef PLAIN_SLOT
		STORE(0, SLOT + tail % SIZE, (tail + 1) << 1 | LAP(tail));
#else
		STORE_RELEASE(0, SLOT + tail % SIZE, (tail + 1) << 1 | LAP(tail));
#endif
		tail++;
		room--
	:: else -> break
	od
}

/* Process 1. */
active proctype owner()
{
	byte head, taken, slot, content, next = 1;

	do
	:: next <= NBLS ->
		taken = 0;
		do
		:: taken < 2 ->
			slot = LOAD(1, SLOT + (head + taken) % SIZE);
			if
			:: FULL(slot, head + taken) ->
#ifdef EARLY_HEAD
				STORE_RELEASE(1, HEAD, head + taken + 1);
#endif
				content = LOAD(1, CONTENT + (head + taken) % SIZE);
				assert(slot >> 1 == next);
				assert(content == next);
				next++;
				taken++
			:: else -> break
			fi
		:: else -> break
		od;
		slot = 0;
		content = 0;
		head = head + taken;
		if
		:: taken != 0 -> STORE_RELEASE(1, HEAD, head)
		:: else
		fi
	:: else -> break
	od;
	over = true
}

init {
	atomic {
		run drain(0);
		run drain(1)
	}
}

ltl ends { <> over }
