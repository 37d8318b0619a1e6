/* SPDX-License-Identifier: BSD-3-Clause */
/* FWPDK_CONFIG_ABORT_ON_LEAK: each kind of leak in a child process, and what its log names. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include <rte_dev.h>

#include "rig.h"

static char text[65536]; /* what the child said */

static void
setup_library(uint32_t flags)
{
	struct fwpdk_config c = {.size = sizeof(c),
		.nbl_count = 63,
		.nb_count = 63,
		.mdl_count = 63,
		.max_handles = 8,
		.max_neighbours = 64,
		.flags = flags};

	if (test_eal_init() != 0 || fwpdk_init(&c) != 0)
		_exit(98);
}

static HANDLE
handle(void)
{
	HANDLE h = NULL;

	if (FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &h) != 0)
		_exit(97);
	return h;
}

static void
nothing(void)
{
}

static void
a_handle(void)
{
	handle();
}

static void
a_poller(void)
{
	struct fwpdk_poller_opts o = {.size = sizeof(o), .name = "left_poller", .socket_id = -1};
	struct fwpdk_poller *p;

	if (fwpdk_poller_create(&o, &p) != 0)
		_exit(97);
}

static uint16_t
port(void)
{
	uint16_t id = 0;

	if (rte_eal_hotplug_add("vdev", "net_null7", "") != 0 ||
		rte_eth_dev_get_port_by_name("net_null7", &id) != 0 ||
		fwpdk_port_open(id, NULL) != 0)
		_exit(97);
	return id;
}

static void
a_port(void)
{
	port();
}

static NET_BUFFER_LIST *
list(MDL *mdl, uint32_t len)
{
	NET_BUFFER_LIST_POOL_PARAMETERS pp = {
		.Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
			.Revision = 1,
			.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = 0x6b61656c};
	NET_BUFFER_LIST *nbl = NdisAllocateNetBufferAndNetBufferList(
		NdisAllocateNetBufferListPool(NULL, &pp), 0, 0, mdl, 0, len);

	if (nbl == NULL)
		_exit(97);
	return nbl;
}

static void
a_list(void)
{
	list(NULL, 0);
}

static VOID NTAPI
done(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	(void)context;
	(void)nbl;
	(void)dispatch;
}

/* In an inject ring that nobody polls. */
static void
an_injection(void)
{
	static uint8_t ip[20] = {0x45, 0, 0, 20, [8] = 9, 17, [16] = 10};
	struct fwpdk_if_opts io = {.size = sizeof(io), .mtu = 1500};
	struct fwpdk_poller *p;
	MDL *mdl = IoAllocateMdl(ip, sizeof(ip), FALSE, FALSE, NULL);
	uint32_t ifi;

	io.port_id = port();
	MmBuildMdlForNonPagedPool(mdl);
	if (fwpdk_if_add(&io, &ifi) != 0 || fwpdk_poller_create(NULL, &p) != 0 ||
		fwpdk_poller_add_port(p, io.port_id, 0) != 0 || fwpdk_poller_start(p) != 0 ||
		FwpsInjectNetworkSendAsync0(
			handle(), NULL, 0, 0, list(mdl, sizeof(ip)), done, NULL) != 0)
		_exit(97);
}

/* The child's exit as waitpid() tells it; its output in text. */
static int
in_child(void (*leak)(void), uint32_t flags)
{
	size_t got = 0;
	ssize_t n;
	pid_t pid;
	int fd[2], status = 0;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL); /* cmocka catches it */
		dup2(fd[1], STDERR_FILENO);
		dup2(fd[1], STDOUT_FILENO);
		close(fd[0]);
		close(fd[1]);
		setup_library(flags);
		leak();
		_exit(fwpdk_fini() & 63);
	}
	close(fd[1]);
	while ((n = read(fd[0], text + got, sizeof(text) - 1 - got)) > 0)
		got += (size_t)n;
	text[got] = '\0';
	close(fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
names(const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no '%s' in:\n%s", what, text);
}

static void
aborts(void (*leak)(void), const char *name)
{
	int status = in_child(leak, FWPDK_CONFIG_ABORT_ON_LEAK);

	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
		fail_msg("status 0x%x:\n%s", status, text);
	names(name);
	names("abort as configured");
}

static void
test_each_leak_aborts(void **state)
{
	(void)state;
	aborts(a_handle, "injection handle 0x10000 is still alive");
	aborts(a_poller, "poller left_poller is still alive");
	aborts(a_port, "net_null7");
	aborts(a_list, "1 nbl not freed");
	aborts(an_injection, "is in flight since");
	names(": ring, port -1, poller 'p0'");
}

static void
test_without_the_flag_it_goes_on(void **state)
{
	int status;

	(void)state;
	status = in_child(a_handle, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), -EBUSY & 63);
	names("is still alive");
	status = in_child(a_list, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	status = in_child(an_injection, 0);
	assert_true(WIFEXITED(status));
	names("is in flight since");
}

static void
test_a_clean_end_is_one(void **state)
{
	int status = in_child(nothing, FWPDK_CONFIG_ABORT_ON_LEAK);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_null(strstr(text, "fwpdk."));
}

static void
test_unknown_flags(void **state)
{
	int status = in_child(nothing, 2);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 98); /* fwpdk_init() refused */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_leak_aborts),
		cmocka_unit_test(test_without_the_flag_it_goes_on),
		cmocka_unit_test(test_a_clean_end_is_one),
		cmocka_unit_test(test_unknown_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
