/* SPDX-License-Identifier: BSD-3-Clause */
/* Address translation: the flows, a bounded number of them. */
#include "nat.h"

#define FLOWS	   4096	 /* a power of two */
#define FIRST_PORT 32768 /* flow i has outside port FIRST_PORT + i */
#define CANDIDATES 8	 /* of which the one unused for longest gives way */
#define FRAGMENTS  256	 /* fragmented packets at a time, a power of two */

typedef struct FRAGMENT_ {
	NAT_ADDRESS source, destination;
	UINT32 id;
	UINT8 version, protocol;
	NAT_FLOW *flow; /* NULL: free */
} FRAGMENT;

static NAT_FLOW Flows[FLOWS];
static INT32 Buckets[FLOWS];
static FRAGMENT Fragments[FRAGMENTS];
static ULONG Hand; /* where the next candidates are */
static UINT64 Serial;

VOID
NatFlowsClear(VOID)
{
	ULONG i;

	RtlZeroMemory(Flows, sizeof(Flows));
	RtlZeroMemory(Fragments, sizeof(Fragments));
	for (i = 0; i < FLOWS; i++)
		Buckets[i] = -1;
	Hand = 0;
}

static ULONG
Hash(const VOID *data, ULONG length)
{
	const UINT8 *p = data;
	UINT32 h = 2166136261u;
	ULONG i;

	for (i = 0; i < length; i++)
		h = (h ^ p[i]) * 16777619u;
	return (h ^ h >> 15) % FLOWS;
}

static ULONG
BucketOf(const NAT_ENDS *ends)
{
	return Hash(ends, FIELD_OFFSET(NAT_ENDS, protocol) + sizeof(ends->protocol));
}

static BOOLEAN
Same(const NAT_ENDS *a, const NAT_ENDS *b)
{
	return RtlEqualMemory(a, b, FIELD_OFFSET(NAT_ENDS, protocol) + sizeof(a->protocol));
}

static VOID
Unlink(NAT_FLOW *flow)
{
	INT32 *link = &Buckets[BucketOf(&flow->ends)];
	ULONG i;

	while (*link != (INT32)(flow - Flows))
		link = &Flows[*link].next;
	*link = flow->next;
	flow->live = FALSE;
	for (i = 0; i < FRAGMENTS; i++)
		if (Fragments[i].flow == flow)
			Fragments[i].flow = NULL;
}

static NAT_FLOW *
Take(VOID)
{
	NAT_FLOW *oldest = &Flows[Hand % FLOWS];
	ULONG i;

	for (i = 0; i < CANDIDATES && oldest->live; i++, Hand++)
		if (!Flows[Hand % FLOWS].live || Flows[Hand % FLOWS].used < oldest->used)
			oldest = &Flows[Hand % FLOWS];
	if (oldest->live)
		Unlink(oldest);
	return oldest;
}

NAT_FLOW *
NatFlowOut(const NAT_ENDS *ends)
{
	INT32 *bucket = &Buckets[BucketOf(ends)], i;
	NAT_FLOW *flow;

	for (i = *bucket; i >= 0; i = Flows[i].next)
		if (Same(&Flows[i].ends, ends)) {
			Flows[i].used = ++Serial;
			return &Flows[i];
		}
	flow = Take();
	flow->ends = *ends;
	flow->outsidePort = RtlUshortByteSwap(FIRST_PORT + (flow - Flows));
	flow->used = ++Serial;
	flow->live = TRUE;
	flow->next = *bucket;
	*bucket = (INT32)(flow - Flows);
	return flow;
}

NAT_FLOW *
NatFlowIn(const NAT_ENDS *ends, UINT16 outsidePort)
{
	ULONG i = (ULONG)RtlUshortByteSwap(outsidePort) - FIRST_PORT;
	NAT_ENDS want = *ends;

	if (i >= FLOWS || !Flows[i].live)
		return NULL;
	want.inside = Flows[i].ends.inside;
	want.insidePort = Flows[i].ends.insidePort;
	if (ends->protocol == 1 || ends->protocol == 58) /* one id serves both ends */
		want.remotePort = Flows[i].ends.remotePort;
	if (!Same(&Flows[i].ends, &want))
		return NULL;
	Flows[i].used = ++Serial;
	return &Flows[i];
}

static FRAGMENT
KeyOf(const NAT_PACKET *p)
{
	FRAGMENT f;

	RtlZeroMemory(&f, sizeof(f));
	RtlCopyMemory(f.source.bytes, p->source, p->addressLength);
	RtlCopyMemory(f.destination.bytes, p->destination, p->addressLength);
	f.id = p->fragmentId;
	f.version = p->version;
	f.protocol = p->protocol;
	return f;
}

/* One place per hash: the later packet gets it. */
static FRAGMENT *
PlaceOf(const FRAGMENT *f)
{
	return &Fragments[Hash(f, FIELD_OFFSET(FRAGMENT, flow)) % FRAGMENTS];
}

VOID
NatFragmentNote(const NAT_PACKET *packet, NAT_FLOW *flow)
{
	FRAGMENT f = KeyOf(packet);

	f.flow = flow;
	*PlaceOf(&f) = f;
}

NAT_FLOW *
NatFragmentFind(const NAT_PACKET *packet)
{
	FRAGMENT f = KeyOf(packet), *place = PlaceOf(&f);

	return RtlEqualMemory(place, &f, FIELD_OFFSET(FRAGMENT, flow)) ? place->flow : NULL;
}
