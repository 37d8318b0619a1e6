/* SPDX-License-Identifier: BSD-3-Clause */
/* The frames of a job, one after the other. */
#include <ntstatus.h>

#include "map/bytes.h"
#include "map/job.h"

enum { TCP = 6 };
enum { FIN = 0x01, PSH = 0x08, CWR = 0x80 };

/* The transport checksum over pseudo header, own header bytes and n bytes from at on. */
static bool
transport_sum(const struct fwi_job *job, uint8_t *hdr, const struct fwi_at *at, uint32_t n)
{
	uint8_t *field = hdr + job->l4 + (job->proto == TCP ? 16 : 6);
	uint32_t len = job->own - job->l4 + n, addr = job->version == 4 ? 4 : 16;
	struct fwi_sum s = {0};
	uint16_t sum;

	memset(field, 0, 2);
	fwi_sum_add(&s, hdr + (job->version == 4 ? 12 : 8), addr);
	fwi_sum_add(&s, hdr + job->dst, addr);
	fwi_sum_word(&s, job->proto);
	fwi_sum_word(&s, (uint16_t)(len >> 16));
	fwi_sum_word(&s, (uint16_t)len);
	fwi_sum_add(&s, hdr + job->l4, job->own - job->l4);
	if (!fwi_at_sum(*at, n, &s))
		return false;
	sum = (uint16_t)~fwi_sum_fold(&s);
	if (sum == 0 && job->proto != TCP) /* 0 would say that there is none */
		sum = 0xffff;
	memcpy(field, &sum, sizeof(sum));
	return true;
}

static int32_t
sums_frame(struct fwi_job *job, const struct fwi_at *at, struct fwi_frame *f)
{
	uint8_t *hdr = job->head + FWI_L2_MAX;

	f->len = job->total - job->own;
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
