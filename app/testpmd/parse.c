/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of options and commands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "options.h"

int
seconds_parse(const char *text, double *value, char *err, size_t err_size)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(v)) {
		snprintf(err, err_size, "'%s' is not a number of seconds", text);
		return -1;
	}
	if (v < 0.001 || v > 1e9) {
		snprintf(err, err_size, "%s is not in 0.001..1e9 seconds", text);
		return -1;
	}
	*value = v;
	return 0;
}

int
txpkts_parse(const char *text, struct txpkts *txpkts, char *err, size_t err_size)
{
	struct txpkts parsed = {0};
	const char *p = text;

	for (;;) {
		size_t n = strcspn(p, ",");
		char item[24];
		uint64_t len;

		snprintf(item, sizeof(item), "%.*s", (int)(n < 23 ? n : 23), p);
		if (number_parse(item, 1, TXPKTS_MAX, &len, err, err_size) != 0)
			return -1;
		if (parsed.n == SEGS_MAX) {
			snprintf(err, err_size, "more than %u segments", SEGS_MAX);
			return -1;
		}
		parsed.len[parsed.n++] = (uint32_t)len;
		parsed.total += (uint32_t)len;
		if (p[n] == '\0')
			break;
		p += n + 1;
	}
	if (parsed.total < TXPKTS_MIN || parsed.total > TXPKTS_MAX) {
		snprintf(err, err_size, "the sum %u is not in %u..%u", parsed.total, TXPKTS_MIN,
			TXPKTS_MAX);
		return -1;
	}
	*txpkts = parsed;
	return 0;
}
