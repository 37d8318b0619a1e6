/* SPDX-License-Identifier: BSD-3-Clause */
/* EAL for a unit test: no hugepages, no devices, nothing shared with other processes. */
#ifndef TEST_EAL_FIXTURE_H
#define TEST_EAL_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>

/* 0, or what rte_eal_init() returned. Call once, first thing in main(). */
static inline int
test_eal_init(void)
{
	static char args[] = "t\0--no-huge\0-m\0"
			     "128\0--no-pci\0--no-telemetry\0-l\0"
			     "0\0"
			     "--iova-mode=va\0--log-level=*:error\0";
	static char prefix[48];
	static char *argv[16];
	const char *run_dir = getenv("XDG_RUNTIME_DIR");
	char *a;
	int rc, argc = 0;

	if (run_dir != NULL && run_dir[0] == '\0')
		unsetenv("XDG_RUNTIME_DIR");
	snprintf(prefix, sizeof(prefix), "--file-prefix=t%d", (int)getpid());
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		argv[argc++] = a;
	argv[argc++] = prefix;
	rc = rte_eal_init(argc, argv);
	return rc < 0 ? rc : 0;
}

#endif
