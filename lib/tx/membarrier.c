/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asymmetric fence: the data path announces itself with a plain store, the rare control
 * side makes all threads' stores visible with membarrier(2).
 */
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/log.h"
#include "tx/producer.h"

bool fwi_fence_needed;

int
fwi_membarrier_init(void)
{
	long rc = syscall(__NR_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);

	fwi_fence_needed = rc != 0;
	if (fwi_fence_needed)
		FWI_LOG(tx, NOTICE, "no membarrier(2): every inject call pays a fence");
	return 0;
}

void
fwi_membarrier(void)
{
	/* That one may lack memory for its mask of CPUs; the slow one needs none. */
	while (!fwi_fence_needed &&
		syscall(__NR_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0 &&
		syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) != 0)
		sched_yield();
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}
