/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Callouts at run time: what the engine calls, and how it is told.
 *
 * The numbered variants differ in the signature of classifyFn: version 0 has no classifyContext.
 * The structures are the same for all of them.
 */
#ifndef FWPDK_WDK_FWPSK_CALLOUT_H
#define FWPDK_WDK_FWPSK_CALLOUT_H

#include <fwpsk/metadata.h>
#include <fwpstypes.h>
#include <ntstatus.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a notify function is told. */
typedef enum FWPS_CALLOUT_NOTIFY_TYPE_ {
	FWPS_CALLOUT_NOTIFY_ADD_FILTER = 0,		/**< a failure refuses the filter */
	FWPS_CALLOUT_NOTIFY_DELETE_FILTER = 1,		/**< filterKey is NULL */
	FWPS_CALLOUT_NOTIFY_ADD_FILTER_POST_COMMIT = 2, /**< asked for by a callout flag */
	FWPS_CALLOUT_NOTIFY_TYPE_MAX = 3
} FWPS_CALLOUT_NOTIFY_TYPE;

/**
 * Looks at a packet and says what becomes of it.
 *
 * @param inFixedValues the values of the layer, by FWPS_FIELD_<layer>_<field>
 * @param inMetaValues what else is known; absent members are undefined
 * @param layerData the list (NET_BUFFER_LIST *), its window where the layer has it; may be NULL
 * (R130)
 * @param filter the filter that matched
 * @param flowContext what FwpsFlowAssociateContext0() gave this callout's flow, else 0
 * @param classifyOut in: rights, actionType FWP_ACTION_NONE; out: actionType, rights, flags.
 *        A callout that leaves actionType alone says FWP_ACTION_CONTINUE
 *
 * All arguments are the library's and end with the call, so a list that is to live longer is cloned
 * or referenced. On the thread of a poller; may allocate and inject, must not block, and may not
 * unregister callouts, delete objects or destroy handles (STATUS_INVALID_DEVICE_STATE).
 */
typedef void(NTAPI *FWPS_CALLOUT_CLASSIFY_FN0)(const FWPS_INCOMING_VALUES0 *inFixedValues,
	const FWPS_INCOMING_METADATA_VALUES0 *inMetaValues, void *layerData,
	const FWPS_FILTER0 *filter, UINT64 flowContext, FWPS_CLASSIFY_OUT0 *classifyOut);
/** The same; classifyContext is NULL: there is nothing to be pended. */
typedef void(NTAPI *FWPS_CALLOUT_CLASSIFY_FN1)(const FWPS_INCOMING_VALUES0 *inFixedValues,
	const FWPS_INCOMING_METADATA_VALUES0 *inMetaValues, void *layerData,
	const void *classifyContext, const FWPS_FILTER1 *filter, UINT64 flowContext,
	FWPS_CLASSIFY_OUT0 *classifyOut);
typedef FWPS_CALLOUT_CLASSIFY_FN1 FWPS_CALLOUT_CLASSIFY_FN2, FWPS_CALLOUT_CLASSIFY_FN3;

/**
 * Is told of filters that name the callout. Runs on the thread of the control call, under no lock;
 * management calls from here are refused (STATUS_INVALID_DEVICE_STATE).
 *
 * @param notifyType unknown values are answered with STATUS_SUCCESS
 * @param filterKey its key, NULL when it is deleted
 * @param filter it; the member context may be written when it is added and released when
 *        it is deleted
 * @return a failure of ADD_FILTER refuses the filter; of no meaning otherwise
 */
typedef NTSTATUS(NTAPI *FWPS_CALLOUT_NOTIFY_FN0)(
	FWPS_CALLOUT_NOTIFY_TYPE notifyType, const GUID *filterKey, FWPS_FILTER0 *filter);
typedef FWPS_CALLOUT_NOTIFY_FN0 FWPS_CALLOUT_NOTIFY_FN1, FWPS_CALLOUT_NOTIFY_FN2,
	FWPS_CALLOUT_NOTIFY_FN3;
/** Is told that a flow's context is not used any more; on a control or poller thread. */
typedef void(NTAPI *FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0)(
	UINT16 layerId, UINT32 calloutId, UINT64 flowContext);

/** A callout to be registered; not kept. classifyFn and notifyFn are required. */
typedef struct FWPS_CALLOUT0_ {
	GUID calloutKey;
	UINT32 flags; /**< FWP_CALLOUT_FLAG_* */
	FWPS_CALLOUT_CLASSIFY_FN0 classifyFn;
	FWPS_CALLOUT_NOTIFY_FN0 notifyFn;
	FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flowDeleteFn; /**< or NULL: no flow contexts */
} FWPS_CALLOUT0;

/** The same with a classifyFn of versions 1 to 3. */
typedef struct FWPS_CALLOUT1_ {
	GUID calloutKey;
	UINT32 flags; /**< FWP_CALLOUT_FLAG_* */
	FWPS_CALLOUT_CLASSIFY_FN1 classifyFn;
	FWPS_CALLOUT_NOTIFY_FN1 notifyFn;
	FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flowDeleteFn; /**< or NULL: no flow contexts */
} FWPS_CALLOUT1;
typedef FWPS_CALLOUT1 FWPS_CALLOUT2, FWPS_CALLOUT3;

/**
 * Registers a callout with the engine. Its filters, which may be there already, call it from then
 * on; of those it gets no notification.
 *
 * @param deviceObject of no meaning, may be NULL
 * @param callout what to call
 * @param calloutId out: its number, the same that FwpmCalloutAdd0() gives for the key; may be NULL
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER without callout, classifyFn or notifyFn;
 *         STATUS_FWP_INVALID_FLAGS on unknown flags; STATUS_FWP_ALREADY_EXISTS: the key is
 * registered (R153); STATUS_FWP_IN_USE: it is being unregistered; STATUS_FWP_TOO_MANY_CALLOUTS
 * beyond 1024; STATUS_FWP_TCPIP_NOT_READY before fwpdk_init(); STATUS_INSUFFICIENT_RESOURCES;
 *         STATUS_INVALID_DEVICE_STATE inside a callback of the library
 *
 * Control thread only (may block).
 */
NTSTATUS NTAPI
FwpsCalloutRegister0(void *deviceObject, const FWPS_CALLOUT0 *callout, UINT32 *calloutId);
/** See FwpsCalloutRegister0(). */
NTSTATUS NTAPI
FwpsCalloutRegister1(void *deviceObject, const FWPS_CALLOUT1 *callout, UINT32 *calloutId);
/** See FwpsCalloutRegister0(). */
NTSTATUS NTAPI
FwpsCalloutRegister2(void *deviceObject, const FWPS_CALLOUT2 *callout, UINT32 *calloutId);
/** See FwpsCalloutRegister0(). */
NTSTATUS NTAPI
FwpsCalloutRegister3(void *deviceObject, const FWPS_CALLOUT3 *callout, UINT32 *calloutId);

/**
 * Takes a callout away from the engine. Once this has returned none of its functions runs or will
 * run. Filters that name it stay: they block from then on (terminating, unknown), or are passed
 * over (inspection); with FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED they permit (R155).
 *
 * @param calloutId what FwpsCalloutRegister0() gave
 * @return STATUS_SUCCESS; STATUS_FWP_CALLOUT_NOT_FOUND; STATUS_DEVICE_BUSY: flow contexts are still
 *         there, remove them and call again (R154); STATUS_FWP_IN_USE: another thread is
 *         unregistering it; STATUS_INSUFFICIENT_RESOURCES: nothing changed;
 *         STATUS_INVALID_DEVICE_STATE inside a callback of the library, nothing changed
 *
 * Control thread only. Waits for classifies that are running, never for a thread that does not
 * poll.
 */
NTSTATUS NTAPI
FwpsCalloutUnregisterById0(UINT32 calloutId);
/**
 * The same by key.
 *
 * @param calloutKey as registered
 * @return see FwpsCalloutUnregisterById0(); STATUS_FWP_NULL_POINTER without calloutKey
 */
NTSTATUS NTAPI
FwpsCalloutUnregisterByKey0(const GUID *calloutKey);

/**
 * Gives a flow a context of a callout at a layer: its classifies of that flow get it from then on.
 *
 * @param flowId flowHandle of the metadata
 * @param layerId FWPS_LAYER_*, one of INBOUND_TRANSPORT, OUTBOUND_TRANSPORT, DATAGRAM_DATA
 * @param calloutId of a registered callout with flowDeleteFn
 * @param flowContext any value but 0, the callout's until flowDeleteFn gets it back
 * @return STATUS_SUCCESS; STATUS_INVALID_PARAMETER: context 0, no flowDeleteFn, no such flow, or
 *         a layer without flows (R156); STATUS_OBJECT_NAME_EXISTS (NT_SUCCESS!): there is one, it
 *         stays; STATUS_FWP_CALLOUT_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES: flow table full
 *
 * Any thread, classifies included; does not wait.
 */
NTSTATUS NTAPI
FwpsFlowAssociateContext0(UINT64 flowId, UINT16 layerId, UINT32 calloutId, UINT64 flowContext);

/**
 * Takes the context away again; flowDeleteFn gets it.
 *
 * @param flowId as associated
 * @param layerId as associated
 * @param calloutId as associated
 * @return STATUS_SUCCESS: flowDeleteFn has run inside this call; STATUS_PENDING: a classify of the
 *         callout is running, flowDeleteFn runs when it is over; STATUS_UNSUCCESSFUL: there is
 *         none (R157)
 *
 * Any thread, classifies included; does not wait.
 */
NTSTATUS NTAPI
FwpsFlowRemoveContext0(UINT64 flowId, UINT16 layerId, UINT32 calloutId);

/**
 * Ends a flow: all its contexts are removed, and its next packet begins a new one.
 *
 * @param flowId flowHandle of the metadata
 * @return STATUS_SUCCESS; STATUS_INVALID_PARAMETER: no such flow
 *
 * Any thread, classifies included; does not wait.
 */
NTSTATUS NTAPI
FwpsFlowAbort0(UINT64 flowId);

#ifdef __cplusplus
}
#endif

#endif
