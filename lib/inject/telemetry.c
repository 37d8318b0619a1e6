/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/handles /fwpdk/pollers /fwpdk/ports /fwpdk/stats /fwpdk/latency,
 * and what all commands share. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include <fwpdk/fwpdk.h>

#include "core/ctl.h"
#include "inject/telemetry.h"

#define U64(d, s, field) rte_tel_data_add_dict_u64(d, #field, (s).field)

struct rte_tel_data *
fwi_tel_dict(void)
{
	struct rte_tel_data *d = rte_tel_data_alloc();

	if (d != NULL)
		rte_tel_data_start_dict(d);
	return d;
}

int
fwi_tel_number(const char *text, uint64_t max, uint64_t *value)
{
	uint64_t v = 0;

	if (*text == '\0')
		return -EINVAL;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		v = v * 10 + (uint64_t)(*text - '0');
		if (v > max) /* before it can overflow: max is small */
			return -EINVAL;
	}
	*value = v;
	return 0;
}

static int
handles(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
{
	struct fwpdk_handle_info h = {.size = sizeof(h)};
	struct rte_tel_data *one;
	char name[32];
	unsigned n;

	rte_tel_data_start_dict(d);
	for (n = 0; n < 200 && fwpdk_handle_next(n, &h) == 0; n++) {
		one = fwi_tel_dict();
		if (one == NULL)
			return -ENOMEM;
		rte_tel_data_add_dict_u64(one, "types", h.types);
		rte_tel_data_add_dict_u64(one, "family", h.family);
		rte_tel_data_add_dict_int(one, "closing", h.closing);
		U64(one, h, injected);
		U64(one, h, completed);
		U64(one, h, in_flight);
		snprintf(name, sizeof(name), "0x%" PRIxPTR, (uintptr_t)h.handle);
		rte_tel_data_add_dict_container(d, name, one, 0);
	}
	return 0;
}

static int
pollers(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
{
	struct fwpdk_poller_info i = {.size = sizeof(i)};
	struct fwpdk_poller *p;
	struct rte_tel_data *one;
	unsigned n;

	rte_tel_data_start_dict(d);
	for (n = 0; (p = fwpdk_poller_next(n)) != NULL; n++) {
		one = fwi_tel_dict();
		if (one == NULL)
			return -ENOMEM;
		fwpdk_poller_info(p, &i);
		rte_tel_data_add_dict_int(one, "owned", i.owned);
		rte_tel_data_add_dict_int(one, "started", i.started);
		rte_tel_data_add_dict_int(one, "owner_lcore", i.owner_lcore);
		U64(one, i, polls);
		U64(one, i, injected);
		U64(one, i, completed);
		U64(one, i, in_rings);
		U64(one, i, waiting);
		U64(one, i, staged);
		U64(one, i, in_driver);
		U64(one, i, unresolved);
		rte_tel_data_add_dict_container(d, i.name, one, 0);
	}
	return 0;
}

static int
ports(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
{
	struct fwpdk_port_stats s = {.size = sizeof(s)};
	struct fwpdk_port_info i = {.size = sizeof(i)};
	struct rte_tel_data *one;
	unsigned n;
	int id;

	rte_tel_data_start_dict(d);
	for (n = 0; (id = fwpdk_port_next(n)) >= 0; n++) {
		if (fwpdk_port_info((uint16_t)id, &i) != 0 ||
			fwpdk_port_stats((uint16_t)id, &s) != 0)
			continue;
		one = fwi_tel_dict();
		if (one == NULL)
			return -ENOMEM;
		rte_tel_data_add_dict_int(one, "port", id);
		rte_tel_data_add_dict_string(one, "driver", i.driver);
		rte_tel_data_add_dict_string(one, "mode", i.mode_name);
		rte_tel_data_add_dict_string(one, "strategy", i.strategy_name);
		rte_tel_data_add_dict_int(one, "idle_bound_us", i.idle_bound_us);
		U64(one, s, packets);
		U64(one, s, bytes);
		U64(one, s, bursts);
		U64(one, s, partial_bursts);
		U64(one, s, staged);
		U64(one, s, in_driver);
		U64(one, s, expired);
		U64(one, s, foreign_releases);
		rte_tel_data_add_dict_container(d, i.name, one, 0);
	}
	return 0;
}

static int
stats(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	char name[32];
	unsigned i;

	if (fwpdk_stats(&s) != 0)
		return -ENODEV;
	rte_tel_data_start_dict(d);
	U64(d, s, injected);
	U64(d, s, completed);
	U64(d, s, failed);
	U64(d, s, refused);
	U64(d, s, in_flight);
	U64(d, s, packets);
	U64(d, s, bytes);
	U64(d, s, header_mbufs);
	U64(d, s, checksums);
	U64(d, s, checksums_nic);
	U64(d, s, segments);
	U64(d, s, fragments);
	U64(d, s, tagged);
	U64(d, s, linearised);
	U64(d, s, copied_memory);
	U64(d, s, copied);
	U64(d, s, host_packets);
	for (i = 0; i < FWPDK_STATUS_SLOTS; i++) {
		if (s.by_status[i].count != 0) {
			snprintf(name, sizeof(name), "status_0x%08x", s.by_status[i].status);
			rte_tel_data_add_dict_u64(d, name, s.by_status[i].count);
		}
		if (s.refused_by_status[i].count != 0) {
			snprintf(name, sizeof(name), "refused_0x%08x",
				s.refused_by_status[i].status);
			rte_tel_data_add_dict_u64(d, name, s.refused_by_status[i].count);
		}
	}
	return 0;
}

static int
latency(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
{
	struct fwpdk_latency l = {.size = sizeof(l)};

	if (fwpdk_latency(&l) != 0)
		return -ENODEV;
	rte_tel_data_start_dict(d);
	U64(d, l, samples);
	/* 22.11 has no floating point values */
	rte_tel_data_add_dict_u64(d, "p50_ns", (uint64_t)(l.p50_us * 1000));
	rte_tel_data_add_dict_u64(d, "p99_ns", (uint64_t)(l.p99_us * 1000));
	rte_tel_data_add_dict_u64(d, "p999_ns", (uint64_t)(l.p999_us * 1000));
	rte_tel_data_add_dict_u64(d, "max_ns", (uint64_t)(l.max_us * 1000));
	return 0;
}

void
fwi_telemetry_register(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	rte_telemetry_register_cmd("/fwpdk/handles", handles, "Injection handles and their counts");
	rte_telemetry_register_cmd("/fwpdk/pollers", pollers, "Pollers and where their NBLs are");
	rte_telemetry_register_cmd("/fwpdk/ports", ports, "Ports: mode, strategy, counters");
	rte_telemetry_register_cmd("/fwpdk/stats", stats, "Totals and counts by status");
	rte_telemetry_register_cmd("/fwpdk/pending", fwi_tel_pending,
		"What is in flight: counts, and the N oldest NBLs. Parameter: N, 0..32, default "
		"16");
	rte_telemetry_register_cmd("/fwpdk/routes", fwi_tel_routes,
		"Routes per compartment and family, changes of their tables, next hops");
	rte_telemetry_register_cmd("/fwpdk/neighbours", fwi_tel_neighbours, "Neighbours");
	rte_telemetry_register_cmd("/fwpdk/interfaces", fwi_tel_interfaces, "Interfaces");
	rte_telemetry_register_cmd("/fwpdk/events", fwi_tel_events,
		"What was recorded of the pollers: counts, and the N latest events. Parameter: N, "
		"0..64, default 32");
	rte_telemetry_register_cmd("/fwpdk/latency", latency, "Sampled submit-to-callback latency");
}
