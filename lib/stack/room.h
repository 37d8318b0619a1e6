/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this room share and no other room sees. */
#ifndef FWI_STACK_ROOM_H
#define FWI_STACK_ROOM_H

#include "stack/prefix.h"
#include "stack/stack.h"

/* After a change that can alter a look-up was published. */
void fwi_stack_changed(void);
const struct fwi_stack_hooks *fwi_stack_hooks(void);

#endif
