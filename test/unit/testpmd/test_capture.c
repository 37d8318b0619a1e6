/* SPDX-License-Identifier: BSD-3-Clause */
/* Captures: what is taken, what is skipped, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "capture.h"

#define LINK_ETHERNET 1
#define LINK_RAW      101

static char path[] = "/tmp/fwpdk-capture-XXXXXX";
static char err[512];
static struct capture capture;

static int
path_create(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int
path_remove(void **state)
{
	(void)state;
	return unlink(path);
}

static void
u32_write(FILE *f, uint32_t v)
{
	assert_int_equal(fwrite(&v, sizeof(v), 1, f), 1);
}

static FILE *
file_begin(uint32_t link)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	u32_write(f, 0xa1b2c3d4);
	u32_write(f, 2 | 4 << 16);
	u32_write(f, 0);
	u32_write(f, 0);
	u32_write(f, 65535);
	u32_write(f, link);
	return f;
}

static void
frame_write(FILE *f, const uint8_t *frame, uint32_t captured, uint32_t len)
{
	u32_write(f, 0);
	u32_write(f, 0);
	u32_write(f, captured);
	u32_write(f, len);
	assert_int_equal(fwrite(frame, 1, captured, f), captured);
}

/* An Ethernet frame that begins like an IPv4 packet of total bytes. */
static uint8_t *
ipv4_frame(uint8_t frame[256], unsigned total)
{
	memset(frame, 0xee, 256);
	frame[12] = 0x08;
	frame[13] = 0x00;
	frame[14] = 0x45;
	frame[16] = (uint8_t)(total >> 8);
	frame[17] = (uint8_t)total;
	return frame;
}

static uint8_t *
ipv6_frame(uint8_t frame[256], unsigned payload)
{
	memset(frame, 0xee, 256);
	frame[12] = 0x86;
	frame[13] = 0xdd;
	frame[14] = 0x60;
	frame[18] = (uint8_t)(payload >> 8);
	frame[19] = (uint8_t)payload;
	frame[20] = 17;
	return frame;
}

static void
classify(void **state)
{
	uint8_t f[256];
	uint32_t len = 0;

	(void)state;
	assert_int_equal(frame_classify(ipv4_frame(f, 46), 60, &len), FRAME_IPV4);
	assert_int_equal(len, 46);
	assert_int_equal(frame_classify(ipv4_frame(f, 28), 60, &len), FRAME_IPV4); /* padded */
	assert_int_equal(len, 28);
	assert_int_equal(frame_classify(ipv4_frame(f, 47), 60, &len), FRAME_MALFORMED);
	assert_int_equal(frame_classify(ipv4_frame(f, 19), 60, &len), FRAME_MALFORMED);
	assert_int_equal(frame_classify(ipv4_frame(f, 0), 60, &len), FRAME_MALFORMED);
	assert_int_equal(frame_classify(ipv4_frame(f, 20), 33, &len), FRAME_MALFORMED);
	assert_int_equal(frame_classify(ipv4_frame(f, 20), 34, &len), FRAME_IPV4);
	ipv4_frame(f, 46)[14] = 0x44; /* header of 16 bytes */
	assert_int_equal(frame_classify(f, 60, &len), FRAME_MALFORMED);
	ipv4_frame(f, 46)[14] = 0x65; /* version 6 */
	assert_int_equal(frame_classify(f, 60, &len), FRAME_MALFORMED);
	ipv4_frame(f, 30)[14] = 0x4f; /* header of 60 bytes in 30 */
	assert_int_equal(frame_classify(f, 100, &len), FRAME_MALFORMED);

	assert_int_equal(frame_classify(ipv6_frame(f, 8), 62, &len), FRAME_IPV6);
	assert_int_equal(len, 48);
	assert_int_equal(frame_classify(ipv6_frame(f, 8), 61, &len), FRAME_MALFORMED);
	assert_int_equal(frame_classify(ipv6_frame(f, 0), 53, &len), FRAME_MALFORMED);
	assert_int_equal(frame_classify(ipv6_frame(f, 0), 60, &len), FRAME_IPV6);
	assert_int_equal(len, 40);
	ipv6_frame(f, 0)[20] = 0; /* jumbogram */
	assert_int_equal(frame_classify(f, 60, &len), FRAME_MALFORMED);
	ipv6_frame(f, 8)[14] = 0x45;
	assert_int_equal(frame_classify(f, 62, &len), FRAME_MALFORMED);

	ipv4_frame(f, 46)[12] = 0x81; /* VLAN */
	assert_int_equal(frame_classify(f, 64, &len), FRAME_NON_IP);
	assert_int_equal(frame_classify(ipv4_frame(f, 46), 13, &len), FRAME_NON_IP);
	assert_int_equal(frame_classify(ipv4_frame(f, 46), 0, &len), FRAME_NON_IP);
	assert_int_equal(frame_classify(ipv4_frame(f, 46), 14, &len), FRAME_MALFORMED);
}

static void
load(void **state)
{
	FILE *f = file_begin(LINK_ETHERNET);
	uint8_t frame[256];

	(void)state;
	frame_write(f, ipv4_frame(frame, 28), 60, 60);
	ipv4_frame(frame, 28)[13] = 0x06; /* ARP */
	frame_write(f, frame, 60, 60);
	frame_write(f, ipv6_frame(frame, 60), 114, 114);
	frame_write(f, ipv4_frame(frame, 200), 100, 214); /* cut by the snapshot length */
	assert_int_equal(fclose(f), 0);

	assert_int_equal(capture_load(path, &capture, err, sizeof(err)), 0);
	assert_int_equal(capture.nb_packets, 2);
	assert_int_equal(capture.skipped_non_ip, 1);
	assert_int_equal(capture.skipped_malformed, 1);
	assert_int_equal(capture.max_len, 100);
	assert_int_equal(capture.packets[0].len, 28);
	assert_int_equal(capture.packets[0].ipv6, 0);
	assert_int_equal(capture.bytes[capture.packets[0].offset], 0x45);
	assert_int_equal(capture.packets[1].len, 100);
	assert_int_equal(capture.packets[1].ipv6, 1);
	assert_int_equal(capture.bytes[capture.packets[1].offset], 0x60);
	capture_free(&capture);
	assert_null(capture.bytes);
}

static void
load_many(void **state)
{
	FILE *f = file_begin(LINK_ETHERNET);
	uint8_t frame[256];

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		ipv4_frame(frame, 46)[30] = (uint8_t)i;
		frame_write(f, frame, 60, 60);
	}
	assert_int_equal(fclose(f), 0);
	assert_int_equal(capture_load(path, &capture, err, sizeof(err)), 0);
	assert_int_equal(capture.nb_packets, 10000);
	for (unsigned i = 0; i < 10000; i++)
		assert_int_equal(capture.bytes[capture.packets[i].offset + 16], (uint8_t)i);
	capture_free(&capture);
}

static void
load_empty(void **state)
{
	(void)state;
	assert_int_equal(fclose(file_begin(LINK_ETHERNET)), 0);
	assert_int_equal(capture_load(path, &capture, err, sizeof(err)), 0);
	assert_int_equal(capture.nb_packets, 0);
	capture_free(&capture);
}

/* The file is refused with one line that holds both texts. */
static void
refused(const char *file, const char *text, const char *more)
{
	memset(&capture, 0xff, sizeof(capture));
	assert_int_equal(capture_load(file, &capture, err, sizeof(err)), -1);
	assert_null(capture.packets);
	assert_null(capture.bytes);
	assert_null(strchr(err, '\n'));
	if (strstr(err, text) == NULL || strstr(err, more) == NULL)
		fail_msg("'%s' lacks '%s' or '%s'", err, text, more);
}

static void
load_truncated(void **state)
{
	uint8_t frame[256];
	FILE *f = file_begin(LINK_ETHERNET);
	long whole;

	(void)state;
	frame_write(f, ipv4_frame(frame, 46), 60, 60);
	whole = ftell(f);
	frame_write(f, frame, 60, 60);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(truncate(path, whole + 40), 0);
	refused(path, "packet 2", "truncated");
	assert_int_equal(truncate(path, whole + 5), 0);
	refused(path, "packet 2", "truncated");
	assert_int_equal(truncate(path, 10), 0);
	refused(path, path, "truncated");
	assert_int_equal(truncate(path, 0), 0);
	refused(path, path, "truncated");
}

static void
load_other(void **state)
{
	FILE *f;

	(void)state;
	refused("/nonexistent/in.pcap", "/nonexistent/in.pcap", "No such file");
	refused("/", "/", "");
	assert_int_equal(fclose(file_begin(LINK_RAW)), 0);
	refused(path, path, "not an Ethernet capture");
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("this is just a text of some length, not a capture", f);
	assert_int_equal(fclose(f), 0);
	refused(path, path, "unknown file format");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classify),
		cmocka_unit_test(load),
		cmocka_unit_test(load_many),
		cmocka_unit_test(load_empty),
		cmocka_unit_test(load_truncated),
		cmocka_unit_test(load_other),
	};

	return cmocka_run_group_tests(tests, path_create, path_remove);
}
