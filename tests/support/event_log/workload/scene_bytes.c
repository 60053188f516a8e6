/* SPDX-License-Identifier: MIT */
/* scene_bytes.c - names that are no text, long names, long paths, deep paths. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "scenes.h"


static const char *const NAMES[] = {
	"with space",
	"new\nline\r\ttab",
	"quote\"back\\slash\\u0041\\udc80",
	"\x01\x02\x1b[31m\x7f",
	"\xc3\xa4\xc3\xb6 \xe2\x82\xac \xf0\x9f\x90\xa7", /* two, three and four bytes */
	"\xff\xfe",
	"\xc0\xaf\xc1\xbf", /* overlong */
	"\xe0\x80\xaf",
	"\xf0\x80\x80\xaf",
	"\xed\xa0\x80\xed\xb2\x80\xed\xbf\xbf", /* surrogates, as bytes that are none */
	"\xf4\x90\x80\x80\xf5\x80\x80\x80", /* above U+10FFFF */
	"\xf4\x8f\xbf\xbf\xef\xbf\xbf\xef\xbf\xbe", /* the last characters there are */
	"cut\xe2\x82", /* the third byte is missing */
	"cut\xf0\x9f\x90",
	"\xe2\x82x\xc3",
	"\x80\xbf\xc3\xa4\x80",
	"\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf", /* line separators, byte order mark */
	"-n", "...", "'$(x)`;&|", "{\"event_type\":\"open\"}",
};

static void one_name(struct task *me, const char *name)
{
	char other[600];
	int fd;

	fd = make_file(me, name, path_of(work, name));
	ok(op_io(me, SYS_write, fd, (void *)name, 1, 0));
	op_close(me, fd);
	snprintf(other, sizeof(other), "%.200s'", name);
	ok(op_rename(me, SYS_renameat2, AT_FDCWD, name, AT_FDCWD, other, 0));
	ok(op_stat(me, SYS_newfstatat, AT_FDCWD, other, 0));
	ok(op_unlink(me, SYS_unlinkat, AT_FDCWD, other, 0));
}

/* A path of nearly PATH_MAX bytes, each name as long as names can be. */
static void long_path(struct task *me)
{
	static char name[256], path[4200];
	size_t used = 0;
	int fd;

	memset(name, 'n', 255);
	one_name(me, name);
	for (int i = 0; i < 15; i++) {
		name[0] = 'a' + i;
		used += snprintf(path + used, sizeof(path) - used, "%s%s", i ? "/" : "", name);
		ok(op_mkdir(me, SYS_mkdirat, AT_FDCWD, path, 0700));
	}
	snprintf(path + used, sizeof(path) - used, "/leaf");
	fd = make_file(me, path, path_of(work, path));
	ok(op_io(me, SYS_write, fd, name, 3, 0));
	op_close(me, fd);
	ok(op_unlink(me, SYS_unlinkat, AT_FDCWD, path, 0));
	name[255] = 0;
	memset(path, 'x', 256);
	path[256] = 0;
	fails(op_stat(me, SYS_newfstatat, AT_FDCWD, path, 0), ENAMETOOLONG);
	/* As long as a name can be, as long as the log keeps one, and longer. */
	for (size_t bytes = 4095; bytes < 4098; bytes++) {
		memset(path, 'x', bytes);
		path[bytes] = 0;
		fails(op_stat(me, SYS_newfstatat, AT_FDCWD, path, 0), ENAMETOOLONG);
	}
}

/* More names than the log follows: the path has the last ones. */
static void deep_path(struct task *me)
{
	const char *above = work;
	int fd;

	for (int i = 0; i < 60; i++) {
		char name[8];

		snprintf(name, sizeof(name), "q%02d", i);
		ok(op_mkdir(me, SYS_mkdirat, AT_FDCWD, name, 0700));
		above = path_of(above, name);
		ok(op_chdir(me, name, above));
	}
	fd = make_file(me, "leaf", path_of(above, "leaf"));
	ok(op_io(me, SYS_write, fd, "abc", 3, 0));
	op_close(me, fd);
	ok(op_chdir(me, work, work));
}

void scene_bytes(struct task *me)
{
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		one_name(me, NAMES[i]);
	long_path(me);
	deep_path(me);
}
