/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For tools/side-by-side: what the kernel's own batched way sends. 60 byte UDP frames by
 * sendmmsg(2) on a packet socket, 32 per call: afpacket-send IFACE SECONDS; prints packets
 * and seconds.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#define BURST 32

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	static uint8_t frame[60] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 46, 0, 0,
		0, 0, 64, 17, 0, 0, 198, 18, 0, 1, 198, 18, 0, 2, 0, 9, 0, 9, 0, 26};
	struct iovec iov = {.iov_base = frame, .iov_len = sizeof(frame)};
	struct mmsghdr msg[BURST];
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
	uint64_t packets = 0;
	double begin, end;
	int fd, n;

	if (argc != 3) {
		fprintf(stderr, "usage: afpacket-send IFACE SECONDS\n");
		return EXIT_FAILURE;
	}
	to.sll_ifindex = (int)if_nametoindex(argv[1]);
	fd = socket(AF_PACKET, SOCK_RAW, 0); /* receives nothing */
	if (to.sll_ifindex == 0 || fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror(argv[1]);
		return EXIT_FAILURE;
	}
	memset(msg, 0, sizeof(msg));
	for (unsigned i = 0; i < BURST; i++) {
		msg[i].msg_hdr.msg_iov = &iov;
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	begin = now();
	do {
		n = sendmmsg(fd, msg, BURST, 0);
		if (n > 0)
			packets += (uint64_t)n;
		end = now();
	} while (end - begin < strtod(argv[2], NULL));
	printf("%" PRIu64 " %f\n", packets, end - begin);
	close(fd);
	return EXIT_SUCCESS;
}
