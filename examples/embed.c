/* SPDX-License-Identifier: BSD-3-Clause */
/* One IPv4 packet through FwpsInjectNetworkSendAsync0() out of DPDK port 0. */
#include <stdio.h>
#include <string.h>

#include <rte_debug.h>
#include <rte_eal.h>

#include <fwpdk/fwpdk.h>
#include <fwpsk.h> /* the WDK names come last */

#define MUST(call)                                                     \
	do {                                                           \
		if ((call) < 0)                                        \
			rte_exit(EXIT_FAILURE, "failed: %s\n", #call); \
	} while (0)
#define HEADROOM 14u /* unused bytes in front: the Ethernet header goes here */

/* UDP 192.0.2.2 port 9 -> 192.0.2.1 port 9, no payload */
static const UCHAR packet[] = {0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0xf6, 0xcd, 192, 0, 2, 2, 192, 0,
	2, 1, 0, 9, 0, 9, 0, 8, 0, 0};

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatchLevel)
{
	UNREFERENCED_PARAMETER(dispatchLevel);
	printf("completed with status 0x%08x\n", (unsigned)nbl->Status);
	IoFreeMdl(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(nbl)));
	FwpsFreeNetBufferList0(nbl);
	*(BOOLEAN *)context = TRUE;
}

int
main(int argc, char **argv)
{
	NET_BUFFER_LIST_POOL_PARAMETERS params = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = 'omed'};
	struct fwpdk_if_opts iface = {.size = sizeof(iface), .port_id = 0};
	struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, 0x01}};
	struct fwpdk_addr self, peer;
	struct fwpdk_poller *poller;
	NET_BUFFER_LIST *nbl;
	BOOLEAN done = FALSE;
	uint32_t index;
	HANDLE handle;

	MUST(rte_eal_init(argc, argv));
	MUST(fwpdk_init(NULL));
	MUST(fwpdk_port_open(0, NULL));
	MUST(fwpdk_if_add(&iface, &index));
	MUST(fwpdk_addr_parse("192.0.2.2", &self));
	MUST(fwpdk_addr_parse("192.0.2.1", &peer));
	MUST(fwpdk_addr_add(index, &self, 24)); /* 192.0.2.0/24 is on link */
	MUST(fwpdk_neigh_add(index, &peer, &mac));
	MUST(fwpdk_poller_create(NULL, &poller));
	MUST(fwpdk_poller_add_port(poller, 0, 0));
	MUST(fwpdk_poller_start(poller));

	MUST(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &handle));
	NDIS_HANDLE pool = NdisAllocateNetBufferListPool(NULL, &params);
	UCHAR *data = ExAllocatePool2(POOL_FLAG_NON_PAGED, HEADROOM + sizeof(packet), 'omed');
	MDL *mdl = data ? IoAllocateMdl(data, HEADROOM + sizeof(packet), FALSE, FALSE, NULL) : NULL;
	MUST(pool != NULL && mdl != NULL ? 0 : -1);
	MmBuildMdlForNonPagedPool(mdl);
	memcpy(data + HEADROOM, packet, sizeof(packet));
	MUST(FwpsAllocateNetBufferAndNetBufferList0(
		pool, 0, 0, mdl, HEADROOM, sizeof(packet), &nbl));
	MUST(FwpsInjectNetworkSendAsync0(
		handle, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, nbl, completed, &done));
	while (!done)
		fwpdk_poll(poller); /* this thread owns the poller: completions run here */

	ExFreePoolWithTag(data, 'omed');
	NdisFreeNetBufferListPool(pool);
	MUST(fwpdk_poller_stop(poller));
	MUST(fwpdk_port_stop(0, 1000000));
	MUST(fwpdk_if_del(index));
	MUST(fwpdk_port_close(0)); /* some drivers give packets back here only */
	MUST(FwpsInjectionHandleDestroy0(handle));
	MUST(fwpdk_poller_destroy(poller));
	return fwpdk_fini() == 0 && rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
