/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "peer.h"
#include "peers.h"

#define LINK_SECONDS 20u
#define HOLD_US	     5000000u /* the peer may have to wait for a CPU */

#define MEMIF "id=0,socket-abstract=no,socket=%s/memif,role="

static struct {
	const char *name, *args; /* ours */
	const char *peer;	 /* its --vdev */
	const char *socket;	 /* made by whom comes first */
	bool peer_first;
	pid_t pid;
	int pipe; /* end of file ends the child */
} peers[] = {
	{"net_virtio_user0", "path=%s/vhost,queue_size=1024", "net_vhost0,iface=%s/vhost", "vhost",
		true, 0, -1},
	{"net_vhost0", "iface=%s/virtio", "net_virtio_user0,queue_size=1024,path=%s/virtio",
		"virtio", false, 0, -1},
	{"net_memif0", MEMIF "client", "net_memif0," MEMIF "server", "memif", true, 0, -1},
};

static char dir[64];

static void
socket_path(unsigned n, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", dir, peers[n].socket);
}

static bool
socket_there(unsigned n)
{
	char path[128];

	socket_path(n, path, sizeof(path));
	return access(path, F_OK) == 0;
}

static void
child(unsigned n, int control, pid_t parent)
{
	char device[256];
	int null = open("/dev/null", O_WRONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || null < 0)
		_exit(1);
	dup2(null, STDOUT_FILENO);
	for (unsigned i = 0; i < n; i++)
		close(peers[i].pipe);
	snprintf(device, sizeof(device), peers[n].peer, dir);
	while (!peers[n].peer_first && !socket_there(n))
		usleep(1000);
	_exit(peer_main(device, control));
}

int
peers_fork(const struct args *args)
{
	pid_t parent = getpid();
	int fd[2];

	if (args->cases == NULL || args->ports != NULL || !args_list_has(args->cases, "idle_tail"))
		return 0;
	snprintf(dir, sizeof(dir), "/tmp/fwpdk-bench-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return bench_error("mkdtemp: %s", strerror(errno));
	signal(SIGPIPE, SIG_IGN);
	for (unsigned n = 0; n < RTE_DIM(peers); n++) {
		if (pipe2(fd, O_CLOEXEC) != 0)
			return bench_error("pipe: %s", strerror(errno));
		peers[n].pid = fork();
		if (peers[n].pid < 0)
			return bench_error("fork: %s", strerror(errno));
		if (peers[n].pid == 0) {
			close(fd[1]);
			child(n, fd[0], parent);
		}
		close(fd[0]);
		peers[n].pipe = fd[1];
	}
	return 0;
}

static struct target *
target_next(struct env *env, unsigned *n, const char *name)
{
	struct target *target = &env->target[TARGET_EXTRA + *n];

	if (*n == EXTRAS)
		return NULL;
	++*n;
	snprintf(target->own_name, sizeof(target->own_name), "%s", name);
	target->name = target->vdev = target->own_name;
	target->peer = -1;
	return target;
}

static bool
own(const char *name)
{
	return strncmp(name, "net_null", 8) == 0 || strcmp(name, "net_ring0") == 0;
}

unsigned
peers_targets(struct env *env)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	struct target *target;
	unsigned n = 0;
	uint16_t id;

	if (dir[0] == '\0')
		return 0;
	RTE_ETH_FOREACH_DEV(id)
	if (rte_eth_dev_get_name_by_port(id, name) == 0 && !own(name))
		target_next(env, &n, name);
	for (unsigned i = 0; i < RTE_DIM(peers); i++) {
		if (rte_eth_dev_get_port_by_name(peers[i].name, &id) == 0)
			continue; /* the one that EAL was told to make */
		target = target_next(env, &n, peers[i].name);
		if (target != NULL)
			target->peer = (int)i;
	}
	return n;
}

static void
missing(struct target *target, const char *what, int rc)
{
	snprintf(target->missing, sizeof(target->missing), "%s: %s", what, rte_strerror(abs(rc)));
}

static int
device_add(struct target *target)
{
	uint64_t end = rte_rdtsc() + LINK_SECONDS * rte_get_tsc_hz();
	unsigned n = (unsigned)target->peer;
	char args[256];

	while (peers[n].peer_first && !socket_there(n)) {
		if (rte_rdtsc() > end || waitpid(peers[n].pid, NULL, WNOHANG) != 0)
			return -ETIMEDOUT;
		usleep(1000);
	}
	snprintf(args, sizeof(args), peers[n].args, dir);
	return rte_eal_hotplug_add("vdev", target->name, args);
}

static int
link_wait(uint16_t port)
{
	uint64_t end = rte_rdtsc() + LINK_SECONDS * rte_get_tsc_hz();
	struct rte_eth_link link = {0};

	while (rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == 0) {
		if (rte_rdtsc() > end)
			return -ETIMEDOUT;
		usleep(1000);
	}
	return 0;
}

void
peers_open(struct target *target)
{
	struct fwpdk_port_opts opts = {.size = sizeof(opts), .max_hold_us = HOLD_US};
	int rc = target->peer >= 0 ? device_add(target) : 0;

	if (rc == 0)
		rc = rte_eth_dev_get_port_by_name(target->name, &target->id);
	if (rc != 0) {
		missing(target, "no device", rc);
		return;
	}
	rc = fwpdk_port_open(target->id, &opts);
	if (rc != 0) {
		missing(target, "fwpdk_port_open", rc);
		return;
	}
	target->opened = true;
	rc = link_wait(target->id);
	if (rc != 0)
		missing(target, "the link stays down", rc);
}

void
peers_receive(const struct target *target, bool on)
{
	char byte = on ? PEER_RECEIVE : PEER_REST;

	/* A peer that is gone shows in the link and in the completions. */
	if (target->peer >= 0 && write(peers[target->peer].pipe, &byte, 1) != 1)
		bench_error("%s: the peer has ended", target->name);
}

void
peers_end(void)
{
	char path[128];

	if (dir[0] == '\0')
		return;
	for (unsigned n = 0; n < RTE_DIM(peers); n++) {
		if (peers[n].pid > 0) {
			close(peers[n].pipe);
			kill(peers[n].pid, SIGKILL);
			waitpid(peers[n].pid, NULL, 0);
		}
		socket_path(n, path, sizeof(path));
		unlink(path);
	}
	rmdir(dir);
	dir[0] = '\0';
}
