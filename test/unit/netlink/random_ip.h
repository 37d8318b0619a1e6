/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for ip -batch by a seed: all that the mirror follows, in any order. */
#ifndef TEST_RANDOM_IP_H
#define TEST_RANDOM_IP_H

#include <stddef.h>
#include <stdint.h>

/*
 * The network: veths va, vb, vc with peers wa, wb, wc. Of va and vb the mirror knows, of vc it does
 * not. The one with number x = 1, 2, 3 has 10.0.x.1/24 and fd00:x::1/64.
 */
#define RANDOM_GATEWAYS 3u /* 10.0.x.2.., fd00:x::2.. */

/* The process in whose network namespace links disappear. */
extern int random_elsewhere;

void random_seed(uint32_t seed);
/* 0..n-1 */
uint32_t random_below(uint32_t n);
/* Writes one or several lines. */
void random_command(char *text, size_t size);

#endif
