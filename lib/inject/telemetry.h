/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: the /fwpdk/ commands of rte_telemetry. What comes in is not trusted. */
#ifndef FWI_TELEMETRY_H
#define FWI_TELEMETRY_H

#include <stddef.h>
#include <stdint.h>

#include <rte_telemetry.h>

/* Once per process. */
void fwi_telemetry_register(void);

/* A begun dictionary, NULL = no memory. */
struct rte_tel_data *fwi_tel_dict(void);

/* The whole text a decimal number up to max? 0 or -EINVAL. */
int fwi_tel_number(const char *text, uint64_t max, uint64_t *value);

/* telemetry_pollers.c: figures of all pollers; read() says nonzero of one that has none. */
struct fwpdk_poller;
struct fwi_tel_field {
	const char *name;
	size_t at; /* uint64_t, in the struct that read() fills in */
};
int fwi_tel_pollers(struct rte_tel_data *d, const struct fwi_tel_field *fields, unsigned n,
	int (*read)(const struct fwpdk_poller *p, void *stats), void *stats);

/* telemetry_pending.c */
int fwi_tel_pending(const char *cmd, const char *params, struct rte_tel_data *d);

/* telemetry_stack.c */
int fwi_tel_routes(const char *cmd, const char *params, struct rte_tel_data *d);
int fwi_tel_neighbours(const char *cmd, const char *params, struct rte_tel_data *d);
int fwi_tel_interfaces(const char *cmd, const char *params, struct rte_tel_data *d);
/* telemetry_events.c */
int fwi_tel_events(const char *cmd, const char *params, struct rte_tel_data *d);

#endif
