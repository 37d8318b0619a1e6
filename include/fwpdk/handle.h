/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Native additions around injection handles.
 */
#ifndef FWPDK_HANDLE_H
#define FWPDK_HANDLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWPDK_CHAIN_MAX 256u /**< longest NBL chain (Next) that one inject call takes (P7, P12) */

/**
 * Destroy an injection handle like FwpsInjectionHandleDestroy0(), but give up after a time.
 * After giving up the handle stays closing and allocated: injections are refused with
 * STATUS_FWP_INJECT_HANDLE_CLOSING, and destroy may be called again.
 *
 * @param handle     a HANDLE of FwpsInjectionHandleCreate0()
 * @param timeout_us 0 = only try
 * @return 0; -EBADF not a live handle; -ETIMEDOUT NBLs are still in flight;
 *         -EDEADLK inside a completion function
 */
int fwpdk_handle_destroy(void *handle, uint64_t timeout_us);

/** Figures of a handle. */
struct fwpdk_handle_info {
	size_t size; /**< sizeof(struct fwpdk_handle_info), set by the caller */
	void *handle;
	uint16_t family; /**< as given at creation */
	uint32_t types;	 /**< FWPS_INJECTION_TYPE_ bits */
	int closing;
	uint64_t injected, completed, in_flight; /**< NBLs */
};

/** Facts of the n-th live handle (n from 0). @return 0; -ENOENT past the last; -EINVAL */
int fwpdk_handle_next(unsigned n, struct fwpdk_handle_info *info);

#ifdef __cplusplus
}
#endif

#endif
