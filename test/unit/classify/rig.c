/* SPDX-License-Identifier: BSD-3-Clause */
#include "rig.h"

struct rig rig;
struct rig_callout rig_callouts[RIG_CALLOUTS];
unsigned rig_order;

static wchar_t name[] = L"test";

GUID
rig_key(unsigned n)
{
	GUID key = {0x7e57, 1, 2, {0}};

	memcpy(key.Data4, &n, sizeof(n));
	return key;
}

int
rig_up(void **state)
{
	static const struct fwpdk_config small = {.size = sizeof(small),
		.nbl_count = 255,
		.nb_count = 255,
		.mdl_count = 255,
		.max_handles = 16,
		.max_neighbours = 64};

	(void)state;
	memset(&rig, 0, sizeof(rig));
	memset(rig_callouts, 0, sizeof(rig_callouts));
	rig_order = 0;
	fwi_straight_max = 8;
	if (fwpdk_init(&small) != 0)
		return -1;
	return FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL,
		&(FWPM_SESSION0){.flags = FWPM_SESSION_FLAG_DYNAMIC}, &rig.engine);
}

int
rig_down(void **state)
{
	unsigned i;

	(void)state;
	if (rig.engine != NULL && FwpmEngineClose0(rig.engine) != STATUS_SUCCESS)
		return -1;
	for (i = 0; i < RIG_CALLOUTS; i++)
		if (rig_callouts[i].id != 0)
			rig_unregister(i);
	for (i = 0; i < FWI_LAYERS; i++)
		if (fwi_layers[i] != NULL)
			return -1;
	return fwpdk_fini();
}

void
rig_sublayer(unsigned n, UINT16 weight)
{
	FWPM_SUBLAYER0 l = {.subLayerKey = rig_key(n), .displayData.name = name, .weight = weight};

	assert_ok(FwpmSubLayerAdd0(rig.engine, &l, NULL));
}

void
rig_callout_object(unsigned n, const GUID *layer)
{
	FWPM_CALLOUT0 c = {.calloutKey = rig_key(100 + n),
		.displayData.name = name,
		.applicableLayer = *layer};

	assert_ok(FwpmCalloutAdd0(rig.engine, &c, NULL, NULL));
}

FWPM_FILTER0
rig_filter(unsigned n, const GUID *layer, unsigned sublayer, FWP_ACTION_TYPE action)
{
	FWPM_FILTER0 f = {.displayData.name = name, .layerKey = *layer, .action.type = action};

	if (n != 0)
		f.filterKey = rig_key(n);
	if (sublayer != 0)
		f.subLayerKey = rig_key(sublayer);
	return f;
}

UINT64
rig_add(const FWPM_FILTER0 *f)
{
	UINT64 id = 0;

	assert_ok(FwpmFilterAdd0(rig.engine, f, NULL, &id));
	assert_int_not_equal(id, 0);
	return id;
}

UINT64
rig_add_at(unsigned n, unsigned sublayer, UINT8 range, FWP_ACTION_TYPE action, unsigned callout)
{
	FWPM_FILTER0 f = rig_filter(n, &FWPM_LAYER_INBOUND_IPPACKET_V4, sublayer, action);

	f.weight.type = FWP_UINT8;
	f.weight.uint8 = range;
	f.action.calloutKey = rig_key(100 + callout);
	return rig_add(&f);
}

void
rig_filter_gone(unsigned n)
{
	GUID key = rig_key(n);

	assert_ok(FwpmFilterDeleteByKey0(rig.engine, &key));
}

static bool
prepare(struct fwi_indication *ind)
{
	rig.prepared++;
	ind->meta.currentMetadataValues = 0;
	return !rig.prepare_fails;
}

enum fwi_verdict
rig_ask_at(unsigned id, const struct fwi_key *key)
{
	struct fwi_indication ind = {.prepare = prepare};
	enum fwi_verdict verdict = FWI_PERMIT;
	const struct fwi_layer *l;

	fwi_classify_enter(0);
	l = fwi_layer(id);
	if (l != NULL)
		verdict = fwi_classify(l, key, &ind);
	fwi_classify_leave(0);
	return verdict;
}

enum fwi_verdict
rig_ask(void)
{
	struct fwi_key key = {.version = 4};

	return rig_ask_at(FWPS_LAYER_INBOUND_IPPACKET_V4, &key);
}

bool
rig_has_layer(unsigned layer)
{
	return fwi_layer(layer) != NULL;
}

static void
classify(struct rig_callout *c, const FWPS_FILTER0 *filter, FWPS_CLASSIFY_OUT0 *out)
{
	c->calls++;
	c->order = ++rig_order;
	c->rights = out->rights;
	c->filter_id = filter->filterId;
	c->context = filter->context;
	assert_int_equal(out->filterId, filter->filterId);
	assert_int_equal(out->actionType, FWP_ACTION_NONE);
	assert_int_equal(out->flags, 0);
	if (c->inside != NULL)
		c->inside();
	if (c->action != 0)
		out->actionType = c->action;
	if (c->clear)
		out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
	if (c->absorb)
		out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
}

static NTSTATUS
notify(struct rig_callout *c, FWPS_CALLOUT_NOTIFY_TYPE what, const GUID *key, FWPS_FILTER0 *filter)
{
	switch (what) {
	case FWPS_CALLOUT_NOTIFY_ADD_FILTER:
		c->added++;
		assert_non_null(key);
		if (c->set_context != 0)
			filter->context = c->set_context;
		break;
	case FWPS_CALLOUT_NOTIFY_DELETE_FILTER:
		c->deleted++;
		assert_null(key);
		c->got_context = filter->context;
		break;
	default:
		c->committed++;
		assert_non_null(key);
		break;
	}
	return c->answer;
}

/* Even numbers have the classify of version 0, odd ones that of versions 1 to 3. */
#define CALLOUT0(n)                                                                           \
	static void NTAPI                                                                     \
	classify##n(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,  \
		void *data, const FWPS_FILTER0 *filter, UINT64 flow, FWPS_CLASSIFY_OUT0 *out) \
	{                                                                                     \
		assert_non_null(v);                                                           \
		assert_non_null(m);                                                           \
		assert_null(data);                                                            \
		assert_int_equal(flow, 0);                                                    \
		classify(&rig_callouts[n], filter, out);                                      \
	}                                                                                     \
	NOTIFY(n)
#define CALLOUT1(n)                                                                          \
	static void NTAPI                                                                    \
	classify##n(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, \
		void *data, const void *ctx, const FWPS_FILTER3 *filter, UINT64 flow,        \
		FWPS_CLASSIFY_OUT0 *out)                                                     \
	{                                                                                    \
		assert_non_null(v);                                                          \
		assert_non_null(m);                                                          \
		assert_null(data);                                                           \
		assert_null(ctx);                                                            \
		assert_int_equal(flow, 0);                                                   \
		classify(&rig_callouts[n], filter, out);                                     \
	}                                                                                    \
	NOTIFY(n)
#define NOTIFY(n)                                                                       \
	static NTSTATUS NTAPI                                                           \
	notify##n(FWPS_CALLOUT_NOTIFY_TYPE what, const GUID *key, FWPS_FILTER0 *filter) \
	{                                                                               \
		return notify(&rig_callouts[n], what, key, filter);                     \
	}

CALLOUT0(0)
CALLOUT1(1)
CALLOUT0(2)
CALLOUT1(3)
CALLOUT0(4)
CALLOUT1(5)
CALLOUT0(6)
CALLOUT1(7)

static const struct {
	FWPS_CALLOUT_CLASSIFY_FN0 fn0;
	FWPS_CALLOUT_CLASSIFY_FN1 fn1;
	FWPS_CALLOUT_NOTIFY_FN0 notify;
} functions[RIG_CALLOUTS] = {
	{classify0, NULL, notify0},
	{NULL, classify1, notify1},
	{classify2, NULL, notify2},
	{NULL, classify3, notify3},
	{classify4, NULL, notify4},
	{NULL, classify5, notify5},
	{classify6, NULL, notify6},
	{NULL, classify7, notify7},
};

void
rig_register(unsigned n, UINT32 flags)
{
	FWPS_CALLOUT0 c0 = {.calloutKey = rig_key(100 + n),
		.flags = flags,
		.classifyFn = functions[n].fn0,
		.notifyFn = functions[n].notify};
	FWPS_CALLOUT1 c1 = {.calloutKey = rig_key(100 + n),
		.flags = flags,
		.classifyFn = functions[n].fn1,
		.notifyFn = functions[n].notify};

	if (n % 2 == 0)
		assert_ok(FwpsCalloutRegister0(NULL, &c0, &rig_callouts[n].id));
	else if (n == 1)
		assert_ok(FwpsCalloutRegister1(NULL, &c1, &rig_callouts[n].id));
	else if (n == 3)
		assert_ok(FwpsCalloutRegister2(NULL, &c1, &rig_callouts[n].id));
	else
		assert_ok(FwpsCalloutRegister3(NULL, &c1, &rig_callouts[n].id));
	assert_int_not_equal(rig_callouts[n].id, 0);
}

void
rig_unregister(unsigned n)
{
	assert_ok(FwpsCalloutUnregisterById0(rig_callouts[n].id));
	rig_callouts[n].id = 0;
}
