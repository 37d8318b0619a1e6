/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * port_state.c, park.c: a port is stopped, by two threads at once, started again and closed,
 * while its poller sends. The device may not be called while it is stopped.
 *
 * @holds safety
 * @holds ends
 * @fails NO_STOPPER_FLAG safety: assertion violated !(closed)
 * @fails NO_WAIT_PARKED safety: assertion violated (seen[0]!=
 * @fails PARKED_BEFORE_FLUSH safety: assertion violated (seen[0]!=
 * @fails CLOSE_IGNORES_STOPPER safety: assertion violated !(closed)
 */
mtype = { parked, running, park };	/* enum fwi_txq_state */
mtype = { started, stopping, stopped }; /* enum fwpdk_port_state */

mtype port = started;
mtype state = running;	 /* q->state */
mtype seen[1] = running; /* q->seen_state, the owner's */
bool device = true, sending, closed, stopper, mutex;
byte stops; /* calls that returned */

#define LOCK                  \
	atomic {              \
		!mutex ->     \
		mutex = true  \
	}
#define UNLOCK mutex = false

active proctype owner()
{
end:
	do
	:: state == park -> /* fwi_txq_state_changed() */
#ifdef PARKED_BEFORE_FLUSH
		state = parked;
#endif
		sending = true; /* what is staged goes back, the ring is drained */
		sending = false;
		seen[0] = parked;
#ifndef PARKED_BEFORE_FLUSH
		state = parked
#endif
	:: state == running && seen[0] == parked ->
		seen[0] = running
	:: state == running && seen[0] == running ->
		atomic { /* control may ask to park meanwhile */
			sending = true;
			assert(device)
		};
		sending = false
	od
}

proctype stop(bool closes)
{
	bool mine;

	LOCK;
	if
	:: closed || port == stopped /* -ENODEV, -EALREADY */
#ifndef NO_STOPPER_FLAG
	:: !closed && port != stopped && stopper /* -EBUSY */
	:: !closed && port != stopped && !stopper ->
		stopper = true;
#else
	:: !closed && port != stopped ->
#endif
		mine = true;
		if
		:: port == started ->
			port = stopping;
			state = park
		:: else
		fi
	fi;
	UNLOCK;
	if
	:: mine ->
#ifndef NO_WAIT_PARKED
		state != park;
#endif
		assert(!closed);
		atomic {
			if
			:: device -> /* rte_eth_dev_stop() */
				assert(!sending);
				assert(seen[0] != running);
				device = false
			:: else
			fi
		};
		LOCK;
		assert(!closed);
		port = stopped;
		UNLOCK;
		assert(!closed); /* what the stop released is completed */
		LOCK;
		stopper = false;
		UNLOCK
	:: else
	fi;
	stops++;
	if
	:: closes ->
		LOCK;
		if
#ifdef CLOSE_IGNORES_STOPPER
		:: !device && !closed ->
#else
		:: port == stopped && !stopper && !closed ->
#endif
			closed = true
		:: else
		fi;
		UNLOCK
	:: else
	fi
}

active proctype starter()
{
	LOCK;
	if
	:: port == stopped && !closed ->
		device = true;
		port = started;
		state = running
	:: else
	fi;
	UNLOCK
}

init {
	atomic {
		run stop(false);
		run stop(true)
	}
}

ltl ends { <> (stops == 2) }
