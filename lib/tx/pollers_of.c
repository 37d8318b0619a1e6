/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: which pollers take injections for a compartment, published whole. */
#include <stdlib.h>
#include <string.h>

#include <fwpdk/stack.h>

#include "core/log.h"
#include "tx/poller.h"
#include "tx/producer.h"

static const struct fwi_pollers_of none;
static const struct fwi_pollers_of *published[FWPDK_MAX_COMPARTMENTS];

const struct fwi_pollers_of *
fwi_pollers_of(uint32_t comp)
{
	const struct fwi_pollers_of *set = __atomic_load_n(&published[comp], __ATOMIC_ACQUIRE);

	return set != NULL ? set : &none;
}

static bool
port_running(const struct fwpdk_poller *p)
{
	unsigned i;

	for (i = 0; i < p->nports; i++)
		if (__atomic_load_n(&p->q[i]->state, __ATOMIC_RELAXED) == FWI_TXQ_RUNNING)
			return true;
	return false;
}

static const struct fwi_pollers_of *
build(uint32_t comp)
{
	struct fwi_pollers_of *set = calloc(1, sizeof(*set));
	struct fwpdk_poller *p;
	unsigned i;

	if (set == NULL) { /* refuse injections rather than send them to a stopped poller */
		FWI_LOG(tx, ERR, "no memory to publish the pollers of compartment %u", comp);
		return NULL;
	}
	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		p = fwi_pollers[i];
		if (p != NULL && p->accepting && (p->comps >> comp & 1))
			set->p[set->n++] = p;
	}
	if (set->n != 0)
		return set;
	free(set);
	return NULL;
}

static void
accepting_set(struct fwpdk_poller *p, bool accepting)
{
	bool serves_default = p->comps >> fwi_stack_compartment(0) & 1;

	__atomic_store_n(&p->accepting, accepting, __ATOMIC_RELEASE);
	__atomic_store_n(
		&p->fast, accepting && serves_default && !fwi_fence_needed, __ATOMIC_RELEASE);
}

void
fwi_pollers_publish(void)
{
	const struct fwi_pollers_of *old[FWPDK_MAX_COMPARTMENTS];
	struct fwpdk_poller *p;
	unsigned i;

	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		p = fwi_pollers[i];
		if (p != NULL)
			accepting_set(p, p->started && port_running(p));
	}
	for (i = 0; i < FWPDK_MAX_COMPARTMENTS; i++) {
		old[i] = published[i];
		__atomic_store_n(&published[i], build(i), __ATOMIC_RELEASE);
	}
	fwi_producer_grace();
	for (i = 0; i < FWPDK_MAX_COMPARTMENTS; i++)
		free((void *)(uintptr_t)old[i]);
}
