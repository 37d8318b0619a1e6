/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys_shot.h"

#define TAG	  'tsyS'
#define ROOM	  2048u /* of one MDL */
#define MDLS	  4u
#define LEAD	  32u /* backfill */
#define DATA_SIZE (MDLS * ROOM)

struct shots shots;

int
shots_open(void)
{
	NET_BUFFER_LIST_POOL_PARAMETERS nbl = {
		.Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
			.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = TAG,
	};
	NET_BUFFER_POOL_PARAMETERS nb = {
		.Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
			.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1,
			.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1},
		.PoolTag = TAG,
	};

	shots.nbl_pool = NdisAllocateNetBufferListPool(NULL, &nbl);
	shots.nb_pool = NdisAllocateNetBufferPool(NULL, &nb);
	if (shots.nbl_pool == NULL || shots.nb_pool == NULL ||
		!NT_SUCCESS(FwpsInjectionHandleCreate0(
			AF_INET, FWPS_INJECTION_TYPE_NETWORK, &shots.handle[0])) ||
		!NT_SUCCESS(FwpsInjectionHandleCreate0(
			AF_INET6, FWPS_INJECTION_TYPE_NETWORK, &shots.handle[1]))) {
		fprintf(stderr, "cannot make pools and handles\n");
		return -1;
	}
	return 0;
}

int
shots_close(void)
{
	for (unsigned i = 0; i < 2; i++) {
		NTSTATUS status = FwpsInjectionHandleDestroy0(shots.handle[i]);

		if (!NT_SUCCESS(status)) {
			fprintf(stderr, "FwpsInjectionHandleDestroy0: 0x%08x\n", (unsigned)status);
			return -1;
		}
	}
	NdisFreeNetBufferPool(shots.nb_pool);
	NdisFreeNetBufferListPool(shots.nbl_pool);
	return 0;
}

/* Half of the memory is the library's, half is any. */
static uint8_t *
data_alloc(uint32_t sequence)
{
	return sequence & 1 ? malloc(DATA_SIZE)
			    : ExAllocatePool2(POOL_FLAG_NON_PAGED, DATA_SIZE, TAG);
}

static void
data_free(uint8_t *data, uint32_t sequence)
{
	if (sequence & 1)
		free(data);
	else if (data != NULL)
		ExFreePoolWithTag(data, TAG);
}

static void
mdls_free(MDL *mdl)
{
	while (mdl != NULL) {
		MDL *next = mdl->Next;

		IoFreeMdl(mdl);
		mdl = next;
	}
}

/* Frees clones, then NET_BUFFERs and MDLs, then the list. */
static void
shot_free(struct shot *shot)
{
	NET_BUFFER_LIST *nbl = shot->nbl[0];
	uint32_t sequence = shot->d[0].sequence;

	for (unsigned i = 1; i < 3; i++)
		if (shot->nbl[i] != NULL)
			FwpsFreeCloneNetBufferList0(shot->nbl[i], 0);
	if (nbl != NULL) {
		NET_BUFFER *first = NET_BUFFER_LIST_FIRST_NB(nbl), *second = first->Next;

		if (second != NULL) {
			if (second->MdlChain != first->MdlChain)
				mdls_free(second->MdlChain);
			first->Next = NULL;
			NdisFreeNetBuffer(second);
		}
		mdls_free(first->MdlChain);
		FwpsFreeNetBufferList0(nbl);
	}
	data_free(shot->data[0], sequence);
	data_free(shot->data[1], sequence);
	free(shot);
}

/* n MDLs with the packet spread over them; the first cut may be inside the IP header. */
static MDL *
mdls_make(uint8_t *data, const uint8_t *packet, size_t len, unsigned n, unsigned lead)
{
	const size_t cuts[MDLS] = {n == 1 ? len : n == 3 ? 13 : 48, 9, len / 3, 0};
	MDL *first = NULL, **link = &first;

	for (unsigned i = 0; i < n; i++) {
		size_t size = i == n - 1 || cuts[i] > len ? len : cuts[i];
		unsigned before = i == 0 ? lead : 0;
		MDL *mdl = IoAllocateMdl(
			data + i * ROOM, (ULONG)(before + size), FALSE, FALSE, NULL);

		if (mdl == NULL) {
			mdls_free(first);
			return NULL;
		}
		memcpy(data + i * ROOM + before, packet, size);
		MmBuildMdlForNonPagedPool(mdl);
		*link = mdl;
		link = &mdl->Next;
		packet += size;
		len -= size;
	}
	return first;
}

static bool
list_make(struct shot *shot, MDL *mdl, unsigned lead, size_t len)
{
	if (mdl != NULL && NT_SUCCESS(FwpsAllocateNetBufferAndNetBufferList0(
				   shots.nbl_pool, 0, 0, mdl, lead, len, &shot->nbl[0])))
		return true;
	mdls_free(mdl);
	return false;
}

static bool
second_nb(struct shot *shot, MDL *mdl, unsigned offset, size_t len)
{
	NET_BUFFER *nb = mdl != NULL ? NdisAllocateNetBuffer(shots.nb_pool, mdl, offset, len)
				     : NULL;

	if (nb == NULL)
		return false;
	NET_BUFFER_LIST_FIRST_NB(shot->nbl[0])->Next = nb;
	return true;
}

static bool
shot_build(struct shot *shot, enum shape shape, struct target *const *targets)
{
	uint32_t sequence = shot->d[0].sequence;
	unsigned n = 1 + sequence % MDLS, lead = sequence / MDLS & 1 ? LEAD : 0;
	uint8_t packet[2 * FRAME_MAX];
	size_t len = frame_write(packet, targets[0], &shot->d[0]), more;
	MDL *mdl;

	switch (shape) {
	case SHAPE_SHARED:
		more = frame_write(packet + len, targets[0], &shot->d[1]);
		mdl = IoAllocateMdl(shot->data[0], (ULONG)(LEAD + len + more), FALSE, FALSE, NULL);
		if (mdl == NULL)
			return false;
		memcpy(shot->data[0] + LEAD, packet, len + more);
		MmBuildMdlForNonPagedPool(mdl);
		return list_make(shot, mdl, LEAD, len) &&
		       second_nb(shot, mdl, (unsigned)(LEAD + len), more);
	case SHAPE_NBS:
		if (!list_make(shot, mdls_make(shot->data[0], packet, len, n, lead), lead, len))
			return false;
		more = frame_write(packet, targets[1], &shot->d[1]);
		mdl = mdls_make(shot->data[1], packet, more, n, lead);
		if (second_nb(shot, mdl, lead, more))
			return true;
		mdls_free(mdl);
		return false;
	default:
		if (!list_make(shot, mdls_make(shot->data[0], packet, len, n, lead), lead, len))
			return false;
		for (unsigned i = 1; shape == SHAPE_CLONES && i < 3; i++, shot->nb_nbls++)
			if (!NT_SUCCESS(FwpsAllocateCloneNetBufferList0(
				    shot->nbl[0], NULL, NULL, 0, &shot->nbl[i])))
				return false;
		return true;
	}
}

unsigned
shape_copies(enum shape shape)
{
	return shape == SHAPE_CLONES ? 3 : shape == SHAPE_SHARED ? 2 : 1;
}

struct shot *
shot_make(enum shape shape, struct target *const *targets, const struct datagram *d)
{
	struct shot *shot = calloc(1, sizeof(*shot));

	if (shot == NULL)
		return NULL;
	shot->d[0] = shot->d[1] = *d;
	if (shape == SHAPE_SHARED) {
		shot->d[0].sequence *= 2;
		shot->d[1].sequence = shot->d[0].sequence + 1;
	}
	shot->nb_nbls = 1;
	shot->data[0] = data_alloc(shot->d[0].sequence);
	shot->data[1] = shape == SHAPE_NBS ? data_alloc(shot->d[0].sequence) : NULL;
	if (shot->data[0] == NULL || (shape == SHAPE_NBS && shot->data[1] == NULL) ||
		!shot_build(shot, shape, targets)) {
		shot_free(shot);
		return NULL;
	}
	shot->left = shot->nb_nbls;
	return shot;
}

/* After the completion the data are as they were. */
static bool
list_intact(const struct shot *shot, NET_BUFFER_LIST *nbl)
{
	unsigned i = 0;

	for (NET_BUFFER *nb = NET_BUFFER_LIST_FIRST_NB(nbl); nb != NULL; nb = nb->Next, i++) {
		uint8_t storage[FRAME_MAX];
		uint8_t *packet = NdisGetDataBuffer(nb, NET_BUFFER_DATA_LENGTH(nb), storage, 1, 0);
		struct datagram d;

		if (packet == NULL || !frame_check(packet, NET_BUFFER_DATA_LENGTH(nb), &d) ||
			memcmp(&d, &shot->d[i], sizeof(d)) != 0)
			return false;
	}
	return true;
}

static VOID NTAPI
shot_completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level)
{
	struct shot *shot = context;

	UNREFERENCED_PARAMETER(dispatch_level);
	if (!NT_SUCCESS(NET_BUFFER_LIST_STATUS(nbl))) {
		if (shots.failed == 0)
			shots.first_error = NET_BUFFER_LIST_STATUS(nbl);
		__atomic_fetch_add(&shots.failed, 1, __ATOMIC_RELAXED);
	}
	if (!list_intact(shot, nbl))
		__atomic_fetch_add(&shots.damaged, 1, __ATOMIC_RELAXED);
	if (shots.done != NULL)
		shots.done(&shot->d[0], NET_BUFFER_LIST_STATUS(nbl));
	__atomic_fetch_sub(&shot->in_flight, 1, __ATOMIC_RELAXED);
	if (__atomic_sub_fetch(&shot->left, 1, __ATOMIC_ACQ_REL) == 0)
		shot_free(shot);
	__atomic_fetch_add(&shots.completed, 1, __ATOMIC_RELEASE);
}

void
shot_discard(struct shot *shot)
{
	if (shot != NULL)
		shot_free(shot);
}

NTSTATUS
shot_try(struct shot *shot, int family)
{
	const unsigned n = shot->nb_nbls; /* the shot may be gone after the last one */

	while (shot->next < n) {
		unsigned i = shot->next++;
		NTSTATUS status;

		if (__atomic_add_fetch(&shot->in_flight, 1, __ATOMIC_RELAXED) == 3)
			__atomic_fetch_add(&shots.together, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&shots.accepted, 1, __ATOMIC_RELAXED);
		status = FwpsInjectNetworkSendAsync0(shots.handle[family == 6], NULL, 0,
			UNSPECIFIED_COMPARTMENT_ID, shot->nbl[i], shot_completed, shot);
		if (NT_SUCCESS(status)) {
			if (i == n - 1)
				break;
			continue;
		}
		__atomic_fetch_sub(&shot->in_flight, 1, __ATOMIC_RELAXED);
		__atomic_fetch_sub(&shots.accepted, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&shots.refused, 1, __ATOMIC_RELAXED);
		shot->next = i;
		return status;
	}
	return STATUS_SUCCESS;
}

bool
shot_inject(struct shot *shot, int family)
{
	NTSTATUS status = shot_try(shot, family);

	if (NT_SUCCESS(status) || status == STATUS_INSUFFICIENT_RESOURCES)
		return NT_SUCCESS(status);
	fprintf(stderr, "refused with 0x%08x: thread %u flow %u sequence %u\n", (unsigned)status,
		shot->d[0].thread, shot->d[0].flow, shot->d[0].sequence);
	exit(3);
}
