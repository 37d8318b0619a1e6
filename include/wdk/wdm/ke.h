/* SPDX-License-Identifier: BSD-3-Clause */
/** @file IRQL numbers, assertions, and the function types drivers declare with. */
#ifndef FWPDK_WDK_WDM_KE_H
#define FWPDK_WDK_WDM_KE_H

#include <ntdef.h>

typedef UCHAR KIRQL, *PKIRQL;

/** @name IRQL
 * PASSIVE: a control thread, may block. DISPATCH: any thread, lcores included, must not block. */
/** @{ */
#define PASSIVE_LEVEL  0
#define LOW_LEVEL      0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
/** @} */

#if defined(DBG) && DBG
#define NT_ASSERT(e) ((e) ? (void)0 : __builtin_trap()) /**< debug: traps */
#else
#define NT_ASSERT(e) ((void)sizeof(!(e))) /**< release: not evaluated */
#endif
#define ASSERT(e)	    NT_ASSERT(e)
#define NT_VERIFY(e)	    ((e) ? TRUE : FALSE)
#define PAGED_CODE()	    ((void)0)
#define PAGED_CODE_LOCKED() ((void)0)

/** @name Opaque driver objects
 * Names for prototypes; this library has no such objects. */
/** @{ */
typedef struct _IRP IRP, *PIRP;
typedef struct _DRIVER_OBJECT DRIVER_OBJECT, *PDRIVER_OBJECT;
typedef struct _DEVICE_OBJECT DEVICE_OBJECT, *PDEVICE_OBJECT;
typedef struct _EPROCESS *PEPROCESS;
/** @} */

/** @name Function types
 * Types of functions, not of pointers: `DRIVER_UNLOAD Unload;` declares one. */
/** @{ */
typedef VOID(KSTART_ROUTINE)(PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;
typedef NTSTATUS(DRIVER_INITIALIZE)(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath);
typedef DRIVER_INITIALIZE *PDRIVER_INITIALIZE;
typedef VOID(DRIVER_UNLOAD)(PDRIVER_OBJECT DriverObject);
typedef DRIVER_UNLOAD *PDRIVER_UNLOAD;
/** @} */

#endif
