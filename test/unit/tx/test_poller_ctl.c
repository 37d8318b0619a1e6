/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/tx/poller_ctl.c: what is refused and why; fwpdk_poller_deadline(). */
#include <rte_cycles.h>

#include "rig.h"

static void
test_create(void **state)
{
	struct fwpdk_poller_opts o = {.size = sizeof(o)};
	struct fwpdk_poller *p, *all[FWI_MAX_POLLERS + 1];
	static const uint32_t bad[] = {1, 32, 63, 65, 100, 65536};
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){.max_producers = 1});
	assert_int_equal(fwpdk_poller_create(NULL, NULL), -EINVAL);
	o.size = sizeof(o) - 1;
	assert_int_equal(fwpdk_poller_create(&o, &p), -EINVAL);
	o.size = sizeof(o);
	for (i = 0; i < RTE_DIM(bad); i++) {
		o.ring_size = bad[i];
		assert_int_equal(fwpdk_poller_create(&o, &p), -EINVAL);
	}
	o.ring_size = 64;
	o.name = "a name that is too long 1";
	assert_int_equal(fwpdk_poller_create(&o, &p), -EINVAL);
	o.name = "twenty-three characters";
	assert_int_equal(fwpdk_poller_create(&o, &p), 0);
	assert_ptr_equal(fwpdk_poller_next(1), p);
	assert_null(fwpdk_poller_next(2));
	assert_int_equal(fwpdk_poller_destroy(p), 0);
	o.name = NULL;
	for (i = 0; i < FWI_MAX_POLLERS - 1; i++)
		assert_int_equal(fwpdk_poller_create(&o, &all[i]), 0);
	assert_int_equal(fwpdk_poller_create(&o, &p), -ENOSPC);
	for (i = 0; i < FWI_MAX_POLLERS - 1; i++)
		assert_int_equal(fwpdk_poller_destroy(all[i]), 0);
	rig_down();
}

static void
test_ports(void **state)
{
	struct fwpdk_poller_opts o = {.size = sizeof(o), .ring_size = 64};
	struct fwpdk_poller *p;

	(void)state;
	rig_up(&(struct rig_conf){.ports = 2, .queues = 2});
	assert_int_equal(fwpdk_poller_create(&o, &p), 0);
	assert_int_equal(fwpdk_poller_add_port(NULL, 0, 0), -EINVAL);
	assert_int_equal(fwpdk_poller_add_port(p, RTE_MAX_ETHPORTS, 0), -EINVAL);
	assert_int_equal(fwpdk_poller_add_port(p, RTE_MAX_ETHPORTS - 1, 0), -ENODEV);
	assert_int_equal(fwpdk_poller_add_port(p, rig.dev[0].id, 2), -EINVAL);
	assert_int_equal(fwpdk_poller_add_port(p, rig.dev[0].id, 0), -EBUSY);
	assert_int_equal(fwpdk_poller_start(p), -EINVAL);
	assert_int_equal(fwpdk_poller_stop(p), -EALREADY);
	/* give it the second poller's queue on one port: it cannot reach the other */
	assert_int_equal(fwpdk_poller_stop(rig.p[1]), 0);
	assert_int_equal(fwpdk_poller_destroy(rig.p[1]), 0);
	assert_int_equal(fwpdk_poller_add_port(p, rig.dev[0].id, 1), 0);
	assert_int_equal(fwpdk_poller_add_port(p, rig.dev[0].id, 1), -EBUSY);
	assert_int_equal(fwpdk_poller_start(p), -EXDEV);
	assert_int_equal(fwpdk_poller_add_compartment(p, 77), -ENOENT);
	assert_int_equal(fwpdk_poller_add_port(p, rig.dev[1].id, 1), 0);
	assert_int_equal(fwpdk_poller_start(p), 0);
	assert_int_equal(fwpdk_poller_start(p), -EALREADY);
	assert_int_equal(fwpdk_poller_add_port(p, rig.dev[1].id, 1), -EBUSY);
	assert_int_equal(fwpdk_poller_add_compartment(p, 1), -EBUSY);
	assert_int_equal(fwpdk_poller_destroy(p), -EBUSY);
	rig.p[1] = p;
	rig_down();
}

static void
test_info(void **state)
{
	struct fwpdk_poller_info i = {.size = sizeof(i)};
	struct pkt *p[10];
	unsigned k;

	(void)state;
	rig_up(&(struct rig_conf){.poller.name = "one"});
	assert_int_equal(fwpdk_poller_info(NULL, &i), -EINVAL);
	assert_int_equal(fwpdk_poller_info(rig.p[0], NULL), -EINVAL);
	assert_int_equal(fwpdk_poller_info(rig.p[0], &i), 0);
	assert_string_equal(i.name, "one");
	assert_false(i.owned);
	assert_true(i.started);
	assert_int_equal(i.owner_lcore, -1);
	assert_int_equal(i.nb_ports, 1);
	for (k = 0; k < 10; k++) { /* by ring: nobody owns the poller yet */
		p[k] = pkt_new(1, 2, 1, true);
		assert_int_equal(pkt_inject(p[k]), STATUS_SUCCESS);
	}
	assert_int_equal(fwpdk_poller_info(rig.p[0], &i), 0);
	assert_int_equal(i.in_rings, 10);
	rig.dev[0].limit = 4;
	rig.dev[0].hold = true;
	fwpdk_poll(rig.p[0]);
	assert_int_equal(fwpdk_poller_info(rig.p[0], &i), 0);
	assert_true(i.owned);
	assert_int_equal(i.owner_lcore, 0);
	assert_int_equal(i.in_rings + i.waiting, 0);
	assert_int_equal(i.staged, 6);
	assert_int_equal(i.in_driver, 8);
	assert_int_equal(i.polls, 1);
	rig_check_conserved();
	rig.dev[0].limit = UINT16_MAX;
	fwpdk_poll(rig.p[0]);
	rig_release_all(&rig.dev[0], false);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(fwpdk_poller_info(rig.p[0], &i), 0);
	assert_int_equal(i.completed, 10);
	assert_int_equal(i.staged + i.in_driver, 0);
	for (k = 0; k < 10; k++)
		pkt_del(p[k]);
	rig_down();
}

static void
test_deadline(void **state)
{
	struct rig_dev *d = &rig.dev[0];
	struct pkt *p;
	uint64_t when;

	(void)state;
	rig_up(&(struct rig_conf){.port.max_hold_us = 60000000});
	assert_true(fwpdk_poller_deadline(rig.p[0]) == UINT64_MAX);
	p = pkt_new(1, 1, 1, true);
	assert_int_equal(pkt_inject(p), STATUS_SUCCESS);
	assert_int_equal(fwpdk_poller_deadline(rig.p[0]), 0); /* in a ring */
	d->limit = 0;
	fwpdk_poll(rig.p[0]);
	assert_int_equal(fwpdk_poller_deadline(rig.p[0]), 0); /* staged */
	d->limit = 1;
	d->hold = true;
	fwpdk_poll(rig.p[0]);
	when = fwpdk_poller_deadline(rig.p[0]); /* with the driver */
	assert_true(when > rte_rdtsc() - rte_get_tsc_hz() / 100);
	assert_true(when < rte_rdtsc() + rte_get_tsc_hz() / 100);
	rig_release(d, 0);
	assert_int_equal(fwpdk_poller_deadline(rig.p[0]), 0); /* a callback is due */
	fwpdk_poll(rig.p[0]);
	assert_int_equal(p->done, 1);
	assert_true(fwpdk_poller_deadline(rig.p[0]) == UINT64_MAX);
	/* on the owner's own thread: accepted means work */
	assert_int_equal(pkt_inject(p), STATUS_SUCCESS);
	assert_int_equal(fwpdk_poller_deadline(rig.p[0]), 0);
	fwpdk_poll(rig.p[0]);
	rig_release_all(d, false);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(p->done, 2);
	pkt_del(p);
	rig_down();
}

/* The poller's own backlog and the rings are as long as asked for. */
static void
test_lengths(void **state)
{
	struct pkt *p[300];
	unsigned n, k;

	(void)state;
	rig_up(&(struct rig_conf){.poller = {.ring_size = 64, .backlog = 100},
		.port = {.backlog = 32, .max_hold_us = 60000000}});
	rig.dev[0].limit = 0;
	for (n = 0; n < 300; n++) {
		p[n] = pkt_new(1, 1, 1, true);
		if (pkt_inject(p[n]) != STATUS_SUCCESS)
			break;
	}
	assert_int_equal(n, 64);
	for (k = 0; k < 4; k++)
		fwpdk_poll(rig.p[0]);
	for (; n < 300; p[++n] = pkt_new(1, 1, 1, true))
		if (pkt_inject(p[n]) != STATUS_SUCCESS)
			break;
	assert_int_equal(n, 32 + 100);
	rig_check_conserved();
	pkt_del(p[n]);
	rig.dev[0].limit = UINT16_MAX;
	for (k = 0; k < 20; k++)
		fwpdk_poll(rig.p[0]);
	assert_int_equal(pkt_completions, n);
	while (n > 0)
		pkt_del(p[--n]);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_lengths),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
