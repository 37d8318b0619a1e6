/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TEST_ALIAS_H
#define TEST_ALIAS_H

struct alias {
	unsigned version;
	const char *send_params;
	unsigned long send_params_size;
	const char *callout_register;
	const char *names[24]; /* all of them end in 0, whatever the version */
};

extern const struct alias alias_0x06000000, alias_0x06000100, alias_0x06010000;
extern const struct alias alias_0x06020000, alias_0x0A000003, alias_0x0A000004;

#endif
