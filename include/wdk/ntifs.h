/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Driver kit umbrella: everything is in ntddk.h. */
#ifndef FWPDK_WDK_NTIFS_H
#define FWPDK_WDK_NTIFS_H

#include <ntddk.h>

#endif
