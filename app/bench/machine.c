/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the figures come from. */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_memory.h>
#include <rte_version.h>

#include "session.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

#ifdef FWPDK_NATIVE
#define INSTRUCTION_SET "native"
#else
#define INSTRUCTION_SET "as DPDK"
#endif

static void
cpu_name(char *text, size_t size)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[256];

	snprintf(text, size, "unknown");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		char *value = strstr(line, ": ");

		if (strncmp(line, "model name", 10) != 0 || value == NULL)
			continue;
		value[strcspn(value, "\n")] = '\0';
		snprintf(text, size, "%s", value + 2);
		break;
	}
	if (file != NULL)
		(void)fclose(file);
}

/* There is a list for each size that the machine knows: those in use count. */
static int
page_size(const struct rte_memseg_list *list, void *arg)
{
	if (!list->external && list->memseg_arr.count != 0)
		*(uint64_t *)arg = RTE_MAX(*(uint64_t *)arg, list->page_sz);
	return 0;
}

static int
cpu_of(unsigned lcore)
{
	rte_cpuset_t set = rte_lcore_cpuset(lcore);

	if (CPU_COUNT(&set) != 1)
		return -1;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set))
			return cpu;
	return -1;
}

static void
lcore_add(struct machine *machine, unsigned lcore, const char *role)
{
	machine->lcores[machine->nb_lcores].lcore = lcore;
	machine->lcores[machine->nb_lcores].cpu = cpu_of(lcore);
	machine->lcores[machine->nb_lcores].role = role;
	machine->nb_lcores++;
}

void
machine_read(struct machine *machine, const struct env *env)
{
	uint64_t page = 0;

	cpu_name(machine->cpu, sizeof(machine->cpu));
	machine->dpdk = rte_version();
	machine->compiler = COMPILER;
	machine->instruction_set = INSTRUCTION_SET;
	rte_memseg_list_walk(page_size, &page);
	if (rte_eal_has_hugepages())
		snprintf(machine->hugepages, sizeof(machine->hugepages), "%u kB",
			(unsigned)(page >> 10));
	else
		snprintf(machine->hugepages, sizeof(machine->hugepages), "none");
	machine->counters = perf_open(&machine->counters_why);
	lcore_add(machine, rte_lcore_id(), "polls, and injects in local cases");
	if (env->worker != LCORE_ID_ANY)
		lcore_add(machine, env->worker, "injects in cross cases");
}

void
command_note(int argc, char **argv, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (int i = 0; i < argc && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%s", i > 0 ? " " : "", argv[i]);
}
