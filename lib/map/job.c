/* SPDX-License-Identifier: BSD-3-Clause */
/* What is to be done to a packet, and whether that can be. */
#include <ntstatus.h>

#include "map/bytes.h"
#include "map/job.h"
#include "map/l4.h"

#define MOST_HEADERS 128u /* bytes read to begin with */

enum { TCP = 6, UDP = 17 };

static uint32_t
read_head(struct fwi_job *job, const NET_BUFFER *nb, uint32_t want)
{
	struct fwi_at at = fwi_at_start(nb);

	return fwi_at_read(&at, job->head + FWI_L2_MAX, RTE_MIN(want, job->total));
}

/* Where the transport header ends; 0: it is none. have: bytes read. */
static uint32_t
transport_end(const struct fwi_job *job, const uint8_t *hdr, uint32_t have)
{
	uint32_t len = 8;

	if (job->proto == TCP) {
		if (job->l4 + 20u > have)
			return 0;
		len = (hdr[job->l4 + 12] >> 4) * 4u;
		if (len < 20)
			return 0;
	}
	return job->l4 + len <= job->total ? job->l4 + len : 0;
}

/* Headers up to the end of the transport header. */
static int32_t
take_headers(struct fwi_job *job, const NET_BUFFER *nb)
{
	const uint8_t *hdr = job->head + FWI_L2_MAX;
	uint32_t have, end, most;
	enum fwi_l4_end found;
	struct fwi_l4 l4;

	for (most = MOST_HEADERS;; most = FWI_OWN_MAX) {
		have = read_head(job, nb, most);
		if (have < job->l3_len)
			return STATUS_INVALID_PARAMETER;
		found = fwi_l4_find(hdr, have, &l4);
		job->l4 = l4.off;
		end = found == FWI_L4_FOUND ? transport_end(job, hdr, have) : 0;
		if (end != 0 && end <= have)
			break;
		if (found == FWI_L4_BAD || have == job->total)
			return STATUS_INVALID_PARAMETER;
		if (most == FWI_OWN_MAX)
			return STATUS_NOT_SUPPORTED;
	}
	job->dst = l4.dst;
	job->own = (uint16_t)end;
	if (l4.proto != job->proto || l4.fragment)
		return STATUS_INVALID_PARAMETER;
	return l4.no_dst ? STATUS_NOT_SUPPORTED : 0;
}

/* Flags that no segment of a stream in progress has. */
static bool
tcp_can_be_cut(const uint8_t *tcp)
{
	return (tcp[13] & 0x26) == 0; /* SYN, RST, URG */
}

static bool
udp_length_right(const struct fwi_job *job, const uint8_t *udp)
{
	return fwi_get16(udp + 4) == job->total - job->l4;
}

static int32_t
segments_job(struct fwi_job *job, const uint8_t *hdr, uint32_t mss)
{
	const uint8_t *l4 = hdr + job->l4;

	job->kind = FWI_JOB_SEGMENTS;
	job->mss = mss;
	job->index = 0;
	job->id = fwi_get16(hdr + 4);
	if (job->total > FWI_LSO_MAX)
		return STATUS_INVALID_PARAMETER;
	if (job->proto == TCP) {
		if (!tcp_can_be_cut(l4))
			return STATUS_INVALID_PARAMETER;
		job->flags = l4[13];
		job->seq = fwi_get32(l4 + 4);
	}
	return 0;
}

static int32_t
transport_job(struct fwi_job *job, const NET_BUFFER *nb, const struct fwi_oob *oob)
{
	const uint8_t *hdr = job->head + FWI_L2_MAX;
	int32_t status;

	job->proto = oob->tcp_sum || oob->tcp_segments ? TCP : UDP;
	job->l4_sum = true;
	status = take_headers(job, nb);
	if (status != 0)
		return status;
	if (oob->l4 != 0 && oob->l4 != job->l4)
		return STATUS_INVALID_PARAMETER;
	if (oob->mss == 0)
		return job->proto == UDP && !udp_length_right(job, hdr + job->l4)
			       ? STATUS_INVALID_PARAMETER
			       : 0;
	return segments_job(job, hdr, oob->mss);
}

int32_t
fwi_job_init(struct fwi_job *job, const NET_BUFFER *nb, const struct fwi_oob *oob,
	const struct fwi_ip *ip)
{
	job->kind = FWI_JOB_PLAIN;
	job->total = ip->total;
	job->l3_len = ip->hdr_len;
	job->version = ip->version;
	job->l4 = job->own = job->later_len = 0;
	job->ip_sum = job->l4_sum = false;
	job->nic_sums = 0;
	if (oob->version == 0) /* nothing but a tag */
		return 0;
	if (oob->version != ip->version)
		return STATUS_INVALID_PARAMETER;
	job->kind = FWI_JOB_SUMS;
	job->ip_sum = oob->ip_sum;
	if (oob->tcp_sum || oob->udp_sum || oob->mss != 0)
		return transport_job(job, nb, oob);
	job->own = job->l3_len;
	return read_head(job, nb, job->own) == job->own ? 0 : STATUS_INVALID_PARAMETER;
}

/* RFC 791: behind the first fragment only options whose type has the copied bit. */
static bool
later_header(struct fwi_job *job, const uint8_t *hdr)
{
	uint32_t at = 20, to = 20, len;

	memcpy(job->later, hdr, 20);
	while (at < job->l3_len && hdr[at] != 0) {
		len = 1;
		if (hdr[at] != 1) {
			if (at + 2u > job->l3_len || hdr[at + 1] < 2 ||
				hdr[at + 1] > job->l3_len - at)
				return false;
			len = hdr[at + 1];
		}
		if (hdr[at] & 0x80) {
			memcpy(job->later + to, hdr + at, len);
			to += len;
		}
		at += len;
	}
	while (to % 4 != 0)
		job->later[to++] = 0;
	job->later_len = (uint16_t)to;
	job->later[0] = (uint8_t)(0x40 | to / 4);
	return true;
}

int32_t
fwi_job_fragment(struct fwi_job *job, const NET_BUFFER *nb, uint32_t mtu)
{
	const uint8_t *hdr = job->head + FWI_L2_MAX;

	if (job->version != 4 || job->kind == FWI_JOB_SEGMENTS)
		return STATUS_INVALID_BUFFER_SIZE;
	if (job->own == 0) {
		job->own = job->l3_len;
		if (read_head(job, nb, job->own) != job->own)
			return STATUS_INVALID_PARAMETER;
	}
	if ((hdr[6] & 0x40) != 0 || job->l3_len + 8u > mtu ||
		(uint32_t)(job->own - job->l3_len) > ((mtu - job->l3_len) & ~7u))
		return STATUS_INVALID_BUFFER_SIZE;
	job->frag = fwi_get16(hdr + 6);
	if ((job->frag & FWI_IP_OFFSET) * 8u + job->total - job->l3_len > UINT16_MAX ||
		!later_header(job, hdr))
		return STATUS_INVALID_PARAMETER;
	job->kind = FWI_JOB_FRAGMENTS;
	return 0;
}

void
fwi_job_resume(struct fwi_job *job, uint32_t done)
{
	if (job->kind == FWI_JOB_SEGMENTS && done != 0)
		job->index = (done - job->own) / job->mss; /* rare: once per wait */
}

void
fwi_job_l2(struct fwi_job *job, const uint8_t *l2, uint32_t len)
{
	job->l2_len = (uint16_t)len;
	memcpy(job->head + FWI_L2_MAX - len, l2, len);
}
