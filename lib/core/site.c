/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <rte_errno.h>

#include "core/site.h"

static struct fwi_site_facts sites[FWI_SITES_MAX + 1]; /* 0: all of them */
static uint32_t count;				       /* atomic */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static struct {
	uint32_t site;
	uint64_t first, n;
	uint64_t failed; /* atomic */
} plan;

/* An inline function has a site per file that includes it: one id for all of them. */
static uint32_t
site_id(const struct fwi_site *s)
{
	uint32_t i;

	for (i = 1; i <= count; i++)
		if (sites[i].line == s->line && strcmp(sites[i].file, s->file) == 0 &&
			strcmp(sites[i].call, s->call) == 0)
			return i;
	if (count == FWI_SITES_MAX)
		return 0;
	sites[i].file = s->file;
	sites[i].call = s->call;
	sites[i].line = s->line;
	__atomic_store_n(&count, i, __ATOMIC_RELEASE);
	return i;
}

static bool
planned(uint32_t site)
{
	uint64_t hit = __atomic_add_fetch(&sites[site].hits, 1, __ATOMIC_RELAXED);

	return site == plan.site && hit >= plan.first && hit - plan.first < plan.n;
}

bool
fwi_site_fails(struct fwi_site *s, int error)
{
	uint32_t id = __atomic_load_n(&s->id, __ATOMIC_RELAXED);
	bool here, any;

	if (id == 0) {
		pthread_mutex_lock(&mutex);
		id = site_id(s);
		pthread_mutex_unlock(&mutex);
		__atomic_store_n(&s->id, id, __ATOMIC_RELAXED);
		if (id == 0)
			return false;
	}
	here = planned(id);
	any = planned(0);
	if (!here && !any)
		return false;
	__atomic_fetch_add(&plan.failed, 1, __ATOMIC_RELAXED);
	rte_errno = error;
	errno = error;
	return true;
}

void
fwi_site_plan(uint32_t site, uint64_t first, uint64_t n)
{
	uint32_t i;

	plan.site = site;
	plan.first = first;
	plan.n = n;
	plan.failed = 0;
	for (i = 0; i <= count; i++)
		sites[i].hits = 0;
}

uint64_t
fwi_site_failed(void)
{
	return __atomic_load_n(&plan.failed, __ATOMIC_RELAXED);
}

uint32_t
fwi_site_count(void)
{
	return __atomic_load_n(&count, __ATOMIC_ACQUIRE);
}

const struct fwi_site_facts *
fwi_site_facts(uint32_t site)
{
	return &sites[site];
}
