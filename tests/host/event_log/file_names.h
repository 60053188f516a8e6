/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* file_names.h - part of file.c: calls that name files, and files that are renamed. */
#ifndef FILE_NAMES_H
#define FILE_NAMES_H

static void names(void)
{
	struct stat s;
	struct statx x;
	int dir, fd;

	result = call(SYS_mkdir, "d", 0750);
	expect("MKDIR", "MKDIR", result, 2, AT, 0750LL);
	named("d");
	dir = call(SYS_open, "d", O_DIRECTORY);
	expect("OPEN", "OPEN", (long long)dir, 5, AT, (long long)O_DIRECTORY, 0LL, 0LL, 0LL);
	result = call(SYS_mkdirat, dir, "e", 0700);
	expect("MKDIR", "MKDIRAT", result, 2, (long long)dir, 0700LL);
	with_text("name", "e");
	with_text("dir", below("d"));
	result = call(SYS_mkdir, "d", 0);
	expect("MKDIR", "MKDIR", result, 2, AT, 0LL);
	result = call(SYS_mknod, "pipe", S_IFIFO | 0600, 0);
	expect("CREATE", "MKNOD", result, 5, AT, 0LL, (long long)(S_IFIFO | 0600), 0LL, 0LL);
	named("pipe");
	result = call(SYS_mknodat, dir, "zero", S_IFCHR | 0600, makedev(1, 5));
	expect("CREATE", "MKNODAT", result, 5, (long long)dir, 0LL, (long long)(S_IFCHR | 0600),
	       (long long)makedev(1, 5), 0LL);
	with_text("dir", below("d"));
	result = call(SYS_chmod, "data", 0640);
	expect("CHMOD", "CHMOD", result, 3, AT, 0640LL, 0LL);
	named("data");
	result = call(SYS_fchmodat, dir, "e", 0711);
	expect("CHMOD", "FCHMODAT", result, 3, (long long)dir, 0711LL, 0LL);
	result = call(SYS_fchmodat2, dir, "e", 0700, AT_SYMLINK_NOFOLLOW);
	expect("CHMOD", "FCHMODAT2", result, 3, (long long)dir, 0700LL, (long long)AT_SYMLINK_NOFOLLOW);
	memset(&s, 0, sizeof(s));
	result = call(SYS_stat, "data", &s);
	expect("STAT", "STAT", result, 6, AT, 0LL, 0LL, (long long)s.st_uid, (long long)s.st_gid,
	       (long long)s.st_mode);
	named("data");
	with_number("inode", s.st_ino);
	result = call(SYS_lstat, "data", &s);
	expect("STAT", "LSTAT", result, 6, AT, (long long)AT_SYMLINK_NOFOLLOW, 0LL, (long long)s.st_uid,
	       (long long)s.st_gid, (long long)s.st_mode);
	result = call(SYS_newfstatat, dir, "e", &s, 0);
	expect("STAT", "NEWFSTATAT", result, 6, (long long)dir, 0LL, 0LL, (long long)s.st_uid,
	       (long long)s.st_gid, (long long)s.st_mode);
	with_number("inode", s.st_ino);
	result = call(SYS_newfstatat, dir, "", &s, AT_EMPTY_PATH);
	expect("STAT", "NEWFSTATAT", result, 6, (long long)dir, (long long)AT_EMPTY_PATH, 0LL,
	       (long long)s.st_uid, (long long)s.st_gid, (long long)s.st_mode);
	with_text("path", below("d"));
	with_number("inode", s.st_ino);
	result = call(SYS_statx, AT_FDCWD, "data", AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &x);
	expect("STAT", "STATX", result, 6, AT, (long long)AT_STATX_DONT_SYNC, (long long)STATX_BASIC_STATS,
	       (long long)x.stx_uid, (long long)x.stx_gid, (long long)x.stx_mode);
	with_number("inode", x.stx_ino);
	result = call(SYS_stat, "not here", &s);
	expect("STAT", "STAT", result, 6, AT, 0LL, 0LL, 0LL, 0LL, 0LL);
	result = call(SYS_truncate, "data", 3);
	expect("TRUNCATE", "TRUNCATE", result, 2, -1LL, 3LL);
	named("data");
	result = call(SYS_link, "data", "hard");
	expect("LINK", "LINK", result, 3, AT, AT, 0LL);
	with_text("name", "data");
	with_text("name2", "hard");
	with_text("dir", here);
	with_text("dir2", here);
	result = call(SYS_linkat, AT_FDCWD, "data", dir, "hard", 0);
	expect("LINK", "LINKAT", result, 3, AT, (long long)dir, 0LL);
	with_text("dir2", below("d"));
	result = call(SYS_symlink, "nowhere", "soft");
	expect("SYMLINK", "SYMLINK", result, 2, 0LL, AT);
	with_text("name", "nowhere");
	with_text("name2", "soft");
	with_text("dir", "");
	with_text("dir2", here);
	result = call(SYS_symlinkat, "x", dir, "soft");
	expect("SYMLINK", "SYMLINKAT", result, 2, 0LL, (long long)dir);
	with_text("dir2", below("d"));
	/* A file's path follows the renames of what is above it. */
	fd = call(SYS_open, "d/in", O_CREAT | O_RDWR, 0600);
	expect("CREATE", "OPEN", (long long)fd, 5, AT, (long long)(O_CREAT | O_RDWR), 0600LL, 0LL, 0LL);
	with_text("path", below("d/in"));
	result = call(SYS_rename, "d", "moved");
	expect("RENAME", "RENAME", result, 3, AT, AT, 0LL);
	with_text("name", "d");
	with_text("name2", "moved");
	with_text("dir", here);
	with_text("dir2", here);
	result = call(SYS_read, fd, word, 1);
	expect("READ", "READ", result, 5, (long long)fd, 1LL, -1LL, 0LL, 0LL);
	with_text("path", below("moved/in"));
	result = call(SYS_renameat, dir, "in", AT_FDCWD, "out");
	expect("RENAME", "RENAMEAT", result, 3, (long long)dir, AT, 0LL);
	with_text("dir", below("moved"));
	result = call(SYS_read, fd, word, 1);
	expect("READ", "READ", result, 5, (long long)fd, 1LL, -1LL, 0LL, 0LL);
	with_text("path", below("out"));
	result = call(SYS_renameat2, AT_FDCWD, "out", AT_FDCWD, "data", RENAME_NOREPLACE);
	expect("RENAME", "RENAMEAT2", result, 3, AT, AT, (long long)RENAME_NOREPLACE);
	result = call(SYS_unlink, "out");
	expect("DELETE", "UNLINK", result, 2, AT, 0LL);
	named("out");
	result = call(SYS_read, fd, word, 1);
	expect("READ", "READ", result, 5, (long long)fd, 1LL, -1LL, 0LL, 0LL);
	with_flag("DELETED");
	result = call(SYS_close, fd);
	expect("CLOSE", "CLOSE", result, 3, (long long)fd, (long long)fd, 0LL);
	with_text("path", below("out"));
	with_flag("DELETED");
	result = call(SYS_unlinkat, dir, "hard", 0);
	expect("DELETE", "UNLINKAT", result, 2, (long long)dir, 0LL);
	result = call(SYS_unlinkat, dir, "e", AT_REMOVEDIR);
	expect("RMDIR", "UNLINKAT", result, 2, (long long)dir, (long long)AT_REMOVEDIR);
	with_text("dir", below("moved"));
	result = call(SYS_rmdir, "moved");
	expect("RMDIR", "RMDIR", result, 2, AT, 0LL);
	named("moved");
}

#endif /* FILE_NAMES_H */
