/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the way of a packet asks of the filtering engine. Data path: on a poller's thread,
 * inside fwi_classify_enter()/_leave(), which is what unregistering a callout waits for.
 */
#ifndef FWI_CLASSIFY_H
#define FWI_CLASSIFY_H

#include <stdbool.h>
#include <stdint.h>

#include <fwpsk.h>

#define FWI_LAYERS 64u /* run-time layer ids below; no layer of ours is above */

/*
 * A packet as filters see it. Numbers and IPv4 addresses in host order, IPv6 addresses as on
 * the wire. A layer looks only at what it has a field for.
 */
struct fwi_key {
	union fwi_key_addr {
		uint32_t v4;
		uint8_t v6[16];
	} local, remote;       /* IPFORWARD: source, destination */
	uint32_t if_index;     /* IPFORWARD: of arrival */
	uint32_t out_if_index; /* IPFORWARD: of departure */
	uint32_t flags;	       /* FWP_CONDITION_FLAG_*; at MAC layers L2 flags */
	uint32_t compartment;  /* id */
	uint16_t local_port;   /* ICMP: type */
	uint16_t remote_port;  /* ICMP: code */
	uint16_t ether_type;   /* MAC layers */
	uint16_t vlan_id;      /* MAC layers, 0 = none */
	uint8_t version;       /* 4, 6; 0 = not IP */
	uint8_t protocol;      /* of the transport header */
	uint8_t direction;     /* FWP_DIRECTION */
	uint8_t local_type;    /* NL_ADDRESS_TYPE: 1 unicast, 3 multicast, 4 broadcast */
	uint8_t remote_type;   /* the same; IPFORWARD: of the destination */
	uint8_t if_mac[6], local_mac[6], remote_mac[6];
	uint8_t behind[2]; /* MACs are read as 8 bytes */
};

enum fwi_verdict {
	FWI_PERMIT,
	FWI_BLOCK,
	FWI_ABSORB /* blocked, and a callout has taken the packet over (R124) */
};

/*
 * One packet at one layer. Filters that decide without a callout need the key alone; before the
 * first callout prepare() fills in what callouts are shown. False: no memory, it is blocked.
 */
struct fwi_indication {
	bool (*prepare)(struct fwi_indication *ind);
	NET_BUFFER_LIST *nbl; /* layerData */
	FWPS_INCOMING_METADATA_VALUES0 meta;
};

struct fwi_layer; /* the filters of a layer, never written once published */

/* Indexed by run-time layer id; NULL: no filter there. Atomic, written by control. */
extern const struct fwi_layer *fwi_layers[FWI_LAYERS];

/* NULL: nothing to ask, the packet goes on. */
static inline const struct fwi_layer *
fwi_layer(unsigned id)
{
	return __atomic_load_n(&fwi_layers[id], __ATOMIC_ACQUIRE);
}

/*
 * Ask all sublayers of a layer. Runs callouts: they may allocate, clone, inject, but neither
 * destroy handles nor unregister callouts (STATUS_INVALID_DEVICE_STATE).
 */
enum fwi_verdict fwi_classify(
	const struct fwi_layer *layer, const struct fwi_key *key, struct fwi_indication *ind);

/* Around everything between fwi_layer() and the return of fwi_classify(); may nest. */
void fwi_classify_enter(unsigned poller_id);
void fwi_classify_leave(unsigned poller_id);

/* Control, under the mutex: told after the set of layers with filters has changed. */
extern void (*fwi_classify_changed)(void);

int fwi_classify_init(void);
unsigned fwi_classify_fini(void); /* objects left, named in the log */
unsigned fwi_classify_busy(void); /* open sessions and registered callouts, named in the log */

#endif
