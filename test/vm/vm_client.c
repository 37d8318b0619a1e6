/* SPDX-License-Identifier: BSD-3-Clause */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "vm_client.h"

#define TAG	     'cinV'
#define MAGIC	     0x66776d76u
#define MDLS	     4u
#define LEAD	     32u /* backfill */
#define GAP	     5u	 /* guard bytes behind each segment: odd, so that addresses are */
#define PACKET_MIN   44u
#define PACKET_MAX   1500u
#define GUARD	     0xee
#define SCRIBBLE     0xdd
#define PATTERN	     4096u
#define FAULTS_SHOWN 8u

struct shot {
	uint32_t number;
	enum vm_memory memory;
	unsigned lead, nb_mdls;
	uint32_t size[MDLS];   /* bytes of the packet in each MDL */
	uint8_t *block, *data; /* data is in the block */
	uint32_t data_size;
	NET_BUFFER_LIST *nbl;
};

struct vm_client vm_client;
static uint8_t pattern[PATTERN];
static NDIS_HANDLE pool;
static HANDLE handle;

void
vm_fault(const char *format, ...)
{
	va_list args;

	if (__atomic_fetch_add(&vm_client.faults, 1, __ATOMIC_RELAXED) >= FAULTS_SHOWN)
		return;
	va_start(args, format);
	fputs("fault ", vm_client.out);
	vfprintf(vm_client.out, format, args);
	fputc('\n', vm_client.out);
	fflush(vm_client.out);
	va_end(args);
}

int
vm_client_open(uint32_t run)
{
	NET_BUFFER_LIST_POOL_PARAMETERS parameters = {
		.Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
			.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = TAG,
	};
	uint32_t x = 1;

	for (unsigned i = 0; i < PATTERN; i++) {
		x = x * 1103515245u + 12345u;
		pattern[i] = (uint8_t)(x >> 16);
	}
	vm_client.run = run;
	pool = NdisAllocateNetBufferListPool(NULL, &parameters);
	if (pool == NULL || !NT_SUCCESS(FwpsInjectionHandleCreate0(
				    AF_INET, FWPS_INJECTION_TYPE_NETWORK, &handle))) {
		vm_fault("cannot make the pool and the handle");
		return -1;
	}
	return 0;
}

void
vm_client_close(void)
{
	NTSTATUS status = FwpsInjectionHandleDestroy0(handle);

	if (!NT_SUCCESS(status))
		vm_fault("FwpsInjectionHandleDestroy0: 0x%08x", (unsigned)status);
	NdisFreeNetBufferListPool(pool);
}

/* Mostly short, so that a run is quick, every eighth of any length. */
static uint32_t
packet_length(uint32_t number)
{
	uint32_t span = number % 8 == 0 ? PACKET_MAX - PACKET_MIN + 1 : 200;

	return PACKET_MIN + number * 7919u % span;
}

static void
put16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void
put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value);
}

/* The whole IP packet follows from run and number; wire.py has the same rules. */
static uint32_t
packet_write(uint8_t *p, uint32_t number)
{
	static const uint8_t addresses[8] = {10, 77, 0, 2, 10, 77, 0, 1};
	uint32_t len = packet_length(number), sum = 0;

	memset(p, 0, 28);
	p[0] = 0x45;
	put16(p + 2, len);
	put16(p + 4, number & 0xffff);
	put16(p + 6, 0x4000);
	p[8] = 64;
	p[9] = IPPROTO_UDP;
	memcpy(p + 12, addresses, sizeof(addresses));
	for (unsigned i = 0; i < 20; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	put16(p + 10, ~(sum + (sum >> 16)) & 0xffff);
	put16(p + 20, 20000 + vm_client.run);
	put16(p + 22, 7000);
	put16(p + 24, len - 20);
	put32(p + 28, MAGIC);
	put32(p + 32, vm_client.run);
	put32(p + 36, number);
	put32(p + 40, len);
	memcpy(p + 44, pattern + number * 37u % (PATTERN / 2), len - 44);
	return len;
}

/* 1..4 pieces; the first cut may be inside the IP header. */
static void
shot_cut(struct shot *s, uint32_t len)
{
	uint32_t n = s->number, left = len;

	s->nb_mdls = 1 + n % MDLS;
	s->lead = n / MDLS & 1 ? LEAD : 0;
	for (unsigned i = 0; i < s->nb_mdls; i++) {
		uint32_t others = s->nb_mdls - 1 - i, size = left;

		if (others != 0)
			size = i == 0 && n % 3 == 0 ? 13 : 1 + (n * 31 + i * 17) % (left - others);
		s->size[i] = size;
		left -= size;
	}
	s->data_size = LEAD + len + MDLS * GAP;
}

/* Does memory hold the packet, with guard bytes around its pieces? */
static bool
shot_intact(const struct shot *s)
{
	uint8_t packet[PACKET_MAX];
	const uint8_t *at = s->data + s->lead, *p = packet;

	packet_write(packet, s->number);
	for (unsigned i = 0; i < s->nb_mdls; i++) {
		if (memcmp(at, p, s->size[i]) != 0)
			return false;
		p += s->size[i];
		at += s->size[i];
		for (unsigned j = 0; j < GAP; j++)
			if (*at++ != GUARD)
				return false;
	}
	return true;
}

static void
mdls_free(MDL *mdl)
{
	MDL *next;

	for (; mdl != NULL; mdl = next) {
		next = mdl->Next;
		IoFreeMdl(mdl);
	}
}

static void
shot_free(struct shot *s)
{
	if (s->nbl != NULL) {
		mdls_free(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(s->nbl)));
		FwpsFreeNetBufferList0(s->nbl);
	}
	if (s->block != NULL && s->memory == VM_POOL)
		ExFreePoolWithTag(s->block, TAG);
	else
		free(s->block);
	free(s);
}

static MDL *
shot_fill(struct shot *s)
{
	uint8_t packet[PACKET_MAX];
	uint8_t *at = s->data;
	const uint8_t *p = packet;
	MDL *first = NULL, **link = &first;

	packet_write(packet, s->number);
	memset(s->data, GUARD, s->data_size);
	for (unsigned i = 0; i < s->nb_mdls; i++) {
		unsigned before = i == 0 ? s->lead : 0;
		MDL *mdl = IoAllocateMdl(at, before + s->size[i], FALSE, FALSE, NULL);

		if (mdl == NULL) {
			mdls_free(first);
			return NULL;
		}
		MmBuildMdlForNonPagedPool(mdl);
		memcpy(at + before, p, s->size[i]);
		at += before + s->size[i] + GAP;
		p += s->size[i];
		*link = mdl;
		link = &mdl->Next;
	}
	return first;
}

static bool
crosses(const uint8_t *data, uint32_t size)
{
	return (uintptr_t)data / VM_PAGE != (uintptr_t)(data + size - 1) / VM_PAGE;
}

/* Of twice the memory one half is within a page. */
static bool
shot_room(struct shot *s)
{
	size_t size = vm_client.one_page ? 2 * s->data_size : s->data_size;

	s->block = s->memory == VM_POOL
			   ? ExAllocatePool2(
				     POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, size, TAG)
			   : malloc(size);
	s->data = s->block;
	if (s->block == NULL)
		return false;
	if (vm_client.one_page && crosses(s->data, s->data_size))
		s->data += s->data_size;
	vm_client.crossed += s->memory == VM_POOL && crosses(s->data, s->data_size);
	return true;
}

/* For checksums; the field of UDP holds 0. As wire.py has it. */
static bool
asks(uint32_t number)
{
	return number % 4 == 1;
}

static struct shot *
shot_make(uint32_t number, enum vm_memory memory)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
	struct shot *s = calloc(1, sizeof(*s));
	uint32_t len = packet_length(number);
	MDL *mdl;

	if (s == NULL)
		return NULL;
	s->number = number;
	s->memory = memory;
	shot_cut(s, len);
	mdl = shot_room(s) ? shot_fill(s) : NULL;
	if (mdl == NULL || !NT_SUCCESS(FwpsAllocateNetBufferAndNetBufferList0(
				   pool, 0, 0, mdl, s->lead, len, &s->nbl))) {
		mdls_free(mdl);
		shot_free(s);
		return NULL;
	}
	if (asks(number)) {
		sum.Transmit.IsIPv4 = sum.Transmit.IpHeaderChecksum = sum.Transmit.UdpChecksum = 1;
		NET_BUFFER_LIST_INFO(s->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
	}
	return s;
}

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level)
{
	struct shot *s = context;
	NTSTATUS status = NET_BUFFER_LIST_STATUS(nbl);

	UNREFERENCED_PARAMETER(dispatch_level);
	if (vm_client.times[s->number]++ != 0)
		vm_fault("number %u completed again", s->number);
	vm_client.status[s->number] = status;
	if (nbl != s->nbl || !shot_intact(s))
		vm_fault("number %u: the client's memory has changed", s->number);
	memset(s->data, SCRIBBLE, s->data_size);
	shot_free(s);
	vm_client.last_completion = rte_rdtsc();
	if (status == STATUS_SUCCESS)
		__atomic_fetch_add(&vm_client.succeeded, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&vm_client.completed, 1, __ATOMIC_RELEASE);
}

bool
vm_client_send(enum vm_memory memory)
{
	struct shot *s;
	NTSTATUS status;
	bool room, sums;

	if (vm_client.next == VM_NUMBERS) {
		vm_fault("out of numbers");
		return false;
	}
	s = shot_make(vm_client.next, memory);
	if (s == NULL)
		return false;
	sums = asks(s->number);
	room = s->lead != 0 && !sums;
	/* Counted first: it may be complete before the call returns. */
	__atomic_store_n(&vm_client.next, vm_client.next + 1, __ATOMIC_RELAXED);
	status = FwpsInjectNetworkSendAsync0(
		handle, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, s->nbl, completed, s);
	if (NT_SUCCESS(status)) {
		vm_client.without_room += !room;
		vm_client.asked += sums;
		vm_client.last_sent = rte_rdtsc();
		return true;
	}
	__atomic_store_n(&vm_client.next, vm_client.next - 1, __ATOMIC_RELAXED);
	shot_free(s);
	if (status == STATUS_FWP_TCPIP_NOT_READY)
		vm_client.not_ready++;
	else if (status != STATUS_INSUFFICIENT_RESOURCES)
		vm_fault("refused with 0x%08x", (unsigned)status);
	return false;
}

uint32_t
vm_client_in_flight(void)
{
	uint32_t done = __atomic_load_n(&vm_client.completed, __ATOMIC_ACQUIRE);

	return __atomic_load_n(&vm_client.next, __ATOMIC_RELAXED) - done;
}

void
vm_client_check(const char *phase, uint32_t from, const NTSTATUS *allowed, unsigned n)
{
	unsigned i;

	for (; from < vm_client.next; from++) {
		if (vm_client.times[from] != 1) {
			vm_fault("%s: number %u completed %u times", phase, from,
				vm_client.times[from]);
			continue;
		}
		for (i = 0; i < n && vm_client.status[from] != allowed[i]; i++)
			;
		if (i == n)
			vm_fault("%s: number %u ended with 0x%08x", phase, from,
				(unsigned)vm_client.status[from]);
	}
}

uint32_t
vm_client_count(uint32_t from, NTSTATUS status)
{
	uint32_t n = 0;

	for (; from < vm_client.next; from++)
		n += vm_client.times[from] != 0 && vm_client.status[from] == status;
	return n;
}

void
vm_client_statuses(void)
{
	uint32_t first = 0, i;

	for (i = 1; i <= vm_client.next; i++)
		if (i == vm_client.next || vm_client.status[i] != vm_client.status[first]) {
			fprintf(vm_client.out, "status %u %u %08x\n", first, i - 1,
				(unsigned)vm_client.status[first]);
			first = i;
		}
}
