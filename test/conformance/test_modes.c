/* SPDX-License-Identifier: BSD-3-Clause */
/* P5, P9: copy mode, other drivers, any memory. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fixture.h"

static void
p09_a_driver_that_copies_takes_any_memory(void **state)
{
	uint8_t *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct pkt *p = PKT(.payload = 500), *q = PKT(.pool_memory = true);
	struct rte_mbuf *m[3];
	MDL *mdl;
	NET_BUFFER *nb = p->nbl->FirstNetBuffer;

	(void)state;
	/* One packet over malloc, the stack's neighbourhood and a private mapping. */
	memcpy(map + 4096 - 100, p->ip + 200, p->ip_len - 200);
	mdl = IoAllocateMdl(map + 4096 - 100, p->ip_len - 200, FALSE, FALSE, NULL);
	MmBuildMdlForNonPagedPool(mdl);
	NdisAdjustMdlLength(p->mdl[0], 200);
	p->mdl[0]->Next = mdl;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(0, m, 3), 2);
	fx_check_frame(m[0], 0, p);
	fx_check_frame(m[1], 0, q);
	assert_int_equal(fx_stats().copied_memory + fx_stats().copied, 0);
	rte_pktmbuf_free(m[0]);
	rte_pktmbuf_free(m[1]);
	assert_true(fx_poll_done(2));
	assert_ptr_equal(nb->MdlChain->Next, mdl);
	p->mdl[0]->Next = NULL;
	IoFreeMdl(mdl);
	munmap(map, 8192);
}

static void
p09_copy_mode_sends_the_same_bytes(void **state)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};

	(void)state;
	assert_int_equal(fwpdk_port_info(fx.port[0].id, &info), 0);
	assert_int_equal(info.mode, FWPDK_MODE_COPY);
	fx_send_random(2, 500);
	assert_int_equal(fx_stats().copied, 500);
	fx_check_conserved();
}

/* net_ring hands mbufs on: what a reader does with them is not in our hands. */
static void
p04_a_receiver_may_clone(void **state)
{
	struct rte_mempool *clones = rte_pktmbuf_pool_create("clones", 63, 0, 0, 0, 0);
	struct fwpdk_port_info info = {.size = sizeof(info)};
	struct pkt *p = PKT(.payload = 300, .nseg = 3, .seg = {30, 100}, .lead = 20);
	struct pkt *q = PKT(.payload = 40, .version = 6);
	struct rte_mbuf *m[2], *clone[2];

	(void)state;
	assert_non_null(clones);
	assert_int_equal(fwpdk_port_info(fx.port[0].id, &info), 0);
	assert_string_equal(info.mode_name, "extbuf");
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(0, m, 2), 2);
	clone[0] = rte_pktmbuf_clone(m[0], clones);
	clone[1] = rte_pktmbuf_clone(m[1], clones);
	rte_pktmbuf_free_bulk(m, 2);
	fx_poll_n(20);
	assert_int_equal(pkt_completions, 0);
	fx_check_frame(clone[0], 0, p);
	fx_check_frame(clone[1], 0, q);
	rte_pktmbuf_free(clone[1]);
	assert_true(fx_poll_done(1));
	assert_int_equal(q->done, 1);
	rte_pktmbuf_free(clone[0]);
	assert_true(fx_poll_done(2));
	pkt_check_restored(p);
	pkt_check_restored(q);
	assert_int_equal(rte_mempool_avail_count(clones), 63);
	rte_mempool_free(clones);
}

static char pcap_name[64], pcap_args[96];

static void
p05_file_of_net_pcap_has_the_packets(void **state)
{
	struct pkt *p[20];
	uint8_t file[40000];
	size_t n, at = 24;
	uint32_t len;
	unsigned i;
	FILE *f;

	(void)state;
	for (i = 0; i < 20; i++) {
		p[i] = PKT(.payload = 1 + i * 60, .nseg = 1 + i % 4, .seg = {21, 5, 40},
			.lead = i % 16, .version = i & 1 ? 6 : 4);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	assert_true(fx_poll_done(20));
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 1000), 0);
	f = fopen(pcap_name, "rb");
	assert_non_null(f);
	n = fread(file, 1, sizeof(file), f);
	fclose(f);
	unlink(pcap_name);
	for (i = 0; i < 20; i++) {
		assert_true(at + 16 + 14 + p[i]->ip_len <= n);
		memcpy(&len, file + at + 8, sizeof(len));
		assert_int_equal(len, p[i]->ip_len + 14);
		assert_memory_equal(file + at + 30, p[i]->copy + p[i]->lead, p[i]->ip_len);
		assert_status(p[i]->status, STATUS_SUCCESS);
		at += 30 + p[i]->ip_len;
	}
	assert_int_equal(at, n);
}

static int
up_copy(void **state)
{
	return fx_up(
		state, &(struct fx_conf){.dev = {"net_ring0"}, .port = {.mode = FWPDK_MODE_COPY}});
}

static int
up_pcap(void **state)
{
	snprintf(pcap_name, sizeof(pcap_name), "/tmp/fwpdk_conf_%d.pcap", (int)getpid());
	snprintf(pcap_args, sizeof(pcap_args), "tx_pcap=%s", pcap_name);
	return fx_up(state, &(struct fx_conf){.dev = {"net_pcap0"}, .args = {pcap_args}});
}

static int
up_extbuf(void **state)
{
	return fx_up(state,
		&(struct fx_conf){.dev = {"net_ring0"}, .port = {.mode = FWPDK_MODE_EXTBUF}});
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(p04_a_receiver_may_clone, up_extbuf, fx_down),
	cmocka_unit_test_setup_teardown(
		p09_a_driver_that_copies_takes_any_memory, fx_up_held, fx_down),
	cmocka_unit_test_setup_teardown(p09_copy_mode_sends_the_same_bytes, up_copy, fx_down),
	cmocka_unit_test_setup_teardown(p05_file_of_net_pcap_has_the_packets, up_pcap, fx_down),
};
FX_MAIN(tests)
