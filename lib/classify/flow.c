/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Contexts of flows: who gave them, who gets them back. A context that is taken away may still be
 * with a callout on another poller; it ends when no classify runs, or when all pollers have
 * polled once more.
 */
#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "classify/flow_table.h"
#include "classify/layers.h"
#include "classify/section.h"
#include "core/ctl.h"
#include "core/rcu.h"
#include "tx/self.h"

/* By the low bits of a callout's number. Threads look here without the control mutex. */
static struct {
	uint32_t id;	   /* atomic; 0 = takes no contexts */
	uint32_t contexts; /* atomic: linked or waiting */
	FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete;
} callouts[FWI_CALLOUTS_MAX];
static unsigned n_callouts;

uint32_t fwi_flow_waiting;
static struct fwi_flow_context *pool, *free_head, *wait_head, **wait_tail = &wait_head;

static uint64_t
owner_of(uint16_t layer_id, uint32_t callout_id)
{
	return (uint64_t)layer_id << 32 | callout_id;
}

static unsigned
place(uint32_t callout_id)
{
	return callout_id % FWI_CALLOUTS_MAX;
}

UINT64
fwi_flow_context(uint64_t handle, uint16_t layer_id, uint32_t callout_id)
{
	uint64_t owner = owner_of(layer_id, callout_id);
	const struct fwi_flow *f = fwi_flow_get(handle);
	const struct fwi_flow_context *c;

	if (f == NULL)
		return 0;
	for (c = __atomic_load_n(&f->contexts, __ATOMIC_ACQUIRE); c != NULL;
		c = __atomic_load_n(&c->next, __ATOMIC_ACQUIRE))
		if (c->owner == owner)
			return c->context;
	return 0;
}

/* Where the link to it is; *link NULL: none. */
static struct fwi_flow_context **
find(struct fwi_flow *f, uint64_t owner)
{
	struct fwi_flow_context **link = &f->contexts;

	while (*link != NULL && (*link)->owner != owner)
		link = &(*link)->next;
	return link;
}

static void
unlink_it(struct fwi_flow_context *c, struct fwi_flow_context **link)
{
	__atomic_store_n(link, c->next, __ATOMIC_RELEASE);
	c->token = rte_rcu_qsbr_start(fwi_rcu);
}

static void
append_waiting(struct fwi_flow_context *c)
{
	c->behind = NULL;
	*wait_tail = c;
	wait_tail = &c->behind;
	__atomic_fetch_add(&fwi_flow_waiting, 1, __ATOMIC_RELAXED);
}

void
fwi_flow_retire_all(struct fwi_flow *f)
{
	struct fwi_flow_context *c;

	while ((c = f->contexts) != NULL) {
		unlink_it(c, &f->contexts);
		append_waiting(c);
	}
}

static void
end(struct fwi_flow_context *c)
{
	uint16_t layer = (uint16_t)(c->owner >> 32);
	uint32_t id = (uint32_t)c->owner;

	fwi_self.callbacks++;
	callouts[place(id)].flow_delete(layer, id, c->context);
	fwi_self.callbacks--;
	fwi_flow_lock();
	c->next = free_head;
	free_head = c;
	fwi_flow_unlock();
	__atomic_fetch_sub(&callouts[place(id)].contexts, 1, __ATOMIC_RELEASE);
}

static struct fwi_flow_context *
take_ended(void)
{
	struct fwi_flow_context *c;

	if (!fwi_flow_trylock())
		return NULL;
	c = wait_head;
	if (c != NULL && rte_rcu_qsbr_check(fwi_rcu, c->token, false) == 1) {
		wait_head = c->behind;
		if (wait_head == NULL)
			wait_tail = &wait_head;
		__atomic_fetch_sub(&fwi_flow_waiting, 1, __ATOMIC_RELAXED);
	} else {
		c = NULL;
	}
	fwi_flow_unlock();
	return c;
}

void
fwi_flow_finish(void)
{
	struct fwi_flow_context *c;

	while ((c = take_ended()) != NULL)
		end(c);
}

/* The callout takes contexts, and will not go while this one is counted. */
static NTSTATUS
count_in(uint32_t id)
{
	unsigned at = place(id);

	if (id == 0)
		return STATUS_FWP_CALLOUT_NOT_FOUND;
	__atomic_fetch_add(&callouts[at].contexts, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&callouts[at].id, __ATOMIC_SEQ_CST) == id)
		return STATUS_SUCCESS;
	__atomic_fetch_sub(&callouts[at].contexts, 1, __ATOMIC_RELEASE);
	return STATUS_INVALID_PARAMETER;
}

static NTSTATUS
link_new(uint64_t flow, uint64_t owner, UINT64 context)
{
	NTSTATUS status = STATUS_SUCCESS;
	struct fwi_flow_context *c;
	struct fwi_flow *f;

	fwi_flow_lock();
	f = fwi_flow_get(flow);
	c = free_head;
	if (f == NULL) {
		status = STATUS_INVALID_PARAMETER;
	} else if (*find(f, owner) != NULL) {
		status = STATUS_OBJECT_NAME_EXISTS;
	} else if (c == NULL) {
		status = STATUS_INSUFFICIENT_RESOURCES;
	} else {
		free_head = c->next;
		c->owner = owner;
		c->context = context;
		c->next = f->contexts;
		__atomic_store_n(&f->contexts, c, __ATOMIC_RELEASE);
	}
	fwi_flow_unlock();
	return status;
}

NTSTATUS
FwpsFlowAssociateContext0(UINT64 flowId, UINT16 layerId, UINT32 calloutId, UINT64 flowContext)
{
	const struct fwi_layer_kind *layer = fwi_layer_by_id(layerId);
	NTSTATUS status;

	if (flowContext == 0 || layer == NULL || !layer->flows)
		return STATUS_INVALID_PARAMETER;
	if (!fwi_ready())
		return STATUS_FWP_TCPIP_NOT_READY;
	status = count_in(calloutId);
	if (status != STATUS_SUCCESS)
		return status;
	status = link_new(flowId, owner_of(layerId, calloutId), flowContext);
	if (status != STATUS_SUCCESS)
		__atomic_fetch_sub(&callouts[place(calloutId)].contexts, 1, __ATOMIC_RELEASE);
	return status;
}

NTSTATUS
FwpsFlowRemoveContext0(UINT64 flowId, UINT16 layerId, UINT32 calloutId)
{
	struct fwi_flow_context *c = NULL, **link;
	bool now = fwi_self.callbacks == 0;
	struct fwi_flow *f;

	if (!fwi_ready())
		return STATUS_FWP_TCPIP_NOT_READY;
	fwi_flow_lock();
	f = fwi_flow_get(flowId);
	if (f != NULL) {
		link = find(f, owner_of(layerId, calloutId));
		c = *link;
		if (c != NULL) {
			unlink_it(c, link);
			now = now && !fwi_sections_any();
			if (!now)
				append_waiting(c);
		}
	}
	fwi_flow_unlock();
	if (c == NULL)
		return STATUS_UNSUCCESSFUL;
	if (now)
		end(c);
	return now ? STATUS_SUCCESS : STATUS_PENDING;
}

NTSTATUS
FwpsFlowAbort0(UINT64 flowId)
{
	struct fwi_flow *f;

	if (!fwi_ready())
		return STATUS_FWP_TCPIP_NOT_READY;
	fwi_flow_lock();
	f = fwi_flow_get(flowId);
	if (f != NULL)
		fwi_flow_remove(f);
	fwi_flow_unlock();
	fwi_flow_finish();
	return f != NULL ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static int
contexts_init(void)
{
	unsigned i;

	if (pool != NULL)
		return 0;
	pool = rte_zmalloc(
		"fwpdk_flow_context", FWI_FLOW_CONTEXTS_MAX * sizeof(*pool), RTE_CACHE_LINE_SIZE);
	if (pool == NULL)
		return -ENOMEM;
	free_head = NULL;
	for (i = FWI_FLOW_CONTEXTS_MAX; i-- > 0;) {
		pool[i].next = free_head;
		free_head = &pool[i];
	}
	return 0;
}

int
fwi_flow_callout_add(uint32_t id, FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete)
{
	if (contexts_init() != 0 || fwi_flow_table_init() != 0)
		return -ENOMEM;
	callouts[place(id)].flow_delete = flow_delete;
	__atomic_store_n(&callouts[place(id)].id, id, __ATOMIC_RELEASE);
	if (n_callouts++ == 0)
		__atomic_store_n(&fwi_flows_on, true, __ATOMIC_RELEASE);
	return 0;
}

bool
fwi_flow_callout_del(uint32_t id)
{
	unsigned at = place(id);

	__atomic_store_n(&callouts[at].id, 0, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&callouts[at].contexts, __ATOMIC_SEQ_CST) != 0) {
		__atomic_store_n(&callouts[at].id, id, __ATOMIC_RELEASE);
		return false;
	}
	if (--n_callouts == 0)
		__atomic_store_n(&fwi_flows_on, false, __ATOMIC_RELEASE);
	return true;
}

void
fwi_flows_fini(void)
{
	fwi_flow_table_fini();
	rte_free(pool);
	pool = NULL;
	free_head = NULL;
	n_callouts = 0;
}
