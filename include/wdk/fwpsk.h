/* SPDX-License-Identifier: BSD-3-Clause */
/** @file The filtering engine as drivers see it: callouts, injection, buffers, metadata. */
#ifndef FWPDK_WDK_FWPSK_H
#define FWPDK_WDK_FWPSK_H

#include <ndis.h>
#include <nldef.h>
#include <ws2af.h>

#include <fwptypes.h>
#include <fwpstypes.h>
#include <fwpvi.h>

#include <fwpsk/types.h>
#include <fwpsk/fields.h>
#include <fwpsk/metadata.h>
#include <fwpsk/inject.h>
#include <fwpsk/buffer.h>
#include <fwpsk/callout.h>

#endif
