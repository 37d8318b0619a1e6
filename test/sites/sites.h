/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What scenarios are made of. A scenario always goes its whole way: a call that a planned
 * failure made fail must say so with a documented error and must succeed when repeated.
 */
#ifndef SITES_H
#define SITES_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include <fwpsk.h>

#include <fwpdk/fault.h>
#include <fwpdk/fwpdk.h>

#include "core/site.h"

struct scenario {
	const char *name;
	void (*set_up)(void); /* nothing fails here */
	void (*body)(void);   /* here and in tear_down it does */
	void (*tear_down)(void);
};

/* Ends the program: what was expected of which call, and under which failure. */
__attribute__((noreturn, format(printf, 1, 2))) void sites_wrong(const char *format, ...);
/* A call failed (rc, as shown): was a failure planned there, and is it a documented error? */
void sites_excuse(const char *what, long rc, uint64_t failed_before, const long *documented);

#define CHECK(c)                                                          \
	do {                                                              \
		if (!(c))                                                 \
			sites_wrong("%s:%d: %s", __FILE__, __LINE__, #c); \
	} while (0)

/* 0, or one of these errors and then 0. */
#define OP(call, ...)                                                                      \
	do {                                                                               \
		uint64_t before_ = fwi_site_failed();                                      \
		long rc_ = (call);                                                         \
		if (rc_ != 0) {                                                            \
			sites_excuse(#call, rc_, before_, (const long[]){__VA_ARGS__, 0}); \
			rc_ = (call);                                                      \
			if (rc_ != 0)                                                      \
				sites_wrong("%s: %ld when repeated", #call, rc_);          \
		}                                                                          \
	} while (0)
/* The same of a call that gives a pointer or none. */
#define GET(var, call) OP(((var) = (call)) != NULL ? 0 : -ENOMEM, -ENOMEM)
/* Must not fail, whatever happens inside. */
#define SURE(call)                                          \
	do {                                                \
		long rc_ = (call);                          \
		if (rc_ != 0)                               \
			sites_wrong("%s: %ld", #call, rc_); \
	} while (0)
#define NO_RESOURCES ((long)(NTSTATUS)STATUS_INSUFFICIENT_RESOURCES)

/* world.c: one port, one poller, interface, routes, pools, handles. */
struct world {
	const char *dev;
	enum fwpdk_mode mode;
	enum fwpdk_strategy strategy;
	bool with_fault;
	uint32_t max_producers;
	/* made */
	uint16_t port;
	uint32_t ifi;
	struct fwpdk_poller *poller;
	struct fwpdk_fault *fault;
	HANDLE h4, h6;
	NDIS_HANDLE pool, nb_pool;
};
extern struct world w;

void lib_up(void);
void lib_down(void);
void dev_up(const char *dev);
void dev_down(void);
void port_up(void);
void port_down(void);
void poller_up(void);
void poller_down(void);
void pools_up(void);
void pools_down(void);
void handles_up(void);
void handles_down(void);
void route_set(uint32_t ifi, const char *prefix, uint8_t len, const char *hop);
void neigh_set(uint32_t ifi, const char *addr, uint8_t last);
struct fwpdk_addr addr_of(const char *text);
void world_up(void);
void world_down(void);

/* packet.c: packets and their ledger. */
#define PACKET_MDLS 40
struct packet {
	NET_BUFFER_LIST *nbl;
	MDL *mdl[PACKET_MDLS];
	unsigned n_mdl;
	uint8_t *data;
	int accepted, done;
	NTSTATUS status;
};

/* IPv4 or IPv6, len bytes in all, cut into so many MDLs, lead bytes offered in front. */
void packet_make(struct packet *p, unsigned version, unsigned len, unsigned mdls, unsigned lead);
/* Another NET_BUFFER over the same data. */
void packet_add_nb(struct packet *p);
void packet_free(struct packet *p);
/* One call for n packets linked by Next; accepted in the end. */
void packets_inject(struct packet *p, unsigned n);
/* Polls until all are complete; each once, with success unless something was made fail. */
void packets_finish(struct packet *p, unsigned n);

extern const struct scenario life_scenarios[], stack_scenarios[], port_scenarios[], nbl_scenarios[],
	inject_scenarios[], classify_scenarios[], receive_scenarios[];

#endif
