/* SPDX-License-Identifier: BSD-3-Clause */
/* A driver that refuses some of the packets whose checksums are left to it. */
#include <rte_errno.h>

#include "rig.h"

#define N 100u

static struct pkt *pkts[N];
static uint32_t refuse_every, refuse_from, refuse_to; /* by number of the packet */
static unsigned asked, refused;

static bool
is_refused(uint32_t number)
{
	return (refuse_every != 0 && number % refuse_every == 0) ||
	       (number >= refuse_from && number < refuse_to);
}

static uint16_t
fake_prepare(void *txq, struct rte_mbuf **m, uint16_t n)
{
	uint16_t i;

	(void)txq;
	asked++;
	for (i = 0; i < n; i++) {
		if (!is_refused(rig_frame_number(m[i])))
			continue;
		refused += i == 0;
		rte_errno = EINVAL;
		break;
	}
	return i;
}

static void
up(enum fwpdk_mode mode)
{
	rig_up(&(struct rig_conf){.port = {.mode = mode}});
	rig.p[0]->q[0]->map.nic_sums = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM;
	rte_eth_fp_ops[rig.dev[0].id].tx_pkt_prepare = fake_prepare;
	refuse_every = refuse_from = refuse_to = 0;
	asked = refused = 0;
}

static void
wants_checksum(struct pkt *p)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO info = {.Value = NULL};

	info.Transmit.IsIPv4 = 1;
	info.Transmit.IpHeaderChecksum = 1;
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = info.Value;
}

static void
inject(unsigned from, unsigned to, unsigned nbs, unsigned segs, bool checksum)
{
	for (; from < to; from++) {
		pkts[from] = pkt_new(nbs, segs, 1, true);
		if (checksum)
			wants_checksum(pkts[from]);
		assert_int_equal(pkt_inject(pkts[from]), STATUS_SUCCESS);
	}
}

/* Every list ended once, with that status if one of its packets was refused; the others left. */
static void
end(unsigned n, unsigned nbs)
{
	struct rig_dev *d = &rig.dev[0];
	struct fwpdk_port_stats s = {.size = sizeof(s)};
	unsigned i, k, at = 0, lost = 0, bad;

	for (i = 0; i < 20; i++)
		fwpdk_poll(rig.p[0]);
	assert_int_equal(pkt_completions, n);
	rig_check_conserved();
	for (i = 0; i < n; i++) {
		for (k = 0, bad = 0; k < nbs; k++) {
			if (is_refused(pkts[i]->number + k))
				bad++;
			else
				assert_int_equal(d->seen[at++], pkts[i]->number + k);
		}
		lost += bad;
		assert_int_equal(pkts[i]->done, 1);
		assert_int_equal((uint32_t)pkts[i]->status,
			bad != 0 ? (uint32_t)STATUS_DATA_NOT_ACCEPTED : STATUS_SUCCESS);
		pkt_del(pkts[i]);
	}
	assert_int_equal(d->nseen, at);
	assert_int_equal(refused, lost);
	assert_int_equal(fwpdk_port_stats(d->id, &s), 0);
	assert_int_equal(s.packets, at);
	assert_int_equal(s.bytes, at * RIG_PKT_LEN);
	assert_int_equal(s.expired, lost);
	rig_down();
}

static void
every_fifth(enum fwpdk_mode mode, unsigned nbs, unsigned segs)
{
	up(mode);
	refuse_every = 5;
	inject(0, N, nbs, segs, true);
	end(N, nbs);
	assert_true(asked != 0);
}

static void
test_every_fifth(void **state)
{
	(void)state;
	every_fifth(FWPDK_MODE_AUTO, 1, 1);
	every_fifth(FWPDK_MODE_AUTO, 1, 2);
	every_fifth(FWPDK_MODE_COPY, 1, 1);
}

static void
test_some_of_a_list(void **state)
{
	(void)state;
	every_fifth(FWPDK_MODE_AUTO, 3, 2);
	every_fifth(FWPDK_MODE_COPY, 3, 2);
}

/* At the head of a burst, at its end, and all there are. */
static void
test_a_run_of_them(void **state)
{
	static const uint8_t run[][2] = {{0, 7}, {20, 32}, {0, 32}, {31, 40}};
	unsigned i, k;

	(void)state;
	for (i = 0; i < sizeof(run) / sizeof(run[0]); i++) {
		for (k = 0; k < 2; k++) {
			up(k == 0 ? FWPDK_MODE_AUTO : FWPDK_MODE_COPY);
			inject(0, 1, 1, 1, true);
			refuse_from = pkts[0]->number + run[i][0];
			refuse_to = pkts[0]->number + run[i][1];
			inject(1, 40, 1, 1, true);
			end(40, 1);
		}
	}
}

/* With packets that ask for nothing in between; a burst of only such ones is not shown. */
static void
test_among_others(void **state)
{
	unsigned i;

	(void)state;
	up(FWPDK_MODE_AUTO);
	inject(0, 16, 1, 1, false);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(asked, 0);
	for (i = 16; i < 48; i++)
		inject(i, i + 1, 1, 1, i % 4 == 0);
	refuse_from = pkts[20]->number;
	refuse_to = refuse_from + 1;
	end(48, 1);
	assert_int_equal(refused, 1);
}

/* The driver has no room: what it has seen once it may see again, and nothing is lost. */
static void
test_little_room(void **state)
{
	unsigned i;

	(void)state;
	up(FWPDK_MODE_AUTO);
	refuse_every = 3;
	rig.dev[0].limit = 5;
	inject(0, N, 1, 1, true);
	for (i = 0; i < 40; i++) {
		fwpdk_poll(rig.p[0]);
		rig_check_conserved();
	}
	end(N, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_fifth),
		cmocka_unit_test(test_some_of_a_list),
		cmocka_unit_test(test_a_run_of_them),
		cmocka_unit_test(test_among_others),
		cmocka_unit_test(test_little_room),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
