/* SPDX-License-Identifier: BSD-3-Clause */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define TAG 'tseT'

uint64_t pkt_completions, pkt_accepted;
__thread int pkt_in_inject;
void (*pkt_hook)(struct pkt *p);
static __thread int depth;
static struct pkt *all;

static uint32_t
sum16(const uint8_t *d, uint32_t n, uint32_t sum)
{
	uint32_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)d[i] << 8 | d[i + 1];
	if (n & 1)
		sum += (uint32_t)d[n - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

void
pkt_refresh(struct pkt *p)
{
	memcpy(p->copy, p->buf, p->size);
}

void
pkt_ip_checksum(struct pkt *p)
{
	uint32_t len = (p->ip[0] & 15u) * 4, sum;

	p->ip[10] = p->ip[11] = 0;
	sum = ~sum16(p->ip, len, 0);
	p->ip[10] = (uint8_t)(sum >> 8);
	p->ip[11] = (uint8_t)sum;
	pkt_refresh(p);
}

static void
fill(struct pkt *p, const struct pkt_spec *s, unsigned payload)
{
	static uint16_t id;
	bool v6 = s->version == 6;
	uint32_t head = v6 ? 40 : 20, udp_len = 8 + payload, sum, i;
	uint8_t *ip = p->ip, *udp = ip + head;

	for (i = 0; i < p->size; i++)
		p->buf[i] = (uint8_t)(0xa5 + i * 7 + id);
	id++;
	memset(ip, 0, head + 8);
	if (v6) {
		ip[0] = 0x60;
		ip[4] = (uint8_t)(udp_len >> 8);
		ip[5] = (uint8_t)udp_len;
		ip[6] = 17;
		ip[7] = 64;
		inet_pton(AF_INET6, "fd01::2", ip + 8);
		assert_int_equal(inet_pton(AF_INET6, s->dst ? s->dst : "fd01::3", ip + 24), 1);
	} else {
		ip[0] = 0x45;
		ip[2] = (uint8_t)(p->ip_len >> 8);
		ip[3] = (uint8_t)p->ip_len;
		ip[4] = (uint8_t)(id >> 8);
		ip[5] = (uint8_t)id;
		ip[8] = 64;
		ip[9] = 17;
		inet_pton(AF_INET, "10.1.2.2", ip + 12);
		assert_int_equal(inet_pton(AF_INET, s->dst ? s->dst : "10.1.2.3", ip + 16), 1);
	}
	udp[0] = 0x12, udp[1] = 0x34, udp[2] = (uint8_t)(id >> 8), udp[3] = (uint8_t)id;
	udp[4] = (uint8_t)(udp_len >> 8), udp[5] = (uint8_t)udp_len;
	sum = ~sum16(udp, udp_len, sum16(v6 ? ip + 8 : ip + 12, v6 ? 32 : 8, 17 + udp_len));
	udp[6] = (uint8_t)(sum >> 8), udp[7] = (uint8_t)sum;
	if (!v6)
		pkt_ip_checksum(p);
	pkt_refresh(p);
}

static void
add_mdl(struct pkt *p, uint8_t *at, uint32_t len)
{
	MDL *mdl = IoAllocateMdl(at, len, FALSE, FALSE, NULL);

	assert_non_null(mdl);
	MmBuildMdlForNonPagedPool(mdl);
	if (p->nmdl > 0)
		p->mdl[p->nmdl - 1]->Next = mdl;
	p->mdl[p->nmdl++] = mdl;
}

static void
cut(struct pkt *p, const struct pkt_spec *s)
{
	uint8_t *at = p->buf;
	uint32_t left = p->size, n;
	unsigned i, nseg = s->nseg ? s->nseg : 1;

	if (s->cut_lead) {
		add_mdl(p, at, p->lead);
		at += p->lead;
		left -= p->lead;
	}
	for (i = 0; i < nseg; i++) {
		n = i + 1 == nseg || s->seg[i] > left ? left : s->seg[i];
		add_mdl(p, at, n);
		at += n;
		left -= n;
	}
}

struct pkt *
pkt_make(const struct pkt_spec *s)
{
	struct pkt *p = calloc(1, sizeof(*p));
	unsigned payload = s->payload ? s->payload : 32;

	assert_non_null(p);
	p->pool_memory = s->pool_memory;
	p->ip_len = (s->version == 6 ? 48 : 28) + payload;
	p->lead = s->lead;
	p->data_len = p->ip_len + s->pad;
	p->size = s->lead + p->data_len + s->tail;
	p->buf = s->pool_memory ? ExAllocatePool2(POOL_FLAG_NON_PAGED, p->size, TAG)
				: malloc(p->size);
	p->copy = malloc(p->size);
	assert_non_null(p->buf);
	assert_non_null(p->copy);
	p->ip = p->buf + s->lead;
	fill(p, s, payload);
	cut(p, s);
	p->link = all;
	all = p;
	assert_status(FwpsAllocateNetBufferAndNetBufferList0(
			      fx.pool, 0, 0, p->mdl[0], p->lead, p->data_len, &p->nbl),
		STATUS_SUCCESS);
	return p;
}

struct pkt *
pkt_clone(struct pkt *parent)
{
	struct pkt *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->clone = true;
	p->buf = p->ip = parent->ip; /* the same bytes */
	p->ip_len = parent->ip_len;
	p->size = p->data_len = parent->data_len;
	p->copy = malloc(p->size);
	assert_non_null(p->copy);
	pkt_refresh(p);
	p->link = all;
	all = p;
	assert_status(FwpsAllocateCloneNetBufferList0(parent->nbl, NULL, NULL, 0, &p->nbl),
		STATUS_SUCCESS);
	return p;
}

void
pkt_free_nbl(struct pkt *p)
{
	NET_BUFFER *nb, *next;

	if (p->nbl == NULL)
		return;
	nb = p->clone ? NULL : p->nbl->FirstNetBuffer->Next;
	for (; nb != NULL; nb = next) {
		next = nb->Next;
		NdisFreeNetBuffer(nb);
	}
	if (!p->clone)
		p->nbl->FirstNetBuffer->Next = NULL;
	if (p->clone)
		FwpsFreeCloneNetBufferList0(p->nbl, 0);
	else
		FwpsFreeNetBufferList0(p->nbl);
	p->nbl = NULL;
}

void
pkt_free(struct pkt *p)
{
	struct pkt **l = &all;
	unsigned i;

	while (*l != p)
		l = &(*l)->link;
	*l = p->link;
	pkt_free_nbl(p);
	for (i = 0; i < p->nmdl; i++)
		IoFreeMdl(p->mdl[i]);
	if (p->pool_memory)
		ExFreePoolWithTag(p->buf, TAG);
	else if (!p->clone)
		free(p->buf);
	free(p->copy);
	free(p);
}

bool
pkt_free_all(void)
{
	struct pkt *p;
	unsigned wrong = 0;

	for (p = all; p != NULL; p = p->link) {
		wrong += __atomic_load_n(&p->done, __ATOMIC_ACQUIRE) != p->accepted;
		pkt_free_nbl(p);
	}
	while (all != NULL)
		pkt_free(all);
	pkt_hook = NULL;
	return wrong == 0;
}

void
pkt_add_nb(struct pkt *a, struct pkt *b)
{
	NET_BUFFER *nb = a->nbl->FirstNetBuffer;

	while (nb->Next != NULL)
		nb = nb->Next;
	nb->Next = NdisAllocateNetBuffer(fx.nb_pool, b->mdl[0], b->lead, b->data_len);
	assert_non_null(nb->Next);
}

HANDLE
pkt_handle(const struct pkt *p)
{
	return p->ip[0] >> 4 == 6 ? fx.h6 : fx.h4;
}

void
pkt_injected(struct pkt *p)
{
	__atomic_fetch_add(&p->accepted, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&pkt_accepted, 1, __ATOMIC_RELAXED);
}

NTSTATUS
pkt_inject_on(HANDLE h, struct pkt *p)
{
	NTSTATUS status;

	pkt_in_inject++;
	status = FwpsInjectNetworkSendAsync0(
		h, p, 0, UNSPECIFIED_COMPARTMENT_ID, p->nbl, pkt_completed, p);
	pkt_in_inject--;
	if (status == STATUS_SUCCESS)
		pkt_injected(p);
	return status;
}

NTSTATUS
pkt_inject(struct pkt *p)
{
	return pkt_inject_on(pkt_handle(p), p);
}

VOID NTAPI
pkt_completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct pkt *p = context;

	depth++;
	if (p->nbl != nbl)
		p->done += 1000; /* not the list that was injected with this context */
	p->status = nbl->Status;
	p->dispatch = dispatch;
	p->thread = pthread_self();
	p->order = __atomic_fetch_add(&pkt_completions, 1, __ATOMIC_RELAXED);
	p->next_was_null = nbl->Next == NULL;
	p->inside_inject |= pkt_in_inject != 0;
	p->inside_driver |= fx_in_driver != 0;
	if (depth > p->depth)
		p->depth = depth;
	__atomic_fetch_add(&p->done, 1, __ATOMIC_RELEASE);
	if (pkt_hook != NULL)
		pkt_hook(p);
	depth--;
}
