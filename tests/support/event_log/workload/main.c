/* SPDX-License-Identifier: MIT */
/*
 * main.c - a program that makes known system calls and says what they were.
 *
 *   workload DIRECTORY ACCOUNT
 *
 * Prints its process id, waits for a byte on standard input, goes to DIRECTORY (empty but for `leaf`)
 * and plays the scenes between two marks: chdir to "truth begin" and to "truth end", which do not
 * exist. What it does before and after them is libc's business. Then it writes the file ACCOUNT.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "scenes.h"

const char *work;

long scene_ok(const char *file, int line_number, long result)
{
	if (result < 0) {
		dprintf(2, "%s:%d: ", file, line_number);
		give_up("a call that must succeed", result);
	}
	return result;
}

void scene_fails(const char *file, int line_number, long result, int error)
{
	if (result != -error) {
		dprintf(2, "%s:%d: ", file, line_number);
		give_up("a call that must fail otherwise", result);
	}
}

long make_file(struct task *me, const char *name, const char *path)
{
	return ok(op_open(me, SYS_openat, AT_FDCWD, name, O_RDWR | O_CREAT | O_CLOEXEC, 0644, path, 1));
}

struct scene {
	const char *name;
	void (*play)(struct task *me);
};

static const struct scene SCENES[] = {
	{ "open", scene_open },	      { "io", scene_io },	    { "names", scene_names },
	{ "stat", scene_stat },	      { "bytes", scene_bytes },	    { "places", scene_places },
	{ "process", scene_process }, { "exec", scene_exec },	    { "threads", scene_threads },
	{ "signals", scene_signals }, { "network", scene_network }, { "messages", scene_messages },
	{ "user", scene_user },
};

/* Each scene has a directory of its own; `leaf` is moved along. */
static void play(struct task *me, const struct scene *scene, const char *top)
{
	work = path_of(top, scene->name);
	ok(op_mkdir(me, SYS_mkdirat, AT_FDCWD, scene->name, 0755));
	ok(op_rename(me, SYS_renameat2, AT_FDCWD, "leaf", AT_FDCWD, path_of(work, "leaf"), 0));
	ok(op_chdir(me, work, work));
	scene->play(me);
	ok(op_chdir(me, top, top));
	ok(op_rename(me, SYS_renameat2, AT_FDCWD, path_of(work, "leaf"), AT_FDCWD, "leaf", 0));
}

int main(int argc, char **argv)
{
	struct task *me;
	int account, count = 0;
	char byte;

	if (argc < 3)
		return 2;
	setpgid(0, 0);
	umask(022);
	account_begin();
	account_header();
	shared_words();
	me = account_task();
	account_me(me, "truth \"main\"");
	/* Above the descriptors that the scenes use. */
	account = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (account < 0 || dup2(account, 120) != 120 || chdir(argv[1]) != 0)
		give_up("the arguments", account);
	close(account);
	exec_learn("leaf");
	dprintf(1, "%d\n", getpid());
	if (read(0, &byte, 1) < 0)
		give_up("standard input", -1);

	place.cwd = named(argv[1]);
	place.cwd.known = 1;
	fails(op_chdir(me, "truth begin", NULL), ENOENT);
	for (size_t i = 0; i < sizeof(SCENES) / sizeof(SCENES[0]); i++) {
		if (argc > 3 && strcmp(argv[3], SCENES[i].name) != 0)
			continue;
		play(me, &SCENES[i], argv[1]);
		count++;
	}
	fails(op_chdir(me, "truth end", NULL), ENOENT);
	account_write(120);
	return count > 0 ? 0 : 3;
}
