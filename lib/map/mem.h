/* SPDX-License-Identifier: BSD-3-Clause */
/* Registered client memory: asked by memory.c, changed by mem_register.c. */
#ifndef FWI_MEM_H
#define FWI_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rte_device;

#define FWI_MEM_REGIONS 64u

/* Data path, lock-free. */
bool fwi_mem_is_registered(const void *addr);

/* Control, under fwi_ctl_lock(). Ports that read by DMA come and go. */
int fwi_mem_attach(struct rte_device *dev);
void fwi_mem_detach(struct rte_device *dev);
void fwi_mem_fini(void);
/* Set by lib/tx: true while any NBL is in flight. */
void fwi_mem_hook(bool (*in_flight)(void));

#endif
