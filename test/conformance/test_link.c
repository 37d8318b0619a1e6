/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk_port_follow_link(): what a link that goes down and comes back does to what is injected. */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include <rte_ethdev.h>

#include "fault.h"

static rte_eth_dev_cb_fn heard; /* what DPDK would call */
static void *heard_arg;
static bool tells;

/* In the place of ethdev's: net_null tells of no changes, so the test does. */
int
rte_eth_dev_callback_register(
	uint16_t port_id, enum rte_eth_event_type event, rte_eth_dev_cb_fn fn, void *arg)
{
	assert_int_equal(port_id, fx.port[0].id);
	assert_int_equal(event, RTE_ETH_EVENT_INTR_LSC);
	assert_null(heard);
	heard = fn;
	heard_arg = arg;
	return 0;
}

int
rte_eth_dev_callback_unregister(
	uint16_t port_id, enum rte_eth_event_type event, rte_eth_dev_cb_fn fn, void *arg)
{
	static unsigned busy;

	assert_int_equal(port_id, fx.port[0].id);
	assert_int_equal(event, RTE_ETH_EVENT_INTR_LSC);
	assert_ptr_equal(fn, heard);
	assert_ptr_equal(arg, heard_arg);
	if (busy++ % 3 != 2)
		return -EAGAIN;
	heard = NULL;
	return 0;
}

int
rte_eth_dev_conf_get(uint16_t port_id, struct rte_eth_conf *conf)
{
	int (*real)(uint16_t, struct rte_eth_conf *);
	int rc;

	*(void **)&real = dlsym(RTLD_NEXT, "rte_eth_dev_conf_get");
	rc = real(port_id, conf);
	conf->intr_conf.lsc = tells;
	return rc;
}

static int
up(void **state)
{
	struct rte_eth_dev_info info;
	int rc;

	heard = NULL;
	tells = true;
	rc = fx_up_in_burst(state);
	if (rc != 0)
		return rc;
	assert_int_equal(rte_eth_dev_info_get(fx.port[0].id, &info), 0);
	*(uint32_t *)(uintptr_t)info.dev_flags |= RTE_ETH_DEV_INTR_LSC;
	return 0;
}

static int
down(void **state)
{
	int rc = fx_down_fault(state);

	assert_null(heard);
	return rc;
}

static void
link_is(bool down)
{
	struct fwpdk_fault_knobs k = fx_knobs();

	k.link_down = down;
	fx_fault_set(&k);
	heard(fx.port[0].id, RTE_ETH_EVENT_INTR_LSC, heard_arg, NULL);
	fx_poll_n(1);
}

static NTSTATUS
sends(const char *dst)
{
	struct pkt *p = PKT(.version = strchr(dst, ':') != NULL ? 6 : 4, .dst = dst, .lead = 20);
	unsigned polls;

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	for (polls = 0; p->done == 0 && polls < 10; polls++)
		fx_poll_n(1);
	assert_int_equal(p->done, 1); /* not by max_hold_us, which is 100 ms */
	pkt_check_restored(p);
	fx_check_conserved();
	return p->status;
}

static void
n_down_is_the_status_at_once(void **state)
{
	(void)state;
	assert_int_equal(fwpdk_port_follow_link(fx.port[0].id, 1), 0);
	assert_status(sends("10.1.2.3"), STATUS_SUCCESS);
	link_is(true);
	assert_status(sends("10.1.2.3"), NDIS_STATUS_MEDIA_DISCONNECTED);
	assert_status(sends("fd01::3"), NDIS_STATUS_MEDIA_DISCONNECTED);
	assert_status(sends("224.0.0.5"), NDIS_STATUS_MEDIA_DISCONNECTED);
	assert_status(sends("ff02::5"), NDIS_STATUS_MEDIA_DISCONNECTED);
	link_is(false);
	assert_status(sends("10.1.2.3"), STATUS_SUCCESS);
	assert_status(sends("fd01::3"), STATUS_SUCCESS);
	assert_status(sends("224.0.0.5"), STATUS_SUCCESS);
}

static void
n_not_followed_any_more(void **state)
{
	(void)state;
	assert_int_equal(fwpdk_port_follow_link(fx.port[0].id, 1), 0);
	assert_int_equal(fwpdk_port_follow_link(fx.port[0].id, 1), 0);
	link_is(true);
	assert_status(sends("10.1.2.3"), NDIS_STATUS_MEDIA_DISCONNECTED);
	assert_int_equal(fwpdk_port_follow_link(fx.port[0].id, 0), 0);
	{
		struct fwpdk_fault_knobs k = fx_knobs();

		fx_fault_set(&k);
	}
	fx_poll_n(1);
	assert_status(sends("10.1.2.3"), STATUS_SUCCESS);
	assert_int_equal(fwpdk_port_follow_link(99, 1), -ENODEV);
}

/* A stopped port's link means nothing; a start looks at it. */
static void
n_a_start_looks(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();

	(void)state;
	assert_int_equal(fwpdk_port_follow_link(fx.port[0].id, 1), 0);
	link_is(true);
	assert_status(sends("10.1.2.3"), NDIS_STATUS_MEDIA_DISCONNECTED);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 1000000), 0);
	k.link_down = 0;
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
	fx_poll_n(1);
	assert_status(sends("10.1.2.3"), STATUS_SUCCESS);
}

/* A driver that tells nothing is looked at when the host says so. */
static void
n_a_driver_that_does_not_tell(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();

	(void)state;
	tells = false;
	assert_int_equal(fwpdk_port_follow_link(fx.port[0].id, 1), 1);
	k.link_down = 1;
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_follow_link(fx.port[0].id, 1), 1);
	fx_poll_n(1);
	assert_status(sends("10.1.2.3"), NDIS_STATUS_MEDIA_DISCONNECTED);
	k.link_down = 0;
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_follow_link(fx.port[0].id, 1), 1);
	fx_poll_n(1);
	assert_status(sends("10.1.2.3"), STATUS_SUCCESS);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
static const struct CMUnitTest tests[] = {
	T(n_down_is_the_status_at_once),
	T(n_not_followed_any_more),
	T(n_a_start_looks),
	T(n_a_driver_that_does_not_tell),
};

FX_MAIN(tests)
