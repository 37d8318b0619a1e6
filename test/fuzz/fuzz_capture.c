/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A capture file of any bytes through capture_load(): an error with a line of text, or a
 * list of whole IP packets that lie one behind the other in its bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "testpmd/capture.h"
#include "check.h"

static void
check_packet(const struct capture *c, const struct capture_packet *p, size_t at)
{
	const uint8_t *ip = c->bytes + p->offset;
	uint32_t total;

	CHECK(p->offset == at && p->len <= c->nb_bytes - at && p->len <= c->max_len);
	if (p->ipv6) {
		CHECK(p->len >= 40 && ip[0] >> 4 == 6);
		total = 40u + (ip[4] << 8 | ip[5]);
	} else {
		CHECK(p->len >= 20 && ip[0] >> 4 == 4 && (ip[0] & 15) >= 5 &&
			(ip[0] & 15) * 4u <= p->len);
		total = (uint32_t)ip[2] << 8 | ip[3];
	}
	CHECK(total == p->len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture c = {0};
	char name[64], err[256] = "";
	size_t i, at = 0;
	int fd = memfd_create("capture", 0);

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (capture_load(name, &c, err, sizeof(err)) != 0) {
		CHECK(err[0] != '\0' && strchr(err, '\n') == NULL);
	} else {
		for (i = 0; i < c.nb_packets; i++) {
			check_packet(&c, &c.packets[i], at);
			at += c.packets[i].len;
		}
		CHECK(at == c.nb_bytes);
		/* a record has a header of 16 bytes */
		CHECK((c.nb_packets + c.skipped_non_ip + c.skipped_malformed) * 16 <= size);
		capture_free(&c);
	}
	close(fd);
	return 0;
}
