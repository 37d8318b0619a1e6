/* SPDX-License-Identifier: BSD-3-Clause */
/* Start and end of every room, for lib/core/init.c alone. */
#ifndef FWI_ROOMS_H
#define FWI_ROOMS_H

#include "classify/classify.h"
#include "inject/inject.h"
#include "input/input.h"
#include "nbl/nbl_obj.h"
#include "resolve/resolve.h"
#include "stack/stack.h"
#include "tx/poller.h"

#endif
