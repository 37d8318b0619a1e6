/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: a packet that does not leave as it is. Headers are copied into memory of the
 * library, which fills in what was asked for; the payload goes out from where it lies.
 * A client's byte is never written (P5).
 */
#ifndef FWI_JOB_H
#define FWI_JOB_H

#include "map/frame.h"
#include "map/oob.h"

#define FWI_OWN_MAX 512u    /* most bytes of headers that are copied */
#define FWI_LSO_MAX 262144u /* most bytes of a large send, headers included */

enum fwi_job_kind {
	FWI_JOB_PLAIN,	  /* one frame, bytes as they are */
	FWI_JOB_SUMS,	  /* one frame, checksums filled in */
	FWI_JOB_SEGMENTS, /* TCP segments or UDP datagrams */
	FWI_JOB_FRAGMENTS /* of an IPv4 packet */
};

struct fwi_job {
	enum fwi_job_kind kind;
	uint32_t total; /* bytes of the packet */
	uint32_t mss;
	uint16_t l3_len; /* of the IP header, without extensions */
	uint16_t l4;	 /* offset of the transport header; 0 = it does not matter */
	uint16_t dst;	 /* offset of what its checksum counts as the destination */
	uint16_t own;	 /* bytes of headers in head[], before anything of the packet is sent */
	uint16_t later_len;
	uint16_t l2_len;
	uint8_t version, proto;
	bool ip_sum, l4_sum;
	uint64_t nic_sums; /* RTE_ETH_TX_OFFLOAD_*_CKSUM that may be left to the NIC */
	uint8_t flags;	   /* SEGMENTS: of the TCP header as it came, ... */
	uint16_t id;	   /* ... identification ... */
	uint32_t seq;	   /* ... and sequence number */
	uint32_t index;	   /* of the next segment */
	uint16_t frag;	   /* FRAGMENTS: flags and offset as they came */
	uint8_t later[60]; /* FRAGMENTS: IP header of all but the first one */
	uint8_t head[FWI_L2_MAX + FWI_OWN_MAX]; /* L2 ends, IP begins at FWI_L2_MAX */
};

/*
 * What is asked for one packet (ip, checked). 0; STATUS_INVALID_PARAMETER: it cannot be
 * meant; STATUS_NOT_SUPPORTED: headers longer than FWI_OWN_MAX, or an unknown routing header
 * before a checksum.
 */
int32_t fwi_job_init(struct fwi_job *job, const NET_BUFFER *nb, const struct fwi_oob *oob,
	const struct fwi_ip *ip);

/*
 * It is larger than the MTU: fragments instead. 0; STATUS_INVALID_BUFFER_SIZE: that one stays
 * whole; STATUS_INVALID_PARAMETER: options that contradict themselves, or offsets too large.
 */
int32_t fwi_job_fragment(struct fwi_job *job, const NET_BUFFER *nb, uint32_t mtu);

/* Write the Ethernet header that all frames get. */
void fwi_job_l2(struct fwi_job *job, const uint8_t *l2, uint32_t len);

/* Go on behind `done` bytes of the NET_BUFFER that have been sent earlier. */
void fwi_job_resume(struct fwi_job *job, uint32_t done);

/* How many bytes of the NET_BUFFER are behind us when `done` of them have been sent. */
static inline uint32_t
fwi_job_position(const struct fwi_job *job, uint32_t done)
{
	return done == 0 ? job->own : done;
}

/*
 * The next frame: its payload begins at *at. 0, STATUS_INVALID_BUFFER_SIZE: larger than mtu,
 * or STATUS_INVALID_PARAMETER: the chain has become shorter.
 */
int32_t fwi_job_frame(struct fwi_job *job, const struct fwi_at *at, uint32_t done, uint32_t mtu,
	struct fwi_frame *f);

#endif
