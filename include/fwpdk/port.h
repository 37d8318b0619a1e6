/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Ports: DPDK ethdevs whose TX queues the library drives.
 *
 * Two ways: fwpdk_port_open() configures and starts a port by itself, or the host
 * configures it (asking fwpdk_port_wants() what the TX queues should look like) and
 * hands it over, started or not, with fwpdk_port_attach(). The library owns the TX
 * queues it was given, exclusively, until fwpdk_port_close(); the host's own frames go
 * through fwpdk_tx(). A port that the host configured is never started, stopped or
 * reconfigured by the library unless the host calls fwpdk_port_start()/_stop().
 */
#ifndef FWPDK_PORT_H
#define FWPDK_PORT_H

#include <stddef.h>
#include <stdint.h>

#include <rte_ethdev.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How packets reach the device and what completion stands on (architecture, section 4). */
enum fwpdk_mode {
	FWPDK_MODE_AUTO = 0, /**< from the driver table */
	FWPDK_MODE_CPOOL,    /**< zero-copy: bare mbufs of a completion pool point at the client's
				memory */
	FWPDK_MODE_COPY,     /**< packets are copied into mbufs of the library at the poll */
	FWPDK_MODE_EXTBUF,   /**< zero-copy: ordinary mbufs with the client's memory as external
				buffer; slower than CPOOL, but whoever gets them may clone them */
};

/**
 * How the library learns that the device is done with what it was given. Bursts are
 * watched: a strategy that does not keep its promise is dropped, and calls that turn out to
 * work are adopted (doc/decisions/completion.md); fwpdk_port_info() tells what is in use.
 */
enum fwpdk_strategy {
	FWPDK_STRATEGY_AUTO = 0,     /**< from the driver table */
	FWPDK_STRATEGY_IN_BURST,     /**< the driver releases inside rte_eth_tx_burst() */
	FWPDK_STRATEGY_RECEIVER,     /**< mbufs are handed on; whoever receives them releases them
					(net_ring) */
	FWPDK_STRATEGY_DONE_CLEANUP, /**< rte_eth_tx_done_cleanup() when the queue is idle */
	FWPDK_STRATEGY_EMPTY_BURST,  /**< rte_eth_tx_burst() of no packets when the queue is idle */
	FWPDK_STRATEGY_DESC_DONE, /**< rte_eth_tx_descriptor_status() says that the last descriptor
				     is done */
	FWPDK_STRATEGY_NONE,   /**< released lazily, no flush known: no bound (zero-copy by explicit
				  choice) */
	FWPDK_STRATEGY_COPIED, /**< copy mode: complete when the burst took the copy */
};

/** Options of a port. Zero means default for every field. */
struct fwpdk_port_opts {
	size_t size;		      /**< sizeof(struct fwpdk_port_opts), checked */
	enum fwpdk_mode mode;	      /**< FWPDK_MODE_AUTO unless a mode is to be forced */
	enum fwpdk_strategy strategy; /**< FWPDK_STRATEGY_AUTO unless one is to be forced (zero-copy
				       * modes); while a forced one fails the port reports none, and
				       * no other is tried */
	uint32_t flush_us; /**< how often an idle queue is flushed while packets are out; default 20
			    */
	uint16_t first_queue; /**< attach: first TX queue that is ours; open: must be 0 */
	uint16_t nb_queues;   /**< TX queues that are ours, one per poller; default 1 */
	uint16_t nb_desc; /**< open: TX descriptors per queue; default 1024, fitted to the driver's
			     limits */
	uint16_t nb_rx_queues; /**< open: RX queues; default 0, or 1 where the driver demands one */
	uint16_t mtu;	       /**< open: MTU to set, 0 = leave */
	uint32_t pool_size; /**< completion mbufs per queue; default 4 x descriptors, at least 4095
			     */
	uint32_t backlog; /**< mbufs waiting in front of a queue, 32..32768; default 1024 (power of
			     two) */
	uint32_t max_hold_us; /**< how long the backlog may stand still before its NBLs complete
			       * with STATUS_DATA_NOT_ACCEPTED, or NDIS_STATUS_MEDIA_DISCONNECTED
			       * when the link is down; default 100000. A poller with several ports
			       * does not wait: what finds the backlog of its port full completes so
			       * at once */
};

/** What the library wants from a TX queue of this port. See fwpdk_port_wants(). */
struct fwpdk_port_wants {
	size_t size;		      /**< sizeof(struct fwpdk_port_wants), set by the caller */
	uint64_t tx_offloads;	      /**< for rte_eth_conf.txmode.offloads */
	uint16_t nb_desc;	      /**< for rte_eth_tx_queue_setup() */
	struct rte_eth_txconf txconf; /**< for rte_eth_tx_queue_setup() */
};

/** State of a port as seen by the library. */
enum fwpdk_port_state {
	FWPDK_PORT_STOPPED = 0,
	FWPDK_PORT_STARTED,
	FWPDK_PORT_STOPPING, /**< told to stop, pollers have not all acknowledged yet */
};

/** Facts about a port. */
struct fwpdk_port_info {
	size_t size;	      /**< sizeof(struct fwpdk_port_info), set by the caller */
	char name[64];	      /**< ethdev name */
	const char *driver;   /**< driver name, static */
	enum fwpdk_mode mode; /**< never AUTO */
	enum fwpdk_strategy strategy;
	const char *mode_name;	   /**< "cpool", "extbuf" or "copy" */
	const char *strategy_name; /**< "in-burst", "receiver", "done-cleanup", "empty-burst",
				    *   "desc-done", "copied", "none" */
	const char *completion;	   /**< what completion means on this port, one sentence, static */
	int32_t idle_bound_us; /**< an idle queue completes its tail within this time plus one poll;
				  -1 = no bound */
	enum fwpdk_port_state state;
	uint16_t first_queue, nb_queues, nb_desc, mtu;
	uint8_t multi_seg; /**< 1 = chains are sent as chains, 0 = they are linearised */
	uint8_t cpu_copy;  /**< 1 = the driver reads packets with the CPU: any address will do */
	uint8_t owned;	   /**< 1 = opened by fwpdk_port_open() */
};

/**
 * What to ask of the port's TX queues when the host configures the port itself.
 *
 * @param port_id ethdev port, not yet configured
 * @param opts    the options that will be given to fwpdk_port_attach(), or NULL
 * @param wants   filled; its size field must be set
 * @return 0; -ENODEV no such port; -EINVAL bad size field or option
 */
int fwpdk_port_wants(
	uint16_t port_id, const struct fwpdk_port_opts *opts, struct fwpdk_port_wants *wants);

/**
 * Take over TX queues of a port that the host has configured.
 * The port may be started or not; the library notes which.
 *
 * @param port_id ethdev port whose queues first_queue .. first_queue+nb_queues-1 are set up
 * @param opts    options or NULL; not kept
 * @return 0; -ENODEV library not initialised or no such port; -EEXIST already attached;
 *         -EINVAL bad option, queue out of range; -ENOMEM; -ENOSPC table full (32 ports);
 *         -ENOTSUP the device must not be driven in this mode (net_memif with zero-copy=yes: only
 *         in copy mode; net_bonding in broadcast mode: not at all)
 */
int fwpdk_port_attach(uint16_t port_id, const struct fwpdk_port_opts *opts);

/**
 * Configure, set up and start a port in one call, then attach it.
 *
 * @return as fwpdk_port_attach(), or the negative value of the ethdev call that failed
 *         (the log names the call)
 */
int fwpdk_port_open(uint16_t port_id, const struct fwpdk_port_opts *opts);

/**
 * Start a port (again) after fwpdk_port_stop(), or tell the library that the host has
 * started it. Calls rte_eth_dev_start() unless the device runs already.
 *
 * @return 0; -ENODEV unknown; -EALREADY started; or what rte_eth_dev_start() returned
 */
int fwpdk_port_start(uint16_t port_id);

/**
 * Stop a port. From now on NBLs waiting for it complete with STATUS_INVALID_DEVICE_STATE,
 * and those the device has and gives back from now on with STATUS_REQUEST_ABORTED (R164, P5).
 * Waits until every poller has let go of its queue (a poller nobody owns is served by
 * the calling thread), then calls rte_eth_dev_stop(). Must precede the host's own
 * rte_eth_dev_stop().
 *
 * @param timeout_us how long to wait for pollers that are owned by other threads
 * @return 0 stopped; -ENODEV unknown; -EALREADY not started; -ETIMEDOUT a poller did not
 *         poll in time: the port stays STOPPING, its device runs, call again;
 *         -EBUSY another thread is inside this call for the port;
 *         -EDEADLK called from a completion function
 */
int fwpdk_port_stop(uint16_t port_id, uint64_t timeout_us);

/**
 * Give the port back. It must be stopped and without interfaces; a port opened by
 * fwpdk_port_open() is closed with rte_eth_dev_close(), after which the driver has
 * released all it held. A poller that has a queue of it keeps that queue, parked, until
 * the poller is destroyed, and completes what the close released.
 *
 * @return 0; -ENODEV unknown; -EBUSY not stopped, used by an interface, or another thread is
 *         inside fwpdk_port_stop() or fwpdk_port_drain() for it
 */
int fwpdk_port_close(uint16_t port_id);

/**
 * Follow the link of a port. While it is down, everything that would leave by the port ends with
 * NDIS_STATUS_MEDIA_DISCONNECTED, and of several next hops those over other ports are taken; so
 * is a less specific route over another port (of a table that has grown beyond 1,024 routes only
 * the default route and other prefixes of all ones).
 * Off when a port is attached: then only packets that a port does not take for max_hold_us
 * end with that status. Changes come from DPDK's interrupt thread (RTE_ETH_EVENT_INTR_LSC) and are
 * seen by the next poll. The link is looked at once in each call with on, and in
 * fwpdk_port_start().
 *
 * @param on 0 = as if the link were always up
 * @return 0; 1 = the driver does not tell of changes (or the port is not configured to): call
 *         again when there may be one; -ENODEV unknown; -ENOMEM
 */
int fwpdk_port_follow_link(uint16_t port_id, int on);

/**
 * Facts about an attached port.
 * @return 0; -ENODEV unknown; -EINVAL bad size field
 */
int fwpdk_port_info(uint16_t port_id, struct fwpdk_port_info *info);

/**
 * Wait until a port holds nothing that was injected: until then it is flushed and its
 * pollers are served as in fwpdk_port_stop(). For drivers that keep the last packets of an
 * idle queue this stops the port, if allowed, and starts it again.
 *
 * @param timeout_us how long to wait
 * @param may_stop   not 0: stop and start the port if flushing does not empty it; what it gives
 *                   back then completes with STATUS_REQUEST_ABORTED
 * @param outstanding set to the number of mbufs still out, or NULL
 * @return 0 nothing is out; -ETIMEDOUT; -EBUSY only a stop would help and may_stop is 0;
 *         -ENODEV unknown; -EDEADLK from a completion function; or what a start returned
 */
int fwpdk_port_drain(uint16_t port_id, uint64_t timeout_us, int may_stop, uint32_t *outstanding);

/** @return the n-th attached port id (n from 0), or -ENOENT past the last one. */
int fwpdk_port_next(unsigned n);

#ifdef __cplusplus
}
#endif

#endif
