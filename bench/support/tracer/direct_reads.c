/* SPDX-License-Identifier: MIT */
/*
 * direct_reads.c - `direct_reads FILE`: for each line "N" on stdin reads 4 KiB N times, O_DIRECT, at places
 * of FILE that look random but are the same in every round; answers each with the mean and the median wall
 * time of a read in ns. Stays on one processor.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096
#define MOST 100000

static long long times_ns[MOST];

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return x < y ? -1 : x > y;
}

/* The last processor that it may use. */
static void stay(void)
{
	cpu_set_t may, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(may), &may))
		return;
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--) {
		if (!CPU_ISSET(cpu, &may))
			continue;
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
		return;
	}
}

int main(int argc, char **argv)
{
	void *block = aligned_alloc(BLOCK, BLOCK);
	int fd = argc > 1 ? open(argv[1], O_RDONLY | O_DIRECT) : -1;
	struct stat status;
	long n;

	if (fd < 0 || !block || fstat(fd, &status)) {
		perror("direct_reads");
		return 1;
	}
	stay();
	puts("ready");
	fflush(stdout);
	while (scanf("%ld", &n) == 1 && n > 0 && n <= MOST) {
		unsigned long blocks = status.st_size / BLOCK, place = 1;
		long long begin = now_ns(), before = begin;

		for (long i = 0; i < n; i++) {
			long long after;

			place = place * 6364136223846793005ul + 1442695040888963407ul;
			if (pread(fd, block, BLOCK, (place >> 33) % blocks * BLOCK) != BLOCK) {
				perror("pread");
				return 1;
			}
			after = now_ns();
			times_ns[i] = after - before;
			before = after;
		}
		qsort(times_ns, n, sizeof(times_ns[0]), compare);
		printf("%lld %lld\n", (before - begin) / n, times_ns[n / 2]);
		fflush(stdout);
	}
	return 0;
}
