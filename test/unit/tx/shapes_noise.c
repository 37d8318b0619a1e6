/* SPDX-License-Identifier: BSD-3-Clause */
/* All that another thread may do while a poller's owner injects and polls. */
#include <pthread.h>
#include <unistd.h>

#include "shapes.h"

#define PAUSE_US 200u /* at most */

static pthread_t thread;
static bool stop; /* atomic */
static uint64_t noise_random;
static unsigned failed; /* calls; the thread's until it has ended */
static struct fwpdk_route route;
static bool routed;

static void
must(bool so)
{
	failed += !so;
}

static void
handle_comes_and_goes(void)
{
	HANDLE h;

	must(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &h) ==
		STATUS_SUCCESS);
	must(FwpsInjectionHandleDestroy0(h) == STATUS_SUCCESS);
}

static int
see_one(const struct fwpdk_pending *p, void *arg)
{
	(void)arg;
	must(p->nbl != NULL);
	return 0;
}

static void
figures(void)
{
	struct fwpdk_port_stats ps = {.size = sizeof(ps)};
	struct fwpdk_poller_info pi = {.size = sizeof(pi)};

	must(fwpdk_port_stats(rig.dev[0].id, &ps) == 0);
	must(ps.staged <= rig.p[0]->q[0]->cap);
	must(fwpdk_poller_info(rig.p[0], &pi) == 0);
}

/* No packet goes there, but every poller has to look again where the others go. */
static void
route_comes_or_goes(void)
{
	must((routed ? fwpdk_route_del(&route) : fwpdk_route_add(&route)) == 0);
	routed = !routed;
}

static void
neighbour_again(void)
{
	static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};

	must(fwpdk_neigh_add(rig.ifi[0], &route.next_hop, &mac) == 0);
}

/* While events are recorded the short ways are shut. */
static void
recording(void)
{
	if (fwpdk_events_recording() != 0)
		must(fwpdk_events_stop() == 0);
	else if (shapes_below_of(&noise_random, 3) == 0)
		must(fwpdk_events_start(0) == 0);
}

static void *
make_noise(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		switch (shapes_below_of(&noise_random, 6)) {
		case 0:
			handle_comes_and_goes();
			break;
		case 1:
			must(fwpdk_pending_walk(see_one, NULL) == 0);
			break;
		case 2:
			figures();
			break;
		case 3:
			route_comes_or_goes();
			break;
		case 4:
			neighbour_again();
			break;
		default:
			recording();
		}
		usleep(shapes_below_of(&noise_random, PAUSE_US));
	}
	return NULL;
}

void
shapes_noise_start(void)
{
	route = (struct fwpdk_route){
		.size = sizeof(route), .if_index = rig.ifi[0], .prefix_len = 24};
	assert_int_equal(fwpdk_addr_parse("172.16.5.0", &route.prefix), 0);
	assert_int_equal(fwpdk_addr_parse("192.168.0.1", &route.next_hop), 0);
	routed = false;
	failed = 0;
	noise_random = below(UINT32_MAX);
	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	assert_int_equal(pthread_create(&thread, NULL, make_noise, NULL), 0);
}

void
shapes_noise_stop(void)
{
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(failed, 0);
	if (routed)
		assert_int_equal(fwpdk_route_del(&route), 0);
	if (fwpdk_events_recording() != 0)
		assert_int_equal(fwpdk_events_stop(), 0);
}
