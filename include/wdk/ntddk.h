/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Driver kit umbrella: everything is in wdm.h. */
#ifndef FWPDK_WDK_NTDDK_H
#define FWPDK_WDK_NTDDK_H

#include <wdm.h>

#endif
