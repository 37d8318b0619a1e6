/* SPDX-License-Identifier: BSD-3-Clause */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "sys_frame.h"

#define UDP_LEN	   8u
#define LISTEN_SEC 30

static void
die(const char *what, const char *text)
{
	fprintf(stderr, "%s: %s\n", what, text);
	exit(2);
}

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static uint32_t
get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t
sum16(uint32_t sum, const uint8_t *p, size_t len)
{
	for (; len > 1; p += 2, len -= 2)
		sum += get16(p);
	return len != 0 ? sum + (uint32_t)(p[0] << 8) : sum;
}

static uint32_t
fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

uint64_t *
progress_map(const char *file)
{
	int fd = open(file, O_RDWR | O_CREAT, 0600);
	void *map = MAP_FAILED;

	if (fd >= 0 && ftruncate(fd, 16) == 0)
		map = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die("cannot map", file);
	close(fd);
	return map;
}

void
progress_wait(const struct target *target)
{
	const struct timespec pause = {0, 1000000};
	time_t end = time(NULL) + LISTEN_SEC;

	while (__atomic_load_n(&target->progress[0], __ATOMIC_ACQUIRE) == 0) {
		if (time(NULL) > end)
			die("receiver", "does not listen");
		nanosleep(&pause, NULL);
	}
}

/* The sender's address: the receiver's with a last byte of 1. */
void
target_parse(const char *text, struct target *target)
{
	char copy[256], *item[5], *save = NULL;
	unsigned n = 0, mac[6];

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *p = strtok_r(copy, ",", &save); p != NULL && n < 5;
		p = strtok_r(NULL, ",", &save))
		item[n++] = p;
	if (n < 5 || sscanf(item[2], "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2], &mac[3],
			     &mac[4], &mac[5]) != 6)
		die("bad target", text);
	*target = (struct target){.family = strchr(item[1], ':') != NULL ? 6 : 4};
	if (inet_pton(target->family == 6 ? AF_INET6 : AF_INET, item[1], target->address) != 1)
		die("bad address", item[1]);
	memcpy(target->source, target->address, 16);
	target->source[target->family == 6 ? 15 : 3] = 1;
	for (unsigned i = 0; i < 6; i++)
		target->mac[i] = (uint8_t)mac[i];
	target->eth_port = (uint16_t)atoi(item[0]);
	target->udp_port = (uint16_t)atoi(item[3]);
	target->progress = progress_map(item[4]);
}

static uint8_t
pattern(const struct datagram *d, size_t i)
{
	return (uint8_t)(d->thread * 31 + d->flow * 13 + d->sequence * 7 + i);
}

static size_t
payload_length(const struct datagram *d)
{
	return 16 + (d->sequence * 37 + d->flow) % 1400;
}

static void
payload_write(uint8_t *p, size_t len, const struct datagram *d)
{
	const uint32_t word[4] = {d->thread, d->flow, d->sequence, (uint32_t)len};

	memcpy(p, word, 16);
	for (size_t i = 16; i < len; i++)
		p[i] = pattern(d, i);
}

size_t
frame_write(uint8_t *packet, const struct target *target, const struct datagram *d)
{
	size_t header = target->family == 6 ? 40 : 20, n = target->family == 6 ? 16 : 4;
	size_t payload = payload_length(d), udp_len = UDP_LEN + payload;
	uint8_t *udp = packet + header;
	uint32_t sum;

	memset(packet, 0, header + UDP_LEN);
	if (target->family == 6) {
		packet[0] = 0x60;
		put16(packet + 4, (uint32_t)udp_len);
		packet[6] = 17;
		packet[7] = 64;
	} else {
		packet[0] = 0x45;
		put16(packet + 2, (uint32_t)(header + udp_len));
		put16(packet + 4, d->sequence);
		packet[8] = 64;
		packet[9] = 17;
	}
	memcpy(packet + header - 2 * n, target->source, n);
	memcpy(packet + header - n, target->address, n);
	if (target->family == 4)
		put16(packet + 10, fold(sum16(0, packet, header)));
	put16(udp, SOURCE_PORT + 16 * d->thread + d->flow);
	put16(udp + 2, target->udp_port);
	put16(udp + 4, (uint32_t)udp_len);
	payload_write(udp + UDP_LEN, payload, d);
	sum = fold(
		sum16(sum16(17 + (uint32_t)udp_len, packet + header - 2 * n, 2 * n), udp, udp_len));
	put16(udp + 6, sum != 0 ? sum : 0xffff);
	return header + udp_len;
}

bool
frame_check(const uint8_t *packet, size_t len, struct datagram *d)
{
	struct target target = {.family = packet[0] >> 4};
	size_t header = target.family == 6 ? 40 : 20, n = target.family == 6 ? 16 : 4;
	uint8_t expected[FRAME_MAX];
	uint32_t word[4];

	if (len < header + UDP_LEN + 16)
		return false;
	memcpy(word, packet + header + UDP_LEN, 16);
	*d = (struct datagram){word[0], word[1], word[2]};
	memcpy(target.source, packet + header - 2 * n, n);
	memcpy(target.address, packet + header - n, n);
	target.udp_port = (uint16_t)get16(packet + header + 2);
	return frame_write(expected, &target, d) == len && memcmp(expected, packet, len) == 0;
}
