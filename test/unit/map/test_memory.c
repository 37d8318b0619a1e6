/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/map/memory.c: which bytes a device may read, and at which IO address (P9). */
#include <sys/mman.h>

#include <rte_malloc.h>
#include <rte_memory.h>

#include <fwpdk/init.h>
#include <fwpdk/memory.h>

#include "shape.h"

#define PAGES 8u
#define PAGE  4096u

static struct mapq mq;
static uint8_t *region;
/* runs of pages: 0 1 2 | 3 | 4 5 | 6 | 7, page 7 not backed by an address that goes on */
static rte_iova_t iova[PAGES] = {
	0x10000, 0x11000, 0x12000, 0x80000, 0x40000, 0x41000, 0x30000, 0x90000};

static int
setup(void **state)
{
	const struct fwpdk_config conf = {.size = sizeof(conf),
		.nbl_count = 63,
		.nb_count = 63,
		.mdl_count = 63,
		.max_handles = 16,
		.max_neighbours = 64};

	(void)state;
	if (fwpdk_init(&conf) != 0)
		return -1;
	mapq_make(&mq, 64);
	/* one page more, never registered */
	region = mmap(NULL, (PAGES + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		-1, 0);
	return region == MAP_FAILED ? -1
				    : fwpdk_mem_register(region, PAGES * PAGE, iova, PAGES, PAGE);
}

static int
teardown(void **state)
{
	(void)state;
	if (fwpdk_mem_unregister(region, PAGES * PAGE) != 0)
		return -1;
	munmap(region, (PAGES + 1) * PAGE);
	mapq_end(&mq);
	return fwpdk_fini();
}

/* Byte by byte: how long does the IO address follow? */
static uint32_t
run_from(uint32_t off, uint32_t len)
{
	uint32_t n = 1;

	while (n < len &&
		iova[(off + n) / PAGE] + (off + n) % PAGE == iova[off / PAGE] + off % PAGE + n)
		n++;
	return n;
}

static void
test_runs(void **state)
{
	uint32_t off, len;
	rte_iova_t io;
	unsigned i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		off = rnd(PAGES * PAGE - 1);
		len = 1 + rnd(PAGES * PAGE - off);
		assert_int_equal(
			fwi_mem_readable(FWI_MEM_DMA, region + off, len, &io), run_from(off, len));
		assert_int_equal(io, iova[off / PAGE] + off % PAGE);
	}
}

static void
test_classes(void **state)
{
	uint8_t *heap = malloc(100), *dpdk = rte_malloc(NULL, 10000, 0);
	rte_iova_t io;

	(void)state;
	assert_int_equal(fwi_mem_readable(FWI_MEM_ANY, heap, 100, &io), 100);
	assert_int_equal(fwi_mem_readable(FWI_MEM_DMA, heap, 100, &io), 0);
	assert_int_equal(fwi_mem_readable(FWI_MEM_FD, heap, 100, &io), 0);
	assert_int_equal(fwi_mem_readable(FWI_MEM_FD, region, 100, &io), 0);
	assert_int_equal(fwi_mem_readable(FWI_MEM_DMA, dpdk + 5, 9000, &io), 9000);
	assert_int_equal(io, rte_mem_virt2iova(dpdk + 5));
	/* over the end of the region */
	assert_int_equal(fwi_mem_readable(FWI_MEM_DMA, region + PAGES * PAGE - 10, 20, &io), 0);
	free(heap);
	rte_free(dpdk);
}

/* The host's own external memory: known to EAL, but nobody said that it is mapped. */
static void
test_foreign_external(void **state)
{
	uint8_t *p = mmap(
		NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	rte_iova_t at[2] = {0x1000, 0x2000}, io;

	(void)state;
	assert_int_equal(rte_extmem_register(p, 2 * PAGE, at, 2, PAGE), 0);
	assert_int_equal(fwi_mem_readable(FWI_MEM_DMA, p, 100, &io), 0);
	assert_int_equal(rte_extmem_unregister(p, 2 * PAGE), 0);
	munmap(p, 2 * PAGE);
}

/* A mapped packet splits where the IO addresses do, and only there. */
static void
test_packet_splits(void **state)
{
	static uint8_t got[PAGES * PAGE];
	uint32_t off, total, at, want;
	struct fwi_mapped out;
	struct rte_mbuf *m;
	struct fwi_nbl *l;
	struct fwi_ip ip;
	unsigned round;
	MDL mdl;

	(void)state;
	l = aligned_alloc(64, RTE_ALIGN(sizeof(*l), 64));
	mq.q.mem_class = FWI_MEM_DMA;
	for (round = 0; round < 2000; round++) {
		memset(l, 0, sizeof(*l));
		total = 20 + rnd(PAGES * PAGE - 40);
		off = 14 + rnd(PAGES * PAGE - total - 14);
		packet_fill(region + off, 4, total);
		mdl_set(&mdl, region, PAGES * PAGE);
		l->nbl.FirstNetBuffer = &l->nb;
		l->nb.MdlChain = l->nb.CurrentMdl = &mdl;
		l->nb.DataOffset = l->nb.CurrentMdlOffset = off;
		l->nb.DataLength = total;
		l->nbl.NblFlags = rnd(2) ? NDIS_NBL_FLAGS_SEND_READ_ONLY : 0;
		assert_true(fwi_ip_parse(&l->nb, &ip));
		assert_int_equal(fwi_map_nb(&mq.q, &l->nbl, &l->nb, true, &ip, &test_hop, &out), 0);
		assert_int_equal(chain_read(out.m, got, sizeof(got)), total + 14);
		assert_memory_equal(got, test_hop.l2, 14);
		assert_memory_equal(got + 14, region + off, total);
		at = l->nbl.NblFlags != 0 ? off : off - 14;
		for (m = l->nbl.NblFlags != 0 ? out.m->next : out.m; m != NULL; m = m->next) {
			want = run_from(at, off + total - at);
			assert_int_equal(m->data_len, want);
			assert_int_equal(rte_mbuf_data_iova(m), iova[at / PAGE] + at % PAGE);
			at += want;
		}
		mapq_refill(&mq);
	}
	mq.q.mem_class = FWI_MEM_ANY;
	free(l);
}

/* Memory that the device cannot read is copied, wherever in the chain it is. */
static void
test_unreadable_copied(void **state)
{
	static const uint32_t len[] = {34, 20, 20};
	uint8_t bytes[74], got[100];
	struct fwi_mapped out;
	struct fwi_ip ip;
	struct shape s;
	uint64_t n = mq.q.copied_memory;

	(void)state;
	packet_fill(bytes + 14, 4, 60);
	s = shape_make(bytes, len, 3, 14, 60);
	memcpy(region, bytes, 34);
	free(fwi_mdl_va(&s.mdl[0]));
	s.mdl[0].StartVa = region; /* only the first one is readable */
	s.mdl[0].ByteOffset = 0;
	mq.q.mem_class = FWI_MEM_DMA;
	assert_true(fwi_ip_parse(s.nb, &ip));
	assert_int_equal(fwi_map_nb(&mq.q, &s.l->nbl, s.nb, true, &ip, &test_hop, &out), 0);
	assert_int_equal(out.refs, 0);
	assert_int_equal(mq.q.copied_memory, n + 1);
	assert_int_equal(mq.q.nfree, mq.size);
	assert_int_equal(chain_read(out.m, got, sizeof(got)), 74);
	assert_memory_equal(got + 14, bytes + 14, 60);
	shape_check_untouched(&s, NULL);
	rte_pktmbuf_free(out.m);
	mq.q.mem_class = FWI_MEM_ANY;
	mdl_set(&s.mdl[0], malloc(34), 34);
	shape_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_foreign_external),
		cmocka_unit_test(test_packet_splits),
		cmocka_unit_test(test_unreadable_copied),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, setup, teardown);
}
