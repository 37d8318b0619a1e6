/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/pending[,N]. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_common.h>

#include <fwpdk/fwpdk.h>

#include "inject/telemetry.h"

/* An answer is at most 16 KiB, whatever is in flight. */
#define OLDEST_DEFAULT 16u
#define OLDEST_MAX     32u
#define KEYS_MAX       32u

static const struct {
	const char *name;
	uint64_t below_us;
} ages[] = {{"below_1ms", 1000}, {"below_10ms", 10000}, {"below_100ms", 100000},
	{"below_1s", 1000000}, {"below_10s", 10000000}, {"longer", UINT64_MAX}};

/* Counts by a key of which nobody knows how many there are. */
struct tally {
	uint64_t key[KEYS_MAX], count[KEYS_MAX], others;
	unsigned n;
};

struct sum {
	uint64_t total, place[FWPDK_PLACES], age[RTE_DIM(ages)];
	struct tally handle, port;
	unsigned oldest_max, n;
	struct fwpdk_pending oldest[OLDEST_MAX];
};

static void
tally_add(struct tally *t, uint64_t key)
{
	unsigned i;

	for (i = 0; i < t->n && t->key[i] != key; i++)
		;
	if (i == KEYS_MAX) {
		t->others++;
		return;
	}
	if (i == t->n)
		t->key[t->n++] = key;
	t->count[i]++;
}

static int
add(const struct fwpdk_pending *p, void *arg)
{
	struct sum *s = arg;
	unsigned i;

	s->total++;
	s->place[p->place]++;
	for (i = 0; i < RTE_DIM(ages) - 1 && p->age_us >= ages[i].below_us; i++)
		;
	s->age[i]++;
	tally_add(&s->handle, (uintptr_t)p->handle);
	if (p->port_id >= 0)
		tally_add(&s->port, (uint64_t)p->port_id);
	if (s->n < s->oldest_max)
		s->oldest[s->n++] = *p;
	return 0;
}

static int
add_tally(struct rte_tel_data *d, const char *name, const char *format, const struct tally *t)
{
	struct rte_tel_data *one = fwi_tel_dict();
	char key[32];
	unsigned i;

	if (one == NULL)
		return -ENOMEM;
	for (i = 0; i < t->n; i++) {
		snprintf(key, sizeof(key), format, t->key[i]);
		rte_tel_data_add_dict_u64(one, key, t->count[i]);
	}
	if (t->others != 0)
		rte_tel_data_add_dict_u64(one, "others", t->others);
	return rte_tel_data_add_dict_container(d, name, one, 0);
}

static int
add_classes(struct rte_tel_data *d, const struct sum *s)
{
	struct rte_tel_data *places = fwi_tel_dict(), *classes = fwi_tel_dict();
	unsigned i;

	if (places == NULL || classes == NULL) {
		rte_tel_data_free(places);
		rte_tel_data_free(classes);
		return -ENOMEM;
	}
	for (i = 0; i < FWPDK_PLACES; i++)
		rte_tel_data_add_dict_u64(
			places, fwpdk_place_name((enum fwpdk_place)i), s->place[i]);
	for (i = 0; i < RTE_DIM(ages); i++)
		rte_tel_data_add_dict_u64(classes, ages[i].name, s->age[i]);
	rte_tel_data_add_dict_container(d, "places", places, 0);
	return rte_tel_data_add_dict_container(d, "ages", classes, 0);
}

/* 22.11 has no arrays of objects: the keys are the ranks. */
static int
add_oldest(struct rte_tel_data *d, const struct sum *s)
{
	struct rte_tel_data *all = fwi_tel_dict(), *one;
	const struct fwpdk_pending *p;
	char text[32];
	unsigned i;

	if (all == NULL)
		return -ENOMEM;
	for (i = 0; i < s->n; i++) {
		p = &s->oldest[i];
		one = fwi_tel_dict();
		if (one == NULL)
			break;
		snprintf(text, sizeof(text), "0x%" PRIxPTR, (uintptr_t)p->nbl);
		rte_tel_data_add_dict_string(one, "nbl", text);
		snprintf(text, sizeof(text), "0x%" PRIxPTR, (uintptr_t)p->handle);
		rte_tel_data_add_dict_string(one, "handle", text);
		snprintf(text, sizeof(text), "0x%" PRIxPTR, (uintptr_t)p->context);
		rte_tel_data_add_dict_string(one, "context", text);
		rte_tel_data_add_dict_u64(one, "age_us", p->age_us);
		rte_tel_data_add_dict_string(one, "place", fwpdk_place_name(p->place));
		rte_tel_data_add_dict_int(one, "port", p->port_id);
		rte_tel_data_add_dict_int(one, "queue", p->queue_id);
		rte_tel_data_add_dict_string(one, "poller", p->poller);
		snprintf(text, sizeof(text), "%u", i);
		rte_tel_data_add_dict_container(all, text, one, 0);
	}
	return rte_tel_data_add_dict_container(d, "oldest", all, 0);
}

int
fwi_tel_pending(const char *cmd, const char *params, struct rte_tel_data *d)
{
	struct sum *s;
	uint64_t n = OLDEST_DEFAULT;
	int rc;

	RTE_SET_USED(cmd);
	if (params != NULL && fwi_tel_number(params, OLDEST_MAX, &n) != 0)
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	s->oldest_max = (unsigned)n;
	rc = fwpdk_pending_walk(add, s);
	if (rc == 0) {
		rte_tel_data_start_dict(d);
		rte_tel_data_add_dict_u64(d, "pending", s->total);
		rc = add_classes(d, s);
	}
	if (rc == 0)
		rc = add_tally(d, "handles", "0x%" PRIx64, &s->handle);
	if (rc == 0)
		rc = add_tally(d, "ports", "%" PRIu64, &s->port);
	if (rc == 0)
		rc = add_oldest(d, s);
	free(s);
	return rc;
}
