/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sites: every place of the library where memory, a ring, a pool or a thread resource may
 * be refused. Only in builds with -Dfail_sites=true, where core/site_calls.h stands in front
 * of every file of the library; test/sites makes one after the other fail.
 */
#ifndef FWI_SITE_H
#define FWI_SITE_H

#include <stdbool.h>
#include <stdint.h>

struct fwi_site {
	const char *file, *call;
	int line;
	uint32_t id; /* 0: not passed yet. Atomic. */
} __attribute__((aligned(32)));

/* All there are, the linker's doing; an inline function has one per file that uses it. */
extern struct fwi_site __start_fwi_sites[], __stop_fwi_sites[];

struct fwi_site_facts {
	const char *file, *call;
	int line;
	uint64_t hits; /* since fwi_site_plan(). Atomic. */
};

#define FWI_SITES_MAX 512u

/* At each site, each time; true: behave as if the call had failed, with this error. */
bool fwi_site_fails(struct fwi_site *site, int error);

/*
 * The hits first .. first + n - 1 (from 1) of that site fail; site 0 = counted over all of
 * them; n 0 = none fails. All hits are counted anew.
 */
void fwi_site_plan(uint32_t site, uint64_t first, uint64_t n);
/* How many have failed since. */
uint64_t fwi_site_failed(void);
/* Sites 1 .. fwi_site_count() have been passed so far. */
uint32_t fwi_site_count(void);
const struct fwi_site_facts *fwi_site_facts(uint32_t site);

#endif
