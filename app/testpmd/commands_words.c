/* SPDX-License-Identifier: BSD-3-Clause */
/* Words of commands: pairs, numbers, addresses, interfaces. */
#include <errno.h>
#include <string.h>

#include "app.h"
#include "commands.h"
#include "options.h"

int
keyed_parse(int argc, char **argv, struct keyed *keys, char *err)
{
	for (int i = 0; i < argc; i += 2) {
		struct keyed *k = keys;

		while (k->key != NULL && strcmp(k->key, argv[i]) != 0)
			k++;
		if (k->key == NULL)
			return command_fail(err, "unknown word '%s'", argv[i]);
		if (k->value != NULL)
			return command_fail(err, "%s given twice", k->key);
		if (i + 1 == argc)
			return command_fail(err, "%s needs a value", k->key);
		k->value = argv[i + 1];
	}
	return 0;
}

int
optional_number(
	const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *value, char *err)
{
	char cause[128];

	*value = 0;
	if (text == NULL || number_parse(text, min, max, value, cause, sizeof(cause)) == 0)
		return 0;
	return command_fail(err, "%s: %s", name, cause);
}

int
addr_arg(const char *text, struct fwpdk_addr *addr, char *err)
{
	if (fwpdk_addr_parse(text, addr) == 0)
		return 0;
	return command_fail(err, "'%s' is not an address", text);
}

int
if_arg(const char *name, uint32_t *if_index, char *err)
{
	*if_index = fwpdk_if_by_name(name);
	return *if_index != 0 ? 0 : command_fail(err, "no interface '%s'", name);
}

int
command_answer(int rc, const char *what, char *err)
{
	const char *cause;

	if (rc == 0)
		return 0;
	switch (-rc) {
	case ENOENT:
		cause = "there is none";
		break;
	case EBUSY:
		cause = "in use, or it belongs to the mirror of Linux";
		break;
	case ENODEV:
		cause = "no such port";
		break;
	case EEXIST:
		cause = "exists already";
		break;
	case EINVAL:
		cause = "invalid: host bits, address family or compartment do not fit";
		break;
	default:
		cause = strerror(-rc);
	}
	return command_fail(err, "%s: %s", what, cause);
}

int
prefix_arg(const char *text, struct fwpdk_route *route, char *err)
{
	const char *slash = strchr(text, '/');
	char addr[64], cause[128];
	uint64_t len;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(addr))
		return command_fail(err, "'%s' is not PREFIX/LEN", text);
	memcpy(addr, text, (size_t)(slash - text));
	addr[slash - text] = '\0';
	if (addr_arg(addr, &route->prefix, err) != 0)
		return -1;
	if (number_parse(slash + 1, 0, strchr(addr, ':') != NULL ? 128 : 32, &len, cause,
		    sizeof(cause)) != 0)
		return command_fail(err, "prefix length: %s", cause);
	route->prefix_len = (uint8_t)len;
	return 0;
}

int
on_off_arg(const char *name, const char *text, bool otherwise, uint8_t *value, char *err)
{
	*value = otherwise;
	if (text == NULL)
		return 0;
	*value = strcmp(text, "on") == 0;
	return *value || strcmp(text, "off") == 0
		       ? 0
		       : command_fail(err, "%s: '%s' is neither on nor off", name, text);
}
