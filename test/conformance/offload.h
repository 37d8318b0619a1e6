/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets with requests, and the frames that have to come of them (test/offload_oracle.h). */
#ifndef CONFORMANCE_OFFLOAD_H
#define CONFORMANCE_OFFLOAD_H

#include "fixture.h"
#include "offload_oracle.h"

/* Slots of a list. */
void off_sums(struct pkt *p, bool ip, bool tcp, bool udp, unsigned offset);
void off_lso(struct pkt *p, unsigned mss, unsigned offset, unsigned type);
void off_uso(struct pkt *p, unsigned mss, unsigned offset);
void off_tag(struct pkt *p, unsigned priority, unsigned id);

/* Make it TCP; the bytes are taken as built. */
void off_tcp(struct pkt *p, uint8_t flags);

/* The Ethernet header of packets of that version over an interface, without tags. */
void off_l2(uint32_t ifi, unsigned version, uint8_t l2[14]);
/* tags: pairs of type and value between addresses and type. Returns the length. */
uint32_t off_tagged(const uint8_t l2[14], const uint16_t *tags, unsigned n, uint8_t out[22]);

/*
 * Inject; the frames at the reader's end of port 0 are those of the oracle, all of them and
 * in order; one completion, with success; the client's bytes are as they were.
 */
void off_send(struct pkt *p, struct or_ask *ask);
/* Accepted, and completes with that; nothing is sent. */
void off_ends_with(struct pkt *p, NTSTATUS want);
/* Refused at the call: nothing has changed. */
void off_refused(struct pkt *p, NTSTATUS want);

/* One more interface on port 0 with routes to 10.8.0.0/16 and fd08::/16. */
uint32_t off_interface(struct fwpdk_if_opts *o);

#endif
