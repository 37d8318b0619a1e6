/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: fwpdk_mem_register() and the devices that must know about it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include <fwpdk/memory.h>

#include "core/ctl.h"
#include "core/log.h"
#include "map/mem.h"

#define MAX_DEVICES 32u

struct region {
	uintptr_t start; /* 0 = slot free; written last with release, cleared first */
	uintptr_t end;
	size_t page;
	rte_iova_t *iova;
	uint32_t pages;
};

static struct region regions[FWI_MEM_REGIONS];
static struct rte_device *devices[MAX_DEVICES];
static bool (*any_in_flight)(void);

void
fwi_mem_hook(bool (*in_flight)(void))
{
	any_in_flight = in_flight;
}

bool
fwi_mem_is_registered(const void *addr)
{
	uintptr_t a = (uintptr_t)addr, start;
	unsigned i;

	for (i = 0; i < FWI_MEM_REGIONS; i++) {
		start = __atomic_load_n(&regions[i].start, __ATOMIC_ACQUIRE);
		if (start != 0 && a >= start && a < regions[i].end)
			return true;
	}
	return false;
}

/* A device that does not read through an IOMMU of ours says ENOTSUP: nothing to map. */
static int
device_map(struct rte_device *dev, const struct region *r, bool map)
{
	uint8_t *va = (uint8_t *)r->start;
	uint32_t i;
	int rc;

	for (i = 0; i < r->pages; i++, va += r->page) {
		rc = map ? rte_dev_dma_map(dev, va, r->iova[i], r->page)
			 : rte_dev_dma_unmap(dev, va, r->iova[i], r->page);
		if (rc == 0 || !map)
			continue;
		if (rte_errno == ENOTSUP)
			return 0;
		rc = rte_errno != 0 ? -rte_errno : -EIO;
		FWI_LOG(map, ERR, "DMA mapping of %p for %s failed: %s", (void *)va,
			rte_dev_name(dev), rte_strerror(-rc));
		while (i-- > 0) {
			va -= r->page;
			rte_dev_dma_unmap(dev, va, r->iova[i], r->page);
		}
		return rc;
	}
	return 0;
}

static int
map_everywhere(struct region *r)
{
	unsigned d;
	int rc;

	for (d = 0; d < MAX_DEVICES; d++) {
		if (devices[d] == NULL)
			continue;
		rc = device_map(devices[d], r, true);
		if (rc != 0) {
			while (d-- > 0)
				if (devices[d] != NULL)
					device_map(devices[d], r, false);
			return rc;
		}
	}
	return 0;
}

static int
region_check(uintptr_t start, size_t len, const rte_iova_t *iova, uint32_t n_pages, size_t page,
	struct region **slot)
{
	unsigned i;

	if (start == 0 || len == 0 || page < 4096 || (page & (page - 1)) != 0 ||
		(start & (page - 1)) != 0 || (len & (page - 1)) != 0 || len / page > UINT32_MAX ||
		start + len < start || n_pages != (iova == NULL ? 0 : len / page))
		return -EINVAL;
	*slot = NULL;
	for (i = 0; i < FWI_MEM_REGIONS; i++) {
		if (regions[i].start == 0)
			*slot = &regions[i];
		else if (start < regions[i].end && regions[i].start < start + len)
			return -EEXIST;
	}
	return *slot == NULL ? -ENOSPC : 0;
}

static int
region_add(struct region *r, uintptr_t start, size_t len, const rte_iova_t *iova, size_t page)
{
	struct region fresh = {
		.start = start, .end = start + len, .page = page, .pages = (uint32_t)(len / page)};
	uint32_t i;
	int rc;

	fresh.iova = malloc(fresh.pages * sizeof(*fresh.iova));
	if (fresh.iova == NULL)
		return -ENOMEM;
	for (i = 0; i < fresh.pages; i++)
		fresh.iova[i] = iova != NULL ? iova[i] : start + i * page;
	if (rte_extmem_register((void *)start, len, fresh.iova, fresh.pages, page) != 0) {
		rc = rte_errno != 0 ? -rte_errno : -EIO;
		free(fresh.iova);
		return rc;
	}
	rc = map_everywhere(&fresh);
	if (rc != 0) {
		rte_extmem_unregister((void *)start, len);
		free(fresh.iova);
		return rc;
	}
	r->end = fresh.end;
	r->page = page;
	r->iova = fresh.iova;
	r->pages = fresh.pages;
	__atomic_store_n(&r->start, start, __ATOMIC_RELEASE);
	return 0;
}

int
fwpdk_mem_register(
	void *addr, size_t len, const rte_iova_t *iova, uint32_t n_pages, size_t page_size)
{
	struct region *r = NULL;
	int rc;

	if (!fwi_ready())
		return -ENODEV;
	fwi_ctl_lock();
	rc = region_check((uintptr_t)addr, len, iova, n_pages, page_size, &r);
	if (rc == 0)
		rc = region_add(r, (uintptr_t)addr, len, iova, page_size);
	fwi_ctl_unlock();
	return rc;
}

static void
region_drop(struct region *r)
{
	void *start = (void *)r->start;
	unsigned d;

	for (d = 0; d < MAX_DEVICES; d++)
		if (devices[d] != NULL)
			device_map(devices[d], r, false);
	rte_extmem_unregister(start, r->end - r->start);
	__atomic_store_n(&r->start, 0, __ATOMIC_RELEASE);
	free(r->iova);
	r->iova = NULL;
}

int
fwpdk_mem_unregister(void *addr, size_t len)
{
	unsigned i;
	int rc = -ENOENT;

	if (!fwi_ready())
		return -ENODEV;
	fwi_ctl_lock();
	for (i = 0; i < FWI_MEM_REGIONS && rc == -ENOENT; i++) {
		if (regions[i].start == 0 || regions[i].start != (uintptr_t)addr ||
			regions[i].end - regions[i].start != len)
			continue;
		rc = any_in_flight != NULL && any_in_flight() ? -EBUSY : 0;
		if (rc == 0)
			region_drop(&regions[i]);
	}
	fwi_ctl_unlock();
	return rc;
}

int
fwi_mem_attach(struct rte_device *dev)
{
	unsigned i, d;
	int rc;

	for (d = 0; d < MAX_DEVICES && devices[d] != NULL; d++)
		;
	if (d == MAX_DEVICES)
		return -ENOSPC;
	for (i = 0; i < FWI_MEM_REGIONS; i++) {
		if (regions[i].start == 0)
			continue;
		rc = device_map(dev, &regions[i], true);
		if (rc != 0) {
			while (i-- > 0)
				if (regions[i].start != 0)
					device_map(dev, &regions[i], false);
			return rc;
		}
	}
	devices[d] = dev;
	return 0;
}

void
fwi_mem_detach(struct rte_device *dev)
{
	unsigned i, d;

	for (d = 0; d < MAX_DEVICES && devices[d] != dev; d++)
		;
	if (d == MAX_DEVICES)
		return;
	for (i = 0; i < FWI_MEM_REGIONS; i++)
		if (regions[i].start != 0)
			device_map(dev, &regions[i], false);
	devices[d] = NULL;
}

void
fwi_mem_fini(void)
{
	unsigned i;

	for (i = 0; i < FWI_MEM_REGIONS; i++)
		if (regions[i].start != 0)
			region_drop(&regions[i]);
	memset(devices, 0, sizeof(devices));
}
