/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reports of what a client did wrong. Every build logs them; a debug build
 * (-DFWPDK_NBL_DEBUG=1) then calls the hook, and detects more: it poisons free NBLs.
 */
#ifndef FWI_NBL_DEBUG_H
#define FWI_NBL_DEBUG_H

#include <rte_common.h>

#include "nbl/nbl_obj.h"

#ifndef FWPDK_NBL_DEBUG
#define FWPDK_NBL_DEBUG 0
#endif

/* Debug builds: called after the report, default rte_panic(). nbl may be NULL. */
extern void (*fwi_nbl_debug_hook)(const char *what, NET_BUFFER_LIST *nbl);

/* Logs; in a debug build at level CRIT, then calls the hook. Returns when that does. */
void fwi_debug_report(NET_BUFFER_LIST *nbl, const char *fmt, ...) __rte_format_printf(2, 3);

/* The same about one NBL: adds its pool tag and who allocated and freed it. */
void fwi_debug_misuse(const struct fwi_nbl *f, const char *what, const void *pc);

#if FWPDK_NBL_DEBUG
/* Fill the client's view of a free NBL; whoever writes to it is found at the next use. */
void fwi_debug_poison(struct fwi_nbl *f);
/* Back to the state in which objects lie in the slab, after looking for foreign writes. */
void fwi_debug_unpoison(struct fwi_nbl *f);
#else
static inline void
fwi_debug_poison(struct fwi_nbl *f)
{
	(void)f;
}

static inline void
fwi_debug_unpoison(struct fwi_nbl *f)
{
	(void)f;
}
#endif

#endif
