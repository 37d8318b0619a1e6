/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that wait, and the thread that puts them back: where a driver has a system thread. */
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "reinject.h"

#define KEPT_MAX 8192u /* a power of two */

struct kept {
	TAKEN taken;
	struct timespec due;
};

static struct kept ring[KEPT_MAX];
static unsigned first, next; /* both only grow */
static bool stopping;
static UINT32 delay;
static pthread_t thread;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;

static struct timespec
due(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += delay / 1000;
	t.tv_nsec += (long)(delay % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

static bool
is_due(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > t->tv_sec || (now.tv_sec == t->tv_sec && now.tv_nsec >= t->tv_nsec);
}

/* Under the mutex; false: the end has come, and nothing is left. */
static bool
wait_for_one(void)
{
	for (;;) {
		if (first == next && stopping)
			return false;
		if (first == next)
			pthread_cond_wait(&changed, &mutex);
		else if (stopping || is_due(&ring[first % KEPT_MAX].due))
			return true;
		else
			pthread_cond_timedwait(&changed, &mutex, &ring[first % KEPT_MAX].due);
	}
}

static void *
put_back(void *arg)
{
	TAKEN taken;

	(void)arg;
	pthread_mutex_lock(&mutex);
	while (wait_for_one()) {
		taken = ring[first++ % KEPT_MAX].taken;
		pthread_mutex_unlock(&mutex);
		ReinjectPut(&taken);
		pthread_mutex_lock(&mutex);
	}
	pthread_mutex_unlock(&mutex);
	return NULL;
}

NTSTATUS
HoldStart(UINT32 milliseconds)
{
	pthread_condattr_t attr;

	delay = milliseconds;
	stopping = false;
	first = next = 0;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&thread, NULL, put_back, NULL) == 0)
		return STATUS_SUCCESS;
	pthread_cond_destroy(&changed);
	return STATUS_INSUFFICIENT_RESOURCES;
}

BOOLEAN
HoldKeep(const TAKEN *taken)
{
	BOOLEAN room;

	pthread_mutex_lock(&mutex);
	room = next - first < KEPT_MAX;
	if (room) {
		ring[next % KEPT_MAX].due = due();
		ring[next++ % KEPT_MAX].taken = *taken;
		pthread_cond_signal(&changed);
	}
	pthread_mutex_unlock(&mutex);
	return room;
}

VOID
HoldStop(VOID)
{
	pthread_mutex_lock(&mutex);
	stopping = true;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&mutex);
	pthread_join(thread, NULL);
	pthread_cond_destroy(&changed);
}
