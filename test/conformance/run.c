/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs the tests of a program in a child process. A test that leaves the library so that
 * it cannot be taken down, or that dies, ends the child; the tests after it run in the
 * next one, so that one failure does not hide others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

#ifdef FX_COVERAGE
#include <gcov.h>
#endif

static struct {
	size_t next; /* first test that has not been run */
} * shared;
bool fx_unusable;

/* Without the atexit functions of others, but what was counted of lines is written. */
static void
leave(int status)
{
	fflush(NULL);
#ifdef FX_COVERAGE
	__gcov_dump();
#endif
	_exit(status);
}

void
fx_test_begins(void **state)
{
	if (shared == NULL)
		return;
	if (fx_unusable) {
		leave(1);
	}
	if (state != NULL && *state != NULL)
		shared->next = (size_t)(uintptr_t)*state; /* 1 + index */
}

static int
child(const char *name, struct CMUnitTest *tests, size_t n)
{
	int failed;

	if (fx_eal() != 0)
		return 99;
	failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
	shared->next = SIZE_MAX;
	return failed != 0;
}

int
fx_run(const char *name, const struct CMUnitTest *tests, size_t n)
{
	struct CMUnitTest *t = calloc(n, sizeof(*t));
	int status, failed = 0;
	size_t from = 0, i;
	pid_t pid;

	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t == NULL || shared == MAP_FAILED)
		return 99;
	memcpy(t, tests, n * sizeof(*t));
	for (i = 0; i < n; i++)
		t[i].initial_state = (void *)(uintptr_t)(i + 1);
	while (from < n) {
		fflush(NULL);
		shared->next = from + 1;
		pid = fork();
		if (pid == 0) {
			leave(child(name, t + from, n - from));
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return 99;
		failed |= status != 0;
		from = shared->next;
		if (from < n)
			printf("-- the tests from %s on run in a new process\n", t[from].name);
	}
	free(t);
	return failed;
}
