/* SPDX-License-Identifier: BSD-3-Clause */
/* What the ports receive: read, handed to the library, and whatever comes back freed. */
#include <stddef.h>

#include <rte_ethdev.h>

#include "app.h"

#define RX_BURST 32u

/* There is no program here that local packets could be for; they are counted. */
static void
nobody(void *arg, struct fwpdk_poller *poller, uint32_t if_index, struct rte_mbuf **mbufs,
	uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(poller);
	RTE_SET_USED(if_index);
	rte_pktmbuf_free_bulk(mbufs, n);
}

int
receive_open(struct fwpdk_poller *poller)
{
	struct fwpdk_input_opts opts = {.size = sizeof(opts), .receive = nobody};

	return fwpdk_input_open(poller, &opts);
}

unsigned
receive_run(const struct worker *worker)
{
	const struct app *app = worker->app;
	struct rte_mbuf *mbufs[RX_BURST];
	unsigned total = 0;

	for (unsigned i = 0; i < app->nb_ports; i++) {
		uint16_t id = app->ports[i].id;
		uint16_t n = rte_eth_rx_burst(id, worker->rx_queue, mbufs, RX_BURST);

		if (n == 0)
			continue;
		total += n;
		n = fwpdk_input(worker->poller, id, mbufs, n);
		rte_pktmbuf_free_bulk(mbufs, n); /* ARP and the like, and for nobody we know */
	}
	return total;
}

/* Keys of the summary and names for people. */
static const struct {
	const char *key, *name;
	size_t offset;
} counters[] = {
#define COUNTER(key, name)                                          \
	{                                                           \
#key, name, offsetof(struct fwpdk_input_stats, key) \
	}
	COUNTER(read, "read"),
	COUNTER(injected, "injected"),
	COUNTER(gone_on, "gone on"),
	COUNTER(delivered, "delivered"),
	COUNTER(forwarded, "forwarded"),
	COUNTER(from_stack, "from a stack"),
	COUNTER(fragments, "fragments kept"),
	COUNTER(reassembled, "reassembled"),
	COUNTER(blocked, "blocked"),
	COUNTER(absorbed, "absorbed"),
	COUNTER(malformed, "malformed"),
	COUNTER(ttl_ended, "TTL ended"),
	COUNTER(hops_ended, "hops ended"),
	COUNTER(no_route, "no route"),
	COUNTER(too_big, "too big"),
	COUNTER(no_room, "no room"),
	COUNTER(no_memory, "no memory"),
	COUNTER(not_taken, "not taken"),
	COUNTER(resolution, "resolution"),
	COUNTER(looped, "looped"),
	COUNTER(unresolved, "unresolved"),
	COUNTER(paths_lowered, "paths lowered"),
	COUNTER(paths_put_off, "paths put off"),
#undef COUNTER
};

static uint64_t *
counter(const struct fwpdk_input_stats *stats, unsigned n)
{
	return RTE_PTR_ADD(stats, counters[n].offset);
}

const char *
receive_counter(
	const struct fwpdk_input_stats *stats, unsigned n, const char **key, uint64_t *value)
{
	if (n == RTE_DIM(counters))
		return NULL;
	*key = counters[n].key;
	*value = *counter(stats, n);
	return counters[n].name;
}

void
receive_stats(const struct app *app, struct fwpdk_input_stats *stats)
{
	*stats = (struct fwpdk_input_stats){.size = sizeof(*stats)};
	for (unsigned i = 0; i < app->nb_pollers; i++) {
		struct fwpdk_input_stats one = {.size = sizeof(one)};

		if (app->pollers[i] == NULL || fwpdk_input_stats(app->pollers[i], &one) != 0)
			continue;
		for (unsigned n = 0; n < RTE_DIM(counters); n++)
			*counter(stats, n) += *counter(&one, n);
	}
}
