// What the collectors are measured against: reads the same files and does nothing with them.
//
//   sweep read               waits for lines on stdin; a line "N": N sweeps, answers "CPU_NS PROCESSES"
//   sweep population N       N processes that sleep until stdin ends; answers "ready"
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TOP 20
#define MAX_PROCESSES 65536

static char buffer[1 << 16];
static int pids[MAX_PROCESSES];

static const char *const FILES[] = {
	"/proc/stat",	       "/proc/loadavg",	     "/proc/pressure/cpu",
	"/proc/meminfo",       "/proc/pressure/memory", "/proc/diskstats",
	"/proc/pressure/io",   "/proc/net/dev",	     "/proc/net/snmp",
	"/proc/fs/cifs/Stats", "/proc/fs/cifs/DebugData",
};

// Reads a file to its end, or only once.
static void read_file(const char *path, int once)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while (read(fd, buffer, sizeof(buffer)) > 0 && !once)
		;
	close(fd);
}

static int list_processes(void)
{
	struct dirent64 *entry;
	int count = 0;
	int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long n;

	while ((n = syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0) {
		for (long at = 0; at < n; at += entry->d_reclen) {
			entry = (struct dirent64 *)(buffer + at);
			if (isdigit(entry->d_name[0]) && count < MAX_PROCESSES)
				pids[count++] = atoi(entry->d_name);
		}
	}
	close(fd);
	return count;
}

static int sweep(void)
{
	char path[64];
	int count;

	for (size_t i = 0; i < sizeof(FILES) / sizeof(*FILES); i++)
		read_file(FILES[i], 0);
	count = list_processes();
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/proc/%d/stat", pids[i]);
		read_file(path, 1);
	}
	// The collector asks for I/O of those in its two lists, twenty at most.
	for (int i = 0; i < TOP && i < count; i++) {
		snprintf(path, sizeof(path), "/proc/%d/io", pids[i]);
		read_file(path, 1);
	}
	return count;
}

static long long cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int read_mode(void)
{
	char line[32];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		long long begun = cpu_ns();
		int count = 0;

		for (int n = atoi(line); n > 0; n--)
			count = sweep();
		printf("%lld %d\n", cpu_ns() - begun, count);
		fflush(stdout);
	}
	return 0;
}

static int population(int count)
{
	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(0);
			close(1);
			for (;;)
				pause();
		}
	}
	puts("ready");
	fflush(stdout);
	// Its children go with it.
	while (getchar() != EOF)
		;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "read") == 0)
		return read_mode();
	if (argc == 3 && strcmp(argv[1], "population") == 0)
		return population(atoi(argv[2]));
	fprintf(stderr, "usage: sweep read | population N\n");
	return 2;
}
