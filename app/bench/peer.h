/* SPDX-License-Identifier: BSD-3-Clause */
/* The other end of a port: a process of its own that receives and frees. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#define PEER_RECEIVE 'r'
#define PEER_REST    's'

/* Receive on that --vdev while the last byte read from control was PEER_RECEIVE, until its end. */
int peer_main(const char *device, int control);

#endif
