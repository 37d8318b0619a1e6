/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A real kernel in a network namespace of its own gets commands of ip(8) at random; after every
 * few the mirror must lead where the kernel itself says. With an even seed it compares everything
 * while they are made, with one that 3 divides its socket is too small.
 *
 *     test_netlink_random [SEED [STEPS]]
 */
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "netlink_fixture.h"
#include "random_ip.h"
#include "random_kernel.h"
#include "stack/group.h"

#define NEIGHS	 1024u
#define PATIENCE 2000 /* ms */
#define COMMANDS 6u   /* of a step, at most */

static uint32_t seed = 1, steps = 300, step;
static uint32_t checked, with_a_way;
static char *history; /* all commands */
static size_t history_size;
static FILE *log_to;

static void
shell(const char *command)
{
	if (system(command) != 0) /* NOLINT(cert-env33-c): a constant */
		fail_msg("%s", command);
}

/* Many of them fail: what they want to change is not there, or is there already. */
static void
run(const char *commands)
{
	FILE *ip = popen("ip -force -batch - >/dev/null 2>&1", "w"); /* NOLINT(cert-env33-c) */

	int i, rc;

	assert_non_null(ip);
	fputs(commands, log_to);
	fflush(log_to);
	fputs(commands, ip);
	fflush(ip);
	/* While it works: what a dump has is told of once more. */
	for (i = 0; seed % 2 == 0 && i < 4; i++) {
		rc = fwpdk_netlink_resync(test_nl);
		assert_true(rc == 0 || rc == -EAGAIN);
	}
	pclose(ip);
}

static void
follow(void)
{
	int rc;

	do
		rc = fwpdk_netlink_process(test_nl);
	while (rc > 0 || rc == -EAGAIN);
	assert_int_equal(rc, 0);
}

static const char *
hops_text(const struct say *s)
{
	static char text[4096];
	char addr[64];
	size_t at = 0;
	unsigned i;

	text[0] = '\0';
	for (i = 0; i < s->n; i++) {
		struct fwpdk_addr a;

		fwi_key_addr((s->hop[i].to << 32) == 0 ? FWI_V4 : FWI_V6, s->hop[i].to, &a);
		at += (size_t)snprintf(text + at, sizeof(text) - at, " %d:%s", s->hop[i].ifindex,
			fwpdk_addr_format(&a, addr, sizeof(addr)));
	}
	return text;
}

/* The first difference; "" = none. */
static char difference[8192];

__attribute__((format(printf, 1, 2))) static void
differs(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (difference[0] == '\0')
		vsnprintf(difference, sizeof(difference), format, args);
	va_end(args);
}

static int
kernel_index(uint32_t if_index)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};

	assert_int_equal(fwpdk_if_info(if_index, &info), 0);
	return (int)if_nametoindex(info.name);
}

static bool
is_mirrored(int ifindex)
{
	return ifindex != 0 &&
	       (ifindex == (int)if_nametoindex("va") || ifindex == (int)if_nametoindex("vb"));
}

static void
add_once(struct say *s, int ifindex, fwi_u128 to)
{
	unsigned i;

	for (i = 0; i < s->n; i++)
		if (s->hop[i].ifindex == ifindex && s->hop[i].to == to)
			return;
	s->hop[s->n++] = (struct say_hop){ifindex, to};
}

/* All neighbours on the way are unknown: so all next hops are those that are missing. */
static struct say
mirror_says(enum fwi_family family, fwi_u128 src, fwi_u128 dst)
{
	const uint64_t d[2] = {
		rte_cpu_to_be_64((uint64_t)(dst >> 64)), rte_cpu_to_be_64((uint64_t)dst)};
	const uint64_t s[2] = {
		rte_cpu_to_be_64((uint64_t)(src >> 64)), rte_cpu_to_be_64((uint64_t)src)};
	struct fwi_next next[FWI_GROUP_MAX];
	struct fwi_flow flow = {.hash = 1};
	struct say say = {.n = 0};
	uint32_t v4;
	unsigned n, i;

	memcpy(flow.src, s, sizeof(flow.src));
	memcpy(&v4, d, sizeof(v4));
	n = family == FWI_V4
		    ? fwi_stack_missing4(0, v4, &flow, next, RTE_DIM(next))
		    : fwi_stack_missing6(0, (const uint8_t *)d, &flow, next, RTE_DIM(next));
	for (i = 0; i < n; i++)
		add_once(&say, kernel_index(next[i].if_index), fwi_key6(next[i].addr));
	return say;
}

static bool
has_all(const struct say *a, const struct say *b)
{
	unsigned i, k;

	for (i = 0; i < b->n; i++) {
		for (k = 0; k < a->n; k++)
			if (a->hop[k].ifindex == b->hop[i].ifindex && a->hop[k].to == b->hop[i].to)
				break;
		if (k == a->n)
			return false;
	}
	return true;
}

static void
compare_route(const char *src_text, const char *dst_text)
{
	struct fwpdk_addr s = test_addr(src_text), d = test_addr(dst_text);
	enum fwi_family family = d.family == AF_INET ? FWI_V4 : FWI_V6;
	fwi_u128 src = fwi_key6(s.bytes), dst = fwi_key6(d.bytes);
	struct say all, kernel = {.n = 0}, mirror;
	char wants[4096];
	unsigned i;

	all = say_route(family, src, dst);
	for (i = 0; i < all.n; i++)
		if (is_mirrored(all.hop[i].ifindex))
			add_once(&kernel, all.hop[i].ifindex, all.hop[i].to);
	/* Of other ways out nothing is known. */
	if (all.local || (all.n != 0 && kernel.n == 0))
		return;
	mirror = mirror_says(family, src, dst);
	checked++;
	with_a_way += kernel.n != 0;
	if (has_all(&mirror, &kernel) && has_all(&kernel, &mirror))
		return;
	snprintf(wants, sizeof(wants), "%s", hops_text(&kernel));
	differs("from %s to %s: the kernel says%s, the mirror%s", src_text, dst_text, wants,
		hops_text(&mirror));
}

static void
compare_routes(void)
{
	static const char *const to[][2] = {{"20.0.0.1", "2001:2::1"}, {"20.1.0.1", "2001:1::1"},
		{"20.1.1.1", "2001:1:1::1"}, {"20.1.1.2", "2001:1:1::2"}, {"30.0.0.1", "2002::1"},
		{"40.0.0.1", "2003::1"}, {"10.0.1.77", "fd00:1::77"}, {"10.0.2.77", "fd00:2::77"}};
	static const char *const from[][2] = {
		{"0.0.0.0", "::"}, {"10.9.0.5", "fd09::5"}, {"10.9.0.6", "fd09::6"}};
	unsigned i, k, f;

	for (i = 0; i < RTE_DIM(to); i++)
		for (k = 0; k < RTE_DIM(from); k++)
			for (f = 0; f < 2; f++)
				compare_route(from[k][f], to[i][f]);
}

static struct {
	struct say_neigh kernel[NEIGHS], mirror[NEIGHS];
	unsigned n_kernel, n_mirror;
} neighs;

/* Of IPv6. The kernel does not tell of them when it makes them, and nobody needs them. */
static bool
is_multicast(fwi_u128 addr)
{
	return addr >> 120 == 0xFF;
}

static int
note_neigh(uint32_t if_index, const struct fwpdk_addr *addr, const struct rte_ether_addr *mac,
	void *arg)
{
	struct say_neigh *n = &neighs.mirror[neighs.n_mirror];

	(void)arg;
	*n = (struct say_neigh){.ifindex = kernel_index(if_index),
		.family = addr->family == AF_INET ? FWI_V4 : FWI_V6,
		.addr = fwi_key6(addr->bytes)};
	memcpy(n->mac, mac, sizeof(n->mac));
	neighs.n_mirror += !is_multicast(n->addr);
	return 0;
}

static void
compare_neighs(void)
{
	struct say_neigh *k = neighs.kernel, *m = neighs.mirror;
	unsigned i, j, here = 0;

	neighs.n_kernel = say_neighs(k, NEIGHS);
	neighs.n_mirror = 0;
	assert_int_equal(fwpdk_neigh_walk(note_neigh, NULL), 0);
	for (i = 0; i < neighs.n_kernel; i++) {
		if (!is_mirrored(k[i].ifindex) || is_multicast(k[i].addr))
			continue;
		here++;
		for (j = 0; j < neighs.n_mirror; j++)
			if (m[j].ifindex == k[i].ifindex && m[j].family == k[i].family &&
				m[j].addr == k[i].addr && memcmp(m[j].mac, k[i].mac, 6) == 0)
				break;
		if (j == neighs.n_mirror)
			differs("neighbour%s of the kernel's is not known, or another",
				hops_text(&(const struct say){
					.n = 1, .hop = {{k[i].ifindex, k[i].addr}}}));
	}
	if (here != neighs.n_mirror)
		differs("there are neighbours that the kernel has not");
}

static void
compare_link(const char *name)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};
	uint32_t if_index = fwpdk_if_by_name(name);
	struct ifreq mtu = {0}, mac = {0};
	int fd;

	if ((if_index != 0) != (if_nametoindex(name) != 0))
		differs("interface %s is %sthere", name, if_index != 0 ? "" : "not ");
	if (if_index == 0 || difference[0] != '\0')
		return;
	assert_int_equal(fwpdk_if_info(if_index, &info), 0);
	strcpy(mtu.ifr_name, name);
	strcpy(mac.ifr_name, name);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(ioctl(fd, SIOCGIFMTU, &mtu), 0);
	assert_int_equal(ioctl(fd, SIOCGIFHWADDR, &mac), 0);
	close(fd);
	if (info.mtu != mtu.ifr_mtu || memcmp(&info.mac, mac.ifr_hwaddr.sa_data, 6) != 0)
		differs("an interface has another MTU or MAC");
}

/*
 * What the kernel changes in its own time (a carrier) it may do behind the last notification that
 * was read. Then there is another one.
 */
static void
compare(void)
{
	struct pollfd more = {.fd = fwpdk_netlink_fd(test_nl), .events = POLLIN};

	do {
		follow();
		difference[0] = '\0';
		compare_link("va");
		compare_link("vb");
		compare_routes();
		compare_neighs();
	} while (difference[0] != '\0' && poll(&more, 1, PATIENCE) == 1);
	if (difference[0] == '\0')
		return;
	printf("seed %u, step %u: %s\n%s", seed, step, difference, history);
	fail();
}

static int
up(void **state)
{
	static const struct fwpdk_netlink_if ifs[] = {
		{.ifname = "va", .port_id = 0}, {.ifname = "vb", .port_id = 1}};
	const struct fwpdk_netlink_opts opts = {.size = sizeof(opts),
		.ifs = ifs,
		.n_ifs = RTE_DIM(ifs),
		.rcvbuf = seed % 3 == 0 ? 4096 : 0};

	shell("sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1 "
	      "net.ipv6.conf.all.ignore_routes_with_linkdown=1 "
	      "net.ipv6.conf.default.ignore_routes_with_linkdown=1 "
	      "net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0 "
	      "net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.forwarding=1 && "
	      "ip link set lo up && "
	      "for i in 1 2 5 6; do ip addr add 10.9.0.$i/32 dev lo; "
	      "ip addr add fd09::$i/128 dev lo nodad; done; "
	      "for x in 1a 2b 3c; do l=${x#?} n=${x%?}; ip link add v$l type veth peer name w$l; "
	      "ip link set w$l up; ip link set v$l up; ip addr add 10.0.$n.1/24 dev v$l; "
	      "ip addr add fd00:$n::1/64 dev v$l nodad; done");
	if (test_stack_up(state) != 0)
		return -1;
	say_open();
	log_to = open_memstream(&history, &history_size);
	return fwpdk_netlink_open(&opts, &test_nl);
}

static int
down(void **state)
{
	fclose(log_to);
	free(history);
	say_close();
	if (fwpdk_netlink_close(test_nl) != 0)
		return -1;
	return test_stack_down(state);
}

static void
random_commands(void **state)
{
	struct fwpdk_netlink_stats s = {.size = sizeof(s)};
	char text[8192];
	uint32_t i, n;
	size_t at;

	(void)state;
	random_seed(seed);
	compare();
	for (step = 1; step <= steps; step++) {
		n = 1 + random_below(COMMANDS);
		at = (size_t)snprintf(text, sizeof(text), "# step %u\n", step);
		for (i = 0; i < n; i++) {
			random_command(text + at, 1024);
			at += strlen(text + at);
		}
		run(text);
		compare();
	}
	fwpdk_netlink_stats(test_nl, &s);
	printf("seed %u: %u steps, %u answers compared, %u of them a way; %u messages, %u resyncs, "
	       "%u overruns\n",
		seed, steps, checked, with_a_way, (unsigned)s.messages, (unsigned)s.resyncs,
		(unsigned)s.overruns);
}

/* Where links go that leave this namespace. */
static pid_t
elsewhere(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) != 0)
			_exit(1);
		for (;;)
			pause();
	}
	return pid;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_commands, up, down)};
	int rc;

	if (argc > 1)
		seed = (uint32_t)atoi(argv[1]);
	if (argc > 2)
		steps = (uint32_t)atoi(argv[2]);
	if (unshare(CLONE_NEWNET) != 0) {
		printf("SKIP: no network namespace of its own: %s\n", strerror(errno));
		return 77;
	}
	random_elsewhere = elsewhere();
	if (test_stack_eal() != 0)
		return 1;
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	kill(random_elsewhere, SIGKILL);
	waitpid(random_elsewhere, NULL, 0);
	return rc;
}
