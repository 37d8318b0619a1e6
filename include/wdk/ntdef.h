/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Base vocabulary of WDK code: calling conventions, NTSTATUS tests, helper
 * macros, and the small structures everything else uses.
 *
 * Some of these macros (IN, OUT, OPTIONAL, min, max, __inline) are hostile to
 * other headers. A file that mixes this API with foreign headers includes those
 * first, or defines FWPDK_WDK_LEAN before the first WDK header, which leaves the
 * hostile ones out.
 */
#ifndef FWPDK_WDK_NTDEF_H
#define FWPDK_WDK_NTDEF_H

#include <basetsd.h>
#include <guiddef.h>
#include <sal.h>

#ifdef __cplusplus
#define EXTERN_C	 extern "C"
#define EXTERN_C_START	 extern "C" {
#define EXTERN_C_END	 }
#define FWPDK_ALIGNAS(n) alignas(n)
#else
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#define FWPDK_ALIGNAS(n) _Alignas(n)
#endif

/* calling conventions and declaration modifiers: one ABI here */
#define NTAPI
#define NTSYSAPI
#define NTKERNELAPI
#define NTHALAPI
#define FASTCALL
#define APIENTRY
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN   __attribute__((__noreturn__))
#define DECLSPEC_NOINLINE   __attribute__((__noinline__))
#define DECLSPEC_ALIGN(n)   __attribute__((__aligned__(n)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)

/*
 * For the inline functions of these headers. Not static: gcc rejects a static
 * function inside a client's bare __inline one. Never emitted, so their address
 * cannot be taken in C.
 */
#ifdef __cplusplus
#define FWPDK_INLINE inline __attribute__((__always_inline__))
#else
#define FWPDK_INLINE extern inline __attribute__((__gnu_inline__, __always_inline__))
#endif

/*
 * Client code writes both `__inline void f()` in a header and `static
 * __forceinline`. Neither mapping may add `static`; always_inline is what makes a
 * bare one work, since a C99 inline definition alone leaves an undefined symbol
 * wherever the compiler chose a call. (Taking the address of a bare one still needs
 * a definition elsewhere.)
 */
#ifndef FORCEINLINE
#define FORCEINLINE inline __attribute__((__always_inline__))
#endif
#ifndef __forceinline
#define __forceinline FORCEINLINE
#endif
#ifndef FWPDK_WDK_LEAN
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#ifndef __inline
#define __inline FORCEINLINE
#endif
#ifdef __clang__
#pragma clang diagnostic pop
#endif

#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif

#ifndef __cplusplus
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b)) /**< evaluates one argument twice */
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b)) /**< evaluates one argument twice */
#endif
#endif
#endif /* FWPDK_WDK_LEAN */

typedef LONG NTSTATUS, *PNTSTATUS;

/* severity tests; informational codes count as success */
#define NT_SUCCESS(s)	  (((NTSTATUS)(s)) >= 0)
#define NT_INFORMATION(s) ((((ULONG)(s)) >> 30) == 1u)
#define NT_WARNING(s)	  ((((ULONG)(s)) >> 30) == 2u)
#define NT_ERROR(s)	  ((((ULONG)(s)) >> 30) == 3u)

#define UNREFERENCED_PARAMETER(p)      ((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p)  ((void)(p))
#define UNREFERENCED_LOCAL_VARIABLE(v) ((void)(v))

/** Byte offset of @p field in @p type, as LONG. */
#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
/** The same, as ULONG. */
#define UFIELD_OFFSET(type, field) ((ULONG)offsetof(type, field))
/** Size in bytes of one member. */
#define RTL_FIELD_SIZE(type, field) (sizeof(((type *)0)->field))
/** Size in bytes of @p type up to and including @p field. */
#define RTL_SIZEOF_THROUGH_FIELD(type, field) (offsetof(type, field) + RTL_FIELD_SIZE(type, field))
/** Number of elements of an array (not of a pointer). */
#define ARRAYSIZE(a)	 (sizeof(a) / sizeof((a)[0]))
#define RTL_NUMBER_OF(a) ARRAYSIZE(a)
#define RTL_CONSTANT_STRING(s)                             \
	{                                                  \
		sizeof(s) - sizeof((s)[0]), sizeof(s), (s) \
	}
/** Address of the structure whose member @p field is at @p address. */
#define CONTAINING_RECORD(address, type, field) \
	((type *)(void *)((PCHAR)(address)-offsetof(type, field)))

#ifdef __cplusplus
#define C_ASSERT(e) static_assert(e, #e)
#else
#define C_ASSERT(e) _Static_assert(e, #e)
#endif

#define ANYSIZE_ARRAY		    1
#define MEMORY_ALLOCATION_ALIGNMENT 16 /**< bytes; the unit of NBL context sizes */

/** Doubly linked list head or link. */
typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink; /**< next, or first of a head */
	struct _LIST_ENTRY *Blink; /**< previous, or last of a head */
} LIST_ENTRY, *PLIST_ENTRY;

/** Singly linked list link. */
typedef struct _SINGLE_LIST_ENTRY {
	struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

/** A 64-bit signed value and its halves (little endian hosts). */
typedef union _LARGE_INTEGER {
	__extension__ struct {
		ULONG LowPart;
		LONG HighPart;
	};
	struct {
		ULONG LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

/** A 64-bit unsigned value and its halves (little endian hosts). */
typedef union _ULARGE_INTEGER {
	__extension__ struct {
		ULONG LowPart;
		ULONG HighPart;
	};
	struct {
		ULONG LowPart;
		ULONG HighPart;
	} u;
	ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

/** A counted string of WCHAR. */
typedef struct _UNICODE_STRING {
	USHORT Length;	      /**< bytes in use, no terminator counted */
	USHORT MaximumLength; /**< bytes of Buffer */
	PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

#endif
