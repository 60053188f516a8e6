/* SPDX-License-Identifier: MIT */
/*
 * work.c - does what the tests of the tracers count:
 *
 *   work calls NAME N     as NAME: N times getpid, N / 2 times write to /dev/null, 3 times recvfrom
 *                         that gives up after 40 ms, 2 sleeps of 20 ms, 7 times personality
 *   work forks N          N times fork and exec of itself as `leaf I`, which ends with I modulo 256
 *   work leaf STATUS      ends with STATUS
 *   work long N           executes itself as `leaf 0` with one more argument of N bytes
 *   work signal           is ended by SIGTERM
 *   work thread           the first thread ends before the other one, which ends it all with 9
 *   work reads FILE N     N times 4 KiB, O_DIRECT, from the begin of FILE on, again and again
 *   work writes FILE N    likewise
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096
#define BLOCKS 256 /* of the file that are used */

static void fail(const char *what)
{
	perror(what);
	exit(99);
}

static void calls(const char *name, long n)
{
	struct timespec pause = { .tv_nsec = 20000000 };
	struct timeval limit = { .tv_usec = 40000 };
	int null = open("/dev/null", O_WRONLY), ends[2];
	char byte;

	if (null < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) ||
	    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) || prctl(PR_SET_NAME, name))
		fail("calls");
	for (long i = 0; i < n; i++)
		syscall(SYS_getpid);
	for (long i = 0; i < n / 2; i++)
		if (write(null, "x", 1) != 1)
			fail("write");
	for (int i = 0; i < 3; i++)
		if (recv(ends[0], &byte, 1, 0) >= 0)
			fail("recv");
	for (int i = 0; i < 2; i++)
		syscall(SYS_nanosleep, &pause, 0);
	for (int i = 0; i < 7; i++)
		syscall(SYS_personality, 0xffffffff);
	_exit(0);
}

static void forks(const char *self, long n)
{
	char status[16];

	for (long i = 0; i < n; i++) {
		pid_t child = fork();

		if (child < 0)
			fail("fork");
		if (!child) {
			snprintf(status, sizeof(status), "%ld", i % 256);
			execl(self, "work", "leaf", status, (char *)0);
			_exit(98);
		}
		if (waitpid(child, 0, 0) != child)
			fail("waitpid");
	}
}

static void long_argument(const char *self, size_t n)
{
	char *argument = malloc(n + 1);

	memset(argument, 'y', n);
	argument[n] = 0;
	execl(self, "work", "leaf", "0", argument, (char *)0);
	fail("execl");
}

static void *other_thread(void *first)
{
	pthread_join(*(pthread_t *)first, 0);
	exit(9);
}

static void thread(void)
{
	static pthread_t first;
	pthread_t other;

	first = pthread_self();
	if (pthread_create(&other, 0, other_thread, &first))
		fail("pthread_create");
	pthread_exit(0);
}

static void direct(const char *path, long n, int writes)
{
	void *block = aligned_alloc(BLOCK, BLOCK);
	int fd = open(path, (writes ? O_WRONLY : O_RDONLY) | O_DIRECT);

	if (fd < 0 || !block)
		fail(path);
	memset(block, 'z', BLOCK);
	for (long i = 0; i < n; i++) {
		off_t at = i % BLOCKS * BLOCK;
		ssize_t done = writes ? pwrite(fd, block, BLOCK, at) : pread(fd, block, BLOCK, at);

		if (done != BLOCK)
			fail("direct");
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long n = argc > 3 ? atol(argv[3]) : argc > 2 ? atol(argv[2]) : 0;

	if (!strcmp(what, "calls") && argc == 4)
		calls(argv[2], n);
	else if (!strcmp(what, "forks"))
		forks("/proc/self/exe", n);
	else if (!strcmp(what, "leaf"))
		return argc > 2 ? atoi(argv[2]) : 0;
	else if (!strcmp(what, "long"))
		long_argument("/proc/self/exe", n);
	else if (!strcmp(what, "signal"))
		raise(SIGTERM);
	else if (!strcmp(what, "thread"))
		thread();
	else if (!strcmp(what, "reads") && argc == 4)
		direct(argv[2], n, 0);
	else if (!strcmp(what, "writes") && argc == 4)
		direct(argv[2], n, 1);
	else
		return 97;
	return 0;
}
