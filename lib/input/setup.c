/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: a poller's receive side, its end, its figures; the room's life. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "core/ctl.h"
#include "core/hint.h"
#include "core/log.h"
#include "input/input.h"
#include "nbl/nbl_alloc.h"
#include "resolve/resolve.h"
#include "tx/path.h"
#include "tx/poller_ctl.h"

#define POOL_CACHE     64u
#define DATAGRAMS      256u
#define REASSEMBLY_MS  30000u
#define BUCKET_ENTRIES 8u
#define DATAGRAMS_MAX  65536u
#define MBUFS	       2047u

static unsigned serial; /* of pool names */

/* Layers that a network send goes through, and that it may go through (R65). */
static void
layers_changed(void)
{
	static const uint8_t outbound[] = {FWPS_LAYER_OUTBOUND_IPPACKET_V4,
		FWPS_LAYER_OUTBOUND_IPPACKET_V6, FWPS_LAYER_IPFORWARD_V4, FWPS_LAYER_IPFORWARD_V6,
		FWPS_LAYER_OUTBOUND_TRANSPORT_V4, FWPS_LAYER_OUTBOUND_TRANSPORT_V6,
		FWPS_LAYER_DATAGRAM_DATA_V4, FWPS_LAYER_DATAGRAM_DATA_V6,
		FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET};
	bool asked = false;
	unsigned i;

	for (i = 0; i < RTE_DIM(outbound); i++)
		asked |= fwi_layer(outbound[i]) != NULL;
	if (asked != fwi_outbound_asked)
		fwi_outbound_ask(asked);
}

static bool
poll_round(struct fwpdk_poller *p)
{
	struct fwi_input *in = p->input;

	if (likely((in->nlocal | in->dead.cnt | in->nleaving) == 0))
		return false;
	fwi_deliver_flush(p, in);
	if (unlikely(in->dead.cnt != 0))
		rte_ip_frag_free_death_row(&in->dead, 0);
	if (likely(in->nleaving == 0))
		return false;
	fwi_nbl_keeper = in; /* for the completion functions, which free clones */
	return true;
}

static void
poll_ends(struct fwpdk_poller *p)
{
	fwi_nbl_keeper = &fwi_nbl_nobody;
	fwi_show_settle(p->input);
}

static void
input_free(struct fwi_input *in)
{
	if (in == NULL)
		return;
	if (in->frags != NULL) {
		rte_ip_frag_free_death_row(&in->dead, 0);
		rte_ip_frag_table_destroy(in->frags);
	}
	fwi_show_settle(in);
	if (in->shown != NULL)
		fwi_nbl_release(in->shown);
	while (in->nspare > 0)
		fwi_nbl_release(in->spare[--in->nspare]);
	fwi_pool_retire(in->pool);
	rte_free(in);
}

static void
poller_ends(struct fwpdk_poller *p)
{
	struct fwi_input *in = p->input;

	__atomic_store_n(&p->input, NULL, __ATOMIC_RELEASE);
	input_free(in);
}

void
fwi_input_init(void)
{
	static const struct fwi_path_ops ops = {
		.outbound = fwi_outbound,
		.take = fwi_take_receive,
		.forward_hop = fwi_forward_hop,
		.no_way = fwi_no_way,
		.other_way = fwi_other_way,
		.wait_for = fwi_asked_wait,
		.overtakes = fwi_asked_overtakes,
		.unresolved = fwi_asked_list,
		.follow = fwi_asked_follow,
		.resolve = fwi_resolve_round,
		.begin = fwi_resolve_begin,
		.resolve_end = fwi_resolve_poller_ends,
		.loops4 = fwi_loops4,
		.loops6 = fwi_loops6,
		.poll = poll_round,
		.poll_ends = poll_ends,
		.end = poller_ends,
	};

	fwi_path_ops = ops;
	fwi_resolve_resume = fwi_packet_resume;
	fwi_resolve_init();
	fwi_classify_changed = layers_changed;
	fwi_input_telemetry();
}

void
fwi_input_fini(void)
{
	fwi_outbound_asked = false;
}

static int
options(const struct fwpdk_input_opts *user, struct fwpdk_input_opts *o)
{
	memset(o, 0, sizeof(*o));
	if (user != NULL) {
		if (!FWI_SIZE_OK(user, struct fwpdk_input_opts))
			return -EINVAL;
		*o = *user;
	}
	if (o->mbufs == 0)
		o->mbufs = MBUFS;
	if (o->datagrams == 0)
		o->datagrams = DATAGRAMS;
	if (o->reassembly_ms == 0)
		o->reassembly_ms = REASSEMBLY_MS;
	return o->datagrams > DATAGRAMS_MAX || o->mbufs > UINT32_C(1) << 24 ? -EINVAL : 0;
}

static int
make(const struct fwpdk_poller *p, const struct fwpdk_input_opts *o, struct fwi_input **out)
{
	uint32_t buckets = rte_align32pow2(o->datagrams);
	char name[RTE_MEMPOOL_NAMESIZE];
	struct fwi_input *in;

	in = rte_zmalloc_socket("fwpdk_input", sizeof(*in), RTE_CACHE_LINE_SIZE, p->socket);
	if (in == NULL)
		return -ENOMEM;
	in->receive = o->receive;
	in->arg = o->arg;
	snprintf(name, sizeof(name), "fwpdk_i%u", serial++);
	in->pool = rte_pktmbuf_pool_create(name, o->mbufs, RTE_MIN(POOL_CACHE, o->mbufs / 2), 0,
		RTE_MBUF_DEFAULT_BUF_SIZE, p->socket);
	in->frags = rte_ip_frag_table_create(buckets, BUCKET_ENTRIES, buckets * BUCKET_ENTRIES,
		(rte_get_tsc_hz() + 999) / 1000 * o->reassembly_ms, p->socket);
	if (in->pool == NULL || in->frags == NULL) {
		input_free(in);
		return -ENOMEM;
	}
	*out = in;
	return 0;
}

static int
open_input(struct fwpdk_poller *p, const struct fwpdk_input_opts *opts)
{
	struct fwpdk_input_opts o;
	struct fwi_input *in;
	int rc = options(opts, &o);

	if (rc != 0 || p == NULL)
		return -EINVAL;
	if (p->input != NULL)
		return -EEXIST;
	if (p->started)
		return -EBUSY;
	rc = make(p, &o, &in);
	if (rc == 0)
		__atomic_store_n(&p->input, in, __ATOMIC_RELEASE);
	return rc;
}

int
fwpdk_input_open(struct fwpdk_poller *poller, const struct fwpdk_input_opts *opts)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? open_input(poller, opts) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_input_stats(const struct fwpdk_poller *poller, struct fwpdk_input_stats *stats)
{
	const size_t first = offsetof(struct fwpdk_input_stats, read);
	const struct fwi_input *in;

	if (!FWI_SIZE_OK(stats, struct fwpdk_input_stats) || poller == NULL)
		return -EINVAL;
	in = __atomic_load_n(&poller->input, __ATOMIC_ACQUIRE);
	if (in == NULL)
		return -ENOENT;
	fwi_glance_all((uint8_t *)stats + first, (const uint8_t *)&in->n + first,
		(sizeof(*stats) - first) / sizeof(uint64_t));
	return 0;
}
