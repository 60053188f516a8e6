/* SPDX-License-Identifier: MIT */
/* scene_exec.c - programs executed: in each spelling, by a script, from a thread, not at all. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scenes.h"

/* Descriptors of the leaf program, of the directory, of a script that the leaf interprets. */
static int leaf, directory, script;
static char long_argument[5000];

/* leaf exits with the digit its last argument begins with. */
static void plainly(struct task *me, long code)
{
	char digit[2] = { '0' + code, 0 };
	char *const argv[] = { "leaf", digit, NULL };
	struct became became = { &place.fds[leaf], "leaf", NULL, NULL, code };

	exec_away(me, SYS_execve, -1, path_of(work, "leaf"), argv, 0, &became);
}

static void strangely(struct task *me, long code)
{
	char *const argv[] = { "\xff other\nname", "", "\"\\", "4", NULL };
	struct became became = { &place.fds[leaf], "leaf", NULL, NULL, code };

	exec_away(me, SYS_execve, -1, "./leaf", argv, 0, &became);
}

static void at_length(struct task *me, long code)
{
	char *const argv[] = { "leaf", "short", long_argument, "lost", "5", NULL };
	struct became became = { &place.fds[leaf], "leaf", NULL, NULL, code };

	memset(long_argument, 'l', sizeof(long_argument) - 1);
	exec_away(me, SYS_execve, -1, "leaf", argv, 0, &became);
}

/* The kernel names a file of a descriptor /dev/fd/N/name. */
static void in_a_directory(struct task *me, long code)
{
	char name[32], *const argv[] = { "leaf", "6", NULL };
	struct became became = { &place.fds[leaf], "leaf", name, NULL, code };

	snprintf(name, sizeof(name), "/dev/fd/%d/leaf", directory);
	exec_away(me, SYS_execveat, directory, "leaf", argv, AT_SYMLINK_NOFOLLOW, &became);
}

/* Whether this kernel calls a program without a name like its file, and not like its descriptor. */
static int knows_names;

void exec_learn(const char *program)
{
	char *const argv[] = { "leaf", "0", NULL }, *const environment[] = { NULL };
	char path[32], comm[32] = "";
	int fd = open(program, O_RDONLY | O_CLOEXEC), file;
	siginfo_t ended;
	pid_t other = fork();

	if (other == 0) {
		SYS(SYS_execveat, fd, "", argv, environment, AT_EMPTY_PATH);
		_exit(1);
	}
	/* One that has ended has its name until it is waited for. */
	waitid(P_PID, other, &ended, WEXITED | WNOWAIT);
	snprintf(path, sizeof(path), "/proc/%d/comm", other);
	file = open(path, O_RDONLY);
	if (read(file, comm, sizeof(comm) - 1) <= 0 || waitpid(other, NULL, 0) != other)
		give_up("the name of a program without a name", file);
	knows_names = strcmp(comm, "leaf\n") == 0;
	close(file);
	close(fd);
}

static void without_name(struct task *me, long code)
{
	char name[32], number[16], *const argv[] = { "leaf", "7", NULL };
	struct became became = { &place.fds[leaf], number, name, NULL, code };

	snprintf(name, sizeof(name), "/dev/fd/%d", leaf);
	snprintf(number, sizeof(number), "%d", leaf);
	if (knows_names)
		became.comm = "leaf";
	exec_away(me, SYS_execveat, leaf, "", argv, AT_EMPTY_PATH, &became);
}

/* The interpreter gets its own argument, the script's name, and what the caller gave. */
static void by_script(struct task *me, long code)
{
	char *const argv[] = { "not seen", "8", NULL };
	char *const run[] = { (char *)path_of(work, "leaf"), "one argument", "./a script", "8", NULL };
	struct became became = { &place.fds[leaf], "a script", NULL, run, code };

	exec_away(me, SYS_execve, -1, "./a script", argv, 0, &became);
}

/* A thread that is waiting when another one execs: it ends, with 0. */
static void waits(struct task *me, long word)
{
	exit_line(me, 0, 120, 0);
	__atomic_fetch_add((uint32_t *)word, 1, __ATOMIC_SEQ_CST);
	for (;;)
		wait_while((uint32_t *)word, __atomic_load_n((uint32_t *)word, __ATOMIC_SEQ_CST));
}

static void execs_when_two_wait(struct task *me, long word)
{
	while (__atomic_load_n((uint32_t *)word, __ATOMIC_SEQ_CST) < 2)
		SYS(SYS_sched_yield);
	plainly(me, 9);
}

static void from_a_thread(struct task *me, long code)
{
	long word = (long)shared_word();

	(void)code;
	thread_start(me, "waits", waits, word);
	thread_start(me, "execs", execs_when_two_wait, word);
	waits(me, word);
}

static void refused(struct task *me)
{
	char *const argv[] = { "x", "", "y\n", NULL }, *const more[] = { "x", long_argument, "z", NULL };

	op_exec_fails(me, SYS_execve, -1, "none", argv, 0, -ENOENT);
	op_exec_fails(me, SYS_execve, -1, path_of(work, "a script/x"), argv, 0, -ENOTDIR);
	op_exec_fails(me, SYS_execve, -1, work, more, 0, -EACCES);
	op_exec_fails(me, SYS_execve, -1, "no program", argv, 0, -ENOEXEC);
	op_exec_fails(me, SYS_execve, -1, NULL, argv, 0, -EFAULT);
	op_exec_fails(me, SYS_execveat, directory, "none", argv, 0, -ENOENT);
	op_exec_fails(me, SYS_execveat, 99, "leaf", argv, AT_EMPTY_PATH, -EBADF);
	op_exec_fails(me, SYS_execveat, AT_FDCWD, "leaf", argv, 0x10, -EINVAL);
}

static int program(struct task *me, const char *name, const char *text)
{
	const char *path = path_of(work, name);
	int fd = make_file(me, name, path);

	ok(op_io(me, SYS_write, fd, (void *)text, strlen(text), 0));
	ok(op_fchmod(me, fd, 0755));
	op_close(me, fd);
	fd = ok(op_open(me, SYS_openat, AT_FDCWD, name, O_RDONLY, 0, path, 0));
	return fd;
}

void scene_exec(struct task *me)
{
	static char first_line[4096];

	snprintf(first_line, sizeof(first_line), "#!%s/leaf one argument\n", work);
	/* The test has put the leaf program there. */
	leaf = ok(op_open(me, SYS_openat, AT_FDCWD, "leaf", O_RDONLY | O_CLOEXEC, 0,
			  path_of(work, "leaf"), 0));
	directory = ok(op_open(me, SYS_openat, AT_FDCWD, ".", O_PATH, 0, work, 0));
	script = program(me, "a script", first_line);
	op_close(me, script);
	op_close(me, program(me, "no program", "\x7f\x01\x02\x03"));
	child(me, BY_FORK, "plainly", plainly, 3, 3);
	child(me, BY_FORK, "strangely", strangely, 4, 4);
	child(me, BY_FORK, "at length", at_length, 5, 5);
	child(me, BY_FORK, "in a directory", in_a_directory, 6, 6);
	child(me, BY_FORK, "without name", without_name, 7, 7);
	child(me, BY_CLONE3, "by script", by_script, 8, 8);
	child(me, BY_CLONE, "from a thread", from_a_thread, 9, 9);
	memset(long_argument, 'l', sizeof(long_argument) - 1);
	refused(me);
	op_close(me, leaf);
	op_close(me, directory);
}
