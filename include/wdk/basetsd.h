/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Scalar types of the WDK on a 64-bit host.
 *
 * ULONG and LONG are 32 bits wide whatever the host's `long` is. The 64-bit
 * types are `long long`, because client code repeats some of these typedefs that
 * way. The pointer-sized types are the host's own uintptr_t/size_t. DWORD is
 * deliberately absent.
 */
#ifndef FWPDK_WDK_BASETSD_H
#define FWPDK_WDK_BASETSD_H

#include <stddef.h>

#ifndef VOID
#define VOID void
#endif
#ifndef CONST
#define CONST const
#endif

typedef char CHAR, *PCHAR, *PSTR;
typedef const char *PCSTR, *PCCH;
typedef signed char CCHAR, INT8, *PINT8;
typedef unsigned char UCHAR, *PUCHAR, UINT8, *PUINT8, BYTE, *PBYTE;
typedef UCHAR BOOLEAN, *PBOOLEAN;
typedef short SHORT, *PSHORT, CSHORT, INT16, *PINT16;
typedef unsigned short USHORT, *PUSHORT, UINT16, *PUINT16, WORD;
typedef int INT, *PINT, LONG, *PLONG, INT32, *PINT32, LONG32, BOOL, *PBOOL;
typedef unsigned int UINT, *PUINT, ULONG, *PULONG, UINT32, *PUINT32, ULONG32, *PULONG32;
typedef long long LONGLONG, *PLONGLONG, INT64, *PINT64, LONG64, *PLONG64;
typedef unsigned long long ULONGLONG, *PULONGLONG, UINT64, *PUINT64, ULONG64, *PULONG64, DWORD64;

typedef __INTPTR_TYPE__ LONG_PTR, *PLONG_PTR, INT_PTR, *PINT_PTR;
typedef __UINTPTR_TYPE__ ULONG_PTR, *PULONG_PTR, UINT_PTR, *PUINT_PTR;
typedef size_t SIZE_T, *PSIZE_T;
typedef __PTRDIFF_TYPE__ SSIZE_T, *PSSIZE_T;

typedef wchar_t WCHAR, *PWCHAR, *PWSTR; /**< 16 bits only under -fshort-wchar */
typedef const wchar_t *PCWSTR, *PCWCH;

typedef void *PVOID, *HANDLE, **PHANDLE;
typedef const void *PCVOID;

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#endif
