/* SPDX-License-Identifier: BSD-3-Clause */
/* Forward mode replay: every IP packet of a capture, in file order, none left out. */
#include <rte_memcpy.h>

#include "app.h"
#include "inject.h"

/* Step to the next packet. Returns false after the last pass. */
static bool
replay_advance(struct injector *injector)
{
	if (++injector->next < injector->capture->nb_packets)
		return true;
	injector->next = 0;
	return injector->passes_left == 0 || --injector->passes_left != 0;
}

bool
replay_step(struct injector *injector)
{
	const struct capture *capture = injector->capture;
	uint32_t burst = __atomic_load_n(&injector->burst, __ATOMIC_RELAXED);

	if (capture->nb_packets == 0)
		return false;
	for (uint32_t i = 0; i < burst; i++) {
		const struct capture_packet *packet = &capture->packets[injector->next];
		struct buffer *buffer = buffer_get(injector);

		if (buffer == NULL)
			break;
		rte_memcpy(buffer->packet, capture->bytes + packet->offset, packet->len);
		if (packet_send(buffer, &packet->len, 1, packet->ipv6) ==
			STATUS_INSUFFICIENT_RESOURCES)
			break; /* back-pressure: this packet again after the next poll */
		if (!replay_advance(injector))
			return false;
	}
	return true;
}
