/* SPDX-License-Identifier: BSD-3-Clause */
/* Reports of misuse, and the poison of debug builds. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <rte_debug.h>

#include "core/log.h"
#include "nbl/nbl_debug.h"
#include "nbl/nbl_pool.h"

static void
panic_hook(const char *what, NET_BUFFER_LIST *nbl)
{
	rte_panic("fwpdk: %s (NBL %p)\n", what, (void *)nbl);
}

void (*fwi_nbl_debug_hook)(const char *what, NET_BUFFER_LIST *nbl) = panic_hook;

__rte_cold void
fwi_debug_report(NET_BUFFER_LIST *nbl, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
#if FWPDK_NBL_DEBUG
	FWI_LOG(nbl, CRIT, "%s", text);
	fwi_nbl_debug_hook(text, nbl);
#else
	(void)nbl;
	FWI_LOG(nbl, ERR, "%s", text);
#endif
}

__rte_cold void
fwi_debug_misuse(const struct fwi_nbl *f, const char *what, const void *pc)
{
	NET_BUFFER_LIST *nbl = (NET_BUFFER_LIST *)(uintptr_t)&f->nbl;
	char tag[5];

	fwi_debug_report(nbl, "%s: NBL %p, pool '%s', by %p; allocated by %p, freed by %p", what,
		(void *)nbl, fwi_pool_tag(FWPDK_NBL_DEBUG ? f->pool : nbl->NdisPoolHandle, tag), pc,
		f->alloc_pc, f->free_pc);
}

#if FWPDK_NBL_DEBUG
#define POISON 0x6b

static bool
poisoned(const void *p, size_t n)
{
	const uint8_t *b = p;

	return b[0] == POISON && memcmp(b, b + 1, n - 1) == 0;
}

void
fwi_debug_poison(struct fwi_nbl *f)
{
	memset(&f->nbl, POISON, sizeof(f->nbl));
	memset(&f->nb, POISON, sizeof(f->nb));
}

void
fwi_debug_unpoison(struct fwi_nbl *f)
{
	if (!poisoned(&f->nbl, sizeof(f->nbl)) || !poisoned(&f->nb, sizeof(f->nb)))
		fwi_debug_misuse(f, "written to after free", NULL);
	memset(&f->nbl, 0, sizeof(f->nbl));
	memset(&f->nb, 0, sizeof(f->nb));
}
#endif
