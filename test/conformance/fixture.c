/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "fixture.h"

struct fx fx;

int
fx_eal(void)
{
	static char args[] = "conformance\0--no-huge\0-m\0"
			     "512\0--no-pci\0--no-telemetry\0-l\0"
			     "0\0"
			     "--iova-mode=va\0--log-level=*:error\0";
	static char prefix[48];
	static char *argv[16];
	const char *run_dir = getenv("XDG_RUNTIME_DIR");
	char *a;
	int argc = 0;

	if (run_dir != NULL && run_dir[0] == '\0')
		unsetenv("XDG_RUNTIME_DIR");
	snprintf(prefix, sizeof(prefix), "--file-prefix=fwpdk_conf%d", (int)getpid());
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		argv[argc++] = a;
	argv[argc++] = prefix;
	return rte_eal_init(argc, argv) < 0 ? -1 : 0;
}

static void
pools_up(void)
{
	NET_BUFFER_LIST_POOL_PARAMETERS lp;
	NET_BUFFER_POOL_PARAMETERS bp;

	memset(&lp, 0, sizeof(lp));
	lp.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	lp.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	lp.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	lp.fAllocateNetBuffer = TRUE;
	lp.PoolTag = 'fnoC';
	fx.pool = NdisAllocateNetBufferListPool(NULL, &lp);
	assert_non_null(fx.pool);
	memset(&bp, 0, sizeof(bp));
	bp.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	bp.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
	bp.Header.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1;
	bp.PoolTag = 'bnoC';
	fx.nb_pool = NdisAllocateNetBufferPool(NULL, &bp);
	assert_non_null(fx.nb_pool);
}

static void
route(uint32_t ifi, const char *prefix, uint8_t len, const char *hop)
{
	struct fwpdk_route r = {.size = sizeof(r), .if_index = ifi, .prefix_len = len};
	struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, (uint8_t)ifi}};

	assert_int_equal(fwpdk_addr_parse(prefix, &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse(hop, &r.next_hop), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
	assert_int_equal(fwpdk_neigh_add(ifi, &r.next_hop, &mac), 0);
}

/* The same tests run in every mode: see meson.build. */
static enum fwpdk_mode
mode_under_test(void)
{
	const char *mode = getenv("FWPDK_TEST_MODE");

	if (mode == NULL)
		return FWPDK_MODE_AUTO;
	return strcmp(mode, "copy") == 0     ? FWPDK_MODE_COPY
	       : strcmp(mode, "extbuf") == 0 ? FWPDK_MODE_EXTBUF
					     : FWPDK_MODE_CPOOL;
}

static void
port_up(unsigned n, const struct fx_conf *conf)
{
	struct fx_port *p = &fx.port[n];
	struct fwpdk_port_opts po = conf->port;
	struct fwpdk_if_opts io = {.size = sizeof(io), .mtu = 1500};

	p->dev = conf->dev[n];
	assert_int_equal(
		rte_eal_hotplug_add("vdev", p->dev, conf->args[n] != NULL ? conf->args[n] : ""), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(p->dev, &p->id), 0);
	po.size = sizeof(po);
	if (po.mode == FWPDK_MODE_AUTO && !(conf->held && mode_under_test() == FWPDK_MODE_COPY))
		po.mode = mode_under_test();
	if (strncmp(p->dev, "net_ring", 8) == 0)
		po.nb_rx_queues = 1;
	if (conf->before_open != NULL)
		conf->before_open(p->id);
	assert_int_equal(fwpdk_port_open(p->id, &po), 0);
	p->open = true;
	io.port_id = p->id;
	assert_int_equal(fwpdk_if_add(&io, &p->ifi), 0);
	route(p->ifi, n == 0 ? "0.0.0.0" : "10.9.0.0", n == 0 ? 0 : 16, "10.0.0.1");
	route(p->ifi, n == 0 ? "::" : "fd09::", n == 0 ? 0 : 16, "fe80::1");
	assert_int_equal(fwpdk_poller_add_port(fx.poller, p->id, 0), 0);
}

int
fx_up(void **state, const struct fx_conf *conf)
{
	struct fwpdk_config c = {.size = sizeof(c),
		.nbl_count = 8191,
		.nb_count = 4095,
		.mdl_count = 16383,
		.max_handles = 16,
		.max_producers = conf->max_producers,
		.max_neighbours = 1024};
	struct fwpdk_poller_opts o = conf->poller;

	fx_test_begins(state);
	memset(&fx, 0, sizeof(fx));
	pkt_completions = pkt_accepted = 0;
	pkt_hook = NULL;
	assert_int_equal(fwpdk_init(&c), 0);
	pools_up();
	if (conf->dev[0] == NULL)
		return 0;
	o.size = sizeof(o);
	assert_int_equal(fwpdk_poller_create(&o, &fx.poller), 0);
	for (; fx.nports < FX_PORTS && conf->dev[fx.nports] != NULL; fx.nports++)
		port_up(fx.nports, conf);
	if (!conf->no_poller_start)
		assert_int_equal(fwpdk_poller_start(fx.poller), 0);
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &fx.h4), 0);
	assert_status(FwpsInjectionHandleCreate0(AF_INET6, FWPS_INJECTION_TYPE_NETWORK, &fx.h6), 0);
	return 0;
}

int
fx_up_null(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_null0"}});
}

int
fx_up_ring(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_ring0"}});
}

int
fx_up_held(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_ring0"}, .held = true});
}

int
fx_up_held_null(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_ring0", "net_null0"}, .held = true});
}

int
fx_up_ring_null(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_ring0", "net_null0"}});
}

int
fx_up_bare(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {NULL}});
}

static bool
all_back(void *arg)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	unsigned i;

	(void)arg;
	for (i = 0; i < fx.nports; i++)
		if (fx.port[i].open && strncmp(fx.port[i].dev, "net_ring", 8) == 0)
			fx_ring_discard(i);
	return fwpdk_stats(&s) == 0 && s.in_flight == 0;
}

static int
port_down(struct fx_port *p)
{
	int rc = 0;

	if (p->open) {
		fwpdk_port_stop(p->id, 1000000);
		if (p->ifi != 0)
			fwpdk_if_del(p->ifi);
		rc = fwpdk_port_close(p->id);
		p->open = false;
	}
	rte_eal_hotplug_remove("vdev", p->dev);
	return rc;
}

int
fx_down(void **state)
{
	bool drained = true, counts;
	unsigned i;
	int rc = 0, left;

	(void)state;
	fx_thread_stop();
	fx_shim_off();
	if (fx.poller != NULL)
		drained = fx_poll_until(all_back, NULL);
	if (fx.h4 != NULL)
		rc |= fwpdk_handle_destroy(fx.h4, 2000000);
	if (fx.h6 != NULL)
		rc |= fwpdk_handle_destroy(fx.h6, 2000000);
	if (fx.poller != NULL)
		fwpdk_poller_stop(fx.poller);
	for (i = 0; i < fx.nports; i++)
		rc |= port_down(&fx.port[i]);
	if (fx.poller != NULL)
		rc |= fwpdk_poller_destroy(fx.poller);
	counts = pkt_completions == pkt_accepted && drained;
	counts &= pkt_free_all();
	if (fx.pool != NULL)
		NdisFreeNetBufferListPool(fx.pool);
	if (fx.nb_pool != NULL)
		NdisFreeNetBufferPool(fx.nb_pool);
	left = fwpdk_fini();
	fx_unusable = left < 0;
	assert_true(drained);
	assert_int_equal(rc, 0);
	assert_true(counts);
	assert_int_equal(left, 0);
	return 0;
}

struct fwpdk_stats
fx_stats(void)
{
	struct fwpdk_stats s = {.size = sizeof(s)};

	assert_int_equal(fwpdk_stats(&s), 0);
	return s;
}

void
fx_check_conserved(void)
{
	struct fwpdk_stats s = fx_stats();

	assert_int_equal(s.injected, pkt_accepted);
	assert_int_equal(s.completed, pkt_completions);
	assert_int_equal(s.in_flight, pkt_accepted - pkt_completions);
}

bool
fx_copies(unsigned port)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};

	assert_int_equal(fwpdk_port_info(fx.port[port].id, &info), 0);
	return info.mode == FWPDK_MODE_COPY;
}
