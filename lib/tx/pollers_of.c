/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: which pollers take injections for a compartment, published whole. */
#include <string.h>

#include <fwpdk/stack.h>

#include "tx/events.h"
#include "tx/path.h"
#include "tx/poller.h"
#include "tx/producer.h"

static const struct fwi_pollers_of none;
static const struct fwi_pollers_of *published[FWPDK_MAX_COMPARTMENTS];
/* One published, one to be written: so a change needs no memory and cannot fail. */
static struct fwi_pollers_of sets[2][FWPDK_MAX_COMPARTMENTS];
static unsigned next_set;

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
	struct fwi_pollers_of *set = &sets[next_set][comp];
	struct fwpdk_poller *p;
	unsigned i;

	set->n = 0;
	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		p = fwi_pollers[i];
		if (p != NULL && p->accepting && (p->comps >> comp & 1))
			set->p[set->n++] = p;
	}
	return set->n != 0 ? set : NULL;
}

static void
accepting_set(struct fwpdk_poller *p, bool accepting)
{
	bool serves_default = p->comps >> fwi_stack_compartment(0) & 1;

	__atomic_store_n(&p->accepting, accepting, __ATOMIC_RELEASE);
	__atomic_store_n(&p->closed,
		!(accepting && serves_default && !fwi_fence_needed && !fwi_outbound_asked &&
			!fwi_recording(p)),
		__ATOMIC_RELEASE);
}

void
fwi_pollers_publish(void)
{
	struct fwpdk_poller *p;
	unsigned i;

	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		p = fwi_pollers[i];
		if (p != NULL)
			accepting_set(p, p->started && port_running(p));
	}
	for (i = 0; i < FWPDK_MAX_COMPARTMENTS; i++)
		__atomic_store_n(&published[i], build(i), __ATOMIC_RELEASE);
	next_set ^= 1;
	fwi_producer_grace(); /* nobody reads the old ones any more */
}

void
fwi_outbound_ask(bool asked)
{
	__atomic_store_n(&fwi_outbound_asked, asked, __ATOMIC_RELAXED);
	fwi_pollers_publish();
}
