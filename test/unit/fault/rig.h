/* SPDX-License-Identifier: BSD-3-Clause */
/* A net_null port with a double in front of it, and packets that note when they are released. */
#ifndef TEST_FAULT_RIG_H
#define TEST_FAULT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <fwpdk/fault.h>

#define RIG_PACKETS 8192u

extern uint16_t rig_port;
extern struct fwpdk_fault *rig_fault;
extern uint8_t rig_bytes[RIG_PACKETS][64];

/* Numbers of the segments released, in this order. */
extern uint32_t rig_released[RIG_PACKETS];
extern unsigned rig_nreleased; /* atomic */

int rig_main(const struct CMUnitTest *tests, size_t n);
#define RIG_MAIN(tests)                                                     \
	int main(void)                                                      \
	{                                                                   \
		return rig_main(tests, sizeof(tests) / sizeof((tests)[0])); \
	}

/* A started port of one queue, all numbers from 0 on; opts NULL: nb_desc 64. */
void rig_up(const struct fwpdk_fault_opts *opts);
/* Takes the double away; everything that was sent must have been released. */
void rig_down(void);

/* A packet of segs segments with consecutive numbers. */
struct rte_mbuf *rig_packet(unsigned segs);
/* Offers n packets of one segment in one burst; what is not taken is freed. */
unsigned rig_send(unsigned n);
unsigned rig_send_chain(unsigned segs);
void rig_knobs(const struct fwpdk_fault_knobs *knobs);
#define KNOBS(...)                             \
	rig_knobs(&(struct fwpdk_fault_knobs){ \
		.size = sizeof(struct fwpdk_fault_knobs), __VA_ARGS__})
struct fwpdk_fault_counts rig_counts(void);
void rig_expect_fifo(unsigned from, unsigned n);

#endif
