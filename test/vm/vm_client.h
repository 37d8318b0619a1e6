/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's side of vm_nic: numbered datagrams, and a record of how each of them ended.
 *
 * A completed datagram's memory is compared with what was sent, overwritten and given back,
 * so a device that reads too late puts the wrong bytes on the wire.
 */
#ifndef VM_CLIENT_H
#define VM_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <fwpsk.h>

#define VM_NUMBERS (1u << 18)
#define VM_PAGE	   (1u << 21) /* hugepages of 2 MB */

enum vm_memory {
	VM_POOL,   /* ExAllocatePool2() */
	VM_MALLOC, /* malloc(): a device cannot read it */
};

struct vm_client {
	FILE *out;
	uint32_t run;			     /* written into each datagram */
	uint32_t next;			     /* number of the next datagram = NBLs accepted */
	uint32_t completed;		     /* atomic */
	uint32_t succeeded;		     /* atomic, of these with STATUS_SUCCESS */
	bool one_page;			     /* no packet's data may cross a hugepage boundary */
	uint32_t crossed;		     /* packets whose data did */
	uint32_t without_room;		     /* sent without backfill, so with a header mbuf */
	uint32_t asked;			     /* packets that asked for checksums */
	uint32_t not_ready;		     /* calls refused because the port was stopped */
	uint64_t last_sent, last_completion; /* TSC */
	unsigned faults;		     /* atomic */
	uint8_t times[VM_NUMBERS];	     /* completions of each number */
	NTSTATUS status[VM_NUMBERS];
};

extern struct vm_client vm_client;

/* Returns 0, -1 after a fault. */
int vm_client_open(uint32_t run);
void vm_client_close(void);
/* Inject the next datagram; false: back-pressure, poll and call again. */
bool vm_client_send(enum vm_memory memory);
uint32_t vm_client_in_flight(void);
/* Numbers from..next-1: each completed once, with one of the n statuses. */
void vm_client_check(const char *phase, uint32_t from, const NTSTATUS *allowed, unsigned n);
/* How many of the numbers from..next-1 ended so. */
uint32_t vm_client_count(uint32_t from, NTSTATUS status);
/* Write the statuses of all numbers, runs of equal ones in one line. */
void vm_client_statuses(void);

/* A line about something that must not be; the first few are written. */
__attribute__((format(printf, 1, 2))) void vm_fault(const char *format, ...);

#endif
