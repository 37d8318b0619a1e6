/* SPDX-License-Identifier: BSD-3-Clause */
/* Injections of every shape, from the owner's thread and from others. */
#include <pthread.h>

#include "sites.h"
#include "tx/producer.h"

#define NULL_WORLD(m)                                             \
	(struct world)                                            \
	{                                                         \
		.dev = "net_null0", .mode = m, .max_producers = 1 \
	}

#define UP(name, m)                \
	static void name(void)     \
	{                          \
		w = NULL_WORLD(m); \
		world_up();        \
	}
UP(up_cpool, FWPDK_MODE_CPOOL)
UP(up_copy, FWPDK_MODE_COPY)
UP(up_extbuf, FWPDK_MODE_EXTBUF)

static int
count(const struct fwpdk_pending *pending, void *n)
{
	(void)pending;
	++*(unsigned *)n;
	return 0;
}

static void
shapes(void)
{
	struct packet p[8];
	unsigned i, n;

	packet_make(&p[0], 4, 60, 1, 14);   /* header in the backfill */
	packet_make(&p[1], 4, 60, 1, 0);    /* header mbuf */
	packet_make(&p[2], 6, 1400, 5, 0);  /* a chain of mbufs */
	packet_make(&p[3], 4, 1400, 39, 0); /* more MDLs than a chain has: copied */
	packet_make(&p[4], 4, 100, 2, 20);  /* two NET_BUFFERs */
	packet_add_nb(&p[4]);
	for (i = 5; i < 8; i++)
		packet_make(&p[i], 4, 60 + i, 1, 14);
	for (i = 0; i < 5; i++)
		packets_inject(&p[i], 1);
	packets_inject(&p[5], 3);
	OP((n = 0, fwpdk_pending_walk(count, &n)), -ENOMEM);
	CHECK(n == 8);
	packets_finish(p, 8);
	packets_inject(&p[5], 3); /* and again */
	packets_finish(p, 8);
	for (i = 0; i < 8; i++)
		packet_free(&p[i]);
}

static void
local(void)
{
	OP(fwpdk_poller_claim(w.poller), -ENOMEM);
	shapes();
}

/* One after the other, so that the hits of a run are those of the run before. */
struct stranger {
	pthread_t thread;
	struct packet p[4];
	pthread_barrier_t *both;
};

static void *
stranger(void *arg)
{
	struct stranger *s = arg;
	unsigned i;

	for (i = 0; i < 2; i++)
		packets_inject(&s->p[i], 1);
	packets_inject(&s->p[2], 2);
	if (s->both != NULL)
		pthread_barrier_wait(s->both);
	return NULL;
}

static void
strangers(void)
{
	struct stranger a = {0}, b = {0};
	pthread_barrier_t both;
	unsigned i;

	for (i = 0; i < 4; i++) {
		packet_make(&a.p[i], 4, 60 + i, 1, 14);
		packet_make(&b.p[i], 6, 60 + i, 1, 0);
	}
	/* a keeps the only lane until b has injected through the ring that is shared. */
	SURE(pthread_barrier_init(&both, NULL, 2));
	a.both = &both;
	SURE(pthread_create(&a.thread, NULL, stranger, &a));
	while (__atomic_load_n(&a.p[3].accepted, __ATOMIC_ACQUIRE) == 0)
		sched_yield();
	SURE(pthread_create(&b.thread, NULL, stranger, &b));
	SURE(pthread_join(b.thread, NULL));
	pthread_barrier_wait(&both);
	SURE(pthread_join(a.thread, NULL));
	pthread_barrier_destroy(&both);
	CHECK(fwi_producers[0].taken == 0); /* given back by the thread that ended */
	OP(fwpdk_poller_claim(w.poller), -ENOMEM);
	packets_finish(a.p, 4);
	packets_finish(b.p, 4);
	for (i = 0; i < 4; i++) {
		packet_free(&a.p[i]);
		packet_free(&b.p[i]);
	}
}

/* An owner that ends without a word leaves its poller to others. */
static void *
owner(void *arg)
{
	(void)arg;
	OP(fwpdk_poller_claim(w.poller), -ENOMEM);
	return NULL;
}

static void
owner_ends(void)
{
	pthread_t thread;

	SURE(pthread_create(&thread, NULL, owner, NULL));
	SURE(pthread_join(thread, NULL));
	OP(fwpdk_poller_claim(w.poller), -ENOMEM);
	SURE(fwpdk_poller_release(w.poller));
	SURE(fwpdk_poller_stop(w.poller));
	OP(fwpdk_poller_start(w.poller), -ENOMEM);
	strangers(); /* who have to find it again */
	shapes();
}

static int
count_event(const struct fwpdk_event *event, void *arg)
{
	(void)event;
	++*(unsigned *)arg;
	return 0;
}

/* Recording that cannot begin changes nothing, and a poller that cannot record is none. */
static void
events(void)
{
	struct fwpdk_poller *late;
	unsigned n = 0;

	OP(fwpdk_events_start(256), -ENOMEM);
	shapes();
	OP(fwpdk_events_walk(count_event, &n), -ENOMEM);
	CHECK(n > 0 && fwpdk_events_recording() == 256);
	OP(fwpdk_events_start(512), -ENOMEM);
	OP(fwpdk_poller_create(NULL, &late), -ENOMEM);
	SURE(fwpdk_poller_destroy(late));
	shapes();
	SURE(fwpdk_events_stop());
}

/* From the first call to the last; the poller goes before the handles it worked for. */
static void
nothing(void)
{
	w = NULL_WORLD(FWPDK_MODE_CPOOL);
}

static void
everything(void)
{
	world_up();
	strangers();
	shapes();
}

static void
everything_down(void)
{
	struct fwpdk_stats s = {.size = sizeof(s)};

	SURE(fwpdk_poller_stop(w.poller));
	port_down();
	poller_down();
	SURE(fwpdk_stats(&s));
	CHECK(s.in_flight == 0 && s.injected == s.completed);
	handles_down();
	dev_down();
	pools_down();
	lib_down();
}

const struct scenario inject_scenarios[] = {
	{"inject_cpool", up_cpool, local, world_down},
	{"inject_copy", up_copy, local, world_down},
	{"inject_extbuf", up_extbuf, local, world_down},
	{"inject_remote", up_cpool, strangers, world_down},
	{"owner_ends", up_cpool, owner_ends, world_down},
	{"events", up_cpool, events, world_down},
	{"everything", nothing, everything, everything_down},
	{0},
};
