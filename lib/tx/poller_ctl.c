/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: life of a poller. */
#include <errno.h>
#include <numa.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <rte_malloc.h>

#include "core/ctl.h"
#include "core/log.h"
#include "stack/stack.h"
#include "tx/events.h"
#include "tx/lane.h"
#include "tx/path.h"
#include "tx/poller_ctl.h"
#include "tx/producer.h"

static struct fwi_txq no_queue; /* never has room */

void
fwi_poller_free(struct fwpdk_poller *p)
{
	uint32_t i;

	for (i = 0; p->lane != NULL && i < fwi_config.max_producers; i++)
		rte_free(p->lane[i]);
	for (i = 0; i < p->nports; i++)
		fwi_txq_destroy(p->q[i]);
	rte_ring_free(p->shared);
	rte_free(p->lane);
	rte_free(p->done);
	rte_free(p->count);
	rte_free(p->hops);
	rte_free(p->kept_events);
	rte_free(p);
}

static struct fwi_lane *
lane_create(uint32_t capacity, int socket)
{
	uint32_t size = rte_align32pow2(capacity);
	struct fwi_lane *lane = rte_zmalloc_socket("fwpdk_lane",
		sizeof(*lane) + size * sizeof(lane->slot[0]), RTE_CACHE_LINE_SIZE, socket);

	if (lane == NULL)
		return NULL;
	lane->capacity = lane->room = capacity;
	lane->size = size;
	return lane;
}

static int
rings_create(struct fwpdk_poller *p, uint32_t size)
{
	char name[RTE_RING_NAMESIZE];
	uint32_t i;

	p->lane = rte_zmalloc_socket("fwpdk_lanes", fwi_config.max_producers * sizeof(p->lane[0]),
		RTE_CACHE_LINE_SIZE, p->socket);
	if (p->lane == NULL)
		return -ENOMEM;
	for (i = 0; i < fwi_config.max_producers; i++) {
		p->lane[i] = lane_create(size, p->socket);
		if (p->lane[i] == NULL)
			return -ENOMEM;
	}
	snprintf(name, sizeof(name), "fwpdk_s%u", p->id);
	p->shared = rte_ring_create(name, size, p->socket, RING_F_SC_DEQ | RING_F_EXACT_SZ);
	p->shared_credit = (int32_t)size;
	return p->shared == NULL ? -ENOMEM : 0;
}

/* Plain threads have no rte_socket_id(). */
static int
node_of_caller(void)
{
	int cpu = sched_getcpu(), node = -1;

	if (numa_available() >= 0 && cpu >= 0)
		node = numa_node_of_cpu(cpu);
	return node >= 0 ? node : 0;
}

static struct fwpdk_poller *
poller_alloc(unsigned id, const struct fwpdk_poller_opts *o)
{
	int socket = o->socket_id == SOCKET_ID_ANY ? node_of_caller() : o->socket_id;
	struct fwpdk_poller *p;

	p = rte_zmalloc_socket("fwpdk_poller", sizeof(*p), _Alignof(struct fwpdk_poller), socket);
	if (p == NULL)
		return NULL;
	p->id = (uint16_t)id;
	p->socket = socket;
	p->owner_lcore = -1;
	p->resolve_due = UINT64_MAX;
	p->handle_mask = fwi_config.max_handles - 1;
	p->default_comp = fwi_stack_compartment(0);
	p->default_key = fwi_hop4_key(p->default_comp, 0);
	p->dispatch = true;
	p->closed = p->sample = p->slow = true;
	p->sample_left = FWI_SAMPLE_EVERY;
	p->wait_tail = &p->wait_head;
	p->of_hop[0] = &no_queue;
	p->fail_tail = &p->fail_head;
	p->max_wait = o->backlog != 0 ? o->backlog : 4096;
	memset(p->q_of_port, 0xff, sizeof(p->q_of_port));
	if (o->name != NULL)
		snprintf(p->name, sizeof(p->name), "%s", o->name);
	else
		snprintf(p->name, sizeof(p->name), "p%u", id);
	p->hops = rte_zmalloc_socket("fwpdk_hops", sizeof(*p->hops), RTE_CACHE_LINE_SIZE, socket);
	p->count = rte_zmalloc_socket("fwpdk_count", fwi_config.max_handles * sizeof(p->count[0]),
		RTE_CACHE_LINE_SIZE, socket);
	if (p->hops == NULL || p->count == NULL || fwi_events_join(p) != 0 ||
		rings_create(p, o->ring_size != 0 ? o->ring_size : 512) != 0 ||
		fwi_path_ops.begin(p) != 0) {
		fwi_poller_free(p);
		return NULL;
	}
	fwi_near_clear(p->near);
	p->last = p->count;
	fwi_may_send_copy(p);
	return p;
}

int
fwpdk_poller_create(const struct fwpdk_poller_opts *opts, struct fwpdk_poller **poller)
{
	struct fwpdk_poller_opts o = {.size = sizeof(o)};
	struct fwpdk_poller *p;
	unsigned id;
	int rc = 0;

	if (!fwi_ready())
		return -ENODEV;
	if (poller == NULL || (opts != NULL && !FWI_SIZE_OK(opts, struct fwpdk_poller_opts)))
		return -EINVAL;
	if (opts != NULL)
		o = *opts;
	if (o.ring_size != 0 &&
		(!rte_is_power_of_2(o.ring_size) || o.ring_size < 64 || o.ring_size > 32768))
		return -EINVAL;
	if (o.name != NULL && strlen(o.name) >= sizeof(p->name))
		return -EINVAL;

	fwi_ctl_lock();
	for (id = 0; id < FWI_MAX_POLLERS && fwi_pollers[id] != NULL; id++)
		;
	if (id == FWI_MAX_POLLERS) {
		rc = -ENOSPC;
	} else {
		p = poller_alloc(id, &o);
		if (p == NULL)
			rc = -ENOMEM;
		else
			__atomic_store_n(&fwi_pollers[id], *poller = p, __ATOMIC_RELEASE);
	}
	fwi_ctl_unlock();
	return rc;
}

/* Room for one entry per completion mbuf: seldom too little. */
static int
done_grow(struct fwpdk_poller *p, uint32_t more)
{
	void *done = rte_realloc_socket(
		p->done, (p->done_cap + more) * sizeof(p->done[0]), RTE_CACHE_LINE_SIZE, p->socket);

	if (done == NULL)
		return -ENOMEM;
	p->done = done;
	p->done_cap += more;
	return 0;
}

static int
add_port(struct fwpdk_poller *p, uint16_t port_id, uint16_t queue_id)
{
	struct fwi_port *port = fwi_port_get(port_id);
	struct fwi_txq *q;
	unsigned slot;
	int rc;

	if (port == NULL)
		return -ENODEV;
	if (queue_id < port->opts.first_queue ||
		queue_id >= port->opts.first_queue + port->opts.nb_queues)
		return -EINVAL;
	slot = queue_id - port->opts.first_queue;
	if (p->started || p->destroying || port->txq[slot] != NULL)
		return -EBUSY;
	if (p->q_of_port[port_id] != 0xff)
		return -EEXIST;
	if (p->nports == FWI_POLLER_PORTS)
		return -ENOSPC;
	rc = done_grow(p, port->opts.pool_size);
	if (rc != 0)
		return rc;
	rc = fwi_txq_create(p, port, queue_id, &q);
	if (rc != 0)
		return rc;
	q->state = port->state == FWPDK_PORT_STARTED ? FWI_TXQ_RUNNING : FWI_TXQ_PARKED;
	q->seen_state = q->state;
	if (fwi_poller_mine(p))
		fwi_cpool_open_cache(q);
	port->txq[slot] = q;
	p->q[p->nports] = q;
	p->quick |= q->fast;
	p->copies |= q->map.copy_mode;
	p->slow = !p->quick && !p->copies;
	p->of_hop[p->nports + 1] = q;
	p->q_of_port[port_id] = p->nports;
	p->nports++;
	return 0;
}

int
fwpdk_poller_add_port(struct fwpdk_poller *p, uint16_t port_id, uint16_t queue_id)
{
	int rc;

	if (p == NULL || port_id >= RTE_MAX_ETHPORTS)
		return -EINVAL;
	fwi_ctl_lock();
	rc = add_port(p, port_id, queue_id);
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_poller_add_compartment(struct fwpdk_poller *p, uint32_t compartment_id)
{
	uint32_t comp = fwi_stack_compartment(compartment_id);
	int rc = 0;

	if (p == NULL)
		return -EINVAL;
	fwi_ctl_lock();
	if (comp == FWI_NO_COMPARTMENT)
		rc = -ENOENT;
	else if (p->started || p->destroying)
		rc = -EBUSY;
	else if (p->comps >> comp & 1)
		rc = -EEXIST;
	else
		p->comps |= UINT64_C(1) << comp;
	fwi_ctl_unlock();
	return rc;
}

static bool
reaches_all(const struct fwpdk_poller *p, uint64_t comps)
{
	uint64_t ports[FWI_PORT_WORDS], left;
	unsigned comp, w, id;

	for (comp = 0; comp < 64; comp++) {
		if (!(comps >> comp & 1))
			continue;
		fwi_stack_ports(comp, ports);
		for (w = 0; w < FWI_PORT_WORDS; w++) {
			for (left = ports[w]; left != 0; left &= left - 1) {
				id = w * 64 + (unsigned)__builtin_ctzll(left);
				if (id < RTE_MAX_ETHPORTS && p->q_of_port[id] != 0xff)
					continue;
				FWI_LOG(tx, ERR,
					"poller %s has no queue on port %u of compartment %u",
					p->name, id, fwi_stack_compartment_id(comp));
				return false;
			}
		}
	}
	return true;
}

int
fwpdk_poller_start(struct fwpdk_poller *p)
{
	uint64_t comps;
	int rc = 0;

	if (p == NULL)
		return -EINVAL;
	fwi_ctl_lock();
	comps = p->comps != 0 ? p->comps : UINT64_C(1) << fwi_stack_compartment(0);
	if (p->started)
		rc = -EALREADY;
	else if (p->destroying)
		rc = -EBUSY;
	else if (p->nports == 0)
		rc = -EINVAL;
	else if (!reaches_all(p, comps))
		rc = -EXDEV;
	if (rc == 0) {
		p->comps = comps;
		p->started = true;
		fwi_pollers_publish();
	}
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_poller_stop(struct fwpdk_poller *p)
{
	int rc = 0;

	if (p == NULL)
		return -EINVAL;
	fwi_ctl_lock();
	if (!p->started) {
		rc = -EALREADY;
	} else {
		p->started = false;
		fwi_pollers_publish();
	}
	fwi_ctl_unlock();
	return rc;
}
