/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injects what sys_requests.c makes; the receiver's tshark judges.
 *
 *     sys_offload <EAL> -- TO4 TO6    (ETHPORT,ADDRESS,MAC,UDPPORT,FILE as sys_udp_send)
 *
 * Prints a line of JSON.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include <rte_cycles.h>
#include <rte_eal.h>

#include "sys_requests.h"
#include "sys_stack.h"

__attribute__((format(printf, 1, 2))) static void
fault(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

static void
print(uint16_t port, const struct requests_counts *c)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	struct fwpdk_port_info info = {.size = sizeof(info)};

	fwpdk_stats(&s);
	fwpdk_port_info(port, &info);
	printf("{\"nbls\": %lu, \"combinations\": %u, \"frames\": %lu, \"injected\": %lu, "
	       "\"completed\": %lu, \"in_flight\": %lu, \"checksums\": %lu, "
	       "\"checksums_nic\": %lu, \"segments\": %lu, \"mode\": \"%s\"}\n",
		c->nbls, c->combinations, c->frames, s.injected, s.completed, s.in_flight,
		c->checksums, c->checksums_nic, c->segments, info.mode_name);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct target target[2];
	struct fwpdk_poller *poller;
	struct requests requests = {.to = target, .fault = fault};
	struct requests_counts counts = {0};
	bool ok;
	int rc;

	signal(SIGPIPE, SIG_IGN);
	rc = rte_eal_init(argc, argv);
	if (rc < 0 || argc - rc != 3)
		return 2;
	target_parse(argv[rc + 1], &target[0]);
	target_parse(argv[rc + 2], &target[1]);
	if (sys_stack_up(FWPDK_MODE_AUTO, false, target, 2, &poller, 1) != 0 ||
		fwpdk_if_set_fragment(fwpdk_if_by_name("if1"), 1) != 0)
		return 2;
	progress_wait(&target[0]);
	requests.poller = poller;
	ok = requests_send(&requests, &counts);
	print(target[0].eth_port, &counts);
	/* The receiver says when it has seen enough: a shared memory peer loses the unread. */
	while (__atomic_load_n(&target[0].progress[1], __ATOMIC_ACQUIRE) == 0)
		rte_delay_us_sleep(1000);
	fwpdk_poller_release(poller);
	if (sys_stack_stop() != 0 || sys_stack_down(&poller, 1) != 0)
		ok = false;
	rte_eal_cleanup();
	return ok ? 0 : 1;
}
