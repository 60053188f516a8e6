/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * process.c - calls of the process class with known arguments, good ones and failing ones; argument: a
 * directory of its own.
 */
#include "workload.h"
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NOBODY 0x3ffffff /* above pid_max */

static void kills(void)
{
	int self = getpid();

	expect("KILL", "KILL", outcome(kill(self, 0)), 3, (long long)self, 0LL, -1LL);
	expect("KILL", "KILL", outcome(kill(NOBODY, 9)), 3, (long long)NOBODY, 9LL, -1LL);
	expect("KILL", "KILL", outcome(kill(-NOBODY, 15)), 3, (long long)-NOBODY, 15LL, -1LL);
	expect("KILL", "KILL", outcome(kill(self, 200)), 3, (long long)self, 200LL, -1LL);
	expect("KILL", "TKILL", outcome(syscall(SYS_tkill, self, 0)), 3, (long long)self, 0LL, -1LL);
	expect("KILL", "TGKILL", outcome(syscall(SYS_tgkill, self, self, 0)), 3, (long long)self, 0LL,
	       (long long)self);
	expect("KILL", "TGKILL", outcome(syscall(SYS_tgkill, self, NOBODY, 2)), 3, (long long)NOBODY, 2LL,
	       (long long)self);
}

static void pipes(void)
{
	int ends[2] = { -1, -1 };
	long long result;

	result = outcome(pipe2(ends, 0));
	expect("PIPE", "PIPE2", result, 3, (long long)ends[0], (long long)ends[1], 0LL);
#ifdef SYS_pipe
	result = outcome(syscall(SYS_pipe, ends));
	expect("PIPE", "PIPE", result, 3, (long long)ends[0], (long long)ends[1], 0LL);
#endif
	result = outcome(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
	expect("PIPE", "PIPE2", result, 3, (long long)ends[0], (long long)ends[1],
	       (long long)(O_CLOEXEC | O_NONBLOCK));
	result = outcome(pipe2(ends, 0x7));
	expect("PIPE", "PIPE2", result, 3, -1LL, -1LL, 7LL);
	result = outcome(syscall(SYS_pipe2, (void *)8, 0));
	expect("PIPE", "PIPE2", result, 3, -1LL, -1LL, 0LL);
}

static void memory(const char *directory)
{
	char path[4096];
	struct stat status;
	long long at;
	int fd;

	snprintf(path, sizeof(path), "%s/mapped", directory);
	fd = open(path, O_RDWR | O_CREAT, 0640);
	must(fd >= 0 && !ftruncate(fd, 8192) && !fstat(fd, &status), path);
	at = outcome((long long)mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	expect("MMAP", "MMAP", at, 6, 0LL, 12288LL, 3LL, (long long)(MAP_PRIVATE | MAP_ANONYMOUS), -1LL, 0LL);
	expect("MPROTECT", "MPROTECT", outcome(mprotect((void *)at, 4096, PROT_READ)), 3, at, 4096LL, 1LL);
	expect("MPROTECT", "MPROTECT", outcome(mprotect((void *)(at + 1), 4096, PROT_NONE)), 3, at + 1, 4096LL,
	       0LL);
	at = outcome((long long)mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096));
	expect("MMAP", "MMAP", at, 6, 0LL, 4096LL, 1LL, (long long)MAP_SHARED, (long long)fd, 4096LL);
	with_number("inode", status.st_ino);
	with_number("mode", status.st_mode);
	expect("MMAP", "MMAP", outcome((long long)mmap(NULL, 4096, PROT_READ, MAP_SHARED, 999, 0)), 6, 0LL, 4096LL,
	       1LL, (long long)MAP_SHARED, 999LL, 0LL);
	expect("PTRACE", "PTRACE", outcome(syscall(SYS_ptrace, PTRACE_ATTACH, NOBODY, 5L, 6L)), 4,
	       (long long)PTRACE_ATTACH, (long long)NOBODY, 5LL, 6LL);
}

/* A child of a clone call has said how it ends. */
static void expect_child(const char *call, int child, int status, unsigned long flags, long long clone_args)
{
	char comm[16] = "";
	int ended;

	must(child > 0 && waitpid(child, &ended, 0) == child && ended == status, "waitpid");
	prctl(PR_GET_NAME, comm);
	expect("FORK", "", 0, 3, (long long)getpid(), (long long)child, (long long)child);
	with_text("name", comm);
	expect("CLONE", call, child, 5, (long long)flags, clone_args, 0LL, 0LL, 0LL);
	expect_of(child, "EXIT", "", 0, 3, (long long)status, 120LL, 1LL);
}

static void children(void)
{
	struct clone_args args = { .flags = 0, .exit_signal = SIGCHLD };
	int child;

	child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!child)
		_exit(7);
	expect_child("CLONE", child, 7 << 8, SIGCHLD, 0);
	child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!child)
		for (;;)
			raise(SIGKILL);
	/* The kill of the child is its own. */
	expect_of(child, "KILL", "TGKILL", 0, 3, (long long)child, 9LL, (long long)child);
	expect_child("CLONE", child, 9, SIGCHLD, 0);
	child = syscall(SYS_clone3, &args, sizeof(args));
	if (!child)
		_exit(0);
	expect_child("CLONE3", child, 0, 0, 0);
#ifdef SYS_vfork
	child = vfork();
	if (!child)
		_exit(3);
	expect_child("VFORK", child, 3 << 8, CLONE_VFORK | CLONE_VM | SIGCHLD, 0);
#endif
	child = syscall(SYS_clone, SIGCHLD | CLONE_THREAD, 0, 0, 0, 0);
	expect("CLONE", "CLONE", outcome(child), 5, (long long)(SIGCHLD | CLONE_THREAD), 0LL, 0LL, 0LL, 0LL);
}

static void *thread_main(void *argument)
{
	*(int *)argument = syscall(SYS_gettid);
	prctl(PR_SET_NAME, "other-name");
	return NULL;
}

/* A process whose main thread has another that comes and goes. */
static void threads(void)
{
	pthread_t thread;
	int tid, child, status, ends[2];

	must(!pipe2(ends, O_CLOEXEC), "pipe2");
	expect("PIPE", "PIPE2", 0, 3, (long long)ends[0], (long long)ends[1], (long long)O_CLOEXEC);
	child = fork();
	if (!child) {
		if (pthread_create(&thread, NULL, thread_main, &tid) || pthread_join(thread, NULL))
			_exit(1);
		if (write(ends[1], &tid, sizeof(tid)) != sizeof(tid))
			_exit(1);
		_exit(0);
	}
	must(read(ends[0], &tid, sizeof(tid)) == sizeof(tid), "read");
	must(waitpid(child, &status, 0) == child && status == 0, "waitpid");
	expect_of(child, "FORK", "", 0, 3, (long long)child, (long long)tid, (long long)child);
	with_text("name", "workload-p");
	expect_of(tid, "EXIT", "", 0, 3, 0LL, 120LL, 0LL);
	expect_of(child, "EXIT", "", 0, 3, 0LL, 120LL, 1LL);
}

/* Waits for a child that has ended as /bin/true does. */
static void expect_true(int child)
{
	int status;

	must(waitpid(child, &status, 0) == child && status == 0, "the child that execs");
	expect_of(child, "EXIT", "", 0, 3, 0LL, 120LL, 1LL);
}

static char argv_joined[16384];
static size_t joined;

static void join(char *const *argv, size_t limit)
{
	joined = 0;
	for (; *argv; argv++) {
		strcpy(argv_joined + joined, *argv);
		joined += strlen(*argv) + 1;
	}
	if (joined > limit)
		joined = limit;
}

static void failed_execs(const char *directory)
{
	static char *const argv[] = { "first", "", "third \xff\n\"x", NULL };
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/plain", directory);
	fd = open(path, O_RDWR | O_CREAT, 0644);
	must(fd >= 0, path);
	join(argv, 4096);
	expect("EXEC", "EXECVE", outcome(execve("/no/such/program", argv, environ)), 3, (long long)getpid(), -1LL,
	       0LL);
	with_text("name", "/no/such/program");
	with("argv", argv_joined, joined);
	expect("EXEC", "EXECVE", outcome(execve(path, argv, environ)), 3, (long long)getpid(), -1LL, 0LL);
	with_text("name", path);
	with("argv", argv_joined, joined);
	expect("EXEC", "EXECVEAT", outcome(syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH)), 3,
	       (long long)getpid(), (long long)fd, (long long)AT_EMPTY_PATH);
	with_text("name", "");
	with("argv", argv_joined, joined);
	expect("EXEC", "EXECVE", outcome(syscall(SYS_execve, (void *)8, argv, environ)), 3, (long long)getpid(),
	       -1LL, 0LL);
	with("argv", argv_joined, joined);
	with_flag("NAME_LOST");
	expect("EXEC", "EXECVE", outcome(syscall(SYS_execve, "/no/such/program", (void *)8, environ)), 3,
	       (long long)getpid(), -1LL, 0LL);
	with_text("name", "/no/such/program");
	with_flag("ARGV_CUT");
	close(fd);
}

static void *exec_main(void *argument)
{
	execve("/bin/true", argument, environ);
	return NULL;
}

static char letters[5000];

static void execs(void)
{
	static char *const argv[] = { "true", "--an argument", "", "\xc3\x28 \x01", NULL };
	static char *many[200];
	static char *const large[] = { "true", letters, letters, NULL };
	struct stat status;
	pthread_t thread;
	int child, fd;

	must(!stat("/bin/true", &status), "/bin/true");
	child = fork();
	if (!child)
		_exit(execve("/bin/true", argv, environ));
	join(argv, 4096);
	expect_of(child, "EXEC", "EXECVE", 0, 3, (long long)child, -1LL, 0LL);
	with_text("name", "/bin/true");
	with("argv", argv_joined, joined);
	with_number("inode", status.st_ino);
	expect_true(child);

	fd = open("/bin", O_RDONLY | O_DIRECTORY);
	must(fd >= 0, "/bin");
	child = fork();
	if (!child)
		_exit(syscall(SYS_execveat, fd, "true", argv, environ, 0));
	expect_of(child, "EXEC", "EXECVEAT", 0, 3, (long long)child, (long long)fd, 0LL);
	with("argv", argv_joined, joined);
	with_number("inode", status.st_ino);
	expect_true(child);

	/* 199 arguments; 10 kB of them */
	for (int i = 0; i < 199; i++)
		many[i] = i % 2 ? "odd" : "";
	join(many, 4096);
	child = fork();
	if (!child)
		_exit(execve("/bin/true", many, environ));
	expect_of(child, "EXEC", "EXECVE", 0, 3, (long long)child, -1LL, 0LL);
	with("argv", argv_joined, joined);
	expect_true(child);
	memset(letters, 'x', sizeof(letters) - 1);
	join(large, 4096);
	child = fork();
	if (!child)
		_exit(execve("/bin/true", large, environ));
	expect_of(child, "EXEC", "EXECVE", 0, 3, (long long)child, -1LL, 0LL);
	with("argv", argv_joined, joined);
	with_flag("ARGV_CUT");
	expect_true(child);

	/* From a thread: it takes the number of the first one. */
	join(argv, 4096);
	child = fork();
	if (!child) {
		pthread_create(&thread, NULL, exec_main, (void *)argv);
		for (;;)
			pause();
	}
	/* The first thread is gone before; which number the other had is in the log only. */
	expect_of(child, "EXIT", "", 0, 3, 0LL, 120LL, 0LL);
	expect_of(child, "EXEC", "EXECVE", 0, 3, -1LL, -1LL, 0LL);
	with_flag("old_pid_of_thread");
	with_text("name", "/bin/true");
	with("argv", argv_joined, joined);
	expect_true(child);
}

int main(int argc, char **argv)
{
	must(argc == 2, "one argument");
	begin();
	prctl(PR_SET_NAME, "workload-p");
	kills();
	pipes();
	memory(argv[1]);
	children();
	threads();
	failed_execs(argv[1]);
	execs();
	expect("EXIT", "", 0, 3, 0LL, 120LL, 1LL);
	finish();
	return 0;
}
