/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Counters. Any thread may read; values are per NBL unless said otherwise.
 */
#ifndef FWPDK_STATS_H
#define FWPDK_STATS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWPDK_STATUS_SLOTS 16

/** Totals of the library since fwpdk_init() or fwpdk_stats_reset(). */
struct fwpdk_stats {
	size_t size;	       /**< sizeof(struct fwpdk_stats), set by the caller */
	uint64_t injected;     /**< accepted by an inject function */
	uint64_t completed;    /**< completion function called (failed ones included) */
	uint64_t failed;       /**< completed with an error status */
	uint64_t refused;      /**< inject calls that returned an error, by status below */
	uint64_t in_flight;    /**< counted where NBLs sit; = injected - completed when quiescent */
	uint64_t packets;      /**< frames handed to drivers: NET_BUFFERs, segments, fragments */
	uint64_t bytes;	       /**< their bytes behind the 14 of the Ethernet header */
	uint64_t header_mbufs; /**< frames that needed header mbufs (no offered backfill, or headers
				  copied) */
	uint64_t linearised;   /**< packets copied because the port takes one segment only */
	uint64_t copied_memory; /**< packets copied because the device cannot read the memory */
	uint64_t copied;	/**< packets copied because the port runs in copy mode */
	uint64_t host_packets;	/**< mbufs sent by fwpdk_tx() */
	struct {
		uint32_t status; /**< NTSTATUS; 0 is STATUS_SUCCESS */
		uint64_t count;
	} by_status[FWPDK_STATUS_SLOTS], /**< completions, unused slots have count 0 */
		refused_by_status[FWPDK_STATUS_SLOTS]; /**< refused calls */
	uint64_t checksums;	/**< packets whose checksums were filled in, segments not counted */
	uint64_t checksums_nic; /**< of these, packets that the NIC sums up */
	uint64_t segments;	/**< frames that are segments of a large send or UDP segmentation */
	uint64_t fragments;	/**< frames that are IPv4 fragments made here */
	uint64_t tagged;	/**< frames with a VLAN tag */
};

/** Read the totals. @return 0; -EINVAL bad size field; -ENODEV */
int fwpdk_stats(struct fwpdk_stats *stats);

/** Let the totals count from here (in_flight is not affected). @return 0; -ENODEV */
int fwpdk_stats_reset(void);

/** Counters of one port, all pollers together. */
struct fwpdk_port_stats {
	size_t size;		 /**< sizeof(struct fwpdk_port_stats), set by the caller */
	uint64_t packets, bytes; /**< as in struct fwpdk_stats */
	uint64_t bursts;	 /**< calls of rte_eth_tx_burst() with packets */
	uint64_t partial_bursts; /**< of these, bursts that took less than offered */
	uint64_t staged;	 /**< mbufs waiting for the driver now */
	uint64_t in_driver;	 /**< completion mbufs that the driver or a receiver holds now */
	uint64_t expired;	 /**< packets given up: their NBLs end with STATUS_DATA_NOT_ACCEPTED
				  or NDIS_STATUS_MEDIA_DISCONNECTED */
	uint64_t foreign_releases; /**< mbufs released on another thread than the poller's */
};

/** @return 0; -ENODEV; -EINVAL */
int fwpdk_port_stats(uint16_t port_id, struct fwpdk_port_stats *stats);

/** Submit-to-callback latency, sampled. */
struct fwpdk_latency {
	size_t size; /**< sizeof(struct fwpdk_latency), set by the caller */
	uint64_t samples;
	double p50_us, p99_us, p999_us, max_us;
};

/** Percentiles over all pollers since init or fwpdk_stats_reset(). @return 0; -EINVAL; -ENODEV */
int fwpdk_latency(struct fwpdk_latency *latency);

#ifdef __cplusplus
}
#endif

#endif
