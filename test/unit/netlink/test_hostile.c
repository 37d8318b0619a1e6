/* SPDX-License-Identifier: BSD-3-Clause */
/* Wrong options; messages cut, bent and made up: nothing is read outside, nothing crashes. */
#include "netlink_fixture.h"

static void
options(void **state)
{
	struct fwpdk_netlink_if ifs[2] = {{.ifname = "a"}, {.ifname = "b"}};
	struct fwpdk_netlink_table tables[2] = {{.table = 254}, {.table = 7, .compartment_id = 7}};
	struct fwpdk_netlink_opts good = {.size = sizeof(good),
					  .ifs = ifs,
					  .n_ifs = 2,
					  .tables = tables,
					  .n_tables = 2},
				  o;
	struct fwpdk_netlink_stats stats = {.size = 8};
	struct fwpdk_netlink *nl = NULL;

	(void)state;
	assert_int_equal(fwpdk_netlink_open(NULL, &nl), -EINVAL);
	assert_int_equal(fwpdk_netlink_open(&good, NULL), -EINVAL);
	o = good, o.size--;
	assert_int_equal(fwpdk_netlink_open(&o, &nl), -EINVAL);
	o = good, o.n_ifs = 0;
	assert_int_equal(fwpdk_netlink_open(&o, &nl), -EINVAL);
	o = good, o.n_ifs = FWPDK_NETLINK_MAX_IFS + 1;
	assert_int_equal(fwpdk_netlink_open(&o, &nl), -EINVAL);
	o = good, o.n_tables = 0;
	assert_int_equal(fwpdk_netlink_open(&o, &nl), -EINVAL);
	o = good, o.tables = NULL;
	assert_int_equal(fwpdk_netlink_open(&o, &nl), -EINVAL);
	tables[1].compartment_id = 8;
	assert_int_equal(fwpdk_netlink_open(&good, &nl), -ENOENT);
	tables[1].compartment_id = 0; /* twice the same */
	assert_int_equal(fwpdk_netlink_open(&good, &nl), -EINVAL);
	tables[1] = (struct fwpdk_netlink_table){.compartment_id = 7};
	assert_int_equal(fwpdk_netlink_open(&good, &nl), -EINVAL);
	tables[1].table = 7;
	ifs[1].ifname = "sixteencharacter";
	assert_int_equal(fwpdk_netlink_open(&good, &nl), -EINVAL);
	ifs[1].ifname = "";
	assert_int_equal(fwpdk_netlink_open(&good, &nl), -EINVAL);
	ifs[1].ifname = NULL;
	assert_int_equal(fwpdk_netlink_open(&good, &nl), -EINVAL);
	ifs[1].ifname = "a";
	assert_int_equal(fwpdk_netlink_open(&good, &nl), -EINVAL);
	assert_null(nl);
	assert_int_equal(fwpdk_netlink_process(NULL), -EINVAL);
	assert_int_equal(fwpdk_netlink_resync(NULL), -EINVAL);
	assert_int_equal(fwpdk_netlink_fd(NULL), -EINVAL);
	assert_int_equal(fwpdk_netlink_close(NULL), 0);
	assert_int_equal(fwpdk_netlink_stats(NULL, &stats), -EINVAL);
	assert_int_equal(fwpdk_netlink_stats(test_nl, &stats), -EINVAL);
}

static uint32_t seed = 1;

static uint32_t
draw(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

static void
good_message(unsigned n)
{
	const struct test_via v[] = {{"10.0.0.1", 11, 1}, {"10.0.0.5", 12, 3}};
	uint8_t ids[64] = {0};
	size_t k;

	switch (n % 7) {
	case 0:
		test_link(RTM_NEWLINK, 11 + (int)(n / 6 % 2), n % 2 ? "a" : "b", RUNNING, 1500, 40);
		break;
	case 1:
		test_vrf(n % 4 ? RTM_NEWLINK : RTM_DELLINK, 40, n % 8 ? VRF_TABLE : 5);
		break;
	case 2:
		test_kernel_neigh(RTM_NEWNEIGH, 11, "10.0.0.1", 1, NUD_REACHABLE);
		break;
	case 3:
		test_kernel_multi(n % 4 ? RTM_NEWROUTE : RTM_DELROUTE, 0, "20.0.0.0", 8, 0, v, 2);
		break;
	case 4:
		test_kernel_route(RTM_NEWROUTE, 0, "2001:db8::", 32, 1, "fe80::1", 11);
		break;
	case 5:
		test_rule_begin(n % 4 ? RTM_NEWRULE : RTM_DELRULE, 0, n % 5,
			n % 3 ? "10.0.0.0" : "::", 8, 90 + n % 80);
		mnl_attr_put(&test_buf.msg, FRA_DST, n % 3 ? 4 : 16, ids);
		test_take();
		break;
	default:
		test_begin(RTM_NEWNEXTHOP, 0, sizeof(struct nhmsg));
		mnl_attr_put_u32(&test_buf.msg, NHA_ID, n % 3);
		for (k = 0; k < sizeof(ids); k++)
			ids[k] = (uint8_t)draw();
		mnl_attr_put(&test_buf.msg, NHA_GROUP, n % sizeof(ids), ids);
		test_take();
	}
}

/* A copy of its length, padded as messages are, so that a sanitizer sees what is read behind it. */
static void
take_copy(uint32_t len)
{
	struct nlmsghdr *copy = calloc(1, MNL_ALIGN(len));

	assert_non_null(copy);
	memcpy(copy, &test_buf, len);
	copy->nlmsg_len = len;
	assert_int_equal(fwi_nl_message(test_nl, copy), 0);
	free(copy);
}

static void
bent(void **state)
{
	uint32_t n, k, len;

	(void)state;
	test_scene();
	for (n = 0; n < 20000; n++) {
		good_message(draw());
		len = test_buf.msg.nlmsg_len;
		for (k = draw() % 4; k > 0; k--)
			test_buf.bytes[16 + draw() % (len - 16)] = (uint8_t)draw();
		if (n % 3 == 0)
			len = 16 + draw() % (len - 15);
		take_copy(len);
		if (n % 64 == 0)
			test_follow();
	}
	test_follow();
	for (n = 0; n < 256; n++) { /* headers alone, of every type */
		test_begin((uint16_t)n, 0, 0);
		take_copy(test_buf.msg.nlmsg_len);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_mirror_up, test_mirror_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(options), T(bent)};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
