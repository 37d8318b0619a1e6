/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting, the other end of net_ring, a polling thread, and the shim before a driver. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <rte_ethdev.h>
#include <rte_cycles.h>

#include "fixture.h"

#define MAX_US 3000000

struct fx_shim fx_shim;
__thread int fx_in_driver;
static uint16_t shim_port = UINT16_MAX;
static eth_tx_burst_t shim_real;
static pthread_t thread;
static bool thread_on, thread_stop;

uint64_t
fx_now_us(void)
{
	return rte_get_tsc_cycles() / (rte_get_tsc_hz() / 1000000);
}

bool
fx_poll_until(fx_cond cond, void *arg)
{
	uint64_t end = fx_now_us() + MAX_US;

	while (!cond(arg)) {
		if (fx_now_us() > end)
			return false;
		if (!thread_on && fwpdk_poll(fx.poller) == -EPERM)
			return false;
	}
	return true;
}

bool
fx_wait_until(fx_cond cond, void *arg)
{
	uint64_t end = fx_now_us() + MAX_US;

	while (!cond(arg)) {
		if (fx_now_us() > end)
			return false;
		usleep(50);
	}
	return true;
}

static bool
count_reached(void *arg)
{
	return __atomic_load_n(&pkt_completions, __ATOMIC_ACQUIRE) >= *(uint64_t *)arg;
}

bool
fx_poll_done(uint64_t n)
{
	return fx_poll_until(count_reached, &n);
}

void
fx_poll_n(unsigned n)
{
	while (n-- > 0)
		fwpdk_poll(fx.poller);
}

unsigned
fx_ring_rx(unsigned port, struct rte_mbuf **m, unsigned n)
{
	return rte_eth_rx_burst(fx.port[port].id, 0, m, (uint16_t)n);
}

void
fx_ring_discard(unsigned port)
{
	struct rte_mbuf *m[64];
	unsigned n, i;

	while ((n = fx_ring_rx(port, m, 64)) > 0)
		for (i = 0; i < n; i++)
			rte_pktmbuf_free(m[i]);
}

uint32_t
fx_mbuf_read(const struct rte_mbuf *m, void *buf, uint32_t size)
{
	uint32_t n = 0;

	for (; m != NULL && n + m->data_len <= size; m = m->next) {
		memcpy((uint8_t *)buf + n, rte_pktmbuf_mtod(m, void *), m->data_len);
		n += m->data_len;
	}
	return m == NULL ? n : 0;
}

void
fx_check_frame(const struct rte_mbuf *m, unsigned port, const struct pkt *p)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};
	uint8_t frame[66000], head[14] = {0x02, 0, 0, 0, 0, (uint8_t)fx.port[port].ifi};
	bool v6 = p->copy[p->lead] >> 4 == 6;
	uint32_t n = fx_mbuf_read(m, frame, sizeof(frame));

	assert_int_equal(fwpdk_if_info(fx.port[port].ifi, &info), 0);
	memcpy(head + 6, &info.mac, 6);
	head[12] = v6 ? 0x86 : 0x08;
	head[13] = v6 ? 0xdd : 0x00;
	assert_int_equal(m->pkt_len, p->ip_len + 14);
	assert_int_equal(n, p->ip_len + 14);
	assert_memory_equal(frame, head, 14);
	assert_memory_equal(frame + 14, p->copy + p->lead, p->ip_len);
}

static void *
poll_loop(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&thread_stop, __ATOMIC_ACQUIRE))
		fwpdk_poll(fx.poller);
	fwpdk_poller_release(fx.poller);
	return NULL;
}

static bool
owned(void *arg)
{
	struct fwpdk_poller_info i = {.size = sizeof(i)};

	(void)arg;
	return fwpdk_poller_info(fx.poller, &i) == 0 && i.owned;
}

void
fx_thread_start(void)
{
	fwpdk_poller_release(fx.poller); /* if it is ours */
	thread_stop = false;
	assert_int_equal(pthread_create(&thread, NULL, poll_loop, NULL), 0);
	thread_on = true;
	assert_true(fx_wait_until(owned, NULL));
}

void
fx_thread_stop(void)
{
	if (!thread_on)
		return;
	__atomic_store_n(&thread_stop, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	thread_on = false;
}

bool
fx_thread_is(pthread_t t)
{
	return pthread_equal(t, thread);
}

static uint16_t
shim_tx(void *q, struct rte_mbuf **m, uint16_t n)
{
	uint16_t take = n > fx_shim.limit ? (uint16_t)fx_shim.limit : n;

	fx_shim.offered += n;
	fx_in_driver++;
	take = take > 0 ? shim_real(q, m, take) : 0;
	fx_in_driver--;
	fx_shim.taken += take;
	return take;
}

void
fx_shim_on(unsigned port)
{
	fx_shim = (struct fx_shim){.limit = UINT16_MAX};
	shim_port = fx.port[port].id;
	shim_real = rte_eth_fp_ops[shim_port].tx_pkt_burst;
	rte_eth_fp_ops[shim_port].tx_pkt_burst = shim_tx;
}

void
fx_shim_off(void)
{
	/* a stopped port has other functions by now, and gets its own again at start */
	if (shim_port != UINT16_MAX && rte_eth_fp_ops[shim_port].tx_pkt_burst == shim_tx)
		rte_eth_fp_ops[shim_port].tx_pkt_burst = shim_real;
	shim_port = UINT16_MAX;
}
