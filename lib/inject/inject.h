/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FWI_INJECT_H
#define FWI_INJECT_H

int fwi_inject_init(void);
void fwi_inject_fini(void);
/* Live handles, named in the log. */
unsigned fwi_inject_busy(void);

#endif
