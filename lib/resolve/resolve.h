/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbours that are asked for: what one poller waits for, and what all of them have learned. */
#ifndef FWI_RESOLVE_H
#define FWI_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_mbuf.h>

#include <fwpdk/resolve.h>
#include <fwpdk/stack.h>

#include "stack/stack.h"
#include "tx/poller.h"

#define FWI_TRIES     3u
#define FWI_ASK_BURST 32u /* questions in one round, and messages kept until the next */

/* In TSC ticks. Set by fwi_resolve_init(); tests set them anew. */
struct fwi_resolve_times {
	uint64_t retry;	    /* between questions; what answers are waited for */
	uint64_t negative;  /* no new question after no answer */
	uint64_t reachable; /* until a neighbour is asked again */
	uint64_t settle;    /* a MAC that changed stays as it is */
	uint64_t stale;	    /* until one that nobody uses goes */
	uint64_t batch;	    /* between changes of the stack: each costs all pollers their caches */
	uint64_t tick;	    /* between two looks at all learned ones */
};
extern struct fwi_resolve_times fwi_resolve_times;

/* What an ARP or discovery message says. */
struct fwi_heard {
	struct fwi_next who; /* who speaks (all 0: has no address yet); if_index is the caller's */
	struct rte_ether_addr mac; /* its, if has_mac */
	uint8_t target[16];	   /* whom a question is about */
	uint32_t target_version;   /* 4 or 6 */
	bool has_mac;
	bool question;	 /* somebody wants to know the MAC of target */
	bool asked;	 /* it answers a question */
	bool overriding; /* may replace another MAC */
};

enum fwi_hear {
	FWI_HEAR_OTHER, /* no such message */
	FWI_HEAR_BAD,	/* not valid: RFC 826, RFC 4861 7.1 */
	FWI_HEAR_OK
};

/* hear.c: pure. From the ARP header on; from the IPv6 header on, ip_len with extension headers. */
enum fwi_hear fwi_hear_arp(const uint8_t *arp, uint32_t have, struct fwi_heard *h);
enum fwi_hear fwi_hear_nd(const uint8_t *ip, uint32_t ip_len, uint32_t total, struct fwi_heard *h);

/* A forwarded packet that waits. */
struct fwi_kept {
	struct rte_mbuf *m;
	uint32_t if_index; /* it came in by */
	uint8_t hops;
};

enum fwi_asked_state {
	FWI_ASKED_FREE,
	FWI_ASKED_NEW,	   /* nobody has been asked yet */
	FWI_ASKED_ASKING,  /* tries questions are out */
	FWI_ASKED_SILENT,  /* no answer: nothing waits, nothing may until due */
	FWI_ASKED_RELEASED /* known by now: kept mbufs go on */
};

/* Where a packet wants to go. */
struct fwi_sought {
	uint32_t comp;
	uint8_t version;
	uint8_t dst[16];
	struct fwi_flow flow;
};

/* A next hop that one poller asks for. */
struct fwi_asked {
	struct fwi_next next;
	uint8_t state, tries, nkept;
	bool forwarded; /* begun by a forwarded packet */
	bool mixed;	/* packets wait that may go different ways: sought is the last one's */
	bool again;	/* kept mbufs are looked up anew in the next round */
	uint32_t since; /* turn of the first NBL that waits */
	uint16_t chain; /* 1 + index of the next one with that hash */
	struct fwi_sought sought; /* of a packet that waits, or that would go that way */
	uint64_t due;
	NET_BUFFER_LIST *head, **tail;
	uint32_t n;
	struct fwi_kept kept[FWPDK_RESOLVE_FORWARDED];
};

struct fwi_resolve {
	struct fwi_asked asked[FWPDK_RESOLVE_ASKED];
	uint64_t waits[FWPDK_RESOLVE_ASKED];  /* fwi_asked_bit() of all NBLs that wait there */
	uint16_t bucket[FWPDK_RESOLVE_ASKED]; /* 1 + index */
	uint16_t nused, nforwarded;
	struct fwi_heard heard[FWI_ASK_BURST];
	uint16_t nheard;
	bool go_on;	    /* more is due than one round does */
	uint32_t turn;	    /* grows when NBLs begin to wait at a place */
	uint32_t followed;  /* generation at which something has been held back */
	uint32_t hand;	    /* in the learned ones */
	uint64_t next_look; /* at them */
	uint64_t last_change;
	struct fwpdk_resolve_stats n; /* single writer */
};

/* One to be asked; a unicast probe if it has a MAC. */
struct fwi_ask {
	struct fwi_next next;
	struct rte_ether_addr mac;
};

/* A bit for a destination. */
static inline uint64_t
fwi_asked_bit(uint8_t version, const uint8_t *dst)
{
	uint32_t last;

	memcpy(&last, dst + (version == 4 ? 0 : 12), sizeof(last));
	return UINT64_C(1) << (last * 2654435761u >> 26);
}

/* asked.c, owner thread: where such a packet waits, or NULL with the status it ends with. */
struct fwi_asked *fwi_asked_place(
	struct fwpdk_poller *p, const struct fwi_sought *sought, bool forwarded, int32_t *status);
/* Such packets go over another next hop than the flow's own, which is asked for. */
void fwi_asked_own(struct fwpdk_poller *p, const struct fwi_sought *sought, bool forwarded);
void fwi_asked_wait(struct fwpdk_poller *p, void *where, NET_BUFFER_LIST *nbl);
/* The mbuf is the place's, which may free it at once. */
void fwi_asked_keep(struct fwpdk_poller *p, struct fwi_asked *a, const struct fwi_kept *kept);
/* Frames can leave by that interface. Neighbours are asked for there. */
bool fwi_asked_can_send(const struct fwpdk_poller *p, uint32_t if_index);
bool fwi_asked_resolves(const struct fwi_next *next);
/* Those that the way to *s lacks the MAC of, the flow's own first. */
unsigned fwi_asked_missing(const struct fwi_sought *s, struct fwi_next *next, unsigned max);

/* follow.c, owner thread. The stack has changed. */
void fwi_asked_follow(struct fwpdk_poller *p);
/* The way to *s is known by now, be it another one; what a poller remembers may be older. */
bool fwi_asked_leads(const struct fwi_sought *s);
/*
 * A packet for dst has a way: may others wait that had none, and the poller has not followed yet?
 * True: it does in its next poll, this one is to wait for that.
 */
bool fwi_asked_overtakes(struct fwpdk_poller *p, uint8_t version, const uint8_t *dst);
/* Nobody has answered: all that wait end. */
void fwi_asked_silent(struct fwpdk_poller *p, struct fwi_asked *a, uint64_t now);
void fwi_asked_free(struct fwi_resolve *r, struct fwi_asked *a);
void fwi_asked_drop_kept(struct fwi_resolve *r, struct fwi_asked *a);
const NET_BUFFER_LIST *fwi_asked_list(const struct fwpdk_poller *p, unsigned i, uint32_t *n);

/* answer.c, owner thread. */
enum fwi_resolve_end {
	FWI_RESOLVE_PASS, /* goes on as if it had not been looked at */
	FWI_RESOLVE_OURS, /* done with */
	FWI_RESOLVE_BAD	  /* to be dropped; counted */
};
enum fwi_resolve_end fwi_resolve_arp(
	struct fwpdk_poller *p, const struct fwi_in_if *iface, const uint8_t *arp, uint32_t have);
/* Of an ICMPv6 packet in one piece. src_mac: of the frame. */
enum fwi_resolve_end fwi_resolve_nd(struct fwpdk_poller *p, const struct fwi_in_if *iface,
	const uint8_t *ip, uint32_t ip_len, uint32_t total, const struct rte_ether_addr *src_mac);

/* round.c: of fwi_path_ops. */
void fwi_resolve_round(struct fwpdk_poller *p, uint64_t now);
/* Set by lib/input: a forwarded packet goes on. */
extern void (*fwi_resolve_resume)(struct fwpdk_poller *p, const struct fwi_kept *kept);

/* frame.c, owner thread. Counted in r->n; false: not sent. */
bool fwi_send_question(struct fwpdk_poller *p, const struct fwi_ask *ask);
void fwi_send_answer(struct fwpdk_poller *p, const struct fwi_in_if *iface,
	const struct fwi_heard *h, const struct rte_ether_addr *to);
extern struct rte_mempool *fwi_resolve_pool; /* atomic; NULL: no interface ever resolved */

/*
 * learn.c, under the mutex: the learned neighbours, and those that somebody asks for. Bounded
 * by max_neighbours.
 */
int fwi_learn_open(uint32_t max);
void fwi_learn_close(void);
bool fwi_learn_is_open(void);
/* Somebody asks: answers are listened to for a while. 0; -EEXIST it is known; -ENOSPC. */
int fwi_learn_want(const struct fwi_next *who, uint64_t now);
enum fwi_learnt {
	FWI_LEARNT_NOT_ASKED,
	FWI_LEARNT_NOTHING,
	FWI_LEARNT_NEW,	    /* the stack has changed */
	FWI_LEARNT_CHANGED, /* the stack has changed */
	FWI_LEARNT_FIXED,
	FWI_LEARNT_TOO_SOON,
	FWI_LEARNT_FULL
};
enum fwi_learnt fwi_learn_heard(const struct fwi_heard *h, uint64_t now);
void fwi_learn_drop(uint32_t if_index);
uint32_t fwi_learn_count(void); /* any thread */
/* Any thread, no lock: false = certainly nobody asks for it or knows it. */
bool fwi_learn_may_know(const struct fwi_next *who);

/* learn_time.c, the same: some of those that are due, from *hand on. */
struct fwi_look {
	uint64_t now;
	bool (*serves)(const struct fwpdk_poller *p, uint32_t if_index);
	const struct fwpdk_poller *p;
	struct fwi_ask ask[FWI_ASK_BURST];
	uint32_t nask, removed;
	bool changed; /* the stack: pollers are to look up again */
};
/* True: once round. */
bool fwi_learn_look(struct fwi_look *look, uint32_t *hand);

/* setup.c */
void fwi_resolve_init(void);
void fwi_resolve_fini(void);
int fwi_resolve_begin(struct fwpdk_poller *p);
void fwi_resolve_poller_ends(struct fwpdk_poller *p);
/* telemetry.c */
void fwi_resolve_telemetry(void);

static inline void
fwi_resolve_count(uint64_t *counter)
{
	fwi_bump(counter, 1);
}

#endif
