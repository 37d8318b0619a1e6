/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: what is known about drivers, each line proven by a test of this project or
 * marked as read in its source (doc/ports.md, doc/decisions/completion.md). A driver that is not
 * here runs in copy mode: nothing is known about when it releases.
 */
#include <string.h>

#include "tx/port.h"

#define ALL		0xff
#define DESC_COMPLETION "the device has finished the last descriptor it was given"
#define IN_BURST_COMPLETION \
	"the driver has copied the packet away (handed over to the kernel, a file or a peer)"

static const struct fwi_driver drivers[] = {
	{"net_null", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_IN_BURST, FWI_MEM_ANY, true, false, false, 0,
		"the driver has discarded the packet"},
	{"net_pcap", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_IN_BURST, FWI_MEM_ANY, true, false, false, 0,
		IN_BURST_COMPLETION},
	{"net_tap", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_IN_BURST, FWI_MEM_ANY, false, false, false,
		ALL, IN_BURST_COMPLETION},
	{"net_af_packet", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_IN_BURST, FWI_MEM_ANY, false, false,
		false, 0, IN_BURST_COMPLETION},
	{"net_vhost", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_IN_BURST, FWI_MEM_ANY, false, false, false,
		1, IN_BURST_COMPLETION},
	/* who receives may clone: a clone of a bare mbuf would go astray */
	{"net_ring", FWPDK_MODE_EXTBUF, FWPDK_STRATEGY_RECEIVER, FWI_MEM_ANY, false, false, false,
		0, "whoever received the packet has freed it"},
	{"net_virtio_user", FWPDK_MODE_COPY, FWPDK_STRATEGY_NONE, FWI_MEM_FD, false, false, false,
		1, NULL},
	{"net_memif", FWPDK_MODE_COPY, FWPDK_STRATEGY_NONE, FWI_MEM_FD, false, true, false, 1,
		NULL},
	/* sends pkt_len bytes from the first segment: a chain would leak memory onto the wire */
	{"net_af_xdp", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_IN_BURST, FWI_MEM_ANY, false, true, false,
		ALL, IN_BURST_COMPLETION},
	/* as their members, which come and go: what is right for all of them */
	{"net_bonding", FWPDK_MODE_COPY, FWPDK_STRATEGY_NONE, FWI_MEM_FD, false, true, false, ALL,
		NULL},
	{"net_failsafe", FWPDK_MODE_COPY, FWPDK_STRATEGY_NONE, FWI_MEM_FD, false, true, false, ALL,
		NULL},
	{"net_e1000_em", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_DESC_DONE, FWI_MEM_DMA, false, false,
		true, 1, DESC_COMPLETION},
	/* has done_cleanup too, but that kills a queue which carried a chain */
	{"net_e1000_igb", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_DESC_DONE, FWI_MEM_DMA, false, false,
		false, 1, DESC_COMPLETION},
	{"net_igc", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_DESC_DONE, FWI_MEM_DMA, false, false, false, 1,
		DESC_COMPLETION},
	/* by reading: with tx_rs_thresh 1, which keeps them off their vector paths, as above */
	{"net_ixgbe", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_DESC_DONE, FWI_MEM_DMA, false, false, false,
		1, DESC_COMPLETION},
	{"net_ixgbe_vf", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_DESC_DONE, FWI_MEM_DMA, false, false,
		false, 1, DESC_COMPLETION},
	{"net_i40e", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_DESC_DONE, FWI_MEM_DMA, false, false, false,
		1, DESC_COMPLETION},
	{"net_iavf", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_DESC_DONE, FWI_MEM_DMA, false, false, false,
		1, DESC_COMPLETION},
	{"net_ice", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_DESC_DONE, FWI_MEM_DMA, false, false, false, 1,
		DESC_COMPLETION},
	{"net_vmxnet3", FWPDK_MODE_CPOOL, FWPDK_STRATEGY_EMPTY_BURST, FWI_MEM_DMA, false, false,
		false, 1, "the driver has released the packet after the device reported it sent"},
	{"net_virtio", FWPDK_MODE_COPY, FWPDK_STRATEGY_NONE, FWI_MEM_DMA, false, false, false, 1,
		NULL},
};

static const struct fwi_driver unknown = {
	"unknown", FWPDK_MODE_COPY, FWPDK_STRATEGY_NONE, FWI_MEM_DMA, false, false, false, 0, NULL};

const struct fwi_driver *
fwi_driver_find(const char *name)
{
	unsigned i;

	for (i = 0; name != NULL && i < RTE_DIM(drivers); i++)
		if (strcmp(drivers[i].name, name) == 0)
			return &drivers[i];
	return &unknown;
}
