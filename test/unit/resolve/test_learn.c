/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/resolve/learn*.c: what is wanted, heard, confirmed, forgotten; time is a parameter. */
#include "../stack/stack_fixture.h"

#include <fwpdk/resolve.h>

#include "core/ctl.h"
#include "resolve/learn.h"
#include "stack/neigh.h"

#define MAX 1024u /* of the fixture */

static uint32_t ifi;
static uint64_t now;

static int
up(void **state)
{
	int rc = test_stack_up(state);

	if (rc != 0)
		return rc;
	ifi = test_if(0, 0, NULL);
	assert_int_equal(fwpdk_if_set_resolve(ifi, 1), 0);
	fwi_resolve_times = (struct fwi_resolve_times){
		.retry = 10, .reachable = 300, .settle = 10, .stale = 3000};
	now = 1000;
	fwi_ctl_lock();
	return 0;
}

static int
down(void **state)
{
	fwi_ctl_unlock();
	return test_stack_down(state);
}

static struct fwi_next
next(const char *text)
{
	struct fwpdk_addr a = test_addr(text);
	struct fwi_next n = {.if_index = ifi, .version = a.family == AF_INET ? 4 : 6};

	memcpy(n.addr, a.bytes, 16);
	return n;
}

static enum fwi_learnt
hear(const char *who, uint8_t mac, bool asked, bool overriding)
{
	struct fwi_heard h = {.who = next(who),
		.has_mac = mac != 0,
		.asked = asked,
		.overriding = overriding,
		.mac = test_mac(mac)};

	return fwi_learn_heard(&h, now);
}

static int
want(const char *who)
{
	struct fwi_next n = next(who);

	return fwi_learn_want(&n, now);
}

/* The MAC in the stack, 0 = none. */
static unsigned
mac_of(const char *who)
{
	struct fwpdk_addr a = test_addr(who);
	enum fwi_family family;
	const struct fwi_adj *adj;
	fwi_u128 key;

	fwi_addr_key(&a, &family, &key);
	adj = fwi_neigh_find(ifi, family, key);
	return adj != NULL ? adj->hop.l2[5] : 0;
}

static void
use(const char *who)
{
	struct fwpdk_addr a = test_addr(who);
	enum fwi_family family;
	fwi_u128 key;

	fwi_addr_key(&a, &family, &key);
	fwi_neigh_find(ifi, family, key)->used = 1;
}

static bool
serve(const struct fwpdk_poller *p, uint32_t if_index)
{
	return p == NULL && if_index == ifi;
}

static bool
serve_not(const struct fwpdk_poller *p, uint32_t if_index)
{
	return !serve(p, if_index);
}

/* All that is due by now. */
static struct fwi_look
look_with(bool (*serves)(const struct fwpdk_poller *p, uint32_t if_index))
{
	struct fwi_look look = {.now = now, .serves = serves};
	uint32_t hand = 0;

	while (!fwi_learn_look(&look, &hand))
		;
	return look;
}

static struct fwi_look
look(void)
{
	return look_with(serve);
}

static void
only_who_is_asked_for(void **state)
{
	struct fwi_next n = next("10.0.0.1");

	(void)state;
	assert_false(fwi_learn_may_know(&n));
	assert_int_equal(hear("10.0.0.1", 1, true, true), FWI_LEARNT_NOT_ASKED);
	assert_int_equal(want("10.0.0.1"), 0);
	assert_true(fwi_learn_may_know(&n));
	assert_int_equal(mac_of("10.0.0.1"), 0);
	assert_int_equal(hear("10.0.0.1", 0, true, true), FWI_LEARNT_NOTHING); /* no MAC */
	assert_int_equal(hear("10.0.0.1", 1, true, true), FWI_LEARNT_NEW);
	assert_int_equal(mac_of("10.0.0.1"), 1);
	assert_int_equal(want("10.0.0.1"), -EEXIST);
	/* Nobody waits for ever. */
	assert_int_equal(want("fe80::1"), 0);
	now += 14;
	look();
	assert_int_equal(fwi_learn_count(), 2);
	now += 1;
	look();
	assert_int_equal(fwi_learn_count(), 1);
	assert_int_equal(hear("fe80::1", 1, true, true), FWI_LEARNT_NOT_ASKED);
}

static void
a_change_and_a_doubt(void **state)
{
	struct fwi_look l;

	(void)state;
	want("fe80::1");
	hear("fe80::1", 1, true, false);
	now += 9;
	assert_int_equal(hear("fe80::1", 2, false, true), FWI_LEARNT_TOO_SOON);
	now += 1;
	assert_int_equal(hear("fe80::1", 2, false, true), FWI_LEARNT_CHANGED);
	assert_int_equal(mac_of("fe80::1"), 2);
	l = look(); /* nobody uses it: not asked */
	assert_int_equal(l.nask, 0);
	use("fe80::1");
	l = look();
	assert_int_equal(l.nask, 1);
	assert_int_equal(l.ask[0].mac.addr_bytes[5], 2);
	assert_int_equal(hear("fe80::1", 0, true, false), FWI_LEARNT_NOTHING); /* it is there */
	now += 20;
	l = look();
	assert_int_equal(l.nask, 0);
	assert_int_equal(hear("fe80::1", 3, false, false), FWI_LEARNT_NOTHING);
	assert_int_equal(mac_of("fe80::1"), 2);
	l = look(); /* doubt: asked long before its time */
	assert_int_equal(l.nask, 1);
}

static void
used_silent_and_removed(void **state)
{
	struct fwi_look l;
	unsigned i;

	(void)state;
	want("10.0.0.1");
	hear("10.0.0.1", 1, true, true);
	use("10.0.0.1");
	now += 299;
	l = look();
	assert_int_equal(l.nask, 0);
	for (i = 0; i < 3; i++, now += 10) {
		now += i == 0;
		assert_int_equal(look_with(serve_not).nask, 0); /* another poller's */
		l = look();
		assert_int_equal(l.nask, 1);
		assert_true(i != 0 || l.changed); /* pollers are to show again who is used */
		assert_int_equal(look().nask, 0);
		assert_int_equal(mac_of("10.0.0.1"), 1);
	}
	l = look();
	assert_int_equal(l.removed, 1);
	assert_true(l.changed);
	assert_int_equal(mac_of("10.0.0.1"), 0);
	assert_int_equal(fwi_learn_count(), 0);
}

static void
unused_and_removed(void **state)
{
	struct fwi_look l;

	(void)state;
	want("10.0.0.1");
	hear("10.0.0.1", 1, true, true);
	now += 300;
	l = look();
	assert_int_equal(l.nask + l.removed + l.changed, 0);
	now += 3000;
	assert_int_equal(look().removed, 0);
	now += 1;
	assert_int_equal(look().removed, 1);
	assert_int_equal(mac_of("10.0.0.1"), 0);
}

static void
the_hosts_are_fixed(void **state)
{
	(void)state;
	want("10.0.0.1");
	test_neigh(ifi, "10.0.0.1", 9);
	assert_int_equal(hear("10.0.0.1", 1, true, true), FWI_LEARNT_FIXED);
	assert_int_equal(mac_of("10.0.0.1"), 9);
	assert_int_equal(fwi_learn_count(), 0);
	want("10.0.0.2");
	hear("10.0.0.2", 1, true, true);
	test_neigh(ifi, "10.0.0.2", 9);
	now += 20;
	assert_int_equal(hear("10.0.0.2", 1, true, true), FWI_LEARNT_FIXED);
	assert_int_equal(mac_of("10.0.0.2"), 9);
	want("10.0.0.3");
	hear("10.0.0.3", 1, true, true);
	test_neigh(ifi, "10.0.0.3", 9);
	look(); /* forgets it, the host's stays */
	assert_int_equal(mac_of("10.0.0.3"), 9);
	assert_int_equal(fwi_learn_count(), 0);
	assert_int_equal(hear("10.0.0.9", 1, true, true), FWI_LEARNT_NOT_ASKED);
}

/* One in use stays whatever is asked for; those that nobody uses make room. */
static void
bounded(void **state)
{
	char text[32];
	unsigned i, full = 0;

	(void)state;
	want("10.9.9.9");
	hear("10.9.9.9", 9, true, true);
	use("10.9.9.9");
	for (i = 0; i < 3 * MAX; i++) {
		snprintf(text, sizeof(text), "10.1.%u.%u", i >> 8, i & 255);
		full += want(text) == -ENOSPC;
	}
	assert_true(full >= 2 * MAX);
	assert_true(fwi_learn_count() <= MAX);
	assert_int_equal(mac_of("10.9.9.9"), 9);
	now += 15; /* what nobody answered gives way */
	for (i = 0; i < MAX / 2; i++) {
		snprintf(text, sizeof(text), "10.2.%u.%u", i >> 8, i & 255);
		if (want(text) == 0)
			assert_int_equal(hear(text, 1, true, true), FWI_LEARNT_NEW);
	}
	assert_true(fwi_learn_count() <= MAX);
	assert_int_equal(mac_of("10.9.9.9"), 9);
	assert_int_not_equal(mac_of(text), 0);
	fwi_learn_drop(ifi);
	assert_int_equal(fwi_learn_count(), 0);
	assert_int_equal(mac_of("10.9.9.9"), 0);
}

static void
interfaces_go(void **state)
{
	(void)state;
	want("10.0.0.1");
	hear("10.0.0.1", 1, true, true);
	want("10.0.0.2");
	assert_int_equal(fwpdk_if_del(ifi), 0);
	assert_int_equal(hear("10.0.0.2", 1, true, true), FWI_LEARNT_NOTHING);
	look();
	assert_int_equal(fwi_learn_count(), 0);
}

/* Not while somebody else has the mutex, nor while this thread has it. */
static void
the_mutex_is_only_tried(void **state)
{
	(void)state;
	assert_false(fwi_ctl_trylock());
	fwi_ctl_unlock();
	assert_true(fwi_ctl_trylock());
	assert_false(fwi_ctl_trylock());
	fwi_ctl_unlock();
	fwi_ctl_lock();
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
	const struct CMUnitTest tests[] = {
		T(only_who_is_asked_for),
		T(a_change_and_a_doubt),
		T(used_silent_and_removed),
		T(unused_and_removed),
		T(the_hosts_are_fixed),
		T(bounded),
		T(interfaces_go),
		T(the_mutex_is_only_tried),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
