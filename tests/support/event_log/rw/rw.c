/* SPDX-License-Identifier: MIT */
/*
 * rw.c - reads and writes of one byte at full speed.
 *
 *   rw PROCESSES ROUNDS
 *
 * Prints its process id, waits for a line, and lets each process make ROUNDS reads of /dev/zero and as
 * many writes to /dev/null. The calls that it makes meanwhile are these and the read of the line.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int processes = argc > 2 ? atoi(argv[1]) : 0, failed = 0;
	int from = open("/dev/zero", O_RDONLY), to = open("/dev/null", O_WRONLY), status;
	long rounds = argc > 2 ? atol(argv[2]) : 0;
	char byte;

	dprintf(1, "%d\n", getpid());
	if (read(0, &byte, 1) != 1)
		return 2;
	for (int i = 0; i < processes; i++) {
		if (fork() != 0)
			continue;
		for (long done = 0; done < rounds; done++)
			failed |= read(from, &byte, 1) != 1 || write(to, &byte, 1) != 1;
		_exit(failed);
	}
	while (wait(&status) > 0)
		failed |= status;
	return failed ? 1 : 0;
}
