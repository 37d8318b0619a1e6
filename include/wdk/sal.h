/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Source annotations of WDK code, all mapped to nothing.
 *
 * The first-generation spellings (`__in`, `__out`, ...) collide with parameter
 * names of libstdc++; they exist only when FWPDK_SAL1 is defined first.
 */
#ifndef FWPDK_WDK_SAL_H
#define FWPDK_WDK_SAL_H

/* parameters */
#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_reads_(n)
#define _In_reads_opt_(n)
#define _In_reads_bytes_(n)
#define _In_reads_bytes_opt_(n)
#define _In_range_(lo, hi)
#define _Out_
#define _Out_opt_
#define _Out_writes_(n)
#define _Out_writes_opt_(n)
#define _Out_writes_to_(n, c)
#define _Out_writes_all_(n)
#define _Out_writes_bytes_(n)
#define _Out_writes_bytes_opt_(n)
#define _Out_writes_bytes_to_(n, c)
#define _Out_writes_bytes_to_opt_(n, c)
#define _Out_writes_bytes_all_(n)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_result_bytebuffer_(n)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(n)
#define _Inout_updates_bytes_(n)
#define _Inout_updates_bytes_opt_(n)
#define _Reserved_
#define _Const_
#define _Field_size_(n)
#define _Field_size_opt_(n)
#define _Field_size_bytes_(n)
#define _Field_size_bytes_opt_(n)
#define _Field_range_(lo, hi)
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Points_to_data_
#define _Interlocked_operand_

/* results */
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_writes_bytes_(n)
#define _Ret_writes_bytes_maybenull_(n)
#define _Check_return_
#define _Must_inspect_result_
#define _Success_(e)
#define _On_failure_(a)
#define _Always_(a)
#define _Return_type_success_(e)

/* conditions, analysis */
#define _When_(e, a)
#define _At_(t, a)
#define _Group_(a)
#define _Pre_
#define _Post_
#define _Pre_satisfies_(e)
#define _Post_satisfies_(e)
#define _Pre_notnull_
#define _Pre_maybenull_
#define _Post_invalid_
#define _Post_maybenull_
#define _Post_writable_byte_size_(n)
#define _Post_ptr_invalid_
#define _Use_decl_annotations_
#define _Analysis_assume_(e)
#define _Printf_format_string_
#define _Function_class_(c)
#define _Enum_is_bitflag_
#define _Notnull_
#define _Maybenull_
#define _Null_terminated_
#define _Struct_size_bytes_(n)

/* IRQL and locks */
#define _IRQL_requires_(l)
#define _IRQL_requires_max_(l)
#define _IRQL_requires_min_(l)
#define _IRQL_requires_same_
#define _IRQL_raises_(l)
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_saves_global_(k, p)
#define _IRQL_restores_global_(k, p)
#define _IRQL_always_function_max_(l)
#define _IRQL_always_function_min_(l)
#define _Acquires_lock_(l)
#define _Releases_lock_(l)
#define _Requires_lock_held_(l)
#define _Requires_lock_not_held_(l)
#define _Acquires_exclusive_lock_(l)
#define _Releases_exclusive_lock_(l)
#define _Acquires_shared_lock_(l)
#define _Releases_shared_lock_(l)
#define _Guarded_by_(l)
#define _Dispatch_type_(t)

/* allocation */
#define __drv_allocatesMem(k)
#define __drv_freesMem(k)
#define __drv_aliasesMem
#define __drv_maxIRQL(l)
#define __drv_minIRQL(l)
#define __drv_sameIRQL
#define __drv_requiresIRQL(l)

#ifdef FWPDK_SAL1
#define __in
#define __in_opt
#define __in_bcount(n)
#define __in_ecount(n)
#define __out
#define __out_opt
#define __out_bcount(n)
#define __out_ecount(n)
#define __inout
#define __inout_opt
#define __deref_out
#define __checkReturn
#endif

#endif
