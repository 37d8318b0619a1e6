/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "random_ip.h"

#define OBJECTS                                                                          \
	10u /* nexthop objects: 1..5 IPv4 or blackhole, 6..7 groups, 8..9 IPv6, 10 group \
	     */

static uint32_t state;
int random_elsewhere;

void
random_seed(uint32_t seed)
{
	state = seed * 2654435761u | 1u;
}

uint32_t
random_below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return (uint32_t)((uint64_t)state * n >> 32);
}

/* A text that grows. */
struct text {
	char *at;
	size_t left;
};

__attribute__((format(printf, 2, 3))) static void
put(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->at, t->left, format, args);
	va_end(args);
	t->at += n;
	t->left -= (size_t)n;
}

#define ONE_OF(...)                                             \
	({                                                      \
		static const char *const of_[] = {__VA_ARGS__}; \
		of_[random_below(RTE_DIM(of_))];                \
	})

static char
link_name(void)
{
	return "aaaaabbbbbc"[random_below(11)];
}

static void
put_gateway(struct text *t, bool v6)
{
	char link = link_name();

	if (random_below(8) == 0)
		put(t, " dev v%c", link);
	else
		put(t, v6 ? " via fd00:%x::%u dev v%c" : " via 10.0.%u.%u dev v%c", link - 'a' + 1u,
			2 + random_below(RANDOM_GATEWAYS), link);
}

static void
put_target(struct text *t, bool v6)
{
	uint32_t i, n;

	switch (random_below(10)) {
	case 0:
	case 1:
	case 2:
		n = 1 + random_below(4);
		for (i = 0; i < n; i++) {
			put(t, " nexthop");
			put_gateway(t, v6);
			put(t, " weight %u", 1 + random_below(3));
		}
		break;
	case 3:
		put(t, " nhid %u", v6 ? 8 + random_below(3) : 1 + random_below(7));
		break;
	default:
		put_gateway(t, v6);
		break;
	}
}

static const char *
prefix(bool v6)
{
	return v6 ? ONE_OF("default", "2001::/16", "2001:1::/32", "2001:1:1::/48",
			    "2001:1:1::1/128", "2002::/16", "fd00:1::/64")
		  : ONE_OF("default", "20.0.0.0/8", "20.1.0.0/16", "20.1.1.0/24", "20.1.1.1/32",
			    "30.0.0.0/8", "10.0.1.0/24");
}

static void
put_metric(struct text *t)
{
	if (random_below(2) != 0)
		put(t, " metric %u", 10 * (1 + random_below(2)));
}

static void
put_table(struct text *t)
{
	if (random_below(4) == 0)
		put(t, " table %u", 200 + random_below(2));
}

static void
route(struct text *t)
{
	bool v6 = random_below(2) != 0;
	const char *type = random_below(10) != 0
				   ? ""
				   : ONE_OF("blackhole ", "unreachable ", "prohibit ", "throw ");

	put(t, "%sroute %s %s%s", v6 ? "-6 " : "",
		ONE_OF("add", "add", "append", "prepend", "replace", "replace", "change"), type,
		prefix(v6));
	if (type[0] == '\0')
		put_target(t, v6);
	put_metric(t);
	put_table(t);
	if (random_below(4) == 0)
		put(t, " proto %u", 20 + random_below(2));
	if (!v6 && type[0] == '\0' && random_below(6) == 0)
		put(t, " src 10.9.0.%u", 1 + random_below(2));
	put(t, "\n");
}

static void
route_del(struct text *t)
{
	bool v6 = random_below(2) != 0;

	put(t, "%sroute del %s", v6 ? "-6 " : "", prefix(v6));
	if (random_below(2) != 0)
		put_gateway(t, v6);
	put_metric(t);
	put_table(t);
	put(t, "\n");
}

static void
flush(struct text *t)
{
	put(t, "%sroute flush %s\n", random_below(2) != 0 ? "-6 " : "",
		ONE_OF("table 200", "table 201", "proto 20", "dev va", "dev vb", "root 20.0.0.0/8",
			"exact default"));
}

static void
object(struct text *t)
{
	uint32_t id = 1 + random_below(OBJECTS), i, n;
	bool v6 = id >= 8;

	if (random_below(3) == 0) {
		put(t, "nexthop del id %u\n", id);
		return;
	}
	put(t, "nexthop %s id %u", ONE_OF("add", "replace", "replace"), id);
	if (id == 6 || id == 7 || id == 10) {
		n = 1 + random_below(3);
		put(t, " group ");
		for (i = 0; i < n; i++)
			put(t, "%s%u,%u", i != 0 ? "/" : "",
				v6 ? 8 + random_below(2) : 1 + random_below(5),
				1 + random_below(3));
	} else if (random_below(8) == 0) {
		put(t, " blackhole");
	} else {
		put_gateway(t, v6);
	}
	put(t, "\n");
}

static void
link_up(struct text *t, char link)
{
	uint32_t x = link - 'a' + 1u;

	put(t, "link set w%c up\nlink set v%c up\n", link, link);
	put(t, "addr replace 10.0.%u.1/24 dev v%c\n", x, link);
	put(t, "-6 addr replace fd00:%x::1/64 dev v%c nodad\n", x, link);
}

static void
link_change(struct text *t)
{
	char link = link_name();

	switch (random_below(30)) {
	case 0:
	case 1:
		put(t, "link set v%c down\n", link);
		break;
	case 2:
	case 3:
		put(t, "link set w%c down\n", link);
		break;
	case 4:
		put(t, "link set v%c address 02:00:00:00:%02x:%02x\n", link, random_below(4),
			(unsigned)link);
		break;
	case 5:
		put(t, "link set v%c mtu %u\n", link, 1400 + random_below(100));
		break;
	case 6:
		put(t, "link set v%c name other\n", link);
		break;
	case 7:
		put(t, "link del %s\n", ONE_OF("va", "vb", "wa", "wb", "other"));
		break;
	case 8:
		put(t, "link set v%c netns %d\n", link, random_elsewhere);
		break;
	default:
		/* What is missing comes back: under its name, or anew. */
		if (random_below(4) == 0)
			put(t, "link del w%c\n", link);
		put(t, "link set other name v%c\n", link);
		put(t, "link add v%c type veth peer name w%c\n", link, link);
		link_up(t, link);
		break;
	}
}

static void
address(struct text *t)
{
	char link = link_name();
	uint32_t x = link - 'a' + 1u;

	switch (random_below(6)) {
	case 0:
		put(t, "addr del 10.9.0.%u/32 dev lo\n", 1 + random_below(2));
		break;
	case 1:
	case 2:
		put(t, "addr replace 10.9.0.%u/32 dev lo\n", 1 + random_below(2));
		break;
	case 3:
		put(t, "addr del 10.0.%u.1/24 dev v%c\n", x, link);
		break;
	case 4:
		put(t, "-6 addr del fd00:%x::1/64 dev v%c\n", x, link);
		break;
	default:
		put(t, "addr replace 10.0.%u.%u/24 dev v%c\n", x, 8 + random_below(2), link);
		break;
	}
}

static void
rule(struct text *t)
{
	bool v6 = random_below(2) != 0;

	put(t, "%srule %s pref %u", v6 ? "-6 " : "", ONE_OF("add", "add", "del"),
		100 + random_below(4));
	if (random_below(4) != 0)
		put(t, v6 ? " from fd09::%u" : " from 10.9.0.%u", 5 + random_below(2));
	if (random_below(3) == 0)
		put(t, v6 ? " to 2001:1::/32" : " to 20.1.0.0/16");
	put(t, " %s\n",
		ONE_OF("lookup 200", "lookup 200", "lookup 201", "lookup main",
			"lookup 200 fwmark 1", "to 20.1.1.0/24 blackhole",
			"to 2001:1:1::/48 blackhole"));
}

static void
neighbour(struct text *t)
{
	bool v6 = random_below(2) != 0;
	char link = link_name();

	put(t, v6 ? "neigh %s fd00:%x::%u" : "neigh %s 10.0.%u.%u",
		ONE_OF("add", "replace", "replace", "change", "del"), link - 'a' + 1u,
		100 + random_below(4));
	put(t, " lladdr 02:00:00:00:99:%02x nud %s dev v%c\n", random_below(3),
		ONE_OF("permanent", "reachable", "stale", "noarp", "failed"), link);
}

void
random_command(char *text, size_t size)
{
	static const struct {
		uint32_t weight;
		void (*fn)(struct text *t);
	} kinds[] = {{48, route}, {12, route_del}, {1, flush}, {10, object}, {8, link_change},
		{4, address}, {4, rule}, {8, neighbour}};
	struct text t = {text, size};
	uint32_t at = random_below(95), i = 0;

	while (at >= kinds[i].weight)
		at -= kinds[i++].weight;
	kinds[i].fn(&t);
}
