/* SPDX-License-Identifier: BSD-3-Clause */
/* Test packets: NBLs of any shape, and the record of what happened to them. */
#ifndef CONFORMANCE_PACKET_H
#define CONFORMANCE_PACKET_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <fwpsk.h>

#define PKT_SEGS 40

/* Shape of a packet. Zero means plain: IPv4, one MDL, no backfill. */
struct pkt_spec {
	unsigned version;	/* 4 (default) or 6 */
	unsigned payload;	/* UDP payload bytes; default 32 */
	unsigned lead;		/* bytes in front of the data (DataOffset) */
	unsigned pad;		/* DataLength beyond the IP packet */
	unsigned tail;		/* MDL bytes beyond DataLength */
	unsigned nseg;		/* MDLs; default 1 */
	unsigned seg[PKT_SEGS]; /* their lengths, the last one takes the rest */
	bool cut_lead;		/* the lead gets an MDL of its own in front */
	const char *dst;	/* text address; default 10.1.2.3 or fd01::3 */
	bool pool_memory;	/* data from ExAllocatePool2 instead of malloc */
};

/* One test packet and its record. */
struct pkt {
	NET_BUFFER_LIST *nbl;
	uint8_t *buf;	 /* all bytes */
	uint8_t *ip;	 /* where the data starts, in buf */
	uint32_t ip_len; /* IP packet */
	uint32_t size;	 /* bytes of buf */
	uint8_t *copy;	 /* of buf, as built */
	MDL *mdl[PKT_SEGS + 1];
	unsigned nmdl;
	uint32_t lead, data_len;
	bool pool_memory, clone;
	/* written by the completion */
	int done;
	NTSTATUS status;
	BOOLEAN dispatch;
	pthread_t thread;
	uint64_t order; /* number of this completion in the program */
	bool next_was_null;
	bool inside_inject, inside_driver;
	int depth;
	struct pkt *link; /* all live ones */
	int accepted;
};

struct pkt *pkt_make(const struct pkt_spec *s);
#define PKT(...) pkt_make(&(struct pkt_spec){__VA_ARGS__})
struct pkt *pkt_clone(struct pkt *parent);
void pkt_free(struct pkt *p); /* NBL, MDLs, data; never while in flight */
bool pkt_free_all(void);      /* what is left after a test; false: a lost or double completion */
/* Frees the NBL only, now; pkt_free() does the rest. */
void pkt_free_nbl(struct pkt *p);
/* One NBL out of the data of two or more packets: b's NB appended to a's list. */
void pkt_add_nb(struct pkt *a, struct pkt *b);
void pkt_ip_checksum(struct pkt *p); /* set it anew and take the bytes as built */
void pkt_refresh(struct pkt *p);     /* take the bytes as built */

/* Inject with pkt_completed and the packet as context; counts what is accepted. */
NTSTATUS pkt_inject(struct pkt *p); /* through fx.h4 or fx.h6 */
NTSTATUS pkt_inject_on(HANDLE h, struct pkt *p);
void pkt_injected(struct pkt *p); /* the test called inject itself and got success */
VOID NTAPI
pkt_completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch);
HANDLE pkt_handle(const struct pkt *p);

extern uint64_t pkt_completions; /* atomic: completions in this test */
extern uint64_t pkt_accepted;	 /* atomic */
extern __thread int pkt_in_inject;
/* Runs at the end of pkt_completed(), if set. */
extern void (*pkt_hook)(struct pkt *p);

/* The bytes of NBL, NBs, MDLs and data, to compare later. */
struct snap;
struct snap *snap_take(const struct pkt *p);
void snap_same(struct snap *s, const struct pkt *p); /* fails the test; frees s */

/* FirstNetBuffer, MDL chain, window and used bytes are as injected (P5, R21). */
void pkt_check_restored(const struct pkt *p);

#endif
