/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end of an application whose worker just returns: it does not release its poller,
 * and NBLs are still on their way. Join the lcores, stop the port, destroy the handle;
 * everything accepted is completed, once.
 *
 * On net_null the driver is done with every packet at once. On net_ring (whose packets
 * come back on the RX side of the same port) main keeps what it receives until the port
 * is stopped, so that packets are with the "device" when the end begins.
 */
#include <stdio.h>
#include <string.h>

#include <rte_debug.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <unistd.h>

#include <fwpdk/fwpdk.h>
#include <fwpsk.h>

#define MUST(call)                                                     \
	do {                                                           \
		if ((call) < 0)                                        \
			rte_exit(EXIT_FAILURE, "failed: %s\n", #call); \
	} while (0)
#define CHECK(what)                                                    \
	do {                                                           \
		if (!(what))                                           \
			rte_exit(EXIT_FAILURE, "not so: %s\n", #what); \
	} while (0)
#define SENT	 256u /* injected while the worker polls */
#define LEFT	 16u  /* injected after it has returned */
#define HEADROOM 14u
#define TAG	 'nwod'

static const UCHAR packet[] = {0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0xf6, 0xcd, 192, 0, 2, 2, 192, 0,
	2, 1, 0, 9, 0, 9, 0, 8, 0, 0};

struct item {
	unsigned completions;
	NTSTATUS status;
	BOOLEAN dispatch;
};

static struct item items[SENT + LEFT];
static struct fwpdk_poller *poller;
static NDIS_HANDLE pool;
static HANDLE handle;
static volatile bool stop;

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatchLevel)
{
	struct item *item = context;
	MDL *mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(nbl));

	item->status = nbl->Status;
	item->dispatch = dispatchLevel;
	ExFreePoolWithTag(MmGetMdlVirtualAddress(mdl), TAG);
	IoFreeMdl(mdl);
	FwpsFreeNetBufferList0(nbl);
	__atomic_store_n(&item->completions, item->completions + 1, __ATOMIC_RELEASE);
}

static void
inject(struct item *item)
{
	UCHAR *data = ExAllocatePool2(POOL_FLAG_NON_PAGED, HEADROOM + sizeof(packet), TAG);
	NET_BUFFER_LIST *nbl;
	MDL *mdl;

	CHECK(data != NULL);
	memcpy(data + HEADROOM, packet, sizeof(packet));
	mdl = IoAllocateMdl(data, HEADROOM + sizeof(packet), FALSE, FALSE, NULL);
	CHECK(mdl != NULL);
	MmBuildMdlForNonPagedPool(mdl);
	MUST(FwpsAllocateNetBufferAndNetBufferList0(
		pool, 0, 0, mdl, HEADROOM, sizeof(packet), &nbl));
	MUST(FwpsInjectNetworkSendAsync0(
		handle, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, nbl, completed, item));
}

/* The worker: polls, and returns without fwpdk_poller_release(). */
static int
worker(void *arg)
{
	RTE_SET_USED(arg);
	while (!stop)
		fwpdk_poll(poller);
	return 0;
}

static unsigned
count_with(NTSTATUS status)
{
	unsigned i, n = 0;

	for (i = 0; i < SENT + LEFT; i++)
		n += items[i].completions == 1 && items[i].status == status;
	return n;
}

static unsigned
completed_once(void)
{
	unsigned i, n = 0;

	for (i = 0; i < SENT + LEFT; i++) {
		CHECK(items[i].completions <= 1);
		n += __atomic_load_n(&items[i].completions, __ATOMIC_ACQUIRE);
	}
	return n;
}

static unsigned
receive(struct rte_mbuf **held, unsigned want)
{
	unsigned n = 0, round;

	for (round = 0; n < want && round < 50000; round++) {
		n += rte_eth_rx_burst(0, 0, held + n, (uint16_t)(want - n));
		usleep(100);
	}
	return n;
}

int
main(int argc, char **argv)
{
	NET_BUFFER_LIST_POOL_PARAMETERS params = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = TAG};
	struct fwpdk_port_opts opts = {.size = sizeof(opts), .nb_rx_queues = 1};
	struct fwpdk_port_info info = {.size = sizeof(info)};
	struct fwpdk_if_opts iface = {.size = sizeof(iface), .port_id = 0};
	struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, 0x01}};
	struct fwpdk_addr self, peer;
	struct rte_mbuf *held[SENT];
	unsigned i, nheld = 0;
	uint32_t index;

	MUST(rte_eal_init(argc, argv));
	MUST(fwpdk_init(NULL));
	MUST(fwpdk_port_open(0, &opts));
	MUST(fwpdk_port_info(0, &info));
	MUST(fwpdk_if_add(&iface, &index));
	MUST(fwpdk_addr_parse("192.0.2.2", &self));
	MUST(fwpdk_addr_parse("192.0.2.1", &peer));
	MUST(fwpdk_addr_add(index, &self, 24));
	MUST(fwpdk_neigh_add(index, &peer, &mac));
	MUST(fwpdk_poller_create(NULL, &poller));
	MUST(fwpdk_poller_add_port(poller, 0, 0));
	MUST(fwpdk_poller_start(poller));
	pool = NdisAllocateNetBufferListPool(NULL, &params);
	CHECK(pool != NULL);
	MUST(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &handle));

	MUST(rte_eal_remote_launch(worker, NULL, rte_get_next_lcore(-1, 1, 0)));
	for (i = 0; i < SENT; i++)
		inject(&items[i]);
	if (info.strategy == FWPDK_STRATEGY_RECEIVER) {
		nheld = receive(held, SENT);
		CHECK(nheld == SENT && completed_once() == 0);
		rte_pktmbuf_free_bulk(held, nheld / 2); /* these come back before the stop */
	} else {
		for (i = 0; completed_once() < SENT && i < 50000; i++)
			usleep(100);
	}
	stop = true;
	rte_eal_mp_wait_lcore();
	for (i = SENT; i < SENT + LEFT; i++)
		inject(&items[i]); /* still accepted: the port runs */

	/* The worker is gone, so this thread serves its poller from here on. */
	MUST(fwpdk_port_stop(0, 1000000));
	if (nheld != 0) {
		CHECK(fwpdk_handle_destroy(handle, 1000) < 0); /* half of it is still out */
		rte_pktmbuf_free_bulk(held + nheld / 2, nheld - nheld / 2);
	}
	MUST(FwpsInjectionHandleDestroy0(handle));

	CHECK(completed_once() == SENT + LEFT);
	CHECK(!items[SENT].dispatch); /* ran on this thread, below DISPATCH_LEVEL */
	CHECK(count_with(STATUS_SUCCESS) == SENT - nheld / 2);
	CHECK(count_with(STATUS_REQUEST_ABORTED) == nheld / 2);
	CHECK(count_with(STATUS_INVALID_DEVICE_STATE) == LEFT);
	printf("%s: %u completed, %u success, %u aborted, %u never handed over\n", info.driver,
		completed_once(), count_with(STATUS_SUCCESS), count_with(STATUS_REQUEST_ABORTED),
		count_with(STATUS_INVALID_DEVICE_STATE));

	NdisFreeNetBufferListPool(pool);
	MUST(fwpdk_poller_stop(poller));
	MUST(fwpdk_poller_destroy(poller));
	MUST(fwpdk_if_del(index));
	MUST(fwpdk_port_close(0));
	CHECK(fwpdk_fini() == 0);
	return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
