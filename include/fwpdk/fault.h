/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Faults: a port whose device misbehaves on demand. For tests, of this library and of
 * applications that use it; not included by fwpdk.h.
 *
 * fwpdk_fault_install() puts a double in front of a port's transmit queues, usually of
 * net_null. The double takes packets, keeps them and gives them back as its knobs say;
 * nothing reaches the driver behind it. Two parts can be told apart:
 *
 * - the *device* takes packets and is finished with them: at once, after a time, after further
 *   packets, or never; in the order in which it took them;
 * - the *driver* releases mbufs the device is finished with: see enum fwpdk_fault_release.
 *
 * Which release rule imitates which kind of driver:
 *
 * | driver | knob release | strategy of the port |
 * |---|---|---|
 * | net_null, tap, pcap, af_xdp | FWPDK_FAULT_IN_BURST | FWPDK_STRATEGY_IN_BURST |
 * | vmxnet3 | FWPDK_FAULT_NEXT_BURST | FWPDK_STRATEGY_EMPTY_BURST |
 * | e1000, igb | FWPDK_FAULT_LAZY | FWPDK_STRATEGY_DESC_DONE |
 * | ena, hns3 | FWPDK_FAULT_CLEANUP | FWPDK_STRATEGY_DONE_CLEANUP |
 * | virtio | FWPDK_FAULT_LAZY and no_status | FWPDK_STRATEGY_NONE |
 * | broken | FWPDK_FAULT_NEVER | any |
 *
 * Install before fwpdk_port_open(), or between rte_eth_dev_configure() and
 * fwpdk_port_attach() when the host configures the port. ethdev replaces the
 * fast-path functions of a port whenever it is started: a start by the library puts the
 * double back, after rte_eth_dev_start() by the host call fwpdk_fault_apply().
 *
 * With one polling thread and releases from no other, runs with the same seed are equal.
 */
#ifndef FWPDK_FAULT_H
#define FWPDK_FAULT_H

#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWPDK_FAULT_NONE UINT32_MAX /**< fwpdk_fault_knobs.take: not a single packet */
#define FWPDK_FAULT_ALL	 UINT32_MAX /**< as a number of mbufs: all of them */

struct fwpdk_fault; /**< opaque */

/** What stands in front of the port. */
enum fwpdk_fault_model {
	FWPDK_FAULT_MODEL_KNOBS = 0, /**< everything that is described here */
	FWPDK_FAULT_MODEL_NIC, /**< for measurements, without knobs: 1024 descriptors, the device
				  finishes at once, blocks of 32 are released by a burst that finds
				  fewer than 960 free */
};

/** When the driver releases what the device is finished with. */
enum fwpdk_fault_release {
	FWPDK_FAULT_IN_BURST = 0, /**< in every burst with packets, before and after taking them */
	FWPDK_FAULT_NEXT_BURST, /**< at the beginning of every burst, also of one without packets */
	FWPDK_FAULT_CLEANUP,	/**< in rte_eth_tx_done_cleanup() as called by the library; and like
				   LAZY */
	FWPDK_FAULT_LAZY,  /**< in a burst that finds fewer than tx_free_thresh descriptors free,
			      in blocks of tx_rs_thresh */
	FWPDK_FAULT_NEVER, /**< only in fwpdk_fault_release() */
};

/** In which order mbufs are released, among those released together. */
enum fwpdk_fault_order {
	FWPDK_FAULT_FIFO = 0,
	FWPDK_FAULT_REVERSE,
	FWPDK_FAULT_RANDOM,
};

/** When a stopped port gives back what it holds, finished or not. */
enum fwpdk_fault_end {
	FWPDK_FAULT_AT_STOP = 0, /**< on the thread that stops it */
	FWPDK_FAULT_AT_CLOSE,	 /**< on the thread that closes it */
	FWPDK_FAULT_KEEP,	 /**< only in fwpdk_fault_release() and fwpdk_fault_remove() */
};

/**
 * Look at a packet as the device does. Runs inside the burst.
 * @return what is wrong with it (static), or NULL
 */
typedef const char *(*fwpdk_fault_check)(const struct rte_mbuf *m, void *arg);

/** Options of a double. Zero means default for every field but the size. */
struct fwpdk_fault_opts {
	size_t size; /**< sizeof(struct fwpdk_fault_opts), checked */
	enum fwpdk_fault_model model;
	uint16_t nb_queues; /**< TX queues, at most 64; default as many as the port has, or 1 */
	uint16_t nb_desc;   /**< descriptors per queue, one per segment; default 1024, at most 32768
			     */
	uint16_t tx_rs_thresh;	 /**< descriptors report and are released in such blocks; default 1,
				    a power of two */
	uint16_t tx_free_thresh; /**< default 32 */
	uint64_t seed;		 /**< of everything random */
	fwpdk_fault_check check; /**< run on every packet taken, or NULL */
	void *check_arg;
	uint8_t verify; /**< compare each segment's bytes when the device is finished with it with
			     those when it was taken */
};

/** What a double does. Zero: takes everything, is finished at once, releases in the burst. */
struct fwpdk_fault_knobs {
	size_t size; /**< sizeof(struct fwpdk_fault_knobs), checked */

	uint32_t take; /**< packets taken per burst at most; 0 = all, FWPDK_FAULT_NONE = none */
	uint32_t refuse_calls; /**< so many bursts with packets take nothing, from now on */
	uint32_t refuse_us;    /**< bursts take nothing for so long, from now on */
	uint32_t drop_one_in;  /**< every n-th packet is taken, released and not sent: an oerror */
	uint16_t max_segs;     /**< longest chain; 0 = any */
	uint8_t drop_long;     /**< longer chains are dropped like that; otherwise refused */
	uint8_t take_random;   /**< a random part of what would be taken, from nothing to all */

	uint32_t finish_after; /**< finished when so many further packets were taken */
	uint32_t finish_us;    /**< and so long after it was taken */
	uint8_t finish_never;  /**< only by fwpdk_fault_finish() */

	uint8_t one_by_one; /**< mbufs are freed one by one; otherwise those of a pool together */
	uint8_t no_status;  /**< rte_eth_tx_descriptor_status() is not there */
	uint8_t link_down;  /**< link status (as the library sees it) is down and the device
			       finishes nothing */
	uint8_t vanished;   /**< bursts take and release nothing, all else is -ENODEV */
	enum fwpdk_fault_release release;
	enum fwpdk_fault_order order;
	enum fwpdk_fault_end end;

	uint32_t fail_starts; /**< so many starts by the library fail, from now on */
	uint32_t fail_stops;  /**< so many stops by the library fail, from now on */
	int32_t fail_rc;      /**< with this value; default -EIO */
};

/** What happened so far. */
struct fwpdk_fault_counts {
	size_t size;		   /**< sizeof(struct fwpdk_fault_counts), set by the caller */
	uint64_t bursts;	   /**< with packets */
	uint64_t offered;	   /**< packets */
	uint64_t taken;		   /**< packets, dropped ones included */
	uint64_t dropped;	   /**< packets: taken, released, not sent (oerrors) */
	uint64_t long_chains;	   /**< packets dropped or refused (each time) for max_segs */
	uint64_t empty_bursts;	   /**< bursts without packets */
	uint64_t cleanups, status; /**< calls of those functions */
	uint64_t held;		   /**< mbufs held now */
	uint64_t finished;	   /**< of these: the device is finished with them */
	uint64_t released;	   /**< mbufs, dropped ones not included */
	uint64_t checked, wrong;   /**< packets seen by check, and those it did not like */
	const char *first_wrong;   /**< what it said of the first */
	uint64_t changed;	   /**< segments whose bytes changed while the device had them */
	uint64_t starts, stops;	   /**< by the library, failed ones included */
};

/**
 * Put a double in front of a port. Nobody may be sending on it at that time.
 *
 * @param port_id ethdev port, in any state
 * @param opts    options or NULL; not kept
 * @param fault   set on success
 * @return 0; -ENODEV no such port; -EEXIST it has one; -EINVAL bad option, or more queues
 *         than options allow; -ENOMEM
 */
int fwpdk_fault_install(
	uint16_t port_id, const struct fwpdk_fault_opts *opts, struct fwpdk_fault **fault);

/**
 * Put the double back in front of a port that the host itself has started. No harm if it is
 * there.
 * @return 0; -ENODEV the port is closed; -ENETDOWN the port is not started;
 *         -EINVAL it has more queues now than the double
 */
int fwpdk_fault_apply(struct fwpdk_fault *fault);

/**
 * Turn the knobs. Any thread, at any time; a queue that is in a burst takes notice soon.
 *
 * @param knobs not kept
 * @return 0; -EINVAL; -ENOTSUP model without knobs
 */
int fwpdk_fault_set(struct fwpdk_fault *fault, const struct fwpdk_fault_knobs *knobs);

/**
 * Release mbufs now, on the calling thread, in the order of the knobs, finished or not. Any
 * thread; with FWPDK_FAULT_MODEL_NIC the polling one.
 *
 * @param n at most so many
 * @return how many were released
 */
uint32_t fwpdk_fault_release(struct fwpdk_fault *fault, uint32_t n);

/**
 * Let the device finish mbufs now, oldest first. Any thread.
 *
 * @param n at most so many
 * @return how many it finished; 0 with FWPDK_FAULT_MODEL_NIC
 */
uint32_t fwpdk_fault_finish(struct fwpdk_fault *fault, uint32_t n);

/** Read the counters. Any thread. @return 0; -EINVAL bad size field */
int fwpdk_fault_counts(struct fwpdk_fault *fault, struct fwpdk_fault_counts *counts);

/**
 * Release everything on the calling thread, take the double away and free it. Nobody may be
 * sending on the port at that time. The port may be stopped or closed.
 */
void fwpdk_fault_remove(struct fwpdk_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
