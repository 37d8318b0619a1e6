/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses as text and as numbers. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "stack/prefix.h"

#define WINDOWS_AF_INET6 23

int
fwi_addr_key(const struct fwpdk_addr *addr, enum fwi_family *family, fwi_u128 *key)
{
	uint32_t v4;

	if (addr == NULL)
		return -EINVAL;
	switch (addr->family) {
	case AF_INET:
		memcpy(&v4, addr->bytes, sizeof(v4));
		*family = FWI_V4;
		*key = fwi_key4(rte_be_to_cpu_32(v4));
		return 0;
	case AF_INET6:
	case WINDOWS_AF_INET6:
		*family = FWI_V6;
		*key = fwi_key6(addr->bytes);
		return 0;
	default:
		return -EINVAL;
	}
}

void
fwi_key_addr(enum fwi_family family, fwi_u128 key, struct fwpdk_addr *addr)
{
	unsigned i;

	memset(addr, 0, sizeof(*addr));
	addr->family = family == FWI_V4 ? AF_INET : AF_INET6;
	for (i = 0; i < fwi_family_bits(family) / 8; i++)
		addr->bytes[i] = (uint8_t)(key >> (120 - 8 * i));
}

int
fwpdk_addr_parse(const char *text, struct fwpdk_addr *addr)
{
	struct fwpdk_addr a = {0};

	if (text == NULL || addr == NULL)
		return -EINVAL;
	a.family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(a.family, text, a.bytes) != 1)
		return -EINVAL;
	*addr = a;
	return 0;
}

const char *
fwpdk_addr_format(const struct fwpdk_addr *addr, char *buf, size_t len)
{
	enum fwi_family family;
	fwi_u128 key;

	if (buf == NULL || len == 0)
		return buf;
	if (fwi_addr_key(addr, &family, &key) != 0 ||
		inet_ntop(family == FWI_V4 ? AF_INET : AF_INET6, addr->bytes, buf,
			(socklen_t)len) == NULL)
		buf[0] = '\0';
	return buf;
}
