/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What lies behind a NET_BUFFER_LIST: the library's own view of the object.
 *
 * One slab object holds the public NET_BUFFER_LIST, one embedded NET_BUFFER and
 * the private tail. The first cache line of the public structure carries the
 * injection record (FwpdkReserved, Status, FwpdkPending), so that inject and
 * completion of a plain packet touch one line of the list.
 */
#ifndef FWI_NBL_OBJ_H
#define FWI_NBL_OBJ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ndis.h>

#define FWI_HISTORY_MAX 4 /* handles remembered besides the latest one */

/* Overlay of the first line of NET_BUFFER_LIST. complete != NULL <=> in flight. */
struct fwi_nbl_hot {
	NET_BUFFER_LIST *next;
	NET_BUFFER *first_nb;
	void *complete;	   /* FWPS_INJECT_COMPLETE0, NULL while the client owns the list */
	void *context;	   /* completionContext */
	uint64_t handle;   /* latest injection handle, 0 = never injected */
	void *inj_context; /* injectionContext of that injection */
	int32_t status;
	uint32_t pending; /* mbufs out, biased while mapping; used only beside the 1 mbuf case */
	int32_t child_refs;
	uint32_t nbl_flags;
};

/*
 * FwpdkPending: bit 31 latency sample, bit 30 bias while mapping, bit 29 callouts were shown it or
 * it is no network send, bit 28 its injection is among the events, bit 27 it was injected inside a
 * classify and counts its hops on, below mbufs out.
 */
#define FWI_PENDING_SAMPLED  (UINT32_C(1) << 31)
#define FWI_PENDING_BIAS     (UINT32_C(1) << 30)
#define FWI_PENDING_SHOWN    (UINT32_C(1) << 29)
#define FWI_PENDING_RECORDED (UINT32_C(1) << 28)
#define FWI_PENDING_HOPS     (UINT32_C(1) << 27)
/* looked at in the end */
#define FWI_PENDING_SPECIAL \
	(FWI_PENDING_SAMPLED | FWI_PENDING_SHOWN | FWI_PENDING_RECORDED | FWI_PENDING_HOPS)
#define FWI_PENDING_COUNT (~FWI_PENDING_SPECIAL)

/* status and pending at once; 0 = a plain success. */
static inline uint64_t
fwi_nbl_outcome(const struct fwi_nbl_hot *hot)
{
	uint64_t both;

	__builtin_memcpy(&both, &hot->status, sizeof(both));
	return both;
}

static inline void
fwi_nbl_outcome_clear(struct fwi_nbl_hot *hot)
{
	__builtin_memset(&hot->status, 0, sizeof(uint64_t));
}

struct fwi_history {
	uint64_t handle; /* 0 = unused */
	void *context;
};

enum fwi_nbl_state {
	FWI_NBL_FREE = 0x66726565,  /* "free" */
	FWI_NBL_LIVE = 0x6c697665,  /* "live" */
	FWI_NBL_ZOMBIE = 0x7a6f6d62 /* freed by its owner, kept by clones or references */
};

/* Which inject function took it. */
enum fwi_nbl_path { FWI_PATH_SEND, FWI_PATH_RECEIVE, FWI_PATH_FORWARD };

/*
 * Bit of fwi_nbl.refs: the list was shown to callouts, all else of its injection is over, and its
 * completion waits for their references and clones. Whoever brings refs down to this bit and the
 * owner's one gives the list back to held_by.
 */
#define FWI_NBL_HELD (UINT32_C(1) << 31)

struct fwi_pool; /* an NDIS pool: an account over the slabs, nbl_pool.c */
struct fwi_nb;	 /* a NET_BUFFER of the NB slab, nbl_slab.h */

enum fwi_mdl_kind {
	FWI_MDL_CLIENT = 0, /* IoAllocateMdl: the client frees it */
	FWI_MDL_CLONE,	    /* made for a clone: freed with it */
	FWI_MDL_DATA,	    /* of a pool with DataSize: MDL and data freed with the NBL */
	FWI_MDL_RETREAT,    /* MDL and buffer that a retreat added */
	FWI_MDL_TRACK	    /* no MDL at all: remembers one that a client's handler gave */
};

/* An MDL of the slab. mdl.Process holds the library's buffer, or the tracked MDL. */
struct fwi_mdl {
	MDL mdl;
	struct fwi_mdl *owned_next; /* next of the list that owns it */
	uint32_t state;		    /* enum fwi_nbl_state */
	uint16_t slab;
	uint16_t kind;
};
_Static_assert(sizeof(struct fwi_mdl) == 64, "one line per MDL");
#define FWI_MDL(m) ((struct fwi_mdl *)(void *)(m))

/* Header and bytes of a context area that need no allocation of their own. */
#define FWI_CONTEXT_ROOM 96

struct fwi_nbl {
	NET_BUFFER_LIST nbl __attribute__((aligned(64)));
	NET_BUFFER nb __attribute__((aligned(64))); /* the preallocated NB */

	/* private tail, cold */
	struct fwi_history history[FWI_HISTORY_MAX] __attribute__((aligned(64)));
	uint64_t t0;	      /* TSC at inject when sampled for latency */
	NET_BUFFER *map_nb;   /* mapper: next NB to map, NULL = start; set with the record */
	uint32_t compartment; /* table index of the compartment while in flight */
	uint32_t refs;	      /* atomic: 1 owner + references + clones */
	uint32_t state;	      /* enum fwi_nbl_state, atomic */
	uint16_t socket;      /* slab it came from */
	bool has_nb;	      /* the embedded NB belongs to this NBL */
	bool is_clone;
	uint32_t map_done;  /* mapper: how far into map_nb what has been sent already goes, ... */
	uint16_t map_own;   /* ... of it headers */
	uint16_t mtu;	    /* beside STATUS_INVALID_BUFFER_SIZE: what was too small, 0 = no MTU */
	void *context_area; /* NET_BUFFER_LIST_CONTEXT storage or NULL */
	void *owned_data;   /* list of struct fwi_mdl freed with the NBL: a clone's MDLs,
			     * or MDL and data of a pool with DataSize */
	/* a way other than the plain send; all 0 in a free object and in most others */
	uint8_t path;	   /* enum fwi_nbl_path while in flight */
	uint8_t hops;	   /* times shown to outbound or inbound layers since it was injected */
	uint32_t if_index; /* of a receive or forward injection */
	struct fwpdk_poller *held_by; /* see FWI_NBL_HELD */
	/* nobody holds it any more: what it shows may go too. True: the object was kept */
	bool (*gone)(struct fwi_nbl *l);
	void *shows, *home;	/* gone()'s */
	const void *keeper;	/* atomic: whose own it is, NULL = nobody's; see fwi_nbl_keeper */
	NET_BUFFER_LIST *clone; /* of a kept list: the latest one, which may be gone; or NULL */
	const void *alloc_pc;	/* caller of the allocator and of the last free: debug reports */
	const void *free_pc;

	/* used by clones, by NBLs with a context area and in debug builds only */
	struct fwi_nb *own_nbs;	 /* clone: NBs beyond the embedded one */
	NET_BUFFER_LIST *parent; /* clone: what it holds a reference on */
	struct fwi_pool *pool;	 /* debug builds: NdisPoolHandle, kept while the NBL is free */
	uint8_t context_room[FWI_CONTEXT_ROOM] __attribute__((aligned(16)));
	/* a clone's of one packet in one MDL: made with it and gone with it */
	struct fwi_mdl own_mdl __attribute__((aligned(64)));
};

#define FWI_NBL_HOT(nbl) ((struct fwi_nbl_hot *)(void *)(nbl))
#define FWI_NBL(l)	 ((struct fwi_nbl *)(void *)(l)) /* nbl is the first member */

_Static_assert(offsetof(NET_BUFFER_LIST, Next) == 0, "layout");
_Static_assert(offsetof(NET_BUFFER_LIST, FirstNetBuffer) == 8, "layout");
_Static_assert(offsetof(NET_BUFFER_LIST, FwpdkReserved) == 16, "layout");
_Static_assert(offsetof(NET_BUFFER_LIST, Status) == 48, "layout");
_Static_assert(offsetof(NET_BUFFER_LIST, FwpdkPending) == 52, "layout");
_Static_assert(offsetof(NET_BUFFER_LIST, ChildRefCount) == 56, "layout");
_Static_assert(offsetof(NET_BUFFER_LIST, NblFlags) == 60, "layout");
_Static_assert(offsetof(NET_BUFFER_LIST, ParentNetBufferList) == 64, "layout");
_Static_assert(offsetof(NET_BUFFER_LIST, NetBufferListInfo) == 72, "layout");
_Static_assert(offsetof(NET_BUFFER, Next) == 0, "layout");
_Static_assert(offsetof(NET_BUFFER, CurrentMdl) == 8, "layout");
_Static_assert(offsetof(NET_BUFFER, CurrentMdlOffset) == 16, "layout");
_Static_assert(offsetof(NET_BUFFER, DataOffset) == 20, "layout");
_Static_assert(offsetof(NET_BUFFER, DataLength) == 24, "layout");
_Static_assert(sizeof(struct fwi_nbl_hot) == 64, "layout");
_Static_assert(sizeof(void *) == 8, "64-bit only");

/*
 * When an NBL was injected, for those who look for what hangs: the TSC without its low bits, in
 * the first NB, whose line an injection reads anyway. Goes round after more than a day.
 */
#define FWI_STAMP_SHIFT 16

static inline uint32_t
fwi_stamp(uint64_t tsc)
{
	return (uint32_t)(tsc >> FWI_STAMP_SHIFT);
}

/* Start of the bytes an MDL describes; never NULL for a built MDL. */
static inline uint8_t *
fwi_mdl_va(const MDL *mdl)
{
	return (uint8_t *)mdl->StartVa + mdl->ByteOffset;
}

/* An NBL that may not be handed out: who allocated and freed it is named in the log. */
static inline bool
fwi_nbl_is_clone(const NET_BUFFER_LIST *nbl)
{
	return nbl->ParentNetBufferList != NULL;
}

/* nbl_slab.c: control path, called from fwpdk_init/fini only. */
struct fwi_slab_conf {
	uint32_t nbl_count; /* per socket */
	uint32_t nb_count;
	uint32_t mdl_count;
};
int fwi_nbl_init(const struct fwi_slab_conf *conf);
/* Returns the number of objects still out, all of them named in the log. */
unsigned fwi_nbl_fini(void);

/* nbl_ref.c: whose lists (fwi_nbl.keeper) are this thread's own at present. Never NULL. */
extern __thread const void *fwi_nbl_keeper;
extern const char fwi_nbl_nobody; /* for those who have none */

/* nbl_ref.c: set by lib/tx; any thread. */
extern void (*fwi_nbl_handed_back)(struct fwi_nbl *l);

/* nbl_walk.c, control: every NBL there is, free or not, on slabs that stay mapped until fini. */
typedef void (*fwi_nbl_walk_fn)(const struct fwi_nbl *l, void *arg);
void fwi_nbl_walk(fwi_nbl_walk_fn fn, void *arg);
/* Is this where an NB of ours can be? Then it may be read, whatever happens to it. */
bool fwi_nb_known(const struct fwi_nbl *l, const NET_BUFFER *nb);

#endif
