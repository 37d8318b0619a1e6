/* SPDX-License-Identifier: BSD-3-Clause */
/** @file GUID and its definition macro. */
#ifndef FWPDK_WDK_GUIDDEF_H
#define FWPDK_WDK_GUIDDEF_H

#include <basetsd.h>

/** A 128-bit identifier; the first three members are in host byte order. */
typedef struct _GUID {
	ULONG Data1;
	USHORT Data2;
	USHORT Data3;
	UCHAR Data4[8];
} GUID, *PGUID;

/** Are two identifiers the same? By address. */
#define IsEqualGUID(a, b) (__builtin_memcmp((a), (b), sizeof(GUID)) == 0)

#ifdef __cplusplus
#define FWPDK_GUID_LINKAGE extern "C"
#else
#define FWPDK_GUID_LINKAGE extern
#endif

#endif

/* Outside the guard: a file may include <initguid.h>-style by defining INITGUID later. */
#undef DEFINE_GUID
#ifdef INITGUID
/** Defines a GUID constant; weak, so that several files may hold it. */
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
	FWPDK_GUID_LINKAGE const GUID name __attribute__((weak));    \
	const GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
/** Declares a GUID constant defined by the file that sets INITGUID. */
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
	FWPDK_GUID_LINKAGE const GUID name
#endif
