/* SPDX-License-Identifier: MIT */
/* place.c - descriptors and directories as this process knows them, and the fields made of them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "files.h"

#define NAME_KEPT 4096 /* bytes of a name that the log keeps: PATH_MAX, include/uapi/linux/limits.h */
#define STRINGS (1 << 19)

struct place place;

/* Never given back; a fork has its own copy. Threads do not make paths. */
static char strings[STRINGS];
static size_t strings_used;

const char *text_of(const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = strings + strings_used;

	if (strings_used + bytes > sizeof(strings))
		give_up("too many texts", strings_used);
	strings_used += bytes;
	return memcpy(copy, text, bytes);
}

const char *path_of(const char *directory, const char *name)
{
	size_t bytes = strlen(directory) + strlen(name) + 2;
	char *path = strings + strings_used;

	if (strings_used + bytes > sizeof(strings))
		give_up("too many paths", strings_used);
	strings_used += bytes;
	snprintf(path, bytes, "%s%s%s", directory, directory[1] == 0 ? "" : "/", name);
	return path;
}

struct file named(const char *path)
{
	return (struct file){ .path = path, .path_bytes = strlen(path) };
}

void f_path_argument(struct task *me, const char *key, const char *dir_key, int dfd, const char *name)
{
	const struct file *dir = NULL;

	if (name == NULL) {
		f_null(me, key);
		f_true(me, "name_lost");
		return;
	}
	f_bytes(me, key, name, strnlen(name, NAME_KEPT));
	/* The longest name that the kernel takes has a byte less. */
	if (strlen(name) >= NAME_KEPT)
		f_true(me, "name_cut");
	if (name[0] == '/') {
		if (!place.root.known)
			return;
		f_path(me, dir_key, place.root.path, place.root.path_bytes);
		f_true(me, "chroot");
		return;
	}
	if (dfd == AT_FDCWD)
		dir = &place.cwd;
	else if (dfd >= 0 && dfd < FDS && place.fds[dfd].known)
		dir = &place.fds[dfd];
	if (dir == NULL)
		return;
	f_path(me, dir_key, dir->path, dir->path_bytes);
	if (dir->deleted)
		f_true(me, "dir_deleted");
}

void f_descriptor(struct task *me, int fd)
{
	if (fd >= 0 && fd < FDS)
		f_file(me, &place.fds[fd]);
}
