/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_tx_shapes [--seed=N] [--steps=N] [--noise] [--foreign-field] [--plain-thread]: shapes.h in
 * all configurations. A seed fixes all that is random. Runs with the same one are equal, but with
 * noise, and where the library looks at the clock: expiry, descriptors.
 */
#include <getopt.h>
#include <pthread.h>

#include <rte_mbuf_dyn.h>

#include "map/tag.h"
#include "shapes.h"

static uint64_t seed = 1, steps = 500;
static bool noise, foreign_field, plain_thread;
static bool torn; /* a run did not come to its end: the library is of no use any more */
static uint64_t runs;

/* part of all steps */
static void
run(struct shapes_conf c, unsigned part)
{
	if (torn)
		skip();
	torn = true;
	c.seed = seed + runs++;
	c.steps = (unsigned)(steps / part);
	c.noise = noise;
	shapes_run(&c);
	torn = false;
}

static void
test_plain(void **state)
{
	(void)state;
	run((struct shapes_conf){0}, 1);
}

static void
test_small_pools(void **state)
{
	(void)state;
	run((struct shapes_conf){.rig.port = {.pool_size = 64, .backlog = 32}}, 1);
}

static void
test_two_ports(void **state)
{
	(void)state;
	run((struct shapes_conf){.rig = {.ports = 2, .port = {.pool_size = 90, .backlog = 64}}}, 1);
}

static void
test_stops(void **state)
{
	(void)state;
	run((struct shapes_conf){.rig.ports = 2, .stops = true}, 1);
}

static void
test_copy(void **state)
{
	(void)state;
	run((struct shapes_conf){.rig.port = {.mode = FWPDK_MODE_COPY, .backlog = 64},
		    .stops = true},
		1);
}

static void
test_extbuf(void **state)
{
	(void)state;
	run((struct shapes_conf){.rig.port = {.mode = FWPDK_MODE_EXTBUF, .pool_size = 90}}, 1);
}

/* About what one mbuf can say: with the Ethernet header it is more. */
static void
test_big_mtu(void **state)
{
	static const uint16_t mtu[] = {65520, 65521, 65522, 65535};
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(mtu); i++)
		run((struct shapes_conf){.rig.port = {.pool_size = 90, .backlog = 64},
			    .mtu = mtu[i]},
			2 * RTE_DIM(mtu));
}

static void
test_nic(void **state)
{
	(void)state;
	run((struct shapes_conf){.rig.port = {.mode = FWPDK_MODE_CPOOL,
					 .strategy = FWPDK_STRATEGY_NONE,
					 .pool_size = 200,
					 .backlog = 64},
		    .nic = true},
		1);
}

static void
test_nic_copy(void **state)
{
	(void)state;
	run((struct shapes_conf){.rig = {.ports = 2,
					 .port = {.mode = FWPDK_MODE_COPY, .backlog = 64}},
		    .nic = true,
		    .stops = true},
		1);
}

/* What is staged is taken back in every mode, because it expires or the port stops. */
static void
test_expiry(void **state)
{
	static const enum fwpdk_mode mode[] = {FWPDK_MODE_AUTO, FWPDK_MODE_COPY, FWPDK_MODE_EXTBUF};
	unsigned i;

	(void)state;
	for (i = 0; i < 2 * RTE_DIM(mode); i++)
		run((struct shapes_conf){.rig = {.ports = 1 + i % 2,
						 .port = {.mode = mode[i / 2],
							 .pool_size = 200,
							 .backlog = 64,
							 .max_hold_us = 20}},
			    .expires = true,
			    .stops = true},
			4);
}

static void
by_descriptors(unsigned ports, bool nic, bool stops)
{
	run((struct shapes_conf){.rig = {.ports = ports,
					 .port = {.mode = FWPDK_MODE_CPOOL,
						 .strategy = FWPDK_STRATEGY_DESC_DONE,
						 .pool_size = 300,
						 .backlog = 64}},
		    .fault = true,
		    .nic = nic,
		    .stops = stops},
		1);
}

static void
test_descriptors(void **state)
{
	(void)state;
	by_descriptors(2, false, true);
}

static void
test_descriptors_nic(void **state)
{
	(void)state;
	by_descriptors(1, true, false);
}

static void *
all(void *rc)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_small_pools),
		cmocka_unit_test(test_two_ports),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_extbuf),
		cmocka_unit_test(test_big_mtu),
		cmocka_unit_test(test_nic),
		cmocka_unit_test(test_nic_copy),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_descriptors_nic),
	};

	*(int *)rc = cmocka_run_group_tests(tests, NULL, NULL);
	return NULL;
}

/* A whole decimal number. */
static bool
number(const char *text, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0';
}

static int
arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{"seed", required_argument, NULL, 's'},
		{"steps", required_argument, NULL, 'n'},
		{"noise", no_argument, NULL, 'o'},
		{"foreign-field", no_argument, NULL, 'f'},
		{"plain-thread", no_argument, NULL, 'p'},
		{NULL, 0, NULL, 0},
	};
	bool good = true;
	int c;

	while (good && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 's' || c == 'n')
			good = number(optarg, c == 's' ? &seed : &steps);
		noise |= c == 'o';
		foreign_field |= c == 'f';
		plain_thread |= c == 'p';
		good &= c != '?';
	}
	if (good && optind == argc)
		return 0;
	fprintf(stderr, "usage: test_tx_shapes [--seed=N] [--steps=N] [--noise] [--foreign-field] "
			"[--plain-thread]\n");
	return -1;
}

/* A field of the host's where the tag would like to be. */
static int
take_tags_place(void)
{
	static const struct rte_mbuf_dynfield field = {.name = "host_field", .size = 8, .align = 8};

	return rte_mbuf_dynfield_register_offset(&field, FWI_TAG_AT) == FWI_TAG_AT ? 0 : -1;
}

int
main(int argc, char **argv)
{
	pthread_t t;
	int rc = 99;

	if (arguments(argc, argv) != 0)
		return 2;
	if (test_eal_init() != 0 || (foreign_field && take_tags_place() != 0))
		return 99;
	if (!plain_thread)
		all(&rc);
	else if (pthread_create(&t, NULL, all, &rc) == 0) /* without an lcore id */
		pthread_join(t, NULL);
	return rc;
}
