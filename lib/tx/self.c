/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <pthread.h>

#include "core/ctl.h"
#include "tx/poller.h"
#include "tx/producer.h"
#include "tx/self.h"

/* Of the poller of a thread that has none only the gate is looked at. */
static const struct {
	uint8_t before[offsetof(struct fwpdk_poller, gate)];
	uint64_t gate;
} nobody __rte_aligned(__alignof__(struct fwpdk_poller)) = {.gate = UINT64_MAX};
#define NOBODY ((struct fwpdk_poller *)(void *)&nobody)

__thread struct fwi_self fwi_self = {.near = NOBODY};

uint32_t fwi_life;
static pthread_key_t exit_key;

/* Runs on the ending thread, whose thread-local storage is still there. */
static void
thread_ends(void *arg)
{
	struct fwi_self *self = arg;

	if (!fwi_ready())
		return;
	fwi_pollers_release_all(self);
	if (self->producer != NULL && self->life == __atomic_load_n(&fwi_life, __ATOMIC_RELAXED))
		fwi_producer_release(self->producer);
	self->producer = NULL;
	fwi_self_poller(self, NULL);
}

void
fwi_self_poller(struct fwi_self *self, struct fwpdk_poller *p)
{
	__atomic_store_n(&self->poller, p, __ATOMIC_RELAXED);
	__atomic_store_n(&self->near, p != NULL ? p : NOBODY, __ATOMIC_RELAXED);
}

int
fwi_self_init(void)
{
	__atomic_fetch_add(&fwi_life, 1, __ATOMIC_RELAXED);
	return -pthread_key_create(&exit_key, thread_ends);
}

void
fwi_self_fini(void)
{
	pthread_key_delete(exit_key);
}

int
fwi_self_arm(void)
{
	return pthread_setspecific(exit_key, &fwi_self) == 0 ? 0 : -ENOMEM;
}
