/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: may this device read these bytes, and at which IO address? */
#include <rte_eal.h>
#include <rte_memory.h>

#include "map/mapq.h"
#include "map/mem.h"

/* IOVA-contiguous run inside one memory segment page from addr on. */
static uint32_t
run_in_page(const void *addr, uint32_t len, uint8_t mem_class, rte_iova_t *iova)
{
	const struct rte_memseg_list *msl;
	const struct rte_memseg *ms;
	size_t off, left;

	msl = rte_mem_virt2memseg_list(addr);
	if (msl == NULL || (mem_class == FWI_MEM_FD && msl->external))
		return 0;
	ms = rte_mem_virt2memseg(addr, msl);
	if (ms == NULL || ms->len == 0 || ms->iova == RTE_BAD_IOVA)
		return 0;
	if (msl->external && !fwi_mem_is_registered(addr))
		return 0; /* the host's own external memory: nobody told us that it is mapped */
	off = (size_t)((uintptr_t)addr - ms->addr_64);
	left = ms->len - off;
	*iova = ms->iova + off;
	return left < len ? (uint32_t)left : len;
}

uint32_t
fwi_mem_readable(uint8_t mem_class, const void *addr, uint32_t len, rte_iova_t *iova)
{
	uint32_t run, more;
	rte_iova_t next;

	if (likely(mem_class == FWI_MEM_ANY)) {
		*iova = (uintptr_t)addr;
		return len;
	}
	run = run_in_page(addr, len, mem_class, iova);
	/* Neighbouring pages are one segment where their IO addresses follow each other. */
	while (run != 0 && run < len) {
		more = run_in_page((const uint8_t *)addr + run, len - run, mem_class, &next);
		if (more == 0)
			return 0;
		if (next != *iova + run)
			break;
		run += more;
	}
	return run;
}
