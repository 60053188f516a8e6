// SPDX-License-Identifier: MIT
/*
 * cache.c - which directory may hold the unpacked program.
 *
 * What lies there is executed, by root most of the time. So every directory from / down must belong
 * to root or to the user who runs this, must not be writable for others, and is reached without
 * following a link; the last one belongs to the user alone (0700).
 */
#define _GNU_SOURCE
#include "aod.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Why a directory cannot be used: nothing to say about a missing or read-only one. */
static int refuse(int fd, const char *path, const char *why)
{
	warn("not using %s: because %s", path, why);
	if (fd >= 0)
		close(fd);
	errno = EPERM;
	return -1;
}

static bool trusted_parent(const struct stat *st)
{
	bool others_write = st->st_mode & (S_IWGRP | S_IWOTH);

	return (st->st_uid == 0 || st->st_uid == geteuid()) &&
	       (!others_write || (st->st_mode & S_ISVTX));
}

static int count_parts(const char *path)
{
	int n = 0;

	for (; *path; path++)
		n += *path != '/' && (path[1] == '/' || path[1] == '\0');
	return n;
}

/*
 * Opens `path` (absolute), making its last `make` parts when they are missing: a system without
 * /var/cache does not get one from us. -1 with errno.
 */
static int open_trusted(const char *path, int make)
{
	char copy[AOD_PATH_MAX], *save = NULL;
	int left = count_parts(path);
	struct stat st;
	int fd = open("/", DIRECTORY);

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *part = strtok_r(copy, "/", &save); part && fd >= 0;
	     part = strtok_r(NULL, "/", &save)) {
		int next;

		if (fstat(fd, &st) != 0 || !trusted_parent(&st))
			return refuse(fd, path, "others may write above it");
		if (strcmp(part, "..") == 0)
			return refuse(fd, path, "it has .. in it");
		next = openat(fd, part, DIRECTORY);
		if (next < 0 && errno == ENOENT && left <= make && mkdirat(fd, part, 0700) == 0)
			next = openat(fd, part, DIRECTORY);
		if (next < 0 && (errno == ELOOP || errno == ENOTDIR))
			return refuse(fd, path, "a part of it is a link or no directory");
		close(fd);
		fd = next;
		left--;
	}
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0 || st.st_uid != geteuid())
		return refuse(fd, path, "it belongs to another user");
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return refuse(fd, path, "others may write to it");
	if ((st.st_mode & 0777) != 0700 && fchmod(fd, 0700) != 0)
		return refuse(fd, path, "its mode is not 0700");
	return fd;
}

static bool may_execute(int root)
{
	struct statvfs fs;

	return fstatvfs(root, &fs) == 0 && !(fs.f_flag & ST_NOEXEC);
}

static bool use(const char *path, int make, const struct payload *payload,
		char directory[AOD_PATH_MAX])
{
	int lock = -1, root = open_trusted(path, make);
	bool ok = false;

	if (root < 0)
		return false;
	if (may_execute(root)) {
		ok = version_usable(root, payload, &lock);
		if (!ok && version_unpack(root, payload)) {
			ok = version_usable(root, payload, &lock);
			version_sweep(root, payload);
		}
	}
	close(root);
	if (!ok)
		return false;
	/*
	 * Open across execve: while this process lives, no other version removes its files. Where the
	 * usual descriptor is its own or beyond the limit, it stays where it is.
	 */
	if (lock == AOD_FD_LOCK || dup2(lock, AOD_FD_LOCK) < 0)
		fcntl(lock, F_SETFD, 0);
	else
		close(lock);
	return snprintf(directory, AOD_PATH_MAX, "%s/%s", path, payload->key) < AOD_PATH_MAX;
}

/* The user's own cache: $XDG_CACHE_HOME, else $HOME/.cache. Never asked for as root. */
static bool user_cache(char path[AOD_PATH_MAX])
{
	const char *base = secure_getenv("XDG_CACHE_HOME");
	int n = -1;

	if (base && base[0] == '/') {
		n = snprintf(path, AOD_PATH_MAX, "%s/aod", base);
	} else {
		base = secure_getenv("HOME");
		if (base && base[0] == '/')
			n = snprintf(path, AOD_PATH_MAX, "%s/.cache/aod", base);
	}
	return n > 0 && n < AOD_PATH_MAX - AOD_KEY_LEN - 2;
}

bool cache_find(const struct payload *payload, char directory[AOD_PATH_MAX])
{
	char path[AOD_PATH_MAX];

	if (geteuid() == 0)
		return use("/var/cache/aod", 1, payload, directory) ||
		       use("/run/aod-cache", 1, payload, directory);
	return user_cache(path) && use(path, 2, payload, directory);
}
