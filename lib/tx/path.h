/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the rooms above do with NBLs on a poller's way: lib/tx knows neither callouts nor the
 * receive side. Set once, before the first poller is made.
 */
#ifndef FWI_PATH_H
#define FWI_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include <ndis.h>

#define FWI_UNRESOLVED 256u /* lists */
#define FWI_PATH_LATER ((void *)(uintptr_t)1)

struct fwpdk_poller;
struct fwi_hop;
struct fwi_ip;
struct fwi_txq;

struct fwi_path_ops {
	/* A network send before it is mapped, while fwi_outbound_asked. 0: it goes on; else the
	 * status that it ends with. */
	int32_t (*outbound)(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl);
	/* An NBL of another path: the status that it ends with, now. */
	int32_t (*take)(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl);
	/* Where a forward injection's packet goes: its interface is given. NULL = *status. */
	struct fwi_txq *(*forward_hop)(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl,
		const NET_BUFFER *nb, struct fwi_hop *room, const struct fwi_hop **hop,
		int32_t *status);
	/*
	 * No way for a packet of a list, *status says why. NULL: it ends, with *status (0 = it was
	 * delivered here). FWI_PATH_LATER: not inside a classify, from the next poll on. Else where
	 * to wait: the list is given to wait_for() and comes back by fwi_wait_first() or
	 * fwi_wait_failed(). unresolved(): those that wait, i up to FWI_UNRESOLVED, for a look from
	 * another thread.
	 */
	void *(*no_way)(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb,
		const struct fwi_ip *ip, int32_t *status);
	/* The flow's own next hop has no neighbour, the packet goes over another one. */
	void (*other_way)(
		struct fwpdk_poller *p, uint32_t comp, const struct fwi_ip *ip, uint32_t hash);
	void (*wait_for)(struct fwpdk_poller *p, void *where, NET_BUFFER_LIST *nbl);
	/* There is a way to dst, and some NBLs wait: is it one that those ought to go first? Then
	 * they do from the next poll on. */
	bool (*overtakes)(struct fwpdk_poller *p, uint8_t version, const uint8_t *dst);
	const NET_BUFFER_LIST *(*unresolved)(const struct fwpdk_poller *p, unsigned i, uint32_t *n);
	/* Ourselves: no neighbour, and no short cut, where there is a receive side. */
	bool (*loops4)(uint32_t comp, uint32_t dst);
	bool (*loops6)(uint32_t comp, const uint8_t dst[16]);
	/* The stack or a queue has changed; at p->resolve_due; a poller begins and ends. */
	void (*follow)(struct fwpdk_poller *p);
	void (*resolve)(struct fwpdk_poller *p, uint64_t now);
	int (*begin)(struct fwpdk_poller *p);
	void (*resolve_end)(struct fwpdk_poller *p);
	/* Each round, before the completion functions; after them if that said so; when a poller
	 * ends. */
	bool (*poll)(struct fwpdk_poller *p);
	void (*poll_ends)(struct fwpdk_poller *p);
	void (*end)(struct fwpdk_poller *p);
};

extern struct fwi_path_ops fwi_path_ops;
/* Atomic, control: sends are to be shown to outbound layers, so none takes a short cut. */
extern bool fwi_outbound_asked;
/* Control, under the mutex: changes the above and what depends on it. */
void fwi_outbound_ask(bool asked);

/* held.c, owner thread. True: callouts still refer to it, its completion waits for them. */
bool fwi_hold(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl);
/* Those that nobody refers to any more go to the list of ended ones. */
void fwi_take_returned(struct fwpdk_poller *p);
/* Of fwi_nbl_handed_back; any thread. */
struct fwi_nbl;
void fwi_hand_back(struct fwi_nbl *l);

#endif
