// SPDX-License-Identifier: MIT
/*
 * unpack.c - one directory for each payload below the cache directory, named by the payload's hash.
 *
 * It appears by rename, complete. A process that runs from it holds a shared lock on it; whoever
 * removes it holds the exclusive one.
 */
#define _GNU_SOURCE
#include "aod.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define NEW_PREFIX ".new-"
#define SWEEP_MAX 64 /* entries looked at in one start */

static bool file_ok(int dir, const struct aod_file *file)
{
	struct stat st;

	return fstatat(dir, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() && (st.st_mode & 07777) == file->mode &&
	       (uint64_t)st.st_size == file->size && st.st_nlink == 1;
}

/* Removes a directory of plain files, or whatever else has the name. Never follows a link. */
static void remove_version(int root, const char *name)
{
	int fd = openat(root, name, DIRECTORY);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0) {
		unlinkat(root, name, 0);
		return;
	}
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(fd, entry->d_name, 0);
	closedir(dir);
	unlinkat(root, name, AT_REMOVEDIR);
}

bool version_usable(int root, const struct payload *payload, int *lock)
{
	struct stat st;
	int dir = openat(root, payload->key, DIRECTORY);
	bool ok;

	if (dir < 0)
		return false;
	/* Locked first, then looked at: a directory that is being removed has lost its files. */
	ok = flock(dir, LOCK_SH) == 0 && fstat(dir, &st) == 0 && st.st_uid == geteuid() &&
	     (st.st_mode & 0777) == 0700;
	for (size_t i = 0; ok && i < payload->count; i++)
		ok = file_ok(dir, &payload->files[i]);
	if (ok)
		*lock = dir;
	else
		close(dir);
	return ok;
}

static bool extract_all(int dir, const struct payload *payload)
{
	for (size_t i = 0; i < payload->count; i++) {
		const struct aod_file *file = &payload->files[i];
		int fd = openat(dir, file->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				0600);
		/* On the disk before the rename is: a power cut leaves no file of zeros. */
		bool ok = fd >= 0 && payload_extract(payload, file, fd) &&
			  fchmod(fd, (mode_t)file->mode) == 0 && fdatasync(fd) == 0;

		if (fd >= 0)
			close(fd);
		if (!ok)
			return false;
	}
	return true;
}

/* Gives the new directory its name; one that is there and not usable goes away first. */
static bool publish(int root, const char *name, const struct payload *payload)
{
	int lock = -1;

	if (renameat2(root, name, root, payload->key, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EEXIST && errno != EINVAL)
		return false;
	if (version_usable(root, payload, &lock)) {
		/* Another process was faster. */
		close(lock);
		remove_version(root, name);
		return true;
	}
	remove_version(root, payload->key);
	return renameat(root, name, root, payload->key) == 0;
}

bool version_unpack(int root, const struct payload *payload)
{
	char name[64];
	int dir;
	bool ok;

	snprintf(name, sizeof(name), NEW_PREFIX "%.16s-%d", payload->key, (int)getpid());
	remove_version(root, name);
	if (mkdirat(root, name, 0700) != 0)
		return false;
	dir = openat(root, name, DIRECTORY);
	ok = dir >= 0 && flock(dir, LOCK_EX | LOCK_NB) == 0 && extract_all(dir, payload) &&
	     publish(root, name, payload);
	if (!ok)
		remove_version(root, name);
	if (dir >= 0)
		close(dir);
	return ok;
}

/* Names that this program gives: 64 hex digits, or the prefix of one being unpacked. */
static bool is_version(const char *name)
{
	return strncmp(name, NEW_PREFIX, strlen(NEW_PREFIX)) == 0 ||
	       (strlen(name) == AOD_KEY_LEN && strspn(name, "0123456789abcdef") == AOD_KEY_LEN);
}

void version_sweep(int root, const struct payload *payload)
{
	struct dirent *entry;
	int copy = openat(root, ".", DIRECTORY);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);

	if (!dir) {
		if (copy >= 0)
			close(copy);
		return;
	}
	for (int seen = 0; seen < SWEEP_MAX && (entry = readdir(dir)); seen++) {
		int fd;

		if (!is_version(entry->d_name) || strcmp(entry->d_name, payload->key) == 0)
			continue;
		fd = openat(root, entry->d_name, DIRECTORY);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_version(root, entry->d_name);
		close(fd);
	}
	closedir(dir);
}
