/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/filters[,FIRST] and /fwpdk/callouts. What comes in is not trusted. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_telemetry.h>

#include "classify/callout.h"
#include "classify/object.h"
#include "classify/section.h"
#include "classify/telemetry.h"
#include "core/ctl.h"

#define AT_ONCE 64u /* an answer is at most 16 KiB */

static struct rte_tel_data *
dict(void)
{
	struct rte_tel_data *d = rte_tel_data_alloc();

	if (d != NULL)
		rte_tel_data_start_dict(d);
	return d;
}

static int
add_filter(struct rte_tel_data *d, const struct fwi_filter *f)
{
	struct fwi_filter_count n = fwi_count_sum(f->slot);
	struct rte_tel_data *one = dict();
	char name[24];

	if (one == NULL)
		return -ENOMEM;
	rte_tel_data_add_dict_string(one, "layer", f->layer->name);
	rte_tel_data_add_dict_u64(one, "sublayer_weight", f->sublayer->weight);
	rte_tel_data_add_dict_u64(one, "weight", f->weight);
	rte_tel_data_add_dict_u64(one, "action", f->fwps.action.type);
	rte_tel_data_add_dict_u64(one, "callout", f->fwps.action.calloutId);
	rte_tel_data_add_dict_u64(one, "conditions", f->n_tests);
	rte_tel_data_add_dict_u64(one, "hits", n.hits);
	rte_tel_data_add_dict_u64(one, "blocks", n.blocks);
	rte_tel_data_add_dict_u64(one, "absorbs", n.absorbs);
	snprintf(name, sizeof(name), "%llu", f->fwps.filterId);
	return rte_tel_data_add_dict_container(d, name, one, 0);
}

/* The whole text a decimal number? */
static bool
number(const char *text, uint64_t *value)
{
	size_t i, n = strlen(text);

	*value = 0;
	for (i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*value = *value * 10 + (uint64_t)(text[i] - '0');
	}
	return n > 0 && n < 20; /* less than 2^64 */
}

static int
filters(const char *cmd, const char *params, struct rte_tel_data *d)
{
	const struct fwi_filter *f;
	uint64_t first = 0;
	struct fwi_obj *o;
	unsigned n = 0;
	int rc = 0;

	(void)cmd;
	if (params != NULL && !number(params, &first))
		return -EINVAL;
	rte_tel_data_start_dict(d);
	fwi_ctl_lock();
	TAILQ_FOREACH(o, &fwi_objs[FWI_FILTER], next)
	{
		f = fwi_filter_of(o);
		if ((o->state != FWI_LIVE && o->state != FWI_GONE) || f->fwps.filterId < first)
			continue;
		if (rc == 0 && n++ < AT_ONCE)
			rc = add_filter(d, f);
	}
	fwi_ctl_unlock();
	return rc;
}

static int
add_callout(struct rte_tel_data *d, const struct fwi_callout *c)
{
	struct rte_tel_data *one = dict();
	char text[40];

	if (one == NULL)
		return -ENOMEM;
	snprintf(text, sizeof(text), "%08x-%04x-%04x-%02x%02x%02x%02x%02x%02x%02x%02x",
		c->key.Data1, c->key.Data2, c->key.Data3, c->key.Data4[0], c->key.Data4[1],
		c->key.Data4[2], c->key.Data4[3], c->key.Data4[4], c->key.Data4[5], c->key.Data4[6],
		c->key.Data4[7]);
	rte_tel_data_add_dict_string(one, "key", text);
	rte_tel_data_add_dict_int(one, "registered", c->registered);
	rte_tel_data_add_dict_u64(one, "flags", c->flags);
	rte_tel_data_add_dict_u64(one, "objects", c->refs - c->registered);
	snprintf(text, sizeof(text), "%u", c->id);
	return rte_tel_data_add_dict_container(d, text, one, 0);
}

static int
callouts(const char *cmd, const char *params, struct rte_tel_data *d)
{
	const struct fwi_callout *c;
	unsigned n = 0;
	int rc = 0;

	(void)cmd;
	(void)params;
	rte_tel_data_start_dict(d);
	fwi_ctl_lock();
	TAILQ_FOREACH(c, &fwi_callouts, next)
	if (rc == 0 && n++ < AT_ONCE)
		rc = add_callout(d, c);
	fwi_ctl_unlock();
	return rc;
}

void
fwi_classify_telemetry(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	rte_telemetry_register_cmd(
		"/fwpdk/filters", filters, "Filters and what they did; parameter: first number");
	rte_telemetry_register_cmd("/fwpdk/callouts", callouts, "Callouts: number, key, state");
}
