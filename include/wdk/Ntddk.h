/* SPDX-License-Identifier: BSD-3-Clause */
/** @file The other spelling of ntddk.h. */
#include <ntddk.h> /* guarded there */
