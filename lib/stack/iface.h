/* SPDX-License-Identifier: BSD-3-Clause */
/* Interfaces and their addresses. Control path. */
#ifndef FWI_STACK_IFACE_H
#define FWI_STACK_IFACE_H

#include <sys/queue.h>

#include "stack/adj.h"
#include "stack/prefix.h"

struct fwi_if_addr {
	SLIST_ENTRY(fwi_if_addr) next;
	fwi_u128 key;
	uint8_t family, prefix_len;
	bool mirrored; /* lib/netlink's */
};

struct fwi_if {
	struct fwi_link link; /* what adjacencies point to */
	uint32_t comp;
	bool mirrored; /* lib/netlink's: the host may not remove it */
	char name[16];
	bool forward; /* sends on what is for others */
	bool resolve; /* asks for neighbours */
	uint16_t stack_port;
	SLIST_HEAD(, fwi_if_addr) addrs;
	struct fwi_retired retired;
};

/* By index; NULL if there is none. */
struct fwi_if *fwi_if_get(uint32_t if_index);
const struct fwi_link *fwi_if_link(uint32_t if_index);
void fwi_if_describe(const struct fwi_if *iface, struct fwpdk_if_info *info);
void fwi_if_fini(void);

/* lib/netlink's: an interface just made becomes the mirror's; remove it. -ENOENT; -ENOMEM. */
void fwi_if_mirror(uint32_t if_index);
int fwi_if_unmirror(uint32_t if_index);
/* The same one by another name. -EEXIST: that is another's. */
int fwi_if_rename(uint32_t if_index, const char *name);
/* An address without a route of its own: the kernel's tells of that. -EEXIST; -ENOMEM. */
int fwi_addr_mirror(
	uint32_t if_index, enum fwi_family family, fwi_u128 key, uint8_t prefix_len, bool remove);

#endif
