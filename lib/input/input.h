/* SPDX-License-Identifier: BSD-3-Clause */
/* The receive side of one poller, and one packet on its way through it. */
#ifndef FWI_INPUT_H
#define FWI_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_ip_frag.h>
#include <rte_mbuf.h>

#include <fwpdk/input.h>

#include "classify/classify.h"
#include "classify/flow.h"
#include "nbl/nbl_obj.h"
#include "stack/stack.h"
#include "tx/poller.h"

struct fwi_ip;

#define FWI_HOPS_MAX 16u /* times that one injection history is shown to callouts (R84) */

struct fwi_input {
	fwpdk_receive_fn receive;
	void *arg;
	struct rte_mempool *pool; /* for packets of receive injections */
	struct rte_ip_frag_tbl *frags;
	struct fwi_nbl *shown;	   /* the next mbuf is shown through it; NULL = take one */
	struct fwi_nbl *spare[64]; /* made, and free again */
	uint32_t nspare;
	struct fwi_nbl *leaving[64]; /* absorbed, their clones are in flight */
	uint32_t nleaving;
	struct rte_mbuf *local[32]; /* waiting to be delivered, all from one interface */
	uint32_t local_if;
	uint16_t nlocal;
	struct rte_ip_frag_death_row dead; /* fragments that came too late */
	uint64_t next_path;		   /* TSC from which a path MTU may be learnt again */
	struct fwpdk_input_stats n;	   /* single writer */
};

#define FWI_SPARE   64u
#define FWI_LEAVING 64u
#define FWI_NO_MAC  UINT64_MAX

/* What is the same for many packets of a burst. */
struct fwi_burst {
	const struct fwi_input *in;
	const struct fwi_in_if *stack_of; /* the port is the stack of this interface, or NULL */
	const struct fwi_in_if *iface;	  /* that frames for mac are for */
	uint64_t mac;			  /* shifted by 16 bits; FWI_NO_MAC = none yet */
	bool matters;			  /* of iface: fwi_destination_matters() */
	uint32_t dst4;			  /* what kind is: the last IPv4 destination */
	uint32_t dst4_comp;		  /* its compartment + 1, 0 = none yet */
	enum fwi_addr_kind dst4_kind;
};

/* What became of a packet. */
enum fwi_end {
	FWI_END_GO_ON, /* nobody took it: the host's */
	FWI_END_TAKEN  /* the mbuf is gone or somebody else's */
};

struct fwi_packet {
	struct fwpdk_poller *p;
	struct fwi_input *in;
	struct fwi_burst *burst;
	struct rte_mbuf *m;
	const struct fwi_in_if *iface; /* it came in by, NULL = none of ours */
	uint8_t *ip;		       /* IP header, in the first segment */
	uint16_t l2_len;	       /* bytes in front of it */
	uint16_t ip_len;	/* with extension headers, those behind a fragment header not */
	uint16_t l4_len;	/* 0: not known, or not in the first segment */
	uint16_t vlan_id;	/* of the innermost tag that names one, 0 = none */
	uint16_t outer_vlan_id; /* of the one before it */
	uint32_t total;		/* bytes from the IP header on */
	uint8_t version, proto;
	bool fragment;	     /* not a whole datagram */
	bool first_fragment; /* the transport header is in it */
	uint32_t frag_id;
	uint16_t frag_offset; /* bytes */
	const struct rte_ipv6_fragment_ext *frag6;
	/* of a receive injection: whose state it carries on, and what is to be told */
	const NET_BUFFER_LIST *injected;
	int32_t status;
	uint8_t hops;
	bool loopback;	      /* sent by ourselves */
	NET_BUFFER_LIST *nbl; /* through which callouts saw it last, else NULL */
	struct fwi_key key;
};

/* parse.c. False: not the IP packet that its header says. From pkt->ip on, version set. */
bool fwi_parse_ip(struct fwi_packet *pkt);
/* Ethernet: l2_len, vlan, version (0 = not IP), ip. */
bool fwi_parse_l2(struct fwi_packet *pkt);
/* Skip IPv6 extension headers; data of `have` bytes from the end of the fixed header on. */
struct fwi_ext {
	uint8_t proto;
	uint16_t len;	  /* of all of them */
	uint16_t frag_at; /* offset of a fragment header + 1 from the end of the fixed one; 0 = none
			   */
	bool ok;
};
struct fwi_ext fwi_skip_ext6(uint8_t proto, const uint8_t *data, uint32_t have);
/* Bytes of a transport header, 0 = not known or longer than have. */
uint16_t fwi_l4_len(uint8_t proto, const uint8_t *l4, uint32_t have);

/* show.c: an mbuf as an NBL; where in bytes of the frame the window begins. */
NET_BUFFER_LIST *fwi_show(struct fwi_packet *pkt, uint32_t start, uint32_t len);
/*
 * After the last layer: does anybody still refer to what was shown? Then the mbuf stays with it;
 * a caller that goes on using it says so beforehand.
 */
void fwi_show_end(struct fwi_packet *pkt, bool goes_on);
/* What of the absorbed is free by now is used again, the rest goes its own way. */
void fwi_show_settle(struct fwi_input *in);

/* indicate.c: ask one layer. Anything but FWI_PERMIT: the packet is over, counted, its mbuf gone.
 */
/* For who asked that layer himself: not permitted. */
void fwi_ask_ended(struct fwi_packet *pkt, enum fwi_verdict v);
enum fwi_verdict fwi_ask_in_mac(struct fwi_packet *pkt);
enum fwi_verdict fwi_ask_in_ip(struct fwi_packet *pkt, uint32_t flags);
enum fwi_verdict fwi_ask_in_transport(struct fwi_packet *pkt);
enum fwi_verdict fwi_ask_in_datagram(struct fwi_packet *pkt);
enum fwi_verdict fwi_ask_forward(struct fwi_packet *pkt, uint32_t out_if);
enum fwi_verdict fwi_ask_out_ip(struct fwi_packet *pkt, uint32_t out_if);
enum fwi_verdict fwi_ask_out_mac(struct fwi_packet *pkt, uint32_t out_if);
/* From the top: what a stack behind an interface sends. */
enum fwi_verdict fwi_ask_out_all(struct fwi_packet *pkt, uint32_t out_if);

static inline enum fwi_addr_kind
fwi_burst_kind4(struct fwi_burst *b, const struct fwi_in_if *iface, uint32_t dst)
{
	if (unlikely(b->dst4 != dst || b->dst4_comp != iface->comp + 1)) {
		b->dst4 = dst;
		b->dst4_comp = iface->comp + 1;
		b->dst4_kind = fwi_stack_addr4(iface->comp, dst);
	}
	return b->dst4_kind;
}

/* What the packet's destination is to us; looked up as it stands, callouts may have changed it. */
static inline enum fwi_addr_kind
fwi_packet_kind(struct fwi_packet *pkt)
{
	uint32_t dst;

	if (pkt->version == 6)
		return fwi_stack_addr6(pkt->iface->comp, pkt->ip + 24);
	memcpy(&dst, pkt->ip + 16, sizeof(dst));
	return fwi_burst_kind4(pkt->burst, pkt->iface, dst);
}

/* NL_ADDRESS_TYPE of a key. */
static inline uint8_t
fwi_address_type(enum fwi_addr_kind kind)
{
	return kind == FWI_ADDR_BROADCAST ? 4 : kind == FWI_ADDR_MULTICAST ? 3 : 1;
}

/* False: what is for us and what is for others go on alike. Injected packets never do. */
static inline bool
fwi_destination_matters(const struct fwi_in_if *iface, const struct fwi_input *in)
{
	return iface->forward || iface->stack_port != FWI_NO_PORT || in->receive != NULL;
}

/* packet.c: a frame of that port, from the beginning. */
enum fwi_end fwi_packet_any(struct fwi_packet *pkt, uint16_t port_id);
/* The first layer has permitted it: up, on, or back to the host. */
enum fwi_end fwi_packet_whose(struct fwi_packet *pkt);
void fwi_packet_drop(struct fwi_packet *pkt, uint64_t *counter, int32_t status);
/* From the IP layer up; the interface is known. */
enum fwi_end fwi_packet_ip(struct fwi_packet *pkt);
/* forward.c: for somebody else. */
enum fwi_end fwi_packet_forward(struct fwi_packet *pkt);
/* Onto a queue of that port as it is; counted. */
enum fwi_end fwi_packet_stage(struct fwi_packet *pkt, uint16_t port_id, uint64_t *counter);
/* local.c: for us. */
enum fwi_end fwi_packet_local(struct fwi_packet *pkt);
/* icmp.c: the control message goes on, whatever it says. */
void fwi_icmp_heard(struct fwi_packet *pkt);
/* From the stack behind pkt->iface. */
enum fwi_end fwi_packet_from_stack(struct fwi_packet *pkt);
void fwi_deliver_flush(struct fwpdk_poller *p, struct fwi_input *in);

/* One that waited for a neighbour. */
struct fwi_kept;
void fwi_packet_resume(struct fwpdk_poller *p, const struct fwi_kept *kept);

/* inject.c: a copy of a packet comes in by that interface; the status of its list. */
int32_t fwi_take_copy(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb,
	uint32_t if_index, bool loopback);
/* inject.c, outbound.c, loop.c: of fwi_path_ops */
void *fwi_no_way(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb,
	const struct fwi_ip *ip, int32_t *status);
void fwi_other_way(struct fwpdk_poller *p, uint32_t comp, const struct fwi_ip *ip, uint32_t hash);
/* Is that ourselves? */
bool fwi_loops4(uint32_t comp, uint32_t dst);
bool fwi_loops6(uint32_t comp, const uint8_t dst[16]);
int32_t fwi_take_receive(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl);
struct fwi_txq *fwi_forward_hop(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl,
	const NET_BUFFER *nb, struct fwi_hop *room, const struct fwi_hop **hop, int32_t *status);
int32_t fwi_outbound(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl);

/* setup.c */
void fwi_input_init(void);
void fwi_input_fini(void);
/* telemetry.c */
void fwi_input_telemetry(void);

static inline void
fwi_input_count(uint64_t *counter)
{
	fwi_bump(counter, 1);
}

/* At a transport or datagram layer: the flow that the packet is of, if flows are followed. */
static inline void
fwi_meta_flow(FWPS_INCOMING_METADATA_VALUES0 *m, const struct fwi_key *key)
{
	m->flowHandle = fwi_flow_of(key);
	if (unlikely(m->flowHandle != 0))
		m->currentMetadataValues |= FWPS_METADATA_FIELD_FLOW_HANDLE;
}

#endif
