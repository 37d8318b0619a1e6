/* SPDX-License-Identifier: BSD-3-Clause */
/** @file The part of the driver model that packet code uses; pulls in the pieces below wdm/. */
#ifndef FWPDK_WDK_WDM_H
#define FWPDK_WDK_WDM_H

#include <ntdef.h>
#include <ntstatus.h>
#include <sdkddkver.h>

#include <wdm/ke.h>
#include <wdm/list.h>
#include <wdm/rtl.h>
#include <wdm/interlocked.h>
#include <wdm/pool.h>
#include <wdm/mdl.h>

#endif
