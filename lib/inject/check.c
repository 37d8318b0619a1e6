/* SPDX-License-Identifier: BSD-3-Clause */
#include "inject/check.h"

#include "map/job.h"

/* Out of line: jobs are large. */
static __rte_noinline NTSTATUS
check_requests(const NET_BUFFER_LIST *nbl, struct fwi_ip *first)
{
	const NET_BUFFER *nb = nbl->FirstNetBuffer;
	struct fwi_ip other, *ip = first;
	struct fwi_job job;
	struct fwi_oob oob;
	NTSTATUS status;
	unsigned n;

	if (nb == NULL || !fwi_oob_read(nbl, &oob))
		return STATUS_INVALID_PARAMETER;
	for (n = 0; nb != NULL; nb = nb->Next, n++, ip = &other) {
		if (n == FWI_NB_MAX ||
			!(oob.mss != 0 ? fwi_ip_parse_large(nb, ip) : fwi_ip_parse(nb, ip)) ||
			ip->version != first->version)
			return STATUS_INVALID_PARAMETER;
		status = fwi_job_init(&job, nb, &oob, ip);
		if (status != STATUS_SUCCESS)
			return status;
	}
	return STATUS_SUCCESS;
}

NTSTATUS
fwi_check_nbl(const NET_BUFFER_LIST *nbl, struct fwi_ip *first)
{
	const NET_BUFFER *nb = nbl->FirstNetBuffer;
	struct fwi_ip other;
	unsigned n;

	if (unlikely(fwi_oob_asks(nbl)))
		return check_requests(nbl, first);
	if (nb == NULL || !fwi_ip_parse(nb, first))
		return STATUS_INVALID_PARAMETER;
	for (nb = nb->Next, n = 1; nb != NULL; nb = nb->Next, n++)
		if (n == FWI_NB_MAX || !fwi_ip_parse(nb, &other) || other.version != first->version)
			return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}
