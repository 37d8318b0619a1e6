/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for path MTUs. */
#include "app.h"
#include "commands.h"

int
run_pmtu_set(struct app *app, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"seconds", NULL}, {"compartment", NULL}, {NULL, NULL}};
	uint64_t mtu, seconds, compartment;
	struct fwpdk_addr addr;

	RTE_SET_USED(app);
	if (argc < 2)
		return command_fail(err, "pmtu set: give ADDR MTU");
	if (addr_arg(argv[0], &addr, err) != 0 ||
		optional_number("MTU", argv[1], 68, UINT16_MAX, &mtu, err) != 0 ||
		keyed_parse(argc - 2, argv + 2, keys, err) != 0 ||
		optional_number("seconds", keys[0].value, 1, 86400, &seconds, err) != 0 ||
		optional_number("compartment", keys[1].value, 1, UINT32_MAX, &compartment, err) !=
			0)
		return -1;
	return command_answer(
		fwpdk_pmtu_set((uint32_t)compartment, &addr, (uint16_t)mtu, (uint32_t)seconds),
		"pmtu set", err);
}

int
run_pmtu_del(struct app *app, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"compartment", NULL}, {NULL, NULL}};
	struct fwpdk_addr addr;
	uint64_t compartment;

	RTE_SET_USED(app);
	if (argc < 1)
		return command_fail(err, "pmtu del: give ADDR");
	if (addr_arg(argv[0], &addr, err) != 0 || keyed_parse(argc - 1, argv + 1, keys, err) != 0 ||
		optional_number("compartment", keys[0].value, 1, UINT32_MAX, &compartment, err) !=
			0)
		return -1;
	return command_answer(fwpdk_pmtu_del((uint32_t)compartment, &addr), "pmtu del", err);
}
