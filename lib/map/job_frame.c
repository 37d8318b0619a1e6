/* SPDX-License-Identifier: BSD-3-Clause */
/* The frames of a job, one after the other. */
#include <rte_ethdev.h>

#include <ntstatus.h>

#include "map/bytes.h"
#include "map/job.h"

enum { TCP = 6 };
enum { FIN = 0x01, PSH = 0x08, CWR = 0x80 };

static uint16_t
pseudo_sum(const struct fwi_job *job, const uint8_t *hdr, uint32_t len)
{
	uint32_t addr = job->version == 4 ? 4 : 16;
	struct fwi_sum s = {0};

	fwi_sum_add(&s, hdr + (job->version == 4 ? 12 : 8), addr);
	fwi_sum_add(&s, hdr + job->dst, addr);
	fwi_sum_word(&s, job->proto);
	fwi_sum_word(&s, (uint16_t)(len >> 16));
	fwi_sum_word(&s, (uint16_t)len);
	return fwi_sum_fold(&s);
}

static uint8_t *
sum_field(const struct fwi_job *job, uint8_t *hdr)
{
	return hdr + job->l4 + (job->proto == TCP ? 16 : 6);
}

/* The transport checksum over pseudo header, own header bytes and n bytes from at on. */
static bool
transport_sum(const struct fwi_job *job, uint8_t *hdr, const struct fwi_at *at, uint32_t n)
{
	struct fwi_sum s = {.sum = pseudo_sum(job, hdr, job->own - job->l4 + n)};
	uint8_t *field = sum_field(job, hdr);
	uint16_t sum;

	memset(field, 0, 2);
	fwi_sum_add(&s, hdr + job->l4, job->own - job->l4);
	if (!fwi_at_sum(*at, n, &s))
		return false;
	sum = (uint16_t)~fwi_sum_fold(&s);
	if (sum == 0 && job->proto != TCP) /* 0 would say that there is none */
		sum = 0xffff;
	memcpy(field, &sum, sizeof(sum));
	return true;
}

/*
 * Left to the NIC: the field holds the pseudo header's sum. Only headers without extensions
 * or source routes, in one piece: what every NIC understands.
 */
static bool
nic_sums(const struct fwi_job *job, uint8_t *hdr, struct fwi_frame *f)
{
	bool tcp = job->proto == TCP;
	uint64_t need = job->ip_sum ? RTE_ETH_TX_OFFLOAD_IPV4_CKSUM : 0;
	uint16_t sum;

	if (job->l4_sum)
		need |= tcp ? RTE_ETH_TX_OFFLOAD_TCP_CKSUM : RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
	if ((need & ~job->nic_sums) != 0 || job->l2_len + job->own > (int)FWI_HDR_ROOM ||
		(job->l4_sum &&
			(job->l4 != job->l3_len || job->dst != (job->version == 4 ? 16 : 24))))
		return false;
	f->ol_flags = job->version == 4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6;
	f->tx_offload = rte_mbuf_tx_offload(
		job->l2_len, job->l3_len, job->l4_sum ? job->own - job->l4 : 0, 0, 0, 0, 0);
	if (job->ip_sum) {
		f->ol_flags |= RTE_MBUF_F_TX_IP_CKSUM;
		memset(hdr + 10, 0, 2);
	}
	if (job->l4_sum) {
		f->ol_flags |= tcp ? RTE_MBUF_F_TX_TCP_CKSUM : RTE_MBUF_F_TX_UDP_CKSUM;
		sum = pseudo_sum(job, hdr, job->total - job->l4);
		memcpy(sum_field(job, hdr), &sum, sizeof(sum));
	}
	return true;
}

static int32_t
sums_frame(struct fwi_job *job, const struct fwi_at *at, struct fwi_frame *f)
{
	uint8_t *hdr = job->head + FWI_L2_MAX;

	f->len = job->total - job->own;
	if (job->nic_sums != 0 && nic_sums(job, hdr, f))
		return 0;
	if (job->ip_sum)
		fwi_sum_ip4(hdr);
	if (job->l4_sum && !transport_sum(job, hdr, at, f->len))
		return STATUS_INVALID_PARAMETER;
	return 0;
}

/* Everything is written from what came with the packet, not from the segment before. */
static int32_t
segment_frame(struct fwi_job *job, const struct fwi_at *at, uint32_t done, uint32_t mtu,
	struct fwi_frame *f)
{
	uint32_t from = fwi_job_position(job, done) - job->own, left = job->total - job->own - from;
	uint8_t *hdr = job->head + FWI_L2_MAX, *l4 = hdr + job->l4, clear = 0;

	f->len = RTE_MIN(left, job->mss);
	if (job->own + f->len > mtu)
		return STATUS_INVALID_BUFFER_SIZE;
	if (job->version == 4) {
		fwi_put16(hdr + 2, job->own + f->len);
		fwi_put16(hdr + 4, job->id + job->index);
		fwi_sum_ip4(hdr);
	} else {
		fwi_put16(hdr + 4, job->own - 40u + f->len);
	}
	if (job->proto == TCP) {
		if (from != 0)
			clear |= CWR;
		if (f->len != left)
			clear |= FIN | PSH;
		fwi_put32(l4 + 4, job->seq + from);
		l4[13] = job->flags & (uint8_t)~clear;
	} else {
		fwi_put16(l4 + 4, job->own - job->l4 + f->len);
	}
	job->index++;
	return transport_sum(job, hdr, at, f->len) ? 0 : STATUS_INVALID_PARAMETER;
}

static int32_t
fragment_frame(struct fwi_job *job, const struct fwi_at *at, uint32_t done, uint32_t mtu,
	struct fwi_frame *f)
{
	uint32_t position = fwi_job_position(job, done), left = job->total - position;
	uint32_t from = done == 0 ? 0 : done - job->l3_len; /* payload of the IP packet */
	uint32_t own = job->own, ip = job->l3_len, field = job->frag + from / 8, fit;
	uint8_t *hdr = job->head + FWI_L2_MAX;

	if (done == 0) {
		if (job->l4_sum && !transport_sum(job, hdr, at, left))
			return STATUS_INVALID_PARAMETER;
	} else {
		own = ip = job->later_len;
		memcpy(hdr, job->later, ip);
	}
	fit = ((mtu - ip) & ~7u) - (own - ip);
	f->len = RTE_MIN(left, fit);
	if (f->len != left)
		field |= FWI_IP_MF;
	fwi_put16(hdr + 2, own + f->len);
	fwi_put16(hdr + 6, field);
	fwi_sum_ip4(hdr);
	f->head_len = job->l2_len + own;
	return 0;
}

int32_t
fwi_job_frame(struct fwi_job *job, const struct fwi_at *at, uint32_t done, uint32_t mtu,
	struct fwi_frame *f)
{
	f->head = job->head + FWI_L2_MAX - job->l2_len;
	f->head_len = job->l2_len + job->own;
	f->backfill = false;
	f->ol_flags = f->tx_offload = 0;
	switch (job->kind) {
	case FWI_JOB_SUMS:
		return sums_frame(job, at, f);
	case FWI_JOB_SEGMENTS:
		return segment_frame(job, at, done, mtu, f);
	case FWI_JOB_FRAGMENTS:
		return fragment_frame(job, at, done, mtu, f);
	default:
		f->len = job->total;
		return 0;
	}
}
