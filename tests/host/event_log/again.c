/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * again.c - what the kernel uses again: memory of dentries and inodes, so that another file is at the same
 * address; and a task's storage, where a call that was never entered (denied by seccomp) ends. Argument: a
 * directory of its own.
 */
#include "workload.h"
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ROUNDS 300

static char path[512];

/* Reads a byte of `path`, expects that to be told, and every third time lets the kernel free what is done with. */
static void read_path(int round)
{
	char byte;
	int fd = open(path, O_RDONLY);

	must(fd >= 0 && read(fd, &byte, 1) == 1, path);
	expect("READ", "READ", 1LL, 3, (long long)fd, 1LL, -1LL);
	with_text("path", path);
	close(fd);
	if (round % 3 == 0)
		usleep(3000);
}

static void files(const char *here)
{
	for (int i = 0; i < ROUNDS; i++) {
		char directory[256];
		int fd;

		snprintf(directory, sizeof(directory), "%s/%d", here, i);
		snprintf(path, sizeof(path), "%s/file", directory);
		must(!mkdir(directory, 0700), "mkdir");
		fd = open(path, O_CREAT | O_WRONLY, 0600);
		must(fd >= 0 && !ftruncate(fd, 1) && !close(fd), path);
		read_path(i);
		must(!unlink(path) && !rmdir(directory), "rmdir");
	}
}

static void processes(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		pid_t child = fork();

		if (!child) {
			pause();
			_exit(0);
		}
		must(child > 0, "fork");
		snprintf(path, sizeof(path), "/proc/%d/stat", child);
		read_path(i);
		kill(child, SIGKILL);
		must(waitpid(child, NULL, 0) == child, "waitpid");
	}
}

/* A read of so many bytes is denied, and so never entered. */
#define DENIED 77

static void denied(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DENIED, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };
	char bytes[DENIED];
	int fd = open("/dev/zero", O_RDONLY);

	must(fd >= 0, "/dev/zero");
	must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	must(!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
	must(read(fd, bytes, 1) == 1, "read");
	expect("READ", "READ", 1LL, 3, (long long)fd, 1LL, -1LL);
	must(read(fd, bytes, DENIED) < 0, "denied");
	expect("READ", "READ", -(long long)EPERM, 3, (long long)fd, (long long)DENIED, -1LL);
	with_flag("NO_START");
}

int main(int argc, char **argv)
{
	cpu_set_t one;

	if (argc != 2)
		return 2;
	/* A CPU's free memory is what it uses next. */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	begin();
	files(argv[1]);
	processes();
	denied();
	finish();
	return 0;
}
