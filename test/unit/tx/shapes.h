/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of random shapes on every way that a packet takes to the driver, injected by the thread
 * that polls. Every byte on the wire is compared with what it has to be, and when a list completes
 * every byte of its buffers with what it was. See test_shapes.c.
 */
#ifndef TEST_TX_SHAPES_H
#define TEST_TX_SHAPES_H

#include "rig.h"

#define SHAPES_ITEMS	160u
#define SHAPES_NBS	3u
#define SHAPES_MDLS	7u /* of one NET_BUFFER */
#define SHAPES_L2	14u
#define SHAPES_HANDLES	3u
#define SHAPES_HOST	0xfe /* all bytes of the host's frames */
#define SHAPES_HOST_LEN 60u

struct shapes_conf {
	struct rig_conf rig;
	bool nic;     /* checksums are left to the NIC, whose driver refuses some packets */
	bool fault;   /* a double that completes by descriptors, not the burst of shapes_wire.c */
	bool stops;   /* ports are stopped and started */
	bool expires; /* lists are given up: max_hold_us is short */
	bool noise;   /* shapes_noise.c beside */
	uint16_t mtu; /* 0 = 1500 */
	unsigned steps;
	uint64_t seed; /* of everything random */
};

/* One NET_BUFFER. */
struct shapes_window {
	NET_BUFFER *nb;
	uint8_t *buf, *was;	 /* with guards at both ends; was: as it was made */
	uint32_t size, at;	 /* of buf; where the packet is in it */
	uint32_t len, total;	 /* DataLength, length of the IP packet */
	unsigned port;		 /* where it has to go */
	unsigned sent;		 /* frames, since it was injected */
	bool disliked, prepared; /* the NIC's driver: refuses it; was shown it and did not */
};

struct shapes_item {
	NET_BUFFER_LIST *nbl; /* is injected: the original, or its clone. NULL = not made */
	NET_BUFFER_LIST *original, *clone;
	struct shapes_window w[SHAPES_NBS];
	unsigned nbs;
	MDL *mdl[SHAPES_NBS * SHAPES_MDLS];
	unsigned nmdl;
	bool untouched;	      /* a header must not be written in front of its packets */
	bool ask_ip, ask_udp; /* checksums */
	bool live;	      /* the library has it */
	unsigned injected, done;
};

/* One run. */
struct shapes {
	struct shapes_conf conf;
	uint64_t random;
	struct shapes_item item[SHAPES_ITEMS];
	HANDLE handle[SHAPES_HANDLES];
	bool draining;	   /* completions inject nothing */
	const char *wrong; /* the first thing that was wrong on the wire */
	uint64_t accepted, completed, failed;
	struct rte_mempool *host_pool;
	uint64_t host_taken;
	/* by the receiving end */
	uint64_t frames, bytes, host_frames, for_nic, disliked, partial;
};
extern struct shapes shapes;

/* splitmix64; 0..n-1 */
static inline uint32_t
shapes_below_of(uint64_t *state, uint32_t n)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return (uint32_t)((z >> 32) * n >> 32);
}
static inline uint32_t
below(uint32_t n)
{
	return shapes_below_of(&shapes.random, n);
}
static inline bool
one_in(uint32_t n)
{
	return below(n) == 0;
}

/* shapes_item.c */
void shapes_item_make(struct shapes_item *it);
void shapes_item_free(struct shapes_item *it); /* no harm if it is not made */
void shapes_item_check(const struct shapes_item *it);

/* shapes_wire.c, the receiving end */
void shapes_wire_replace(unsigned port); /* for struct rig_conf */
void shapes_wire_up(unsigned port);	 /* after each start of the port */
void shapes_wire_turn(void);		 /* takes and keeps more or less from now on */
void shapes_wire_open(void);		 /* takes everything and keeps nothing */
void shapes_wire_give(bool all);	 /* gives back; all, or at random */
void shapes_wire_end(void);		 /* the ports are still open */
void shapes_wire_down(void);		 /* they are closed */

/* shapes_frame.c: what is wrong with a frame on this port, or NULL. */
const char *shapes_frame(const struct rte_mbuf *m, unsigned port);
/* The packet in a frame; NULL: it is the host's, or none of those that are out. */
struct shapes_window *shapes_frame_window(const struct rte_mbuf *m);

/* shapes_ledger.c: inject and complete */
bool shapes_inject(struct shapes_item **item, unsigned n); /* as one chain */
void shapes_check_wire(void);
void shapes_host(void); /* frames of the host's, on port 0 */

/* shapes_noise.c: all that other threads may do beside */
void shapes_noise_start(void);
void shapes_noise_stop(void);

/* shapes_run.c */
void shapes_run(const struct shapes_conf *conf);

#endif
