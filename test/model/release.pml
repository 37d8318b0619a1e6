/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a release does: mapping.c, cpool_ops.c, sent.c, fwi_txq_drain_foreign().
 *
 * An owner maps and completes an NBL of two mbufs (counted) and one of one mbuf (SOLO), twice
 * each. The driver gives mbufs back on the owner's thread, during mapping or later, or on a
 * foreign thread by ring; or the last descriptor is done and the NBLs complete while the
 * driver keeps the emptied mbufs. Only the owner writes the counts.
 *
 * @holds safety
 * @holds ends
 * @fails NO_BIAS safety: assertion violated (out[sb_t]&&(injected[sb_t]==(completed[sb_t]+1)))
 * @fails FOREIGN_SETTLES safety: -extra)==(out[0]+out[1])
 * @fails NO_EMPTY_TAG safety: assertion violated (out[1]&&(injected[1]==(completed[1]+1)))
 * @fails FOREIGN_FORGOTTEN ends: acceptance cycle
 */
#define NBLS  2
#define MBUFS 3
#define NONE  9 /* tag of a free mbuf */
#define EMPTY 8 /* with the driver, its NBL is done: FWI_TAG_EMPTY */
#define BIAS  8

#ifdef LIVENESS
#define ROUNDS 1
#else
#define ROUNDS 2
#endif

mtype = { unused, driver, ringed };
mtype where[MBUFS] = unused;
byte tag[MBUFS] = NONE;
byte pending[NBLS];
byte injected[NBLS], completed[NBLS];
bool out[NBLS]; /* accepted, not completed: the library's */
short extra;
byte detached;
bool over;
chan foreign_ring = [MBUFS] of { byte };

#define STILL_READ(n) \
	((where[0] == driver && tag[0] == n) || (where[1] == driver && tag[1] == n) || \
		(where[2] == driver && tag[2] == n))
#define HELD(m) (where[m] != unused && tag[m] != EMPTY)
#define OUTSIDE ((where[0] != unused) + (where[1] != unused) + (where[2] != unused))

/* Once per injection, and not while the device may still read it. */
#define COMPLETE(n)                                        \
	assert(out[n] && injected[n] == completed[n] + 1); \
	assert(!STILL_READ(n));                            \
	out[n] = false;                                    \
	completed[n]++

/* cpool_ops.c: settle(). NBL 1 is the SOLO one. */
#define SETTLE(n)                          \
	if                                 \
	:: n == 1 -> COMPLETE(1)           \
	:: else ->                         \
		pending[n]--;              \
		if                         \
		:: pending[n] == 0 ->      \
			COMPLETE(n)        \
		:: else -> extra--         \
		fi                         \
	fi

#define RELEASE(m)                         \
	where[m] = unused;                 \
	if                                 \
	:: tag[m] == EMPTY ->              \
		detached--;                \
		extra--;                   \
		tag[m] = NONE              \
	:: else ->                         \
		sb_t = tag[m];               \
		tag[m] = NONE;             \
		SETTLE(sb_t);                \
		sb_t = 0                   \
	fi
byte sb_t; /* not hidden: an index has to be undone too */

/* A free mbuf gets the NBL's address and goes to the driver, which may free it in the burst. */
inline map_one(n)
{
	do
	:: atomic {
		where[m] == unused ->
			tag[m] = n;
			pending[n]++;
			extra++;
			where[m] = driver;
			break
	}
	:: where[m] != unused -> m = (m + 1) % MBUFS
	od;
	if
	:: atomic { where[m] == driver -> RELEASE(m) }
	:: true
	fi;
	m = 0
}

#ifdef NO_BIAS
#define BIAS_ON(n)  pending[n] = 0
#define BIAS_OFF(n) extra--
#else
#define BIAS_ON(n)  pending[n] = BIAS
#define BIAS_OFF(n)                               \
	pending[n] = pending[n] - BIAS;           \
	if                                        \
	:: pending[n] == 0 && out[n] && n != 1 -> \
		COMPLETE(n)                       \
	:: else -> extra--                        \
	fi
#endif

active proctype owner()
{
	byte m;

	do
	:: if
	:: atomic {
		!out[0] && injected[0] < ROUNDS && OUTSIDE <= MBUFS - 2 ->
			injected[0]++;
			out[0] = true;
			BIAS_ON(0)
	};
		map_one(0);
		map_one(0);
		atomic { BIAS_OFF(0) }
	:: atomic {
		!out[1] && injected[1] < ROUNDS && OUTSIDE < MBUFS ->
			injected[1]++;
			out[1] = true;
			BIAS_ON(1)
	};
		map_one(1);
		atomic { BIAS_OFF(1) }
#ifndef FOREIGN_FORGOTTEN
	:: atomic { foreign_ring?m -> RELEASE(m); m = 0 }
#endif
	:: atomic { where[0] == driver -> RELEASE(0) }
	:: atomic { where[1] == driver -> RELEASE(1) }
	:: atomic { where[2] == driver -> RELEASE(2) }
	:: d_step { /* descriptor done: also what a foreign thread has put back meanwhile */
		HELD(0) || HELD(1) || HELD(2) ->
			m = 0;
			do
			:: m < MBUFS ->
				if
				:: HELD(m) ->
					sb_t = tag[m];
#ifndef NO_EMPTY_TAG
					tag[m] = EMPTY;
#endif
					SETTLE(sb_t);
					sb_t = 0;
					detached++;
					extra++
				:: else
				fi;
				m++
			:: else -> break
			od;
			m = 0
	}
	fi;
		atomic { /* P11: where NBLs are agrees with what is out */
			assert(OUTSIDE - extra == out[0] + out[1]);
			if
			:: injected[0] == ROUNDS && injected[1] == ROUNDS && OUTSIDE == 0 ->
				assert(extra == 0 && detached == 0);
				assert(completed[0] == ROUNDS && completed[1] == ROUNDS);
				over = true;
				break
			:: else
			fi
		}
	od
}

/* A receiver or another thread of the driver gives back. */
active proctype stranger()
{
	byte m, left;

end:
	do
	:: atomic { where[0] == driver -> m = 0 }; goto give
	:: atomic { where[1] == driver -> m = 1 }; goto give
	:: atomic { where[2] == driver -> m = 2 }; goto give
	od;
give:
	atomic {
		if
		:: where[m] == driver
		:: else -> goto end
		fi;
#ifdef FOREIGN_SETTLES
		where[m] = unused;
		if
		:: tag[m] < NBLS -> left = pending[tag[m]] - 1
		:: else -> goto end
		fi
	};
	atomic { /* the load is some time ago */
		sb_t = tag[m];
		if
		:: sb_t < NBLS ->
			pending[sb_t] = left;
			tag[m] = NONE;
			if
			:: sb_t == 1 || left == 0 -> COMPLETE(sb_t)
			:: else -> extra--
			fi
		:: else
		fi;
		sb_t = 0
	};
#else
		where[m] = ringed;
		foreign_ring!m
	};
#endif
	goto end
}

ltl ends { <> over }
