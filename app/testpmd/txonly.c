/* SPDX-License-Identifier: BSD-3-Clause */
/* Forward mode txonly: the same UDP packet over and over, a fresh NBL each time or the same again.
 */
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "app.h"
#include "inject.h"

#define UDP_PORT_DISCARD 9

void
txonly_fill(const struct injector *injector, struct buffer *buffer)
{
	uint32_t total = injector->txpkts.total;
	struct rte_ipv4_hdr ip = {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16((uint16_t)total),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = rte_cpu_to_be_32(RTE_IPV4(198u, 18, 0, 1)),
		.dst_addr = rte_cpu_to_be_32(RTE_IPV4(198u, 18, 0, 2)),
	};
	struct rte_udp_hdr udp = {
		.src_port = rte_cpu_to_be_16(UDP_PORT_DISCARD),
		.dst_port = rte_cpu_to_be_16(UDP_PORT_DISCARD),
		.dgram_len = rte_cpu_to_be_16((uint16_t)(total - sizeof(ip))),
	};

	ip.hdr_checksum = rte_ipv4_cksum(&ip);
	memcpy(buffer->packet, &ip, sizeof(ip));
	memcpy(buffer->packet + sizeof(ip), &udp, sizeof(udp));
	for (uint32_t i = sizeof(ip) + sizeof(udp); i < total; i++)
		buffer->packet[i] = (uint8_t)i;
}

/* Completions inject again with nothing to ask or to count. */
static bool
recycles_plainly(const struct injector *injector)
{
	return injector->recycle && !injector->limited && !injector->requests.sums;
}

/*
 * A round begins. Only as many new ones as completions did not inject: a hot few suffice where a
 * device gives back at once. Those on other threads count nothing, and read these fields.
 */
static uint32_t
round_begins(struct injector *injector)
{
	uint32_t round = __atomic_load_n(&injector->burst, __ATOMIC_RELAXED), burst = round;

	if (injector->remote)
		return round;
	burst -= RTE_MIN(burst, injector->recycled + injector->allowed - injector->again);
	injector->recycled = 0;
	injector->allowed = injector->again = recycles_plainly(injector) ? round : 0;
	return burst;
}

bool
txonly_step(struct injector *injector)
{
	uint32_t burst = round_begins(injector);

	for (uint32_t i = 0; i < burst; i++) {
		struct buffer *buffer;
		NTSTATUS status;

		if (!injector_take(injector)) /* a recycled one may yet be refused */
			return injector->recycle && !buffers_home(injector);
		buffer = buffer_get(injector);
		if (buffer == NULL) {
			injector_untake(injector);
			break;
		}
		status = packet_send(buffer, injector->txpkts.len, injector->txpkts.n, 0);
		if (!NT_SUCCESS(status)) {
			injector_untake(injector);
			if (status == STATUS_INSUFFICIENT_RESOURCES)
				break; /* back-pressure: again after the next poll */
			injector->refusal = status;
			return false; /* all packets are alike: so are the answers */
		}
	}
	return true;
}
