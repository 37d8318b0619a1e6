/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FWI_CLASSIFY_TELEMETRY_H
#define FWI_CLASSIFY_TELEMETRY_H

/* Once per process. */
void fwi_classify_telemetry(void);

#endif
