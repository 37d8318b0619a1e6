/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The management side of the filtering platform. Thin so far: common types, and the
 * IP protocol numbers that code expects from here.
 */
#ifndef FWPDK_WDK_FWPMK_H
#define FWPDK_WDK_FWPMK_H

#include <fwptypes.h>
#include <fwpvi.h>
#include <ws2def.h>

#endif
