/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injection handles: a table of entries, a handle is generation << 16 | index. A value
 * that is no live handle never matches its entry.
 */
#ifndef FWI_HANDLE_H
#define FWI_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include <fwpsk.h>

#include "core/ctl.h"

struct fwi_handle {
	/* the handle while it may send that family's packets at the network layer, else 0 */
	uint64_t send4, send6;
	uint64_t live;		    /* the handle while it is live and not closing, atomic */
	uint64_t closing;	    /* the handle while it is being destroyed, atomic */
	uint64_t base_in, base_out; /* totals of the index when this handle was made */
	uint64_t generation;
	uint32_t types;
	uint16_t family;     /* as given */
	uint16_t destroyers; /* threads inside destroy */
};

extern struct fwi_handle *fwi_handles; /* [fwi_config.max_handles] */

static inline uint32_t
fwi_handle_index(HANDLE h)
{
	return (uint32_t)(uintptr_t)h & (fwi_config.max_handles - 1) & 0xffff;
}

/* Why a handle cannot send `version` packets at the network layer; 0 = it can. */
NTSTATUS fwi_handle_refusal(HANDLE h, unsigned version);
/* The same for forward injections. */
NTSTATUS fwi_handle_forward_refusal(HANDLE h, unsigned version);

#endif
