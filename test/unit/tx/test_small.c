/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small packets that would take several mbufs leave as one, copied behind their header; larger ones
 * as several. Every length around the limit, in MDLs of every kind.
 */
#include "rig.h"

#define COPIED	 82u /* and shorter ones: README.md */
#define LONGEST	 100u
#define SHORTEST 20u
#define LEAD	 20u

static struct fwpdk_stats stats;
static uint8_t buf[LEAD + LONGEST], was[LEAD + LONGEST];
static struct pkt ledger;
static MDL *mdl[LONGEST];
static unsigned nmdl;

static uint64_t
header_mbufs(void)
{
	stats.size = sizeof(stats);
	assert_int_equal(fwpdk_stats(&stats), 0);
	return stats.header_mbufs;
}

static void
write_packet(uint32_t total)
{
	uint8_t *ip = buf + LEAD;
	unsigned i;

	for (i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 7 + total);
	ip[0] = 0x45;
	ip[2] = 0;
	ip[3] = (uint8_t)total;
	ip[6] = ip[7] = 0;
	ip[9] = 17;
	ip[16] = 10;
	ip[17] = 1;
	ip[18] = 0;
	ip[19] = 1;
	memcpy(was, buf, sizeof(buf));
}

/* The first MDL has `first` bytes of the packet, each further one `each`. */
static NET_BUFFER_LIST *
list_make(uint32_t lead, uint32_t total, uint32_t first, uint32_t each)
{
	uint8_t *at = buf + LEAD - lead, *end = buf + LEAD + total;
	NET_BUFFER_LIST *nbl;
	uint32_t n = lead + RTE_MIN(first, total);

	for (nmdl = 0; at != end; at += n, n = RTE_MIN(each, (uint32_t)(end - at))) {
		mdl[nmdl] = IoAllocateMdl(at, n, FALSE, FALSE, NULL);
		assert_non_null(mdl[nmdl]);
		MmBuildMdlForNonPagedPool(mdl[nmdl]);
		if (nmdl++ > 0)
			mdl[nmdl - 2]->Next = mdl[nmdl - 1];
	}
	nbl = NdisAllocateNetBufferAndNetBufferList(rig.pool, 0, 0, mdl[0], lead, total);
	assert_non_null(nbl);
	return nbl;
}

static void
list_free(NET_BUFFER_LIST *nbl)
{
	NdisFreeNetBufferList(nbl);
	while (nmdl > 0)
		IoFreeMdl(mdl[--nmdl]);
}

/* The frame that the driver has. */
static void
check_frame(const struct rte_mbuf *m, uint32_t total, bool one)
{
	const struct rte_mbuf *s;
	uint8_t got[14 + LONGEST];
	uint32_t n = 0;

	assert_int_equal(m->pkt_len, 14 + total);
	if (one)
		assert_int_equal(m->nb_segs, 1);
	else
		assert_true(m->nb_segs > 1);
	for (s = m; s != NULL; s = s->next) {
		assert_true(n + s->data_len <= sizeof(got));
		memcpy(got + n, rte_pktmbuf_mtod(s, uint8_t *), s->data_len);
		n += s->data_len;
	}
	assert_int_equal(n, 14 + total);
	assert_int_equal(got[12] << 8 | got[13], RTE_ETHER_TYPE_IPV4);
	assert_memory_equal(got + 14, was + LEAD, total);
}

/* One list of one packet, as it is or cloned, on its way and back. */
static void
send_one(uint32_t lead, uint32_t total, uint32_t first, uint32_t each, bool clone)
{
	bool one = total <= COPIED;
	NET_BUFFER_LIST *nbl, *sent;
	struct rig_dev *d = &rig.dev[0];
	uint64_t before = header_mbufs();

	write_packet(total);
	nbl = sent = list_make(lead, total, first, each);
	if (clone)
		assert_int_equal(
			FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &sent), STATUS_SUCCESS);
	ledger.nbl = sent;
	ledger.done = 0;
	assert_int_equal(FwpsInjectNetworkSendAsync0(rig.h, NULL, 0, UNSPECIFIED_COMPARTMENT_ID,
				 sent, pkt_completed, &ledger),
		STATUS_SUCCESS);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(d->nheld, 1);
	assert_int_equal(ledger.done, 0); /* the mbuf is out: not before it is back */
	check_frame(d->held[0], total, one);
	if (one || lead < 14 || clone) {
		assert_int_equal(header_mbufs() - before, 1);
		assert_memory_equal(buf, was, sizeof(buf));
	}
	if (one) { /* the client's memory is no part of it */
		memset(buf, 0, sizeof(buf));
		check_frame(d->held[0], total, true);
	}
	rig_release(d, 0);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(ledger.done, 1);
	assert_int_equal(ledger.status, STATUS_SUCCESS);
	if (clone)
		FwpsFreeCloneNetBufferList0(sent, 0);
	list_free(nbl);
	rig_check_conserved();
}

static void
up(void)
{
	struct pkt *first;

	rig_up(&(struct rig_conf){.port.max_hold_us = 60000000});
	first = pkt_new(1, 1, 1, true); /* after which the next hop is known */
	assert_int_equal(fwpdk_poll(rig.p[0]), 0);
	assert_int_equal(pkt_inject(first), STATUS_SUCCESS);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(first->done, 1);
	pkt_del(first);
	rig.dev[0].hold = true;
}

static void
test_no_room(void **state)
{
	uint32_t total;

	(void)state;
	up();
	for (total = SHORTEST; total <= LONGEST; total++) {
		send_one(0, total, total, 0, false);
		send_one(13, total, total, 0, false);
		send_one(0, total, total, 0, true);
		send_one(LEAD, total, total, 0, true);
	}
	rig_down();
}

static void
test_several_mdls(void **state)
{
	uint32_t total, each;

	(void)state;
	up();
	for (total = SHORTEST + 1; total <= LONGEST; total++)
		for (each = 3; each < total - SHORTEST; each += 1 + each / 2) {
			send_one(0, total, SHORTEST, each, false);
			send_one(LEAD, total, SHORTEST + total % 3, each, false);
		}
	rig_down();
}

/* Handles in turn; then one that is no longer there. */
static void
test_handles(void **state)
{
	HANDLE other, h;
	unsigned i;

	(void)state;
	up();
	h = rig.h;
	assert_int_equal(
		FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &other), 0);
	for (i = 0; i < 8; i++) {
		rig.h = i % 2 ? h : other;
		send_one(0, 46, 46, 0, i & 4);
		send_one(LEAD, 46, 28, 6, i & 4);
	}
	rig.h = h;
	assert_int_equal(FwpsInjectionHandleDestroy0(other), STATUS_SUCCESS);
	write_packet(46);
	ledger.nbl = list_make(0, 46, 46, 0);
	assert_int_equal(FwpsInjectNetworkSendAsync0(other, NULL, 0, UNSPECIFIED_COMPARTMENT_ID,
				 ledger.nbl, pkt_completed, &ledger),
		STATUS_INVALID_HANDLE);
	list_free(ledger.nbl);
	rig_check_conserved();
	rig_down();
}

/* A chain shorter than the packet says, and one with an MDL without bytes: not the short way. */
static void
test_short_chain(void **state)
{
	(void)state;
	up();
	write_packet(46);
	ledger.nbl = list_make(0, 40, 30, 10);
	ledger.nbl->FirstNetBuffer->DataLength = 46;
	assert_int_equal(FwpsInjectNetworkSendAsync0(rig.h, NULL, 0, UNSPECIFIED_COMPARTMENT_ID,
				 ledger.nbl, pkt_completed, &ledger),
		STATUS_INVALID_PARAMETER);
	list_free(ledger.nbl);
	ledger.nbl = list_make(0, 46, 30, 8);
	mdl[1]->ByteCount = 0;
	mdl[0]->Next = mdl[1];
	mdl[2]->StartVa = mdl[1]->StartVa;
	mdl[2]->ByteOffset = mdl[1]->ByteOffset;
	mdl[2]->ByteCount = 16;
	ledger.done = 0;
	assert_int_equal(FwpsInjectNetworkSendAsync0(rig.h, NULL, 0, UNSPECIFIED_COMPARTMENT_ID,
				 ledger.nbl, pkt_completed, &ledger),
		STATUS_SUCCESS);
	fwpdk_poll(rig.p[0]);
	check_frame(rig.dev[0].held[0], 46, false);
	rig_release(&rig.dev[0], 0);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(ledger.done, 1);
	list_free(ledger.nbl);
	rig_check_conserved();
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_several_mdls),
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_short_chain),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
