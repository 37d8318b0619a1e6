/* SPDX-License-Identifier: BSD-3-Clause */
#include "shape.h"

void
mapq_make(struct mapq *m, unsigned size)
{
	static const struct rte_mbuf_dynfield field = {
		.name = "fwpdk_nbl_tag", .size = sizeof(uint64_t), .align = __alignof__(uint64_t)};
	static unsigned serial;
	struct rte_mempool *copies;
	char name[32];

	memset(m, 0, sizeof(*m));
	fwi_tag_offset = rte_mbuf_dynfield_register(&field);
	assert_true(fwi_tag_offset >= 0);
	snprintf(name, sizeof(name), "test_bare%u", serial);
	m->pool = rte_pktmbuf_pool_create(name, size, 0, FWI_HDR_ROOM, 0, 0);
	assert_non_null(m->pool);
	assert_int_equal(rte_mempool_get_bulk(m->pool, (void **)m->all, size), 0);
	memcpy(m->free, m->all, size * sizeof(m->all[0]));
	m->q.free = m->free;
	m->q.nfree = m->size = size;
	m->q.max_segs = 64;
	m->q.mem_class = FWI_MEM_ANY;
	snprintf(name, sizeof(name), "test_copy%u", serial++);
	copies = rte_pktmbuf_pool_create(name, 127, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(copies);
	fwi_mapq_copy_into(&m->q, copies);
}

void
mapq_refill(struct mapq *m)
{
	unsigned i;

	for (i = 0; i < m->size; i++) {
		m->all[i]->next = NULL;
		m->all[i]->nb_segs = 1;
	}
	memcpy(m->free, m->all, m->size * sizeof(m->all[0]));
	m->q.nfree = m->size;
}

void
mapq_end(struct mapq *m)
{
	mapq_refill(m);
	rte_mempool_put_bulk(m->pool, (void **)m->all, m->size);
	assert_int_equal(rte_mempool_avail_count(m->q.copy_pool), 127);
	rte_mempool_free(m->pool);
	rte_mempool_free(m->q.copy_pool);
}
