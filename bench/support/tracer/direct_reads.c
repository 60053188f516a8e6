/* SPDX-License-Identifier: MIT */
/*
 * direct_reads.c - `direct_reads FILE`: for each line "N" on stdin reads 4 KiB N times, O_DIRECT, at places
 * of FILE that look random but are the same in every round; answers each with its wall time in ns.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096

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
	puts("ready");
	fflush(stdout);
	while (scanf("%ld", &n) == 1) {
		unsigned long blocks = status.st_size / BLOCK, place = 1;
		struct timespec begin, end;

		clock_gettime(CLOCK_MONOTONIC, &begin);
		for (long i = 0; i < n; i++) {
			place = place * 6364136223846793005ul + 1442695040888963407ul;
			if (pread(fd, block, BLOCK, (place >> 33) % blocks * BLOCK) != BLOCK) {
				perror("pread");
				return 1;
			}
		}
		clock_gettime(CLOCK_MONOTONIC, &end);
		printf("%lld\n", (end.tv_sec - begin.tv_sec) * 1000000000ll + end.tv_nsec - begin.tv_nsec);
		fflush(stdout);
	}
	return 0;
}
