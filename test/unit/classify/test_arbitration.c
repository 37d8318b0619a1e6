/* SPDX-License-Identifier: BSD-3-Clause */
/* Between sublayers, and what a callout may and may not say. */
#include "../eal_fixture.h"
#include "rig.h"

enum who { NOBODY, FILTER, CALLOUT };

/* What the sublayer says: by whom, what, with the right left or cleared. */
struct says {
	enum who who;
	FWP_ACTION_TYPE what;
	bool clear, absorb;
};
#define FILTER_PERMIT                                   \
	{                                               \
		FILTER, FWP_ACTION_PERMIT, false, false \
	}
#define FILTER_HARD_PERMIT                             \
	{                                              \
		FILTER, FWP_ACTION_PERMIT, true, false \
	}
#define FILTER_BLOCK                                   \
	{                                              \
		FILTER, FWP_ACTION_BLOCK, false, false \
	}
#define SOFT_PERMIT                                      \
	{                                                \
		CALLOUT, FWP_ACTION_PERMIT, false, false \
	}
#define HARD_PERMIT                                     \
	{                                               \
		CALLOUT, FWP_ACTION_PERMIT, true, false \
	}
#define SOFT_BLOCK                                      \
	{                                               \
		CALLOUT, FWP_ACTION_BLOCK, false, false \
	}
#define HARD_BLOCK                                     \
	{                                              \
		CALLOUT, FWP_ACTION_BLOCK, true, false \
	}
#define ABSORB                                        \
	{                                             \
		CALLOUT, FWP_ACTION_BLOCK, true, true \
	}
#define SOFT_ABSORB                                    \
	{                                              \
		CALLOUT, FWP_ACTION_BLOCK, false, true \
	}
#define CONTINUES                                          \
	{                                                  \
		CALLOUT, FWP_ACTION_CONTINUE, false, false \
	}
#define SILENT                           \
	{                                \
		CALLOUT, 0, false, false \
	}

static const struct {
	struct says heavy, light;
	enum fwi_verdict verdict;
	bool light_asked, light_may_write;
} table[] = {
	{{NOBODY, 0, false, false}, SOFT_PERMIT, FWI_PERMIT, true, true},
	{CONTINUES, CONTINUES, FWI_PERMIT, true, true},
	{SILENT, SILENT, FWI_PERMIT, true, true},
	{SILENT, SOFT_BLOCK, FWI_BLOCK, true, true},
	{SOFT_BLOCK, SILENT, FWI_BLOCK, true, true},
	/* a soft permit: below may do anything */
	{SOFT_PERMIT, SOFT_BLOCK, FWI_BLOCK, true, true},
	{SOFT_PERMIT, HARD_BLOCK, FWI_BLOCK, true, true},
	{SOFT_PERMIT, FILTER_BLOCK, FWI_BLOCK, false, false},
	{FILTER_PERMIT, SOFT_BLOCK, FWI_BLOCK, true, true},
	{FILTER_PERMIT, FILTER_BLOCK, FWI_BLOCK, false, false},
	{SOFT_PERMIT, ABSORB, FWI_ABSORB, true, true},
	/* a hard permit: only a callout's veto */
	{HARD_PERMIT, SOFT_BLOCK, FWI_BLOCK, true, false},
	{HARD_PERMIT, HARD_BLOCK, FWI_BLOCK, true, false},
	{HARD_PERMIT, FILTER_BLOCK, FWI_PERMIT, false, false},
	{HARD_PERMIT, SOFT_PERMIT, FWI_PERMIT, true, false},
	{HARD_PERMIT, CONTINUES, FWI_PERMIT, true, false},
	{FILTER_HARD_PERMIT, FILTER_BLOCK, FWI_PERMIT, false, false},
	{FILTER_HARD_PERMIT, SOFT_BLOCK, FWI_BLOCK, true, false},
	/* a soft block: below may permit */
	{SOFT_BLOCK, SOFT_PERMIT, FWI_PERMIT, true, true},
	{SOFT_BLOCK, HARD_PERMIT, FWI_PERMIT, true, true},
	{SOFT_BLOCK, FILTER_PERMIT, FWI_PERMIT, false, false},
	{SOFT_BLOCK, SOFT_BLOCK, FWI_BLOCK, true, true},
	{SOFT_ABSORB, SOFT_PERMIT, FWI_PERMIT, true, true},
	{SOFT_ABSORB, SOFT_BLOCK, FWI_ABSORB, true, true},
	/* a hard block: nobody is asked any more */
	{HARD_BLOCK, SOFT_PERMIT, FWI_BLOCK, false, false},
	{FILTER_BLOCK, SOFT_PERMIT, FWI_BLOCK, false, false},
	{ABSORB, HARD_PERMIT, FWI_ABSORB, false, false},
	{ABSORB, ABSORB, FWI_ABSORB, false, false},
};

static void
put(unsigned n, unsigned sublayer, const struct says *s)
{
	FWPM_FILTER0 f = rig_filter(20 + n, &FWPM_LAYER_INBOUND_IPPACKET_V4, sublayer, s->what);

	rig_callouts[n].calls = 0;
	rig_callouts[n].rights = 0;
	if (s->who == NOBODY)
		return;
	if (s->who == FILTER) {
		if (s->clear)
			f.flags = FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT;
	} else {
		f.action.type = FWP_ACTION_CALLOUT_TERMINATING;
		f.action.calloutKey = rig_key(100 + n);
		rig_callouts[n].action = s->what;
		rig_callouts[n].clear = s->clear;
		rig_callouts[n].absorb = s->absorb;
	}
	rig_add(&f);
}

static void
two_callouts(void)
{
	unsigned i;

	rig_sublayer(1, 200);
	rig_sublayer(2, 100);
	for (i = 0; i < 2; i++) {
		rig_callout_object(i, &FWPM_LAYER_INBOUND_IPPACKET_V4);
		rig_register(i, 0);
	}
}

static void
whole_table(void)
{
	unsigned i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		put(0, 1, &table[i].heavy);
		put(1, 2, &table[i].light);
		assert_int_equal(rig_ask(), table[i].verdict);
		if (table[i].light.who == CALLOUT) {
			assert_int_equal(rig_callouts[1].calls, table[i].light_asked);
			assert_int_equal(rig_callouts[1].rights,
				table[i].light_may_write ? FWPS_RIGHT_ACTION_WRITE : 0);
		}
		if (table[i].heavy.who != NOBODY)
			rig_filter_gone(20);
		if (table[i].light.who != NOBODY)
			rig_filter_gone(21);
	}
}

static void
test_table(void **state)
{
	(void)state;
	two_callouts();
	whole_table();
	fwi_straight_max = 0; /* the same through rte_acl */
	whole_table();
}

/* In a sublayer the heavier is asked first; continue goes on, a decision ends it. */
static void
test_sublayer(void **state)
{
	unsigned i;

	(void)state;
	rig_sublayer(1, 5);
	for (i = 0; i < 4; i++) {
		rig_callout_object(i, &FWPM_LAYER_INBOUND_IPPACKET_V4);
		rig_register(i, 0);
	}
	rig_add_at(0, 1, 1, FWP_ACTION_CALLOUT_TERMINATING, 0);
	rig_add_at(0, 1, 9, FWP_ACTION_CALLOUT_TERMINATING, 1);
	rig_add_at(0, 1, 5, FWP_ACTION_CALLOUT_INSPECTION, 2);
	rig_add_at(0, 1, 3, FWP_ACTION_CALLOUT_UNKNOWN, 3);
	rig_callouts[1].action = FWP_ACTION_CONTINUE;
	rig_callouts[2].action = FWP_ACTION_BLOCK; /* not its business */
	rig_callouts[3].action = FWP_ACTION_PERMIT;
	assert_int_equal(rig_ask(), FWI_PERMIT);
	assert_int_equal(rig_callouts[1].order, 1);
	assert_int_equal(rig_callouts[2].order, 2);
	assert_int_equal(rig_callouts[3].order, 3);
	assert_int_equal(rig_callouts[0].calls, 0);
	rig_callouts[3].action = FWP_ACTION_NONE_NO_MATCH;
	rig_callouts[0].action = FWP_ACTION_BLOCK;
	assert_int_equal(rig_ask(), FWI_BLOCK);
	assert_int_equal(rig_callouts[0].calls, 1);
}

/* ABSORB means something with BLOCK alone; the right cannot be taken back. */
static void
test_odd_answers(void **state)
{
	(void)state;
	two_callouts();
	put(0, 1, &(struct says)HARD_PERMIT);
	put(1, 2, &(struct says){CALLOUT, FWP_ACTION_PERMIT, false, true});
	assert_int_equal(rig_ask(), FWI_PERMIT);
	rig_callouts[1].action = FWP_ACTION_CONTINUE;
	assert_int_equal(rig_ask(), FWI_PERMIT);
	rig_callouts[1].action = 0x1234;
	assert_int_equal(rig_ask(), FWI_PERMIT);
	rig_callouts[1].action = FWP_ACTION_BLOCK; /* a veto, and it has taken the packet */
	assert_int_equal(rig_ask(), FWI_ABSORB);
}

/* prepare() once, before the first callout and not without one. */
static void
test_prepare(void **state)
{
	(void)state;
	two_callouts();
	put(0, 1, &(struct says)FILTER_PERMIT);
	assert_int_equal(rig_ask(), FWI_PERMIT);
	assert_int_equal(rig.prepared, 0);
	put(1, 2, &(struct says)SOFT_PERMIT);
	rig_filter_gone(20);
	put(0, 1, &(struct says)SOFT_PERMIT);
	assert_int_equal(rig_ask(), FWI_PERMIT);
	assert_int_equal(rig.prepared, 1);
	assert_int_equal(rig_callouts[0].calls, 1);
	assert_int_equal(rig_callouts[1].calls, 1);
	rig.prepare_fails = true;
	assert_int_equal(rig_ask(), FWI_BLOCK);
	assert_int_equal(rig_callouts[0].calls, 1);
}

/* Nothing there, and nothing that matches: permitted, and no table without filters. */
static void
test_default(void **state)
{
	FWPM_FILTER_CONDITION0 c = {.fieldKey = FWPM_CONDITION_IP_LOCAL_ADDRESS,
		.conditionValue = {.type = FWP_UINT32, .uint32 = 0x0a000001}};
	FWPM_FILTER0 f = rig_filter(20, &FWPM_LAYER_INBOUND_IPPACKET_V4, 0, FWP_ACTION_BLOCK);
	struct fwi_key key = {.version = 4};

	(void)state;
	assert_false(rig_has_layer(FWPS_LAYER_INBOUND_IPPACKET_V4));
	f.numFilterConditions = 1;
	f.filterCondition = &c;
	rig_add(&f);
	assert_true(rig_has_layer(FWPS_LAYER_INBOUND_IPPACKET_V4));
	assert_false(rig_has_layer(FWPS_LAYER_INBOUND_IPPACKET_V6));
	assert_int_equal(rig_ask(), FWI_PERMIT);
	key.local.v4 = 0x0a000001;
	assert_int_equal(rig_ask_at(FWPS_LAYER_INBOUND_IPPACKET_V4, &key), FWI_BLOCK);
	rig_filter_gone(20);
	assert_false(rig_has_layer(FWPS_LAYER_INBOUND_IPPACKET_V4));
}

/* Sublayers of one weight, filters of one weight: the older first. */
static void
test_ties(void **state)
{
	(void)state;
	rig_sublayer(1, 7);
	rig_sublayer(2, 7);
	rig_callout_object(0, &FWPM_LAYER_INBOUND_IPPACKET_V4);
	rig_callout_object(1, &FWPM_LAYER_INBOUND_IPPACKET_V4);
	rig_callout_object(2, &FWPM_LAYER_INBOUND_IPPACKET_V4);
	rig_register(0, 0);
	rig_register(1, 0);
	rig_register(2, 0);
	rig_add_at(0, 2, 3, FWP_ACTION_CALLOUT_INSPECTION, 0);
	rig_add_at(0, 1, 3, FWP_ACTION_CALLOUT_INSPECTION, 1);
	rig_add_at(0, 1, 3, FWP_ACTION_CALLOUT_INSPECTION, 2);
	assert_int_equal(rig_ask(), FWI_PERMIT);
	assert_int_equal(rig_callouts[1].order, 1);
	assert_int_equal(rig_callouts[2].order, 2);
	assert_int_equal(rig_callouts[0].order, 3);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_table, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_sublayer, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_odd_answers, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_prepare, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_default, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_ties, rig_up, rig_down),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
