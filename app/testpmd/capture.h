/* SPDX-License-Identifier: BSD-3-Clause */
/* An Ethernet capture in memory: its IP packets, in file order. */
#ifndef TESTPMD_CAPTURE_H
#define TESTPMD_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

struct capture_packet {
	size_t offset; /* of the IP header in bytes[] */
	uint32_t len;  /* whole IP packet, without Ethernet padding */
	uint8_t ipv6;
};

struct capture {
	uint8_t *bytes;
	size_t nb_bytes;
	struct capture_packet *packets;
	size_t nb_packets;
	uint32_t max_len;
	uint64_t skipped_non_ip;    /* frames that are not IP */
	uint64_t skipped_malformed; /* IP frames that hold no whole IP packet */
};

/* Read a whole file. Returns 0, or -1 with one line without newline in err. */
int capture_load(const char *file, struct capture *capture, char *err, size_t err_size);
void capture_free(struct capture *capture);

enum frame_kind {
	FRAME_IPV4,
	FRAME_IPV6,
	FRAME_NON_IP,
	FRAME_MALFORMED,
};

#define ETHER_HEADER_LEN 14u

/* What an Ethernet frame of len bytes holds; *ip_len is set for FRAME_IPV4 and FRAME_IPV6. */
enum frame_kind frame_classify(const uint8_t *frame, uint32_t len, uint32_t *ip_len);

#endif
