/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The management side of the filtering platform, and the IP protocol numbers that code expects
 * from here.
 */
#ifndef FWPDK_WDK_FWPMK_H
#define FWPDK_WDK_FWPMK_H

#include <fwpmtypes.h>
#include <fwptypes.h>
#include <fwpvi.h>
#include <ws2def.h>

#include <fwpmk/engine.h>

#endif

/* Outside the guard: a file may define INITGUID and include this once more. */
#include <fwpmk/layers.h>
#include <fwpmk/conditions.h>
