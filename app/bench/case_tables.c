/* SPDX-License-Identifier: BSD-3-Clause */
/* Many destinations and many handles. The client writes address and checksum before it injects. */
#include "cases.h"

#define FLOWS	  1024u
#define FLOWS_MAX 65536u

static struct {
	struct flow at[FLOWS_MAX];
	uint32_t n; /* a power of two */
} flows;

static uint64_t
draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> 16;
}

/* The same flows in every repetition and every process. */
static void
flows_fill(const struct run *run)
{
	const struct target *target = run->target;
	uint64_t seed = UINT64_C(88172645463325252);
	uint32_t dst = 0;

	flows.n = run->c->dests != 0 ? run->c->dests : FLOWS;
	for (uint32_t i = 0; i < flows.n; i++) {
		switch ((enum flows)run->c->param) {
		case FLOWS_ROUTED:
			dst = tables_routed(
				target, (uint32_t)(draw(&seed) % tables_routes_of(run->env)));
			break;
		case FLOWS_ONLINK:
		case FLOWS_ONLINK_RANDOM:
			dst = tables_onlink(target, (uint32_t)draw(&seed));
			break;
		case FLOWS_BEHIND:
			dst = tables_dest(target, i % 0xfd00);
			break;
		}
		flows.at[i] = flow_make(dst, run->c->shape.len);
	}
}

int
measured_flows(struct run *run, uint64_t packets)
{
	struct fwpdk_poller *poller = run->target->poller;
	COMPARTMENT_ID compartment = run->target->compartment;
	struct deck *deck = run->deck;
	HANDLE handle = run->handle;
	uint32_t next = 0, mask = flows.n - 1;

	for (; packets > 0; packets -= BURST) {
		NET_BUFFER_LIST **nbl = deck_pop(deck, BURST), **end;

		if (unlikely(nbl == NULL))
			return run_failed(run, "completions do not come");
		for (end = nbl + BURST; nbl != end; nbl++) {
			NTSTATUS status;

			flow_write(*nbl, &flows.at[next++ & mask]);
			status = FwpsInjectNetworkSendAsync0(
				handle, NULL, 0, compartment, *nbl, completed_lifo, deck);
			if (unlikely(!NT_SUCCESS(status)))
				return run_refused(run, status);
		}
		fwpdk_poll(poller);
	}
	return 0;
}

int
flows_run(struct run *run, struct sample *sample)
{
	flows_fill(run);
	return inject_run(run, sample);
}

int
measured_handles(struct run *run, uint64_t packets)
{
	struct fwpdk_poller *poller = run->target->poller;
	COMPARTMENT_ID compartment = run->target->compartment;
	HANDLE *handles = run->env->handles;
	struct deck *deck = run->deck;
	uint32_t next = 0, n = run->env->nb_handles;

	for (; packets > 0; packets -= BURST) {
		NET_BUFFER_LIST **nbl = deck_pop(deck, BURST), **end;

		if (unlikely(nbl == NULL))
			return run_failed(run, "completions do not come");
		for (end = nbl + BURST; nbl != end; nbl++) {
			NTSTATUS status = FwpsInjectNetworkSendAsync0(
				handles[next], NULL, 0, compartment, *nbl, completed_lifo, deck);

			if (unlikely(!NT_SUCCESS(status)))
				return run_refused(run, status);
			if (++next == n)
				next = 0;
		}
		fwpdk_poll(poller);
	}
	return 0;
}
