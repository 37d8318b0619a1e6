/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FWI_TELEMETRY_H
#define FWI_TELEMETRY_H

/* Control: the /fwpdk/ commands of rte_telemetry; once per process. */
void fwi_telemetry_register(void);

#endif
