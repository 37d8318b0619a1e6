/* SPDX-License-Identifier: BSD-3-Clause */
/* Attributes of netlink messages, read only if they have the length that they should. */
#ifndef FWI_NETLINK_ATTR_H
#define FWI_NETLINK_ATTR_H

#include <string.h>

#include <libmnl/libmnl.h>
#include <rte_common.h>

#include "stack/prefix.h"

static inline bool
fwi_nl_u32(const struct nlattr *attr, uint32_t *value)
{
	if (mnl_attr_get_payload_len(attr) < sizeof(*value))
		return false;
	memcpy(value, mnl_attr_get_payload(attr), sizeof(*value));
	return true;
}

/* A text of less than max characters with its end, or NULL. */
static inline const char *
fwi_nl_text(const struct nlattr *attr, size_t max)
{
	const char *text = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr), end = strnlen(text, len);

	return end < len && end < max ? text : NULL;
}

static inline bool
fwi_nl_text_is(const struct nlattr *attr, const char *text)
{
	size_t len = mnl_attr_get_payload_len(attr), want = strlen(text);
	const char *has = mnl_attr_get_payload(attr);

	/* Some kinds of links come without the final 0. */
	return len >= want && memcmp(has, text, want) == 0 && (len == want || has[want] == '\0');
}

static inline bool
fwi_nl_address(const struct nlattr *attr, enum fwi_family family, fwi_u128 *key)
{
	uint8_t bytes[16] = {0};

	if (mnl_attr_get_payload_len(attr) != fwi_family_bits(family) / 8)
		return false;
	memcpy(bytes, mnl_attr_get_payload(attr), fwi_family_bits(family) / 8);
	*key = fwi_key6(bytes); /* an IPv4 address lies in the upper bits */
	return true;
}

#endif
