/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libFuzzer target: sequences of retreat, advance, copy and NdisGetDataBuffer on one
 * NET_BUFFER against a flat array.
 *
 * The model keeps the bytes of the window and those in front of it. Backfill that a retreat
 * adds has no known content: it is filled when it comes into the window.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>

#include <ndis.h>

#include "nbl/nbl_obj.h"
#include "check.h"

#define MAX_MDL 8u
#define ROOM	65536u

static NDIS_HANDLE pool;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char args[] = "fuzz\0--no-huge\0-m\0"
			     "64\0--no-pci\0--no-telemetry\0--no-shconf\0-l\0"
			     "0\0"
			     "--iova-mode=va\0--log-level=*:error\0";
	const struct fwi_slab_conf conf = {.nbl_count = 255, .nb_count = 255, .mdl_count = 1023};
	NET_BUFFER_LIST_POOL_PARAMETERS pp = {
		.Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
			.Revision = 1,
			.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = 0x7a7a7566};
	char *eal[16], *a;
	int n = 0;

	(void)argc;
	(void)argv;
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		eal[n++] = a;
	CHECK(rte_eal_init(n, eal) >= 0);
	CHECK(fwi_nbl_init(&conf) == 0);
	pool = NdisAllocateNetBufferListPool(NULL, &pp);
	CHECK(pool != NULL);
	return 0;
}

struct in {
	const uint8_t *p;
	size_t left;
};

static uint8_t
get(struct in *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->p++;
}

/* flat[start..start+len) is the window; of the offset bytes in front of it, known are known. */
struct model {
	uint8_t flat[ROOM];
	uint32_t start, len, offset, known;
};

static struct model model;

static void
check(NET_BUFFER *nb)
{
	static uint8_t storage[ROOM];
	const uint8_t *p;
	MDL *m = nb->MdlChain;
	uint32_t off = nb->DataOffset;

	CHECK(nb->DataLength == model.len && nb->DataOffset == model.offset);
	while (m != NULL && off >= m->ByteCount && m->Next != NULL) {
		off -= m->ByteCount;
		m = m->Next;
	}
	/* the position may stand at the end of an MDL as well as at the start of the next */
	if (nb->CurrentMdl == m)
		CHECK(nb->CurrentMdlOffset == off);
	p = NdisGetDataBuffer(nb, model.len, storage, 1, 0);
	if (model.len == 0)
		return;
	CHECK(p != NULL && memcmp(p, model.flat + model.start, model.len) == 0);
	CHECK(NdisGetDataBuffer(nb, model.len + 1, storage, 1, 0) == NULL);
}

/* Write the window through NdisGetDataBuffer's own pieces: the bytes a retreat gained. */
static void
fill_front(NET_BUFFER *nb, uint32_t n, uint8_t seed)
{
	MDL *m = nb->CurrentMdl;
	uint32_t off = nb->CurrentMdlOffset, i = 0;

	for (; i < n; m = m->Next, off = 0) {
		CHECK(m != NULL);
		for (; off < m->ByteCount && i < n; off++, i++)
			fwi_mdl_va(m)[off] = model.flat[model.start + i] = (uint8_t)(seed + i);
	}
}

static void
retreat(NET_BUFFER *nb, struct in *in)
{
	uint32_t delta = get(in), back = get(in) % 64, added;

	if (delta > model.start || model.len + delta + 4096 > ROOM / 2)
		return;
	if (NdisRetreatNetBufferDataStart(nb, delta, back, NULL) != NDIS_STATUS_SUCCESS) {
		check(nb);
		return;
	}
	CHECK(nb->DataLength == model.len + delta);
	if (delta <= model.offset) {
		model.offset -= delta;
	} else { /* bytes unused before come first, then those of a new MDL */
		CHECK(nb->DataOffset == model.offset + back);
		model.offset = nb->DataOffset;
	}
	/* known bytes come back as they were */
	added = delta <= model.known ? 0 : delta;
	model.known = delta <= model.known ? model.known - delta : 0;
	model.start -= delta;
	model.len += delta;
	fill_front(nb, added, get(in));
}

static void
advance(NET_BUFFER *nb, struct in *in)
{
	uint32_t delta = get(in);
	uint8_t free_mdl = get(in) & 1;

	if (delta > model.len)
		delta = model.len;
	NdisAdvanceNetBufferDataStart(nb, delta, free_mdl, NULL);
	model.start += delta;
	model.len -= delta;
	if (free_mdl) {
		CHECK(nb->DataOffset <= model.offset + delta);
		model.offset = nb->DataOffset;
	} else {
		model.offset += delta;
	}
	model.known += delta;
	if (model.known > model.offset)
		model.known = model.offset;
}

static void
part(NET_BUFFER *nb, struct in *in)
{
	static uint8_t storage[ROOM];
	uint32_t n = get(in) * 4u, mult = 1u << (get(in) % 5), off = get(in) % mult;
	const uint8_t *p = NdisGetDataBuffer(nb, n, storage, mult, off);
	const uint8_t *q = NdisGetDataBuffer(nb, n, NULL, 1, 0);

	if (n > model.len) {
		CHECK(p == NULL && q == NULL);
		return;
	}
	if (n == 0)
		return;
	CHECK(p != NULL && memcmp(p, model.flat + model.start, n) == 0);
	CHECK(p == storage || (uintptr_t)p % mult == off);
	CHECK(q == NULL || memcmp(q, model.flat + model.start, n) == 0);
}

/* Out of the window into a flat buffer of its own and compared there. */
static void
copy_out(NET_BUFFER *nb, struct in *in)
{
	uint32_t skip = get(in) * 3u, want = get(in) * 3u, to = get(in) % 8;
	uint32_t room = want + to, fit = skip < model.len ? model.len - skip : 0;
	uint8_t *buf = calloc(1, room + 1);
	NET_BUFFER_LIST *l;
	ULONG copied = 77;
	MDL *m = IoAllocateMdl(buf, room + 1, FALSE, FALSE, NULL);

	CHECK(m != NULL);
	MmBuildMdlForNonPagedPool(m);
	l = NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, m, 0, room + 1);
	CHECK(l != NULL);
	CHECK(NdisCopyFromNetBufferToNetBuffer(l->FirstNetBuffer, to, want, nb, skip, &copied) ==
		NDIS_STATUS_SUCCESS);
	fit = fit < want ? fit : want;
	CHECK(copied == fit);
	CHECK(memcmp(buf + to, model.flat + model.start + skip, fit) == 0);
	NdisFreeNetBufferList(l);
	IoFreeMdl(m);
	free(buf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct in in = {data, size};
	uint8_t *buf[MAX_MDL];
	MDL *first = NULL, **link = &first, *mdl[MAX_MDL];
	NET_BUFFER_LIST *l;
	unsigned n = 1 + get(&in) % MAX_MDL, i, k, ops;
	uint32_t total = 0, len, off;

	for (i = 0; i < n; i++) {
		len = get(&in);
		buf[i] = malloc(len);
		for (k = 0; k < len; k++)
			buf[i][k] = model.flat[ROOM / 2 + total + k] = (uint8_t)(total + k);
		*link = mdl[i] = IoAllocateMdl(buf[i], len, FALSE, FALSE, NULL);
		CHECK(mdl[i] != NULL);
		MmBuildMdlForNonPagedPool(mdl[i]);
		link = &mdl[i]->Next;
		total += len;
	}
	off = get(&in) % (total + 1);
	len = get(&in) % (total - off + 1);
	l = NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, first, off, len);
	CHECK(l != NULL);
	model.start = ROOM / 2 + off;
	model.len = len;
	model.offset = model.known = off;
	check(l->FirstNetBuffer);
	for (ops = 0; in.left > 0 && ops < 64; ops++) {
		switch (get(&in) % 5) {
		case 0:
			retreat(l->FirstNetBuffer, &in);
			break;
		case 1:
			advance(l->FirstNetBuffer, &in);
			break;
		case 2:
			part(l->FirstNetBuffer, &in);
			break;
		case 3:
			copy_out(l->FirstNetBuffer, &in);
			break;
		default:
			NdisAdjustNetBufferCurrentMdl(l->FirstNetBuffer);
			break;
		}
		check(l->FirstNetBuffer);
	}
	NdisFreeNetBufferList(l);
	for (i = 0; i < n; i++) {
		IoFreeMdl(mdl[i]);
		free(buf[i]);
	}
	return 0;
}
