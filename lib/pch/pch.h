/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System headers that most files include, parsed once for all in the builds of ./quickstart test
 * with sanitizers (-Db_pch=true, and libFuzzer's). The other builds have each file include what it
 * needs.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_hash.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_telemetry.h>
