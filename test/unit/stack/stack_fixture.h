/* SPDX-License-Identifier: BSD-3-Clause */
/* A library with two pretended ports and small pools. */
#ifndef TEST_STACK_FIXTURE_H
#define TEST_STACK_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_eal.h>

#include <ntstatus.h>

#include <fwpdk/init.h>
#include <fwpdk/stack.h>

#include "core/rcu.h"
#include "stack/stack.h"

#define PORTS 2

#define TEST_FLOW(h)	    (&(const struct fwi_flow){.hash = (h)})
#define TEST_FLOW_VIA(h, i) (&(const struct fwi_flow){.hash = (h), .if_index = (i)})

static bool test_may_route = true;
static const char *test_stack_memory = "512"; /* MB */

static inline int
test_port(uint16_t port_id, struct rte_ether_addr *mac)
{
	if (port_id >= PORTS)
		return -ENODEV;
	*mac = (struct rte_ether_addr){{0x02, 0xAA, 0, 0, 0, (uint8_t)port_id}};
	return 0;
}

static inline bool
test_route_allowed(uint32_t comp, uint16_t port_id)
{
	(void)comp;
	(void)port_id;
	return test_may_route;
}

/* With 512 MB, as the brief of the library promises for 16 compartments. */
static inline int
test_stack_eal(void)
{
	char prefix[48];
	const char *const args[] = {"t", "--no-huge", "-m", test_stack_memory, "--no-pci",
		"--no-telemetry", "-l", "0", "--iova-mode=va", "--log-level=*:error", prefix};
	char *argv[RTE_DIM(args) + 1];
	const char *run_dir = getenv("XDG_RUNTIME_DIR");

	if (run_dir != NULL && run_dir[0] == '\0')
		unsetenv("XDG_RUNTIME_DIR");
	snprintf(prefix, sizeof(prefix), "--file-prefix=stack%d", (int)getpid());
	/* EAL reorders the pointers and leaves the strings alone */
	memcpy(argv, args, sizeof(args));
	argv[RTE_DIM(args)] = NULL;
	return rte_eal_init(RTE_DIM(args), argv) < 0 ? -1 : 0;
}

static inline int
test_stack_up_with(uint32_t max_neighbours)
{
	const struct fwi_stack_hooks hooks = {test_port, test_route_allowed};
	const struct fwpdk_config config = {
		.size = sizeof(config),
		.nbl_count = 255,
		.nb_count = 255,
		.mdl_count = 255,
		.max_handles = 16,
		.max_producers = 2,
		.max_neighbours = max_neighbours,
	};
	int rc = fwpdk_init(&config);

	if (rc == 0)
		fwi_stack_hook(&hooks);
	test_may_route = true;
	return rc;
}

static inline int
test_stack_up(void **state)
{
	(void)state;
	return test_stack_up_with(1024);
}

static inline int
test_stack_down(void **state)
{
	(void)state;
	return fwpdk_fini();
}

static inline uint32_t
test_if(uint32_t compartment, uint16_t port, const char *name)
{
	const struct fwpdk_if_opts o = {
		.size = sizeof(o), .compartment_id = compartment, .port_id = port, .name = name};
	uint32_t index = 0;

	assert_int_equal(fwpdk_if_add(&o, &index), 0);
	return index;
}

static inline struct fwpdk_addr
test_addr(const char *text)
{
	struct fwpdk_addr a = {0};

	assert_int_equal(fwpdk_addr_parse(text, &a), 0);
	return a;
}

static inline struct rte_ether_addr
test_mac(unsigned n)
{
	return (struct rte_ether_addr){{0x02, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n}};
}

static inline int
test_neigh(uint32_t if_index, const char *addr, unsigned n)
{
	struct fwpdk_addr a = test_addr(addr);
	struct rte_ether_addr mac = test_mac(n);

	return fwpdk_neigh_add(if_index, &a, &mac);
}

static inline struct fwpdk_route
test_route(
	uint32_t compartment, uint32_t if_index, const char *prefix, uint8_t len, const char *via)
{
	struct fwpdk_route r = {.size = sizeof(r),
		.compartment_id = compartment,
		.if_index = if_index,
		.prefix = test_addr(prefix),
		.prefix_len = len};

	if (via != NULL)
		r.next_hop = test_addr(via);
	return r;
}

static inline int
test_add(uint32_t if_index, const char *prefix, uint8_t len, const char *via)
{
	struct fwpdk_route r = test_route(0, if_index, prefix, len, via);

	return fwpdk_route_add(&r);
}

static inline int
test_del(const char *prefix, uint8_t len)
{
	struct fwpdk_route r = test_route(0, 0, prefix, len, NULL);

	return fwpdk_route_del(&r);
}

static inline struct fwi_hop
test_lookup_in(uint32_t compartment, const char *dst)
{
	struct fwpdk_addr a = test_addr(dst);
	uint32_t comp = fwi_stack_compartment(compartment), v4;
	struct fwi_hop hop;

	memset(&hop, 0xEE, sizeof(hop));
	if (a.family == AF_INET) {
		memcpy(&v4, a.bytes, 4);
		fwi_stack_lookup4(comp, v4, &hop);
	} else {
		fwi_stack_lookup6(comp, a.bytes, &hop);
	}
	return hop;
}

static inline struct fwi_hop
test_lookup(const char *dst)
{
	return test_lookup_in(0, dst);
}

/* Number of the MAC that a packet for dst would get, or the status. */
static inline int
test_to(const char *dst)
{
	struct fwi_hop hop = test_lookup(dst);

	return hop.status != 0 ? hop.status : hop.l2[4] << 8 | hop.l2[5];
}

static inline uint32_t
test_generation(void)
{
	return __atomic_load_n(&fwi_stack_generation, __ATOMIC_ACQUIRE);
}

#endif
