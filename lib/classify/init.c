/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: start and end of the room. */
#include <string.h>

#include "classify/callout.h"
#include "classify/classify.h"
#include "classify/compile.h"
#include "classify/flow.h"
#include "classify/object.h"
#include "classify/section.h"
#include "classify/session.h"
#include "classify/telemetry.h"
#include "core/log.h"

static wchar_t universal_name[] = L"universal";
static wchar_t inspection_name[] = L"inspection";
static struct fwi_sublayer builtin[2];

static void
add_builtin(struct fwi_sublayer *l, const GUID *key, wchar_t *name, uint16_t weight)
{
	memset(l, 0, sizeof(*l));
	l->obj.kind = FWI_SUBLAYER;
	l->obj.state = FWI_LIVE;
	l->obj.builtin = true;
	l->obj.key = *key;
	l->obj.name = name;
	l->weight = weight;
	fwi_obj_insert(&l->obj);
}

int
fwi_classify_init(void)
{
	int rc = fwi_sections_init();

	if (rc != 0)
		return rc;
	add_builtin(&builtin[0], &FWPM_SUBLAYER_UNIVERSAL, universal_name,
		FWPM_SUBLAYER_UNIVERSAL_WEIGHT);
	fwi_classify_telemetry();
	add_builtin(&builtin[1], &FWPM_SUBLAYER_INSPECTION, inspection_name, 0);
	return 0;
}

unsigned
fwi_classify_busy(void)
{
	const struct fwi_session *s;
	const struct fwi_callout *c;
	unsigned n = 0;

	TAILQ_FOREACH(s, &fwi_sessions, next)
	{
		FWI_LOG(classify, ERR, "session %lu is still open", (unsigned long)s->id);
		n++;
	}
	TAILQ_FOREACH(c, &fwi_callouts, next)
	{
		if (!c->registered && !c->closing)
			continue;
		FWI_LOG(classify, ERR, "callout %u is still registered", c->id);
		n++;
	}
	return n;
}

static void
name_object(const struct fwi_obj *o)
{
	static const char *const kinds[FWI_OBJ_KINDS] = {
		"provider", "sublayer", "callout", "filter"};

	FWI_LOG(classify, ERR, "%s {%08x-%04x-%04x-...} \"%ls\" was left", kinds[o->kind],
		o->key.Data1, o->key.Data2, o->key.Data3, o->name);
}

unsigned
fwi_classify_fini(void)
{
	struct fwi_obj *o;
	unsigned k, n = 0;

	fwi_layers_fini();
	for (k = FWI_OBJ_KINDS; k-- > 0;) {
		while ((o = TAILQ_FIRST(&fwi_objs[k])) != NULL) {
			if (o->builtin) {
				TAILQ_REMOVE(&fwi_objs[k], o, next);
				continue;
			}
			name_object(o);
			fwi_obj_free(o);
			n++;
		}
	}
	fwi_flows_fini();
	fwi_sections_fini();
	return n;
}
