/* SPDX-License-Identifier: BSD-3-Clause */
/* Start and end of the library itself. */
#include "sites.h"

static void
nothing(void)
{
	w = (struct world){0};
}

static void
start(void)
{
	lib_up();
	lib_down();
	lib_up();
}

const struct scenario life_scenarios[] = {
	{"life", nothing, start, lib_down},
	{0},
};
