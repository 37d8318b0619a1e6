/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Sessions, transactions, and the objects they add and delete.
 *
 * Every function here is for control threads (it may block) and returns, besides what it says:
 * STATUS_FWP_TCPIP_NOT_READY before fwpdk_init(); STATUS_INVALID_DEVICE_STATE inside a callback of
 * the library (classify, notify, flow delete, completion), at once and without effect;
 * STATUS_INVALID_HANDLE when engineHandle is no open session.
 *
 * Those that change something are a transaction of their own unless the session has one open, and
 * return besides: STATUS_FWP_TIMEOUT: another session's transaction was open for longer than
 * txnWaitTimeoutInMSec; STATUS_FWP_INCOMPATIBLE_TXN: the session's own transaction is read-only;
 * STATUS_INSUFFICIENT_RESOURCES: no memory, or a limit (doc/guide.md); nothing has changed then.
 */
#ifndef FWPDK_WDK_FWPMK_ENGINE_H
#define FWPDK_WDK_FWPMK_ENGINE_H

#include <fwpmtypes.h>
#include <ntstatus.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RPC_C_AUTHN_NONE    0
#define RPC_C_AUTHN_WINNT   10
#define RPC_C_AUTHN_DEFAULT 0xFFFFFFFFu

struct _SEC_WINNT_AUTH_IDENTITY_W;
typedef struct _SEC_WINNT_AUTH_IDENTITY_W SEC_WINNT_AUTH_IDENTITY_W;

/**
 * Opens a session.
 *
 * @param serverName NULL
 * @param authnService RPC_C_AUTHN_WINNT or RPC_C_AUTHN_DEFAULT
 * @param authIdentity NULL
 * @param session flags and time-out, or NULL; not kept
 * @param engineHandle out: the session, the caller's until FwpmEngineClose0()
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER without engineHandle; STATUS_NOT_SUPPORTED: a
 *         server, identity or authentication service; STATUS_FWP_INVALID_FLAGS;
 *         STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS NTAPI
FwpmEngineOpen0(const wchar_t *serverName, UINT32 authnService,
	SEC_WINNT_AUTH_IDENTITY_W *authIdentity, const FWPM_SESSION0 *session,
	HANDLE *engineHandle);

/**
 * Closes a session. Its open transaction is aborted; the objects of a dynamic session are deleted.
 *
 * @param engineHandle the session; invalid afterwards
 * @return STATUS_SUCCESS; on STATUS_FWP_TIMEOUT and STATUS_INSUFFICIENT_RESOURCES it stays open
 */
NTSTATUS NTAPI
FwpmEngineClose0(HANDLE engineHandle);

/**
 * Begins a transaction: what is changed until its end takes effect at once, at commit, or not at
 * all.
 *
 * @param engineHandle the session
 * @param flags 0 or FWPM_TXN_READ_ONLY
 * @return STATUS_SUCCESS; STATUS_FWP_INVALID_FLAGS; STATUS_FWP_TXN_IN_PROGRESS: it has one;
 *         STATUS_FWP_TIMEOUT: another session had one for too long
 */
NTSTATUS NTAPI
FwpmTransactionBegin0(HANDLE engineHandle, UINT32 flags);

/**
 * Commits: one table per layer is published. Packets see all changes of a layer or none.
 *
 * @param engineHandle the session
 * @return STATUS_SUCCESS; STATUS_FWP_NO_TXN_IN_PROGRESS; STATUS_INSUFFICIENT_RESOURCES: the
 *         transaction has been aborted
 */
NTSTATUS NTAPI
FwpmTransactionCommit0(HANDLE engineHandle);

/**
 * Takes back everything since begin. Callouts are told of filters that go (DELETE_FILTER).
 *
 * @param engineHandle the session
 * @return STATUS_SUCCESS; STATUS_FWP_NO_TXN_IN_PROGRESS
 */
NTSTATUS NTAPI
FwpmTransactionAbort0(HANDLE engineHandle);

/**
 * Adds a provider.
 *
 * @param engineHandle the session
 * @param provider it, copied
 * @param sd ignored
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER; STATUS_FWP_NULL_DISPLAY_NAME;
 *         STATUS_FWP_INVALID_FLAGS; STATUS_NOT_SUPPORTED: persistent; STATUS_FWP_ALREADY_EXISTS
 */
NTSTATUS NTAPI
FwpmProviderAdd0(HANDLE engineHandle, const FWPM_PROVIDER0 *provider, PSECURITY_DESCRIPTOR sd);
/**
 * Deletes a provider.
 *
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER; STATUS_FWP_PROVIDER_NOT_FOUND;
 * STATUS_FWP_IN_USE: an object names it; STATUS_FWP_WRONG_SESSION: of another dynamic session
 */
NTSTATUS NTAPI
FwpmProviderDeleteByKey0(HANDLE engineHandle, const GUID *key);

/**
 * Adds a sublayer.
 *
 * @param engineHandle the session
 * @param subLayer it, copied
 * @param sd ignored
 * @return as FwpmProviderAdd0(); STATUS_FWP_PROVIDER_NOT_FOUND; STATUS_FWP_LIFETIME_MISMATCH: its
 *         provider belongs to a dynamic session and it does not
 */
NTSTATUS NTAPI
FwpmSubLayerAdd0(HANDLE engineHandle, const FWPM_SUBLAYER0 *subLayer, PSECURITY_DESCRIPTOR sd);
/**
 * Deletes a sublayer.
 *
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER; STATUS_FWP_SUBLAYER_NOT_FOUND;
 * STATUS_FWP_IN_USE: it has filters; STATUS_FWP_BUILTIN_OBJECT; STATUS_FWP_WRONG_SESSION
 */
NTSTATUS NTAPI
FwpmSubLayerDeleteByKey0(HANDLE engineHandle, const GUID *key);

/**
 * Adds a callout that filters may name. FwpsCalloutRegister0() may come earlier or later.
 *
 * @param engineHandle the session
 * @param callout it, copied
 * @param sd ignored
 * @param id out: its number; may be NULL
 * @return as FwpmSubLayerAdd0(); STATUS_FWP_LAYER_NOT_FOUND: no such layer;
 *         STATUS_NOT_SUPPORTED: a layer that no packet passes here; STATUS_FWP_TOO_MANY_CALLOUTS
 */
NTSTATUS NTAPI
FwpmCalloutAdd0(
	HANDLE engineHandle, const FWPM_CALLOUT0 *callout, PSECURITY_DESCRIPTOR sd, UINT32 *id);
/**
 * Deletes a callout; its registration stays.
 *
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER; STATUS_FWP_CALLOUT_NOT_FOUND; STATUS_FWP_IN_USE:
 *         a filter names it; STATUS_FWP_WRONG_SESSION
 */
NTSTATUS NTAPI
FwpmCalloutDeleteByKey0(HANDLE engineHandle, const GUID *key);
/** The same by number. */
NTSTATUS NTAPI
FwpmCalloutDeleteById0(HANDLE engineHandle, UINT32 id);

/**
 * Adds a filter. A registered callout is asked (ADD_FILTER) and may refuse.
 *
 * @param engineHandle the session
 * @param filter it, copied
 * @param sd ignored
 * @param id out: its number, never 0 and never used again; may be NULL
 * @return as FwpmSubLayerAdd0(); STATUS_FWP_LAYER_NOT_FOUND; STATUS_NOT_SUPPORTED: a layer that no
 *         packet passes here, a persistent or boot-time filter, a provider context, or a condition
 * on a field the library does not test; STATUS_FWP_SUBLAYER_NOT_FOUND;
 *         STATUS_FWP_CALLOUT_NOT_FOUND; STATUS_FWP_INCOMPATIBLE_LAYER: the callout is of another
 * layer; STATUS_FWP_INVALID_ACTION_TYPE; STATUS_FWP_INVALID_WEIGHT; STATUS_FWP_RESERVED;
 *         STATUS_FWP_CONDITION_NOT_FOUND: the layer has no such field;
 *         STATUS_FWP_TYPE_MISMATCH; STATUS_FWP_MATCH_TYPE_MISMATCH;
 *         STATUS_FWP_INVALID_ENUMERATOR; STATUS_FWP_INVALID_NET_MASK; STATUS_FWP_INVALID_RANGE;
 *         STATUS_FWP_NEVER_MATCH; STATUS_FWP_CALLOUT_NOTIFICATION_FAILED: the callout refused;
 *         STATUS_FWP_TOO_MANY_SUBLAYERS: a layer's filters are in at most 16 sublayers;
 *         STATUS_FWP_OUT_OF_BOUNDS: more than 64 conditions
 */
NTSTATUS NTAPI
FwpmFilterAdd0(
	HANDLE engineHandle, const FWPM_FILTER0 *filter, PSECURITY_DESCRIPTOR sd, UINT64 *id);
/**
 * Deletes a filter. Once this (outside a transaction), or its commit, has returned no packet
 * meets the filter any more, and its callout has been told.
 *
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER; STATUS_FWP_FILTER_NOT_FOUND;
 *         STATUS_FWP_WRONG_SESSION
 */
NTSTATUS NTAPI
FwpmFilterDeleteByKey0(HANDLE engineHandle, const GUID *key);
/** The same by number. */
NTSTATUS NTAPI
FwpmFilterDeleteById0(HANDLE engineHandle, UINT64 id);

/**
 * What is known of a filter, with filterId and effectiveWeight.
 *
 * @param engineHandle the session
 * @param id its number
 * @param filter out: a copy, the caller's until FwpmFreeMemory0()
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER; STATUS_FWP_FILTER_NOT_FOUND
 */
NTSTATUS NTAPI
FwpmFilterGetById0(HANDLE engineHandle, UINT64 id, FWPM_FILTER0 **filter);
/** The same by key. */
NTSTATUS NTAPI
FwpmFilterGetByKey0(HANDLE engineHandle, const GUID *key, FWPM_FILTER0 **filter);
/** The same of a callout; STATUS_FWP_CALLOUT_NOT_FOUND. */
NTSTATUS NTAPI
FwpmCalloutGetByKey0(HANDLE engineHandle, const GUID *key, FWPM_CALLOUT0 **callout);
/** The same of a sublayer; STATUS_FWP_SUBLAYER_NOT_FOUND. */
NTSTATUS NTAPI
FwpmSubLayerGetByKey0(HANDLE engineHandle, const GUID *key, FWPM_SUBLAYER0 **subLayer);
/** The same of a provider; STATUS_FWP_PROVIDER_NOT_FOUND. */
NTSTATUS NTAPI
FwpmProviderGetByKey0(HANDLE engineHandle, const GUID *key, FWPM_PROVIDER0 **provider);

/**
 * Frees what a Get function gave and sets the pointer to NULL.
 *
 * @param p address of the pointer; *p may be NULL
 */
VOID NTAPI
FwpmFreeMemory0(VOID **p);

#ifdef __cplusplus
}
#endif

#endif
