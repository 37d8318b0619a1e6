/* SPDX-License-Identifier: BSD-3-Clause */
/* Injectors: creation, buffers, runs. */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "inject.h"

#define TAG	    'dptF'
#define BUFFERS_MEM (32u << 20) /* data buffers of one injector, at most */
#define BUFFERS_MIN 64u

static NDIS_HANDLE
pool_create(void)
{
	NET_BUFFER_LIST_POOL_PARAMETERS parameters = {
		.Header =
			{
				.Type = NDIS_OBJECT_TYPE_DEFAULT,
				.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
				.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			},
		.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT,
		.fAllocateNetBuffer = TRUE,
		.PoolTag = TAG,
	};

	return NdisAllocateNetBufferListPool(NULL, &parameters);
}

struct injector *
injector_create(const struct app *app, bool remote)
{
	struct injector *injector = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*injector));

	if (injector == NULL)
		return NULL;
	memset(injector, 0, sizeof(*injector));
	injector->app = app;
	injector->remote = remote;
	injector->handle[0] = app->handle[0];
	injector->handle[1] = app->handle[1];
	injector->compartment = app->args.compartment != 0 ? (COMPARTMENT_ID)app->args.compartment
							   : UNSPECIFIED_COMPARTMENT_ID;
	injector->burst = app->args.burst;
	injector->recycle = app->args.recycle;
	injector->capture = &app->capture;
	injector->step = app->args.mode == FORWARD_REPLAY ? replay_step : txonly_step;
	injector->pool = pool_create();
	if (injector->pool == NULL) {
		injector_destroy(injector);
		return NULL;
	}
	return injector;
}

static void
buffers_free(struct injector *injector)
{
	struct buffer *buffer;

	while ((buffer = buffer_get(injector)) != NULL)
		ExFreePoolWithTag(buffer, TAG);
	injector->nb_buffers = 0;
	injector->buffer_len = 0;
}

/* As many buffers for packets of len bytes as the limits allow. 0, or -1 without memory. */
static int
buffers_alloc(struct injector *injector, uint32_t len)
{
	size_t size = sizeof(struct buffer) + len;
	unsigned n = (unsigned)RTE_MIN((size_t)IN_FLIGHT_MAX, BUFFERS_MEM / size);

	n = RTE_MAX(n, BUFFERS_MIN);
	injector->buffer_len = len;
	for (; injector->nb_buffers < n; injector->nb_buffers++) {
		struct buffer *buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, TAG);

		if (buffer == NULL)
			return injector->nb_buffers >= BUFFERS_MIN ? 0 : -1;
		buffer->injector = injector;
		injector->free[injector->nb_free++] = buffer;
	}
	return 0;
}

int
injector_prepare(struct injector *injector, uint64_t count)
{
	const struct args *args = &injector->app->args;
	bool replay = args->mode == FORWARD_REPLAY;
	uint32_t len = replay ? injector->capture->max_len : args->txpkts.total;

	if (!buffers_home(injector))
		return -1;
	if (injector->buffer_len != len) {
		buffers_free(injector);
		if (buffers_alloc(injector, len) != 0)
			return -1;
	}
	injector->txpkts = args->txpkts;
	injector->requests = args->requests;
	if (!replay) {
		for (unsigned i = 0; i < injector->nb_free; i++)
			txonly_fill(injector, injector->free[i]);
	}
	injector->limited = args->count != 0;
	injector->left = (int64_t)count;
	injector->next = 0;
	injector->passes_left = args->loop;
	injector->again = injector->allowed = injector->recycled = 0;
	injector->refusal = STATUS_SUCCESS;
	__atomic_store_n(&injector->done, false, __ATOMIC_RELEASE);
	return 0;
}

void
injector_set_burst(struct injector *injector, unsigned burst)
{
	__atomic_store_n(&injector->burst, burst, __ATOMIC_RELAXED);
}

bool
injector_done(const struct injector *injector)
{
	return __atomic_load_n(&injector->done, __ATOMIC_ACQUIRE);
}

void
injector_run(struct injector *injector)
{
	if (!injector->done && !injector->step(injector))
		__atomic_store_n(&injector->done, true, __ATOMIC_RELEASE);
}

uint32_t
injector_refusal(const struct injector *injector)
{
	return (uint32_t)injector->refusal;
}

int
injector_destroy(struct injector *injector)
{
	if (!buffers_home(injector))
		return -1;
	buffers_free(injector);
	if (injector->pool != NULL)
		NdisFreeNetBufferListPool(injector->pool);
	free(injector);
	return 0;
}
