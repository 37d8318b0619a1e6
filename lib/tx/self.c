/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <pthread.h>

#include "core/ctl.h"
#include "tx/producer.h"
#include "tx/self.h"

__thread struct fwi_self fwi_self;

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
	self->poller = NULL;
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
