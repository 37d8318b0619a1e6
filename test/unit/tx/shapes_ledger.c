/* SPDX-License-Identifier: BSD-3-Clause */
/* What is injected, and each completion, which comes once and with a status that can be. */
#include "shapes.h"

#define DISLIKED_ONE_IN 13u

static struct shapes_item *
item_of(const NET_BUFFER_LIST *nbl)
{
	unsigned i;

	for (i = 0; i < SHAPES_ITEMS; i++)
		if (shapes.item[i].nbl == nbl)
			return &shapes.item[i];
	return NULL;
}

/* The packets that left, and were looked at there. */
static unsigned
packets_sent(const struct shapes_item *it)
{
	unsigned k, n = 0;

	for (k = 0; k < it->nbs; k++)
		n += it->w[k].sent;
	return n;
}

static bool
status_can_be(const struct shapes_item *it, NTSTATUS status)
{
	const struct shapes_conf *c = &shapes.conf;

	if (status == STATUS_SUCCESS)
		return packets_sent(it) == it->nbs;
	if (status == (NTSTATUS)STATUS_REQUEST_ABORTED)
		return c->stops;
	if (packets_sent(it) == it->nbs)
		return false;
	switch ((uint32_t)status) {
	case (uint32_t)STATUS_INVALID_DEVICE_STATE:
		return c->stops;
	case (uint32_t)STATUS_DATA_NOT_ACCEPTED:
		return c->expires || c->nic || rig.ports > 1;
	case (uint32_t)NDIS_STATUS_MEDIA_DISCONNECTED:
		return c->expires;
	default:
		return false;
	}
}

void
shapes_check_wire(void)
{
	if (shapes.wrong != NULL)
		fail_msg("on the wire: %s", shapes.wrong);
}

static void
and_now(struct shapes_item *it)
{
	switch (shapes.draining ? 3 : below(4)) {
	case 0:
		shapes_inject(&it, 1);
		break;
	case 1:
		shapes_item_free(it);
		shapes_item_make(it);
		shapes_inject(&it, 1);
		break;
	case 2:
		shapes_item_free(it);
		break;
	default:
		break;
	}
}

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct shapes_item *it = item_of(nbl);

	(void)dispatch;
	shapes_check_wire();
	assert_ptr_equal(context, shapes.item);
	assert_non_null(it);
	assert_true(it->live);
	assert_null(nbl->Next);
	it->live = false;
	it->done++;
	assert_int_equal(it->done, it->injected);
	shapes_item_check(it);
	if (!status_can_be(it, nbl->Status))
		fail_msg("status 0x%08x, %u of %u packets sent", (unsigned)nbl->Status,
			packets_sent(it), it->nbs);
	shapes.completed++;
	shapes.failed += nbl->Status != STATUS_SUCCESS;
	and_now(it);
}

static NET_BUFFER_LIST *
link_up(struct shapes_item **item, unsigned n)
{
	struct shapes_window *w;
	unsigned i;

	for (i = 0; i < n; i++) {
		item[i]->nbl->Next = i + 1 < n ? item[i + 1]->nbl : NULL;
		item[i]->live = true;
		item[i]->injected++;
		for (w = item[i]->w; w < item[i]->w + item[i]->nbs; w++) {
			w->sent = 0;
			w->prepared = false;
			w->disliked = shapes.conf.nic && one_in(DISLIKED_ONE_IN);
		}
	}
	return item[0]->nbl;
}

/* Refused: nothing has changed. */
static void
take_back(struct shapes_item **item, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		assert_ptr_equal(item[i]->nbl->Next, i + 1 < n ? item[i + 1]->nbl : NULL);
		assert_int_equal(packets_sent(item[i]), 0);
		shapes_item_check(item[i]);
		item[i]->nbl->Next = NULL;
		item[i]->live = false;
		item[i]->injected--;
	}
}

bool
shapes_inject(struct shapes_item **item, unsigned n)
{
	HANDLE handle = shapes.handle[one_in(6) ? below(SHAPES_HANDLES) : 0];
	COMPARTMENT_ID compartment = one_in(2) ? UNSPECIFIED_COMPARTMENT_ID
					       : FWPDK_DEFAULT_COMPARTMENT;
	NTSTATUS status;

	/* a chain has one context: the completion finds the list by its address */
	status = FwpsInjectNetworkSendAsync0(
		handle, NULL, 0, compartment, link_up(item, n), completed, shapes.item);
	if (status == STATUS_SUCCESS) {
		shapes.accepted += n;
		return true;
	}
	assert_true(status == (NTSTATUS)STATUS_INSUFFICIENT_RESOURCES ||
		    (status == (NTSTATUS)STATUS_FWP_TCPIP_NOT_READY && shapes.conf.stops));
	take_back(item, n);
	return false;
}

void
shapes_host(void)
{
	struct rte_mbuf *m[4];
	unsigned n = 1 + below(RTE_DIM(m)), i, took;

	for (i = 0; i < n; i++) {
		m[i] = rte_pktmbuf_alloc(shapes.host_pool);
		if (m[i] == NULL)
			break;
		memset(rte_pktmbuf_append(m[i], SHAPES_HOST_LEN), SHAPES_HOST, SHAPES_HOST_LEN);
	}
	took = fwpdk_tx(rig.p[0], rig.dev[0].id, m, (uint16_t)i);
	shapes.host_taken += took;
	for (; took < i; took++)
		rte_pktmbuf_free(m[took]);
}
