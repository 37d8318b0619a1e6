/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that do not leave as they are; between mapping.c and frames.c. Owner thread. */
#ifndef FWI_FRAMES_H
#define FWI_FRAMES_H

#include "map/ip.h"
#include "tx/poller.h"

/*
 * What is asked for out of band, tags of the interface, fragments. Goes on where it stopped.
 * 0: all of the packet is staged; -ENOBUFS: no room for the next frame now; -EAGAIN: enough
 * for one poll; else the status that the NBL has to end with.
 */
int fwi_map_frames(struct fwpdk_poller *p, struct fwi_txq *q, NET_BUFFER_LIST *nbl, NET_BUFFER *nb,
	bool solo, const struct fwi_ip *ip, const struct fwi_hop *hop);
/* No more of the NET_BUFFER is sent: what was noted of it goes, and a large send's slot is set. */
void fwi_frames_end(NET_BUFFER_LIST *nbl);

/* mapping.c: one frame is ready for the driver. */
void fwi_map_stage(struct fwpdk_poller *p, struct fwi_txq *q, NET_BUFFER_LIST *nbl,
	const struct fwi_mapped *pkt);

#endif
