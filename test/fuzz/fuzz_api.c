/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sequences of API calls on one port with a device that misbehaves: two bytes per call, what
 * and with which operand. A ledger knows whose each NBL is. What was accepted completes
 * once with a documented status, what was refused stays the caller's, and when the device
 * gives back what it has, all of it is over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include <fwpsk.h>

#include <fwpdk/fault.h>
#include <fwpdk/fwpdk.h>

#include "check.h"

#define LISTS	64u
#define HANDLES 4u
#define BYTES	600u
#define LIFE	256u /* inputs between set-ups */
#define STEPS	400u /* calls per input */

enum owner { NOBODY, CALLER, LIBRARY };

struct list {
	enum owner owner;
	NET_BUFFER_LIST *nbl;
	MDL *mdl[3];
	struct list *parent; /* of a clone */
	unsigned clones;
	uint8_t again; /* injected again from its completion so many times */
	HANDLE handle;
	uint8_t bytes[BYTES], copy[BYTES];
};

static struct list lists[LISTS];
static HANDLE handles[HANDLES];
static NDIS_HANDLE pool;
static struct fwpdk_poller *poller;
static struct fwpdk_fault *fault;
static uint32_t ifi;
static uint16_t port;
static unsigned flying;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char args[] = "fuzz_api\0--no-huge\0-m\0"
			     "256\0--no-pci\0--no-telemetry\0--no-shconf\0-l\0"
			     "0\0--iova-mode=va\0--log-level=*:critical\0";
	char *eal[24], *a;
	int n = 0;

	(void)argc;
	(void)argv;
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		eal[n++] = a;
	CHECK(rte_eal_init(n, eal) >= 0);
	return 0;
}

static void
routes(bool add)
{
	struct fwpdk_route r = {.size = sizeof(r), .if_index = ifi};
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};

	CHECK(fwpdk_addr_parse("0.0.0.0", &r.prefix) == 0 &&
		fwpdk_addr_parse("10.0.0.1", &r.next_hop) == 0);
	if (!add) {
		fwpdk_route_del(&r);
		return;
	}
	CHECK(fwpdk_route_add(&r) == 0 && fwpdk_neigh_add(ifi, &r.next_hop, &mac) == 0);
}

static void
up(void)
{
	struct fwpdk_config config = {.size = sizeof(config),
		.nbl_count = 255,
		.nb_count = 255,
		.mdl_count = 511,
		.max_handles = 8};
	struct fwpdk_port_opts po = {
		.size = sizeof(po), .backlog = 64, .pool_size = 128, .max_hold_us = 1000};
	struct fwpdk_poller_opts o = {.size = sizeof(o), .backlog = 64, .ring_size = 64};
	struct fwpdk_if_opts io = {.size = sizeof(io), .mtu = 500};
	NET_BUFFER_LIST_POOL_PARAMETERS lp;

	CHECK(fwpdk_init(&config) == 0);
	CHECK(rte_eal_hotplug_add("vdev", "net_null0", "") == 0);
	CHECK(rte_eth_dev_get_port_by_name("net_null0", &port) == 0);
	CHECK(fwpdk_fault_install(port, NULL, &fault) == 0);
	CHECK(fwpdk_port_open(port, &po) == 0);
	io.port_id = port;
	CHECK(fwpdk_if_add(&io, &ifi) == 0);
	routes(true);
	CHECK(fwpdk_poller_create(&o, &poller) == 0 &&
		fwpdk_poller_add_port(poller, port, 0) == 0 && fwpdk_poller_start(poller) == 0);
	memset(&lp, 0, sizeof(lp));
	lp.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	lp.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	lp.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	lp.fAllocateNetBuffer = TRUE;
	pool = NdisAllocateNetBufferListPool(NULL, &lp);
	CHECK(pool != NULL);
}

static void
down(void)
{
	CHECK(fwpdk_port_stop(port, 1000000) == 0 && fwpdk_if_del(ifi) == 0);
	CHECK(fwpdk_port_close(port) == 0 && fwpdk_poller_stop(poller) == 0 &&
		fwpdk_poller_destroy(poller) == 0);
	fwpdk_fault_remove(fault);
	NdisFreeNetBufferListPool(pool);
	CHECK(rte_eal_hotplug_remove("vdev", "net_null0") == 0 && fwpdk_fini() == 0);
}

static void
list_free(struct list *l)
{
	unsigned i;

	if (l->owner != CALLER || l->clones != 0)
		return;
	if (l->parent != NULL) {
		FwpsFreeCloneNetBufferList0(l->nbl, 0);
		l->parent->clones--;
	} else {
		FwpsFreeNetBufferList0(l->nbl);
	}
	for (i = 0; i < 3; i++)
		if (l->mdl[i] != NULL)
			IoFreeMdl(l->mdl[i]);
	memset(l, 0, sizeof(*l));
}

static void
list_make(struct list *l, uint8_t v)
{
	uint32_t off = v & 1 ? 32 : v & 2 ? 14 : 0, total = v & 4 ? 90 : v & 8 ? 570 - off : 28;
	uint32_t cut = v & 16 ? off + 17 : BYTES, i;

	if (l->owner != NOBODY)
		return;
	memset(l, 0, sizeof(*l));
	for (i = 0; i < BYTES; i++)
		l->bytes[i] = (uint8_t)(i * 3 + v);
	l->bytes[off] = v & 32 ? 0x46 : v & 64 ? 0x35 : 0x45;
	l->bytes[off + 2] = (uint8_t)(total >> 8);
	l->bytes[off + 3] = (uint8_t)total;
	memcpy(l->bytes + off + 16, "\x0a\x01\x02\x03", 4);
	memcpy(l->copy, l->bytes, BYTES);
	l->mdl[0] = IoAllocateMdl(l->bytes, RTE_MIN(cut, BYTES), FALSE, FALSE, NULL);
	if (cut < BYTES)
		l->mdl[1] = IoAllocateMdl(l->bytes + cut, BYTES - cut, FALSE, FALSE, NULL);
	CHECK(l->mdl[0] != NULL);
	MmBuildMdlForNonPagedPool(l->mdl[0]);
	if (l->mdl[1] != NULL) {
		MmBuildMdlForNonPagedPool(l->mdl[1]);
		l->mdl[0]->Next = l->mdl[1];
	}
	CHECK(FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, l->mdl[0], off, total, &l->nbl) ==
		STATUS_SUCCESS);
	l->owner = CALLER;
}

static void
list_clone(struct list *l, struct list *of)
{
	if (l->owner != NOBODY || of->owner != CALLER || of->parent != NULL || l == of)
		return;
	memset(l, 0, sizeof(*l));
	if (FwpsAllocateCloneNetBufferList0(of->nbl, NULL, NULL, 0, &l->nbl) != STATUS_SUCCESS)
		return;
	l->owner = CALLER;
	l->parent = of;
	of->clones++;
}

static void NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct list *l = context;
	NTSTATUS s = nbl->Status;
	uint32_t i;

	(void)dispatch;
	CHECK(l->nbl == nbl && l->owner == LIBRARY && nbl->Next == NULL);
	CHECK(s == STATUS_SUCCESS || s == STATUS_REQUEST_ABORTED ||
		s == STATUS_INVALID_DEVICE_STATE || s == STATUS_DATA_NOT_ACCEPTED ||
		s == STATUS_NETWORK_UNREACHABLE || s == STATUS_INVALID_BUFFER_SIZE ||
		s == STATUS_INSUFFICIENT_RESOURCES || s == NDIS_STATUS_MEDIA_DISCONNECTED);
	if (l->parent == NULL)
		for (i = nbl->FirstNetBuffer->DataOffset; i < BYTES; i++)
			CHECK(l->bytes[i] == l->copy[i]);
	l->owner = CALLER;
	flying--;
	if (l->again > 0 && FwpsInjectNetworkSendAsync0(l->handle, l, 0, UNSPECIFIED_COMPARTMENT_ID,
				    nbl, completed, l) == STATUS_SUCCESS) {
		l->again--;
		l->owner = LIBRARY;
		flying++;
	}
}

/* One list, or a chain of it and its neighbours. */
static void
inject(unsigned first, uint8_t v)
{
	HANDLE h = v & 0x80 ? (HANDLE)(uintptr_t)(v * 77u) : handles[v % HANDLES];
	unsigned i, n = v & 4 ? 1 + (v >> 3) % 3 : 1;
	struct list *l[3];
	NTSTATUS s;

	for (i = 0; i < n; i++) {
		l[i] = &lists[(first + i) % LISTS];
		if (l[i]->nbl == NULL || (n > 1 && l[i]->owner != CALLER))
			return; /* what is in flight may be given again, alone */
		l[i]->again = v & 0x40 && l[i]->owner == CALLER ? 2 : l[i]->again;
		l[i]->handle = l[i]->owner == CALLER ? h : l[i]->handle;
	}
	/* With one context for all of a chain the callback could not tell them apart. */
	for (i = 0; i + 1 < n; i++)
		l[i]->nbl->Next = l[i + 1]->nbl;
	if (n > 1) {
		s = FwpsInjectNetworkSendAsync0(
			h, NULL, v & 32 ? 8 : 0, UNSPECIFIED_COMPARTMENT_ID, l[0]->nbl, NULL, l);
		CHECK(s != STATUS_SUCCESS); /* no completion function */
		for (i = 0; i < n; i++)
			CHECK(l[i]->nbl->Next == (i + 1 < n ? l[i + 1]->nbl : NULL));
		for (i = 0; i < n; i++)
			l[i]->nbl->Next = NULL;
		return;
	}
	s = FwpsInjectNetworkSendAsync0(h, l[0], 0,
		v & 32 ? DEFAULT_COMPARTMENT_ID : UNSPECIFIED_COMPARTMENT_ID, l[0]->nbl, completed,
		l[0]);
	if (s == STATUS_SUCCESS) {
		CHECK(l[0]->owner == CALLER);
		l[0]->owner = LIBRARY;
		flying++;
	}
}

static void
handle_turn(uint8_t v)
{
	HANDLE *h = &handles[v % HANDLES];
	int rc;

	if (*h == NULL) {
		if (FwpsInjectionHandleCreate0(v & 4 ? AF_UNSPEC : AF_INET,
			    v & 8 ? FWPS_INJECTION_TYPE_L2 : FWPS_INJECTION_TYPE_NETWORK,
			    h) != STATUS_SUCCESS)
			*h = NULL;
		return;
	}
	rc = fwpdk_handle_destroy(*h, 0);
	CHECK(rc == 0 || rc == -ETIMEDOUT);
	if (rc == 0)
		*h = NULL;
}

static void
knobs(uint8_t v)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k)};

	k.take = v & 1 ? 3 : v & 2 ? FWPDK_FAULT_NONE : 0;
	k.release = (enum fwpdk_fault_release)(v / 4 % 5);
	k.order = (enum fwpdk_fault_order)(v / 32 % 3);
	k.one_by_one = v >> 7;
	CHECK(fwpdk_fault_set(fault, &k) == 0);
}

static void
step(uint8_t op, uint8_t v)
{
	struct list *l = &lists[v % LISTS];

	switch (op % 16) {
	case 0:
	case 1:
		list_make(&lists[op / 16 * 4 % LISTS + v % 4], v);
		break;
	case 2:
		list_free(l);
		break;
	case 3:
	case 4:
	case 5:
		inject(op / 16 * 4 + v % 4, v);
		break;
	case 6:
	case 7:
		fwpdk_poll(poller);
		break;
	case 8:
		knobs(v);
		break;
	case 9:
		fwpdk_fault_release(fault, v);
		break;
	case 10:
		fwpdk_fault_finish(fault, v);
		break;
	case 11:
		if (v & 1)
			fwpdk_port_stop(port, 0);
		else
			fwpdk_port_start(port);
		break;
	case 12:
		handle_turn(v);
		break;
	case 13:
		list_clone(l, &lists[op / 16 % LISTS]);
		break;
	case 14:
		routes(v & 1);
		break;
	default:
		if (l->nbl != NULL && l->owner == CALLER) {
			FwpsQueryPacketInjectionState0(handles[v % HANDLES], l->nbl, NULL);
			if (v & 64)
				l->nbl->Status = (NTSTATUS)v;
		}
	}
}

/* The device gives everything back and the client cleans up. */
static void
finish(void)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	unsigned i, rounds = 0;

	knobs(0);
	routes(true);
	fwpdk_port_stop(port, 1000000);
	CHECK(fwpdk_port_start(port) == 0);
	while (flying > 0) {
		CHECK(++rounds < 1000);
		fwpdk_fault_release(fault, FWPDK_FAULT_ALL);
		fwpdk_poll(poller);
	}
	CHECK(fwpdk_stats(&s) == 0 && s.in_flight == 0 && s.injected == s.completed);
	for (i = 0; i < LISTS; i++)
		if (lists[i].parent != NULL)
			list_free(&lists[i]);
	for (i = 0; i < LISTS; i++)
		list_free(&lists[i]);
	for (i = 0; i < LISTS; i++)
		CHECK(lists[i].owner == NOBODY);
	for (i = 0; i < HANDLES; i++) {
		CHECK(handles[i] == NULL || fwpdk_handle_destroy(handles[i], 0) == 0);
		handles[i] = NULL;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned life;
	size_t i;

	if (life++ % LIFE == 0)
		up();
	for (i = 0; i + 1 < size && i < 2 * STEPS; i += 2)
		step(data[i], data[i + 1]);
	finish();
	if (life % LIFE == 0)
		down();
	return 0;
}
