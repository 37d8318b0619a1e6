/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/tx/driver_table.c and what a port makes of it. */
#include "rig.h"

static void
test_known(void **state)
{
	static const char *const in_burst[] = {
		"net_null", "net_pcap", "net_tap", "net_af_packet", "net_vhost", "net_af_xdp"};
	static const char *const copied[] = {
		"net_virtio_user", "net_memif", "net_virtio", "net_bonding", "net_failsafe"};
	static const char *const nics[] = {"net_e1000_em", "net_e1000_igb", "net_igc", "net_ixgbe",
		"net_ixgbe_vf", "net_i40e", "net_iavf", "net_ice", "net_vmxnet3"};
	const struct fwi_driver *d;
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(in_burst); i++) {
		d = fwi_driver_find(in_burst[i]);
		assert_string_equal(d->name, in_burst[i]);
		assert_int_equal(d->mode, FWPDK_MODE_CPOOL);
		assert_int_equal(d->strategy, FWPDK_STRATEGY_IN_BURST);
		assert_int_equal(d->mem_class, FWI_MEM_ANY);
		assert_non_null(d->completion);
	}
	for (i = 0; i < RTE_DIM(copied); i++)
		assert_int_equal(fwi_driver_find(copied[i])->mode, FWPDK_MODE_COPY);
	d = fwi_driver_find("net_ring");
	assert_int_equal(d->mode, FWPDK_MODE_EXTBUF);
	assert_int_equal(d->strategy, FWPDK_STRATEGY_RECEIVER);
	for (i = 0; i < RTE_DIM(nics); i++) { /* DMA, and something tells that a tail is done */
		d = fwi_driver_find(nics[i]);
		assert_int_equal(d->mem_class, FWI_MEM_DMA);
		assert_int_equal(d->mode, FWPDK_MODE_CPOOL);
		assert_true(d->strategy == FWPDK_STRATEGY_DESC_DONE ||
			    d->strategy == FWPDK_STRATEGY_EMPTY_BURST);
	}
	/* what must not get chains */
	assert_true(fwi_driver_find("net_memif")->one_segment);
	assert_true(fwi_driver_find("net_af_xdp")->one_segment);
}

/* Nothing is assumed of a driver that is not there, or whose name merely begins alike. */
static void
test_unknown(void **state)
{
	static const char *const names[] = {
		"net_mlx5", "", "net_nul", "net_null0", "NET_NULL", NULL};
	const struct fwi_driver *d;
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(names); i++) {
		d = fwi_driver_find(names[i]);
		assert_non_null(d);
		assert_int_equal(d->mode, FWPDK_MODE_COPY);
		assert_int_equal(d->mem_class, FWI_MEM_DMA);
		assert_false(d->chains);
	}
}

static void
test_port(void **state)
{
	struct fwpdk_port_info i = {.size = sizeof(i)};

	(void)state;
	rig_up(&(struct rig_conf){.ports = 2, .port = {.nb_desc = 512}});
	assert_int_equal(fwpdk_port_info(rig.dev[0].id, &i), 0);
	assert_string_equal(i.driver, "net_null");
	assert_string_equal(i.mode_name, "cpool");
	assert_string_equal(i.strategy_name, "in-burst");
	assert_int_equal(i.idle_bound_us, 0);
	assert_int_equal(i.state, FWPDK_PORT_STARTED);
	assert_int_equal(i.multi_seg, 1);
	assert_int_equal(i.cpu_copy, 1);
	assert_int_equal(i.owned, 1);
	assert_int_equal(i.nb_desc, 512);
	assert_int_equal(fwpdk_port_next(0), rig.dev[0].id);
	assert_int_equal(fwpdk_port_next(1), rig.dev[1].id);
	assert_int_equal(fwpdk_port_next(2), -ENOENT);
	rig_down();

	rig_up(&(struct rig_conf){.port = {.mode = FWPDK_MODE_COPY}});
	assert_int_equal(fwpdk_port_info(rig.dev[0].id, &i), 0);
	assert_string_equal(i.mode_name, "copy");
	assert_string_equal(i.strategy_name, "copied");
	assert_int_equal(i.idle_bound_us, 0);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_port),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
