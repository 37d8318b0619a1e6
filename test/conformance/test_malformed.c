/* SPDX-License-Identifier: BSD-3-Clause */
/* P7, R33, R41: what is not a whole IP packet is refused, and nothing is touched. */
#include <string.h>

#include "fixture.h"

static void
refuse(struct pkt *p, HANDLE h, NTSTATUS want)
{
	uint64_t before = pkt_completions;
	struct snap *s = snap_take(p);

	assert_status(pkt_inject_on(h, p), want);
	fx_poll_n(3);
	assert_int_equal(pkt_completions, before);
	snap_same(s, p);
}

/* The same tests once more where next hops are known, so that the short ways are open. */
static int
up_known(void **state)
{
	int rc = fx_up_null(state);
	uint64_t n;

	if (rc != 0)
		return rc;
	for (n = 2; n <= 4; n += 2) {
		fx_poll_n(1);
		assert_status(pkt_inject(PKT(.lead = 14)), STATUS_SUCCESS);
		assert_status(pkt_inject(PKT(.version = 6, .lead = 14)), STATUS_SUCCESS);
		assert_true(fx_poll_done(n));
	}
	return 0;
}

static void
bad(struct pkt *p)
{
	refuse(p, fx.h4, STATUS_INVALID_PARAMETER);
	refuse(p, fx.h6, STATUS_INVALID_PARAMETER);
}

static void
p07_nbl_without_net_buffer(void **state)
{
	NET_BUFFER *nb;
	struct pkt *p = PKT(0);

	(void)state;
	nb = p->nbl->FirstNetBuffer;
	p->nbl->FirstNetBuffer = NULL;
	bad(p);
	p->nbl->FirstNetBuffer = nb;
}

static void
p07_net_buffer_without_mdl(void **state)
{
	NET_BUFFER_LIST *nbl = NULL;

	(void)state;
	assert_status(FwpsAllocateNetBufferAndNetBufferList0(fx.pool, 0, 0, NULL, 0, 0, &nbl), 0);
	assert_status(FwpsInjectNetworkSendAsync0(
			      fx.h4, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, nbl, pkt_completed, NULL),
		STATUS_INVALID_PARAMETER);
	FwpsFreeNetBufferList0(nbl);
}

static void
p07_data_length_over_the_chain(void **state)
{
	unsigned shape, by;

	(void)state;
	for (shape = 1; shape <= 4; shape++) {
		struct pkt *p = PKT(.nseg = shape, .seg = {9, 11, 5});

		for (by = 1; by < 3000; by += 911) {
			p->nbl->FirstNetBuffer->DataLength = p->ip_len + by;
			bad(p);
		}
		p->nbl->FirstNetBuffer->DataLength = UINT32_MAX;
		bad(p);
	}
}

static void
p07_current_offset_behind_its_mdl(void **state)
{
	ULONG offset[] = {61, 1000, 0x7fffffff, UINT32_MAX};
	struct pkt *p = PKT(0);
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(offset); i++) {
		p->nbl->FirstNetBuffer->CurrentMdlOffset = offset[i];
		bad(p);
	}
	p->nbl->FirstNetBuffer->CurrentMdlOffset = 0;
}

static void
p07_data_length_under_the_packet(void **state)
{
	ULONG len[] = {0, 1, 19, 20, 27, 59};
	struct pkt *p = PKT(0);
	unsigned i;

	(void)state;
	assert_int_equal(p->ip_len, 60);
	for (i = 0; i < RTE_DIM(len); i++) {
		p->nbl->FirstNetBuffer->DataLength = len[i];
		bad(p);
	}
}

static void
p07_ip_version(void **state)
{
	struct pkt *p = PKT(0);
	unsigned v;

	(void)state;
	for (v = 0; v < 16; v++) {
		if (v == 4)
			continue;
		p->ip[0] = (uint8_t)(v << 4 | 5);
		refuse(p, fx.h4, STATUS_INVALID_PARAMETER);
	}
}

static void
p07_ipv4_header_length(void **state)
{
	struct pkt *p = PKT(0), *q;
	unsigned ihl;

	(void)state;
	for (ihl = 0; ihl < 5; ihl++) {
		p->ip[0] = (uint8_t)(0x40 | ihl);
		bad(p);
	}
	q = PKT(.payload = 4); /* 32 bytes, header of 60 claimed */
	q->ip[0] = 0x4f;
	bad(q);
	q->ip[0] = 0x49; /* 36 */
	bad(q);
}

static void
p07_ipv4_total_length(void **state)
{
	unsigned total[] = {0, 1, 19, 61, 1500, 65535, 60 << 8};
	struct pkt *p = PKT(.nseg = 2, .seg = {20});
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(total); i++) {
		p->ip[2] = (uint8_t)(total[i] >> 8);
		p->ip[3] = (uint8_t)total[i];
		bad(p);
	}
}

static void
r033_ipv4_length_in_host_order_is_refused(void **state)
{
	struct pkt *p = PKT(0);
	uint8_t b;

	(void)state;
	b = p->ip[2];
	p->ip[2] = p->ip[3];
	p->ip[3] = b;
	bad(p);
}

static void
r033_ipv6_payload_length_not_swapped_is_refused(void **state)
{
	struct pkt *p = PKT(.version = 6);
	uint8_t b;

	(void)state;
	b = p->ip[4];
	p->ip[4] = p->ip[5];
	p->ip[5] = b;
	bad(p);
}

static void
p07_ipv6_short(void **state)
{
	struct pkt *p = PKT(.version = 6, .nseg = 3, .seg = {13, 30});
	ULONG len;

	(void)state;
	for (len = 0; len < p->ip_len; len++) {
		p->nbl->FirstNetBuffer->DataLength = len;
		bad(p);
	}
}

static void
r041_data_at_an_ethernet_header_is_refused(void **state)
{
	struct pkt *p = PKT(.lead = 14);

	(void)state;
	memset(p->buf, 0x02, 12);
	p->buf[12] = 0x08;
	p->buf[13] = 0;
	assert_status(NdisRetreatNetBufferDataStart(p->nbl->FirstNetBuffer, 14, 0, NULL), 0);
	bad(p);
}

static void
r041_data_at_the_transport_header_is_refused(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	NdisAdvanceNetBufferDataStart(p->nbl->FirstNetBuffer, 20, FALSE, NULL);
	bad(p);
}

static void
p07_second_net_buffer_malformed(void **state)
{
	struct pkt *a = PKT(0), *b = PKT(0);

	(void)state;
	pkt_add_nb(a, b);
	b->ip[0] = 0x55;
	bad(a);
}

static void
p07_versions_mixed_in_one_list(void **state)
{
	struct pkt *a = PKT(0), *b = PKT(.version = 6);

	(void)state;
	pkt_add_nb(a, b);
	bad(a);
}

static void
p07_cyclic_net_buffer_list(void **state)
{
	struct pkt *a = PKT(0), *b = PKT(0);
	NET_BUFFER *nb;

	(void)state;
	pkt_add_nb(a, b);
	nb = a->nbl->FirstNetBuffer;
	nb->Next->Next = nb;
	bad(a);
	nb->Next->Next = nb->Next;
	bad(a);
	nb->Next->Next = NULL;
	nb = a->nbl->FirstNetBuffer->Next;
	a->nbl->FirstNetBuffer->Next = a->nbl->FirstNetBuffer;
	bad(a);
	a->nbl->FirstNetBuffer->Next = nb;
}

static void
p07_cyclic_mdl_chain(void **state)
{
	struct pkt *p = PKT(.nseg = 3, .seg = {24, 16}), *q = PKT(.nseg = 2, .seg = {60});

	(void)state;
	/* Not as many bytes in the ring as DataLength says: they would have to be read twice. */
	p->mdl[1]->Next = p->mdl[0];
	bad(p);
	p->mdl[1]->Next = p->mdl[2];
	p->mdl[0]->Next = p->mdl[0];
	bad(p);
	p->mdl[0]->Next = p->mdl[1];
	/* A ring of empty MDLs behind the packet's first bytes. */
	assert_int_equal(q->mdl[1]->ByteCount, 0);
	q->mdl[1]->Next = q->mdl[1];
	q->nbl->FirstNetBuffer->DataLength = 61;
	bad(q);
}

static void
p07_cyclic_mdl_chain_behind_the_first(void **state)
{
	struct pkt *p = PKT(.nseg = 4, .seg = {24, 10, 12});

	(void)state;
	/* 24, then 10 and 12 over and over: the ring does not come back to the first MDL. */
	p->mdl[2]->Next = p->mdl[1];
	bad(p);
	p->mdl[2]->Next = p->mdl[2];
	bad(p);
	p->mdl[2]->Next = p->mdl[3];
}

/* each of them twice */
#define N(t)                                                     \
	cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down), \
		cmocka_unit_test_setup_teardown(t, up_known, fx_down)

static const struct CMUnitTest tests[] = {
	N(p07_nbl_without_net_buffer),
	N(p07_net_buffer_without_mdl),
	N(p07_data_length_over_the_chain),
	N(p07_current_offset_behind_its_mdl),
	N(p07_data_length_under_the_packet),
	N(p07_ip_version),
	N(p07_ipv4_header_length),
	N(p07_ipv4_total_length),
	N(r033_ipv4_length_in_host_order_is_refused),
	N(r033_ipv6_payload_length_not_swapped_is_refused),
	N(p07_ipv6_short),
	N(r041_data_at_an_ethernet_header_is_refused),
	N(r041_data_at_the_transport_header_is_refused),
	N(p07_second_net_buffer_malformed),
	N(p07_versions_mixed_in_one_list),
	N(p07_cyclic_net_buffer_list),
	N(p07_cyclic_mdl_chain),
	N(p07_cyclic_mdl_chain_behind_the_first),
};
FX_MAIN(tests)
