/* SPDX-License-Identifier: BSD-3-Clause */
/** @file The other spelling of ntifs.h. */
#include <ntifs.h> /* guarded there */
