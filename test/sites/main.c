/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sites [--bound=N] [--scenario=NAME] [--verbose]: each scenario once to see which sites it
 * passes, then again for every site with its first N hits and its last one failing, one at a
 * time. After each of these runs nothing may be left in the DPDK heap, and the scenario has
 * to pass undisturbed. A scenario has a process of its own, for the leak check at its end.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_log.h>
#include <rte_malloc.h>

#include "sites.h"

#define SCENARIOS 64

static struct {
	struct {
		char name[160];
	} site[FWI_SITES_MAX];
	unsigned sites, passed[SCENARIOS];
	uint64_t runs, missed;
} * shared;

static const struct scenario *const groups[] = {life_scenarios, stack_scenarios, port_scenarios,
	nbl_scenarios, inject_scenarios, classify_scenarios, receive_scenarios};
static const struct scenario *now;
static uint32_t site;
static uint64_t hit, done;
static unsigned usual;
static uint64_t bound = 24;
static bool verbose;

void
sites_wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "FAILED: scenario %s", now->name);
	if (site != 0)
		fprintf(stderr, ", hit %lu of site %s:%d %s made fail", (unsigned long)hit,
			fwi_site_facts(site)->file, fwi_site_facts(site)->line,
			fwi_site_facts(site)->call);
	fprintf(stderr, ":\n  ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	_exit(1);
}

void
sites_excuse(const char *what, long rc, uint64_t failed_before, const long *documented)
{
	if (fwi_site_failed() == failed_before)
		sites_wrong("%s: %ld, though nothing was made fail", what, rc);
	while (*documented != 0)
		if (rc == *documented++)
			return;
	sites_wrong("%s: %ld is not documented", what, rc);
}

static unsigned
heap_objects(void)
{
	struct rte_malloc_socket_stats s;
	unsigned n = 0, i;

	for (i = 0; i < RTE_MAX_NUMA_NODES; i++)
		if (rte_malloc_get_socket_stats((int)i, &s) == 0)
			n += s.alloc_count;
	return n;
}

static void
run(uint32_t fail_site, uint64_t fail_hit)
{
	unsigned before = heap_objects(), more;

	site = fail_site;
	hit = fail_hit;
	fwi_site_plan(0, 0, 0);
	now->set_up();
	fwi_site_plan(site, hit, site != 0);
	now->body();
	now->tear_down();
	shared->runs++;
	more = heap_objects() - before;
	/* EAL and the library keep some for ever, net_null 22.11 some with every port closed. */
	if (++done == 3)
		usual = more;
	if (done > 3 && more != usual)
		sites_wrong("%d objects left in the DPDK heap, usually %u", (int)more, usual);
}

/* One planned failure, and what it left behind. */
static void
disturb(uint32_t fail_site, uint64_t fail_hit)
{
	run(fail_site, fail_hit);
	if (fwi_site_failed() == 0)
		shared->missed++;
	run(0, 0);
}

static unsigned
site_find(const char *name)
{
	unsigned k;

	for (k = 0; k < shared->sites && strcmp(shared->site[k].name, name) != 0; k++)
		;
	return k;
}

/* What needs something that is not here. */
static bool
excepted(const struct fwi_site *s)
{
	/* a request of the telemetry socket, which EAL has not opened */
	if (strstr(s->file, "inject/telemetry_pending.c") != NULL ||
		strstr(s->file, "classify/telemetry.c") != NULL)
		return true;
	/* rx_pool_create(), for net_af_xdp alone */
	return strstr(s->file, "lib/tx/port_open.c") != NULL &&
	       (strcmp(s->call, "rte_mempool_create_empty") == 0 ||
		       strcmp(s->call, "rte_mempool_populate_default") == 0);
}

/* Each place once, however many files include it. */
static unsigned
never_passed(void)
{
	char name[sizeof(shared->site[0].name)], last[sizeof(name)] = "";
	const struct fwi_site *s;
	unsigned n = 0;

	for (s = __start_fwi_sites; s < __stop_fwi_sites; s++) {
		snprintf(name, sizeof(name), "%s:%d %s", s->file, s->line, s->call);
		if (site_find(name) < shared->sites || strcmp(name, last) == 0 || excepted(s))
			continue;
		memcpy(last, name, sizeof(name));
		printf("in no scenario: %s\n", name);
		n++;
	}
	return n;
}

static void
sites_note(void)
{
	char name[sizeof(shared->site[0].name)];
	unsigned i;

	for (i = 1; i <= fwi_site_count(); i++) {
		const struct fwi_site_facts *f = fwi_site_facts(i);

		snprintf(name, sizeof(name), "%s:%d %s", f->file, f->line, f->call);
		if (site_find(name) == shared->sites && shared->sites < FWI_SITES_MAX)
			memcpy(shared->site[shared->sites++].name, name, sizeof(name));
	}
}

static void
sweep(unsigned index)
{
	uint64_t hits[FWI_SITES_MAX + 1];
	unsigned n, i;
	uint64_t k;

	run(0, 0);
	run(0, 0);
	run(0, 0);
	n = fwi_site_count();
	for (i = 1; i <= n; i++) {
		hits[i] = fwi_site_facts(i)->hits;
		shared->passed[index] += hits[i] != 0;
	}
	for (i = 1; i <= n; i++) {
		for (k = 1; k <= hits[i] && k <= bound; k++)
			disturb(i, k);
		if (hits[i] > bound)
			disturb(i, hits[i]);
	}
	sites_note();
}

static int
eal_up(void)
{
	static char args[] = "sites\0--no-huge\0-m\0"
			     "512\0--no-pci\0--no-telemetry\0-l\0"
			     "0\0"
			     "--iova-mode=va\0--log-level=*:error\0";
	static char prefix[48];
	static char *argv[16];
	char *a;
	int argc = 0;

	if (getenv("XDG_RUNTIME_DIR") != NULL && getenv("XDG_RUNTIME_DIR")[0] == '\0')
		unsetenv("XDG_RUNTIME_DIR");
	snprintf(prefix, sizeof(prefix), "--file-prefix=sites%d", (int)getpid());
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		argv[argc++] = a;
	argv[argc++] = prefix;
	if (rte_eal_init(argc, argv) < 0)
		return -1;
	if (!verbose)
		rte_log_set_global_level(RTE_LOG_EMERG); /* all errors here are wanted */
	return 0;
}

static int
child(unsigned index)
{
	if (eal_up() != 0)
		return 1;
	sweep(index);
	return rte_eal_cleanup() != 0;
}

/* Nonzero: it failed. */
static int
scenario_run(const struct scenario *s, unsigned index)
{
	uint64_t runs = shared->runs;
	time_t start = time(NULL);
	int status;
	pid_t pid;

	now = s;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exit(child(index));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	printf("%s %-16s %3u sites, %5lu runs, %3ld s\n", status == 0 ? "ok  " : "FAIL", s->name,
		shared->passed[index], (unsigned long)(shared->runs - runs),
		(long)(time(NULL) - start));
	return status != 0;
}

int
main(int argc, char **argv)
{
	const char *only = NULL;
	const struct scenario *s;
	unsigned g, n = 0, failed = 0;
	int i;

	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--bound=", 8) == 0)
			bound = strtoull(argv[i] + 8, NULL, 10);
		else if (strncmp(argv[i], "--scenario=", 11) == 0)
			only = argv[i] + 11;
		else if (strcmp(argv[i], "--verbose") == 0)
			verbose = true;
		else
			return 2;
	}
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 2;
	for (g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		for (s = groups[g]; s->name != NULL; s++)
			if ((only == NULL || strcmp(only, s->name) == 0) && n < SCENARIOS)
				failed += scenario_run(s, n++) != 0;
	if (verbose)
		for (g = 0; g < shared->sites; g++)
			printf("%s\n", shared->site[g].name);
	if (only == NULL)
		failed += never_passed();
	printf("%u sites in %u scenarios, %lu runs, %lu failures not reached again, %u failed\n",
		shared->sites, n, (unsigned long)shared->runs, (unsigned long)shared->missed,
		failed);
	return failed != 0 || n == 0 || shared->sites == 0;
}
