/* SPDX-License-Identifier: MIT */
/*
 * work.c - what the benchmarks of the event log have logged:
 *
 *   work rw N             N reads and writes of 1 byte, in turns: /dev/zero to /dev/null
 *   work files N FILE     N of open, stat and close of one file, in turns
 *   work getpid N         N calls that nobody logs
 *   work exec N           N times fork, exec of /bin/true and wait
 *   work paced N RATE     N as rw does, RATE of them a second
 *   work spin             takes a processor until killed
 *
 * It says "ready", waits for a byte on stdin, works, and says what it took: a line of JSON with the wall
 * time, the processor time of the thread and how often it waited for a processor it could have used.
 * Then it waits for the end of stdin.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A portion of `paced` is as long as this. */
#define PORTION_NS 1000000

static long long now_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int opened(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		fail(path);
	return fd;
}

static int zero_fd, null_fd;

static void read_write(long calls)
{
	char byte;

	for (long i = 0; i < calls; i += 2)
		if (read(zero_fd, &byte, 1) != 1 || write(null_fd, &byte, 1) != 1)
			fail("rw");
}

static void files(long calls, const char *path)
{
	struct stat found;

	for (long i = 0; i < calls; i += 3) {
		long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);

		if (fd < 0 || syscall(SYS_newfstatat, AT_FDCWD, path, &found, 0) || close(fd))
			fail(path);
	}
}

static void getpids(long calls)
{
	for (long i = 0; i < calls; i++)
		syscall(SYS_getpid);
}

static void execs(long calls)
{
	for (long i = 0; i < calls; i++) {
		int status;
		pid_t child = fork();

		if (!child) {
			execl("/bin/true", "true", (char *)0);
			_exit(127);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status)
			fail("/bin/true");
	}
}

/* Late portions are made up for, so that the rate holds on average. */
static void paced(long calls, long rate)
{
	long long begun = now_ns(CLOCK_MONOTONIC);

	for (long done = 0; done < calls;) {
		long long due = begun + done * 1000000000ll / rate;
		long portion = rate / (1000000000 / PORTION_NS);
		struct timespec until = { due / 1000000000, due % 1000000000 };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0);
		read_write(portion < calls - done ? portion : calls - done);
		done += portion;
	}
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	long calls = argc > 2 ? atol(argv[2]) : 0;
	long long begun, begun_cpu, wall, cpu;
	struct rusage before, after;
	char byte;

	if (!strcmp(mode, "spin")) {
		/* A usual process, also where what is measured goes before others. */
		setpriority(PRIO_PROCESS, 0, 0);
		for (volatile unsigned long i = 0;; i++)
			;
	}
	zero_fd = opened("/dev/zero", O_RDONLY);
	null_fd = opened("/dev/null", O_WRONLY);
	puts("ready");
	fflush(stdout);
	if (read(0, &byte, 1) != 1)
		return 1;
	getrusage(RUSAGE_THREAD, &before);
	begun = now_ns(CLOCK_MONOTONIC);
	begun_cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
	if (!strcmp(mode, "rw"))
		read_write(calls);
	else if (!strcmp(mode, "files") && argc > 3)
		files(calls, argv[3]);
	else if (!strcmp(mode, "getpid"))
		getpids(calls);
	else if (!strcmp(mode, "exec"))
		execs(calls);
	else if (!strcmp(mode, "paced") && argc > 3)
		paced(calls, atol(argv[3]));
	else
		return 2;
	cpu = now_ns(CLOCK_THREAD_CPUTIME_ID) - begun_cpu;
	wall = now_ns(CLOCK_MONOTONIC) - begun;
	getrusage(RUSAGE_THREAD, &after);
	printf("{\"calls\":%ld,\"wall_ns\":%lld,\"cpu_ns\":%lld,\"preempted\":%ld}\n", calls, wall, cpu,
	       after.ru_nivcsw - before.ru_nivcsw);
	fflush(stdout);
	/* Tools that end with their process go on until they are done. */
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}
