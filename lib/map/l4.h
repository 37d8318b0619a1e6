/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: where a transport header begins. */
#ifndef FWI_L4_H
#define FWI_L4_H

#include <stdbool.h>
#include <stdint.h>

struct fwi_l4 {
	uint16_t off;  /* of the transport header */
	uint16_t dst;  /* offset of the address that its checksum counts as the destination */
	uint8_t proto; /* of the transport header */
	bool fragment; /* of a larger packet: its transport header is not all there is */
	bool no_dst;   /* a routing header that hides the final destination */
};

enum fwi_l4_end {
	FWI_L4_FOUND,
	FWI_L4_BAD, /* headers that contradict themselves */
	FWI_L4_MORE /* headers go on behind the bytes given */
};

/* hdr: the first `have` bytes of a checked IP packet, at least its fixed header. */
enum fwi_l4_end fwi_l4_find(const uint8_t *hdr, uint32_t have, struct fwi_l4 *l4);

#endif
