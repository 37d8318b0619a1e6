/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "capture.h"

#define ETHERTYPE_IPV4	0x0800u
#define ETHERTYPE_IPV6	0x86ddu
#define IPV4_HEADER_LEN 20u
#define IPV6_HEADER_LEN 40u

static uint32_t
be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

/* Length of the IPv4 packet at ip, 0 if the len bytes there do not hold a whole one. */
static uint32_t
ipv4_length(const uint8_t *ip, uint32_t len)
{
	uint32_t header, total;

	if (len < IPV4_HEADER_LEN || ip[0] >> 4 != 4)
		return 0;
	header = (ip[0] & 15u) * 4;
	total = be16(ip + 2);
	return header >= IPV4_HEADER_LEN && total >= header && total <= len ? total : 0;
}

static uint32_t
ipv6_length(const uint8_t *ip, uint32_t len)
{
	uint32_t payload;

	if (len < IPV6_HEADER_LEN || ip[0] >> 4 != 6)
		return 0;
	payload = be16(ip + 4);
	/* A jumbogram has its length in a hop-by-hop header, which a payload of 0 cannot hold. */
	if (payload == 0 && ip[6] == 0)
		return 0;
	return payload <= len - IPV6_HEADER_LEN ? IPV6_HEADER_LEN + payload : 0;
}

enum frame_kind
frame_classify(const uint8_t *frame, uint32_t len, uint32_t *ip_len)
{
	const uint8_t *ip = frame + ETHER_HEADER_LEN;

	if (len < ETHER_HEADER_LEN)
		return FRAME_NON_IP;
	len -= ETHER_HEADER_LEN;
	switch (be16(frame + 12)) {
	case ETHERTYPE_IPV4:
		*ip_len = ipv4_length(ip, len);
		return *ip_len != 0 ? FRAME_IPV4 : FRAME_MALFORMED;
	case ETHERTYPE_IPV6:
		*ip_len = ipv6_length(ip, len);
		return *ip_len != 0 ? FRAME_IPV6 : FRAME_MALFORMED;
	default:
		return FRAME_NON_IP;
	}
}

/*
 * The array with room for n more items of that size; the capacity doubles. NULL without
 * memory, and the array is as it was.
 */
static void *
grown(void *array, size_t *capacity, size_t used, size_t n, size_t item)
{
	size_t wanted = *capacity != 0 ? *capacity : 4096;

	if (used + n <= *capacity)
		return array;
	while (wanted < used + n)
		wanted *= 2;
	array = realloc(array, wanted * item);
	if (array != NULL)
		*capacity = wanted;
	return array;
}

/* Append one IP packet. Returns 0, -1 without memory. */
static int
packet_append(struct capture *c, size_t capacity[2], const uint8_t *ip, uint32_t len, int ipv6)
{
	void *bytes = grown(c->bytes, &capacity[0], c->nb_bytes, len, 1);
	void *packets;

	if (bytes == NULL)
		return -1;
	c->bytes = bytes;
	packets = grown(c->packets, &capacity[1], c->nb_packets, 1, sizeof(*c->packets));
	if (packets == NULL)
		return -1;
	c->packets = packets;
	memcpy(c->bytes + c->nb_bytes, ip, len);
	c->packets[c->nb_packets++] = (struct capture_packet){
		.offset = c->nb_bytes,
		.len = len,
		.ipv6 = (uint8_t)ipv6,
	};
	c->nb_bytes += len;
	if (len > c->max_len)
		c->max_len = len;
	return 0;
}

/* All records into the capture. Returns 0, -1 with the cause in err. */
static int
records_read(pcap_t *pcap, struct capture *c, char *err, size_t err_size)
{
	size_t capacity[2] = {0, 0};
	struct pcap_pkthdr *header;
	const uint8_t *frame;
	uint64_t number = 1;
	int rc;

	for (; (rc = pcap_next_ex(pcap, &header, &frame)) == 1; number++) {
		uint32_t len;
		enum frame_kind kind = frame_classify(frame, header->caplen, &len);

		if (kind == FRAME_NON_IP) {
			c->skipped_non_ip++;
		} else if (kind == FRAME_MALFORMED) {
			c->skipped_malformed++;
		} else if (packet_append(c, capacity, frame + ETHER_HEADER_LEN, len,
				   kind == FRAME_IPV6) != 0) {
			snprintf(err, err_size, "packet %llu: out of memory",
				(unsigned long long)number);
			return -1;
		}
	}
	if (rc == PCAP_ERROR_BREAK)
		return 0;
	snprintf(err, err_size, "packet %llu: %s", (unsigned long long)number, pcap_geterr(pcap));
	return -1;
}

int
capture_load(const char *file, struct capture *capture, char *err, size_t err_size)
{
	char cause[PCAP_ERRBUF_SIZE + 64];
	char open_error[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_open_offline(file, open_error);
	int rc = -1;

	*capture = (struct capture){0};
	if (pcap == NULL) {
		/* Some of libpcap's messages begin with the name, some do not. */
		size_t n = strlen(file);
		int named = strncmp(open_error, file, n) == 0 && open_error[n] == ':';

		snprintf(err, err_size, "%s: %s", file,
			named ? open_error + n + 1 + strspn(open_error + n + 1, " ") : open_error);
		return -1;
	}
	if (pcap_datalink(pcap) != DLT_EN10MB) {
		const char *name = pcap_datalink_val_to_name(pcap_datalink(pcap));

		snprintf(cause, sizeof(cause), "not an Ethernet capture (link type %s)",
			name != NULL ? name : "unknown");
	} else {
		rc = records_read(pcap, capture, cause, sizeof(cause));
	}
	pcap_close(pcap);
	if (rc != 0) {
		snprintf(err, err_size, "%s: %s", file, cause);
		capture_free(capture);
	}
	return rc;
}

void
capture_free(struct capture *capture)
{
	free(capture->bytes);
	free(capture->packets);
	*capture = (struct capture){0};
}
