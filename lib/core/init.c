/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk_init(), fwpdk_fini(): the order in which the rooms come up and go down. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>

#include <fwpdk/init.h>

#include "core/ctl.h"
#include "core/log.h"
#include "core/rcu.h"
#include "core/rooms.h"

struct fwpdk_config fwi_config;
static bool ready; /* atomic */
static pthread_mutex_t ctl_mutex;
static unsigned ctl_depth; /* of the thread that has it */
static pthread_once_t ctl_once = PTHREAD_ONCE_INIT;

static void
ctl_mutex_init(void)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&ctl_mutex, &attr);
	pthread_mutexattr_destroy(&attr);
}

void
fwi_ctl_lock(void)
{
	pthread_once(&ctl_once, ctl_mutex_init);
	pthread_mutex_lock(&ctl_mutex);
	ctl_depth++;
}

void
fwi_ctl_unlock(void)
{
	ctl_depth--;
	pthread_mutex_unlock(&ctl_mutex);
}

bool
fwi_ctl_trylock(void)
{
	if (pthread_mutex_trylock(&ctl_mutex) != 0)
		return false;
	if (ctl_depth != 0) { /* a poll from inside a walk, say */
		pthread_mutex_unlock(&ctl_mutex);
		return false;
	}
	ctl_depth = 1;
	return true;
}

bool
fwi_ready(void)
{
	return __atomic_load_n(&ready, __ATOMIC_ACQUIRE);
}

static int
config_set(const struct fwpdk_config *user)
{
	struct fwpdk_config c = {.size = sizeof(c)};

	if (user != NULL) {
		if (!FWI_SIZE_OK(user, struct fwpdk_config))
			return -EINVAL;
		c = *user;
	}
	if (c.nbl_count == 0)
		c.nbl_count = 32767;
	if (c.nb_count == 0)
		c.nb_count = 16383;
	if (c.mdl_count == 0)
		c.mdl_count = 65535;
	if (c.max_handles == 0)
		c.max_handles = 4096;
	if (c.max_producers == 0)
		c.max_producers = 16;
	if (c.max_neighbours == 0)
		c.max_neighbours = 65536;
	if (c.max_handles < 2 || c.max_handles > 65536 || c.max_producers > 64)
		return -EINVAL;
	if ((c.flags & ~FWPDK_CONFIG_ABORT_ON_LEAK) != 0)
		return -EINVAL;
	c.max_handles = rte_align32pow2(c.max_handles);
	fwi_config = c;
	return 0;
}

static int
rooms_up(void)
{
	const struct fwi_slab_conf slabs = {
		.nbl_count = fwi_config.nbl_count,
		.nb_count = fwi_config.nb_count,
		.mdl_count = fwi_config.mdl_count,
	};
	int rc;

	rc = fwi_rcu_init(FWI_MAX_POLLERS);
	if (rc != 0)
		return rc;
	rc = fwi_nbl_init(&slabs);
	if (rc != 0)
		goto no_nbl;
	rc = fwi_stack_init(fwi_config.max_neighbours);
	if (rc != 0)
		goto no_stack;
	rc = fwi_tx_init();
	if (rc != 0)
		goto no_tx;
	rc = fwi_classify_init();
	if (rc != 0)
		goto no_classify;
	rc = fwi_inject_init();
	if (rc != 0)
		goto no_inject;
	fwi_input_init();
	return 0;

no_inject:
	fwi_classify_fini();
no_classify:
	fwi_tx_fini();
no_tx:
	fwi_stack_fini();
no_stack:
	fwi_nbl_fini();
no_nbl:
	fwi_rcu_fini();
	return rc;
}

int
fwpdk_init(const struct fwpdk_config *config)
{
	int rc;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -ENOTSUP;
	fwi_ctl_lock();
	if (fwi_ready()) {
		rc = -EALREADY;
	} else {
		rc = config_set(config);
		if (rc == 0)
			rc = rooms_up();
		if (rc == 0)
			__atomic_store_n(&ready, true, __ATOMIC_RELEASE);
	}
	fwi_ctl_unlock();
	return rc;
}

/* Handles, callouts, pollers and ports that are alive, and what of theirs is in flight: all in the
 * log. */
static unsigned
busy(void)
{
	unsigned n = fwi_inject_busy() + fwi_classify_busy() + fwi_tx_busy();

	return n != 0 ? n + fwi_pending_log() : 0;
}

static void
left_behind(unsigned n)
{
	if (n == 0 || (fwi_config.flags & FWPDK_CONFIG_ABORT_ON_LEAK) == 0)
		return;
	FWI_LOG(core, CRIT, "fwpdk_fini: %u objects left behind, abort as configured", n);
	abort();
}

int
fwpdk_fini(void)
{
	unsigned leaked, objects, pools;
	int rc = 0;

	fwi_ctl_lock();
	if (!fwi_ready()) {
		rc = -ENODEV;
	} else if ((leaked = busy()) != 0) {
		left_behind(leaked);
		rc = -EBUSY;
	} else {
		__atomic_store_n(&ready, false, __ATOMIC_RELEASE);
		fwi_input_fini();
		fwi_resolve_fini();
		fwi_inject_fini();
		objects = fwi_classify_fini();
		pools = fwi_tx_fini();
		fwi_stack_fini();
		leaked = fwi_nbl_fini();
		fwi_rcu_fini();
		leaked += objects;
		rc = (int)leaked;
		left_behind(leaked + pools);
	}
	fwi_ctl_unlock();
	return rc;
}

const char *
fwpdk_version(void)
{
	return FWPDK_VERSION;
}
