/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: one packet becomes one frame or many that are not its bytes alone: checksums,
 * segments, fragments, VLAN tags. How far it got is kept in the NBL, so that a packet of
 * more frames than there is room for waits in the middle.
 */
#include <errno.h>

#include <ntstatus.h>

#include "map/job.h"
#include "map/tags.h"
#include "tx/frames.h"

#define FRAMES_MAX 256u /* of one packet in one go */

void
fwi_frames_end(NET_BUFFER_LIST *nbl)
{
	struct fwi_nbl *l = FWI_NBL(nbl);

	fwi_oob_sent(nbl, l->map_done != 0 ? l->map_done - l->map_own : 0);
	l->map_done = 0;
}

/* mtu: what the client may want to know of it. */
static int32_t
too_large(NET_BUFFER_LIST *nbl, uint16_t mtu)
{
	if (nbl->Status == 0) /* an earlier failure counts */
		FWI_NBL(nbl)->mtu = mtu;
	return STATUS_INVALID_BUFFER_SIZE;
}

static void
count(struct fwi_mapq *q, const struct fwi_job *job, const struct fwi_frame *f)
{
	q->sums += job->kind == FWI_JOB_SUMS;
	q->nic_summed += f->ol_flags != 0;
	q->segments += job->kind == FWI_JOB_SEGMENTS;
	q->fragments += job->kind == FWI_JOB_FRAGMENTS;
	q->tagged += job->l2_len > FWI_L2_LEN;
}

static int
map_next(struct fwi_txq *q, NET_BUFFER_LIST *nbl, NET_BUFFER *nb, bool solo, struct fwi_job *job,
	struct fwi_at *at, uint16_t mtu, struct fwi_frame *f, struct fwi_mapped *pkt)
{
	int32_t status = fwi_job_frame(job, at, FWI_NBL(nbl)->map_done, mtu, f);
	int rc;

	if (status != 0)
		return status == STATUS_INVALID_BUFFER_SIZE ? too_large(nbl, mtu) : status;
	if (job->kind == FWI_JOB_PLAIN)
		f->backfill = !q->map.copy_mode && fwi_backfill_offered(nbl, nb, f->head_len);
	rc = fwi_map_frame(&q->map, nbl, solo, f, at, pkt);
	if (rc == STATUS_INVALID_BUFFER_SIZE) /* to copy, and it does not fit */
		return too_large(nbl, 0);
	return rc;
}

static int
map_all(struct fwpdk_poller *p, struct fwi_txq *q, NET_BUFFER_LIST *nbl, NET_BUFFER *nb, bool solo,
	struct fwi_job *job, uint16_t mtu)
{
	struct fwi_nbl *l = FWI_NBL(nbl);
	struct fwi_at at = fwi_at_start(nb);
	struct fwi_mapped pkt;
	struct fwi_frame f;
	unsigned n;
	int rc;

	if (!fwi_at_skip(&at, fwi_job_position(job, l->map_done)))
		return STATUS_INVALID_PARAMETER;
	fwi_job_resume(job, l->map_done);
	l->map_own = job->own;
	for (n = 0; n < FRAMES_MAX; n++) {
		if (fwi_txq_room(q) == 0)
			return -ENOBUFS;
		rc = map_next(q, nbl, nb, solo, job, &at, mtu, &f, &pkt);
		if (rc != 0)
			return rc;
		fwi_map_stage(p, q, nbl, &pkt);
		q->for_nic |= f.ol_flags != 0;
		count(&q->map, job, &f);
		l->map_done = fwi_job_position(job, l->map_done) + f.len;
		if (l->map_done == job->total) {
			fwi_frames_end(nbl);
			return 0;
		}
	}
	return -EAGAIN;
}

/* Larger than the MTU, or begun as fragments. */
static int32_t
fragments(
	struct fwi_job *job, NET_BUFFER_LIST *nbl, const NET_BUFFER *nb, const struct fwi_hop *hop)
{
	bool begun = FWI_NBL(nbl)->map_done != 0;
	int32_t status;

	if (job->kind == FWI_JOB_SEGMENTS || (job->total <= hop->mtu && !begun))
		return 0;
	if (!begun && !fwi_if_facts_of(hop->iface).fragment)
		return too_large(nbl, hop->mtu);
	status = fwi_job_fragment(job, nb, hop->mtu);
	return status == STATUS_INVALID_BUFFER_SIZE ? too_large(nbl, hop->mtu) : status;
}

int
fwi_map_frames(struct fwpdk_poller *p, struct fwi_txq *q, NET_BUFFER_LIST *nbl, NET_BUFFER *nb,
	bool solo, const struct fwi_ip *ip, const struct fwi_hop *hop)
{
	uint8_t l2[FWI_L2_MAX];
	struct fwi_oob oob;
	struct fwi_job job;
	int32_t status;
	uint32_t len;

	if (!q->map.copy_mode && q->map.nfree == 0) /* before anything is added up */
		return -ENOBUFS;
	if (!fwi_oob_read(nbl, &oob))
		return STATUS_INVALID_PARAMETER;
	status = fwi_job_init(&job, nb, &oob, ip);
	if (status == 0)
		status = fragments(&job, nbl, nb, hop);
	if (status != 0)
		return status;
	len = fwi_tags_write(l2, hop, oob.tagged, oob.tag);
	if (len == 0)
		return STATUS_INVALID_PARAMETER;
	fwi_job_l2(&job, l2, len);
	job.nic_sums = q->map.nic_sums;
	return map_all(p, q, nbl, nb, solo && job.kind <= FWI_JOB_SUMS, &job, hop->mtu);
}
