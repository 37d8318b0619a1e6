/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_malloc.h>

#include "core/rcu.h"

struct rte_rcu_qsbr *fwi_rcu;
static struct fwi_retired *retired_head, **retired_tail = &retired_head;
static unsigned retired_count;

int
fwi_rcu_init(unsigned max_readers)
{
	size_t size = rte_rcu_qsbr_get_memsize(max_readers);

	fwi_rcu = rte_zmalloc("fwpdk_rcu", size, RTE_CACHE_LINE_SIZE);
	if (fwi_rcu == NULL)
		return -ENOMEM;
	if (rte_rcu_qsbr_init(fwi_rcu, max_readers) != 0) {
		rte_free(fwi_rcu);
		fwi_rcu = NULL;
		return -EINVAL;
	}
	return 0;
}

static void
free_first(void)
{
	struct fwi_retired *r = retired_head;

	retired_head = r->next;
	if (retired_head == NULL)
		retired_tail = &retired_head;
	retired_count--;
	r->free_fn(r->object); /* and r with it */
}

void
fwi_rcu_fini(void)
{
	while (retired_head != NULL)
		free_first();
	rte_free(fwi_rcu);
	fwi_rcu = NULL;
}

void
fwi_rcu_online(unsigned id)
{
	rte_rcu_qsbr_thread_register(fwi_rcu, id);
	rte_rcu_qsbr_thread_online(fwi_rcu, id);
}

void
fwi_rcu_offline(unsigned id)
{
	rte_rcu_qsbr_thread_offline(fwi_rcu, id);
	rte_rcu_qsbr_thread_unregister(fwi_rcu, id);
}

void
fwi_rcu_reclaim(void)
{
	while (retired_head != NULL && rte_rcu_qsbr_check(fwi_rcu, retired_head->token, false) == 1)
		free_first();
}

void
fwi_rcu_defer(struct fwi_retired *r, void (*free_fn)(void *), void *object)
{
	if (object == NULL)
		return;
	fwi_rcu_reclaim();
	r->next = NULL;
	r->token = rte_rcu_qsbr_start(fwi_rcu);
	r->free_fn = free_fn;
	r->object = object;
	*retired_tail = r;
	retired_tail = &r->next;
	retired_count++;
	fwi_rcu_reclaim();
}

unsigned
fwi_rcu_deferred(void)
{
	return retired_count;
}
