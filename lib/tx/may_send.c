/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: each poller keeps beside its counters of a handle what its fast path has to know
 * about that handle. Told by lib/inject when a handle is made and when it closes.
 */
#include <errno.h>

#include <rte_malloc.h>

#include "core/ctl.h"
#include "tx/poller.h"

static struct fwi_own_count *may; /* [max_handles], send4 and send6 only */

static void
entry_set(struct fwi_own_count *c, uint32_t index, uint64_t send4, uint64_t send6)
{
	/*
	 * The fast path looks at the entry of the handle before, whatever handle it is given: NULL
	 * and what clients make up must not be what a closed one holds. They know no address of
	 * ours.
	 */
	uint64_t none = (uintptr_t)&may[index];

	__atomic_store_n(&c->send4, send4 != 0 ? send4 : none, __ATOMIC_RELAXED);
	__atomic_store_n(&c->send6, send6 != 0 ? send6 : none, __ATOMIC_RELAXED);
}

int
fwi_may_send_init(void)
{
	may = rte_zmalloc("fwpdk_may_send", fwi_config.max_handles * sizeof(*may), 0);
	return may == NULL ? -ENOMEM : 0;
}

void
fwi_may_send_fini(void)
{
	rte_free(may);
	may = NULL;
}

void
fwi_may_send(uint32_t index, uint64_t send4, uint64_t send6)
{
	unsigned i;

	entry_set(&may[index], index, send4, send6);
	for (i = 0; i < FWI_MAX_POLLERS; i++)
		if (fwi_pollers[i] != NULL)
			entry_set(&fwi_pollers[i]->count[index], index, send4, send6);
}

void
fwi_may_send_copy(struct fwpdk_poller *p)
{
	uint32_t i;

	for (i = 0; i < fwi_config.max_handles; i++)
		entry_set(&p->count[i], i, may[i].send4, may[i].send6);
}
