/* SPDX-License-Identifier: BSD-3-Clause */
/* Life of one packet, as any client of the API would write it. */
#include "app.h"
#include "inject.h"

/* Take what other threads have returned. All of it at once: so nobody else pops. */
static void
buffers_collect(struct injector *injector)
{
	struct buffer *buffer = __atomic_exchange_n(&injector->returned, NULL, __ATOMIC_ACQUIRE);

	for (; buffer != NULL; buffer = buffer->next)
		injector->free[injector->nb_free++] = buffer;
}

struct buffer *
buffer_get(struct injector *injector)
{
	if (injector->nb_free == 0 && injector->remote)
		buffers_collect(injector);
	return injector->nb_free != 0 ? injector->free[--injector->nb_free] : NULL;
}

/* From a completion. */
static void
buffer_return(struct buffer *buffer)
{
	struct injector *injector = buffer->injector;

	if (!injector->remote) {
		buffer_put(buffer);
		return;
	}
	buffer->next = __atomic_load_n(&injector->returned, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&injector->returned, &buffer->next, buffer, true,
		__ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

bool
buffers_home(struct injector *injector)
{
	buffers_collect(injector);
	return injector->nb_free == injector->nb_buffers;
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

static void
packet_free(NET_BUFFER_LIST *nbl)
{
	mdls_free(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(nbl)));
	FwpsFreeNetBufferList0(nbl);
}

/* One MDL per segment, the first one with the room in front. NULL: a pool is empty. */
static __rte_noinline MDL *
mdls_build(struct buffer *buffer, const uint32_t *segs, unsigned n)
{
	uint8_t *start = buffer->room;
	uint8_t *end = buffer->packet;
	MDL *first = NULL;
	MDL **link = &first;

	for (unsigned i = 0; i < n; i++) {
		end += segs[i];
		*link = IoAllocateMdl(start, (ULONG)(end - start), FALSE, FALSE, NULL);
		if (*link == NULL) {
			mdls_free(first);
			return NULL;
		}
		MmBuildMdlForNonPagedPool(*link);
		link = &(*link)->Next;
		start = end;
	}
	return first;
}

static inline MDL *
mdl_build(struct buffer *buffer, uint32_t len)
{
	MDL *mdl = IoAllocateMdl(buffer->room, BACKFILL + len, FALSE, FALSE, NULL);

	if (likely(mdl != NULL))
		MmBuildMdlForNonPagedPool(mdl);
	return mdl;
}

static uint32_t
sum(const uint32_t *segs, unsigned n)
{
	uint32_t total = 0;

	for (unsigned i = 0; i < n; i++)
		total += segs[i];
	return total;
}

static inline void
ask(const struct injector *injector, const struct buffer *buffer, NET_BUFFER_LIST *nbl)
{
	if (unlikely(injector->requests.sums))
		requests_set(nbl, buffer->packet,
			NET_BUFFER_DATA_LENGTH(NET_BUFFER_LIST_FIRST_NB(nbl)), &injector->requests);
}

/* A burst per round again: what a full port has piled up shrinks to a hot few as it goes. */
static bool
wanted_again(struct injector *injector)
{
	return injector->recycled < __atomic_load_n(&injector->burst, __ATOMIC_RELAXED) &&
	       app_forwarding(injector->app) && injector_take(injector);
}

/* The packet's own end. FWPS_INJECT_COMPLETE0: runs on the poller's thread, from fwpdk_poll(). */
static VOID NTAPI
packet_done(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level)
{
	UNREFERENCED_PARAMETER(dispatch_level);
	packet_free(nbl);
	buffer_return(context);
}

static VOID NTAPI
packet_recycled(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level);

static inline bool
inject_again(struct injector *injector, struct buffer *buffer, NET_BUFFER_LIST *nbl)
{
	return NT_SUCCESS(FwpsInjectNetworkSendAsync0(
		injector->handle[0], NULL, 0, injector->compartment, nbl, packet_recycled, buffer));
}

/* Completed on another thread, counted, with requests, or not to be injected again. */
static __rte_noinline void
packet_recycled_otherwise(struct injector *injector, struct buffer *buffer, NET_BUFFER_LIST *nbl)
{
	if (injector->allowed == 0 && wanted_again(injector)) {
		ask(injector, buffer, nbl);
		if (inject_again(injector, buffer, nbl)) {
			if (!injector->remote)
				injector->recycled++;
			return;
		}
		injector_untake(injector);
	}
	packet_free(nbl);
	buffer_return(buffer);
}

/* The same where packets are injected again. */
static VOID NTAPI
packet_recycled(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level)
{
	struct buffer *buffer = context;
	struct injector *injector = buffer->injector;

	UNREFERENCED_PARAMETER(dispatch_level);
	if (likely(injector->again != 0) && likely(inject_again(injector, buffer, nbl)))
		injector->again--;
	else
		packet_recycled_otherwise(injector, buffer, nbl);
}

NTSTATUS
packet_send(struct buffer *buffer, const uint32_t *segs, unsigned n, unsigned ipv6)
{
	struct injector *injector = buffer->injector;
	uint32_t len = segs[0];
	NET_BUFFER_LIST *nbl;
	NTSTATUS status;
	MDL *mdl;

	if (likely(n == 1)) {
		mdl = mdl_build(buffer, len);
	} else {
		mdl = mdls_build(buffer, segs, n);
		len = sum(segs, n);
	}
	if (unlikely(mdl == NULL)) {
		buffer_put(buffer);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	status = FwpsAllocateNetBufferAndNetBufferList0(
		injector->pool, 0, 0, mdl, BACKFILL, len, &nbl);
	if (unlikely(!NT_SUCCESS(status))) {
		mdls_free(mdl);
		buffer_put(buffer);
		return status;
	}
	ask(injector, buffer, nbl);
	status = FwpsInjectNetworkSendAsync0(injector->handle[ipv6], NULL, 0, injector->compartment,
		nbl, injector->recycle ? packet_recycled : packet_done, buffer);
	if (unlikely(!NT_SUCCESS(status))) {
		packet_free(nbl);
		buffer_put(buffer);
	}
	return status;
}
