/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: sends that have no way out. Those to ourselves are delivered here, as copies that
 * come in by the interface that has the address; those whose neighbour is not known wait.
 */
#include <string.h>

#include <ndis.h>

#include "input/input.h"
#include "map/ip.h"
#include "resolve/resolve.h"
#include "tx/path.h"

bool
fwi_loops4(uint32_t comp, uint32_t dst)
{
	return (rte_be_to_cpu_32(dst) >> 24) == 127 || fwi_stack_local4(comp, dst) != 0;
}

bool
fwi_loops6(uint32_t comp, const uint8_t dst[16])
{
	static const uint8_t loopback[16] = {[15] = 1};

	return memcmp(dst, loopback, sizeof(loopback)) == 0 || fwi_stack_local6(comp, dst) != 0;
}

/* The interface it comes in by; 127/8 and ::1 are no interface's, then the source's has to do. */
static uint32_t
arrival(uint32_t comp, const struct fwi_ip *ip)
{
	uint32_t src, dst, index;

	if (ip->version == 4) {
		memcpy(&src, ip->hdr + 12, 4);
		memcpy(&dst, ip->hdr + 16, 4);
		index = fwi_stack_local4(comp, dst);
		if (index == 0)
			index = fwi_stack_local4(comp, src);
	} else {
		index = fwi_stack_local6(comp, ip->hdr + 24);
		if (index == 0)
			index = fwi_stack_local6(comp, ip->hdr + 8);
	}
	return index != 0 ? index : fwi_stack_any_if(comp);
}

static bool
loops(const struct fwpdk_poller *p, uint32_t comp, const struct fwi_ip *ip)
{
	if (p->input == NULL)
		return false;
	return ip->version == 4 ? fwi_loops4(comp, fwi_ip_dst4(ip))
				: fwi_loops6(comp, ip->hdr + 24);
}

static void
sought_by(uint32_t comp, const struct fwi_ip *ip, uint32_t hash, struct fwi_sought *s)
{
	bool six = ip->version == 6;

	s->comp = comp;
	s->version = ip->version;
	memcpy(s->dst, ip->hdr + (six ? 24 : 16), six ? 16 : 4);
	s->flow = (struct fwi_flow){.hash = hash};
	fwi_flow_src(&s->flow, ip->hdr);
}

void *
fwi_no_way(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb,
	const struct fwi_ip *ip, int32_t *status)
{
	const struct fwi_nbl *l = (const void *)nbl;
	bool send = l->path == FWI_PATH_SEND;
	int32_t was = *status;
	struct fwi_sought s;
	void *at = NULL;

	if (send && loops(p, l->compartment, ip)) {
		if (fwi_self.classifying) /* callouts are not run inside one's inject call */
			return FWI_PATH_LATER;
		*status = fwi_take_copy(p, nbl, nb, arrival(l->compartment, ip), true);
		return NULL;
	}
	if (was != STATUS_HOST_UNREACHABLE &&
		!(send && (was == STATUS_NETWORK_UNREACHABLE ||
				  was == (int32_t)NDIS_STATUS_MEDIA_DISCONNECTED)))
		return NULL;
	sought_by(l->compartment, ip, fwi_ip_flow_hash(nb, ip), &s);
	if (l->path == FWI_PATH_FORWARD)
		s.flow.if_index = l->if_index;
	if (was == STATUS_HOST_UNREACHABLE)
		at = fwi_asked_place(p, &s, false, status);
	/* Known by now, and the poller has not followed yet: then what waits goes first. */
	if (at != NULL || *status != was || !fwi_asked_leads(&s) || loops(p, l->compartment, ip))
		return at;
	fwi_follow_again(p);
	return FWI_PATH_LATER;
}

void
fwi_other_way(struct fwpdk_poller *p, uint32_t comp, const struct fwi_ip *ip, uint32_t hash)
{
	struct fwi_sought s;

	sought_by(comp, ip, hash, &s);
	fwi_asked_own(p, &s, false);
}
