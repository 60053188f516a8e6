/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * file.c - calls of the file and the user class with known arguments, good ones and failing ones; argument:
 * a directory of its own, which it works in.
 */
#include "workload.h"
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

#define AT ((long long)AT_FDCWD)
#define BAD ((void *)8)

static char here[4096]; /* the directory */
static char path[8192];
static char word[16] = "0123456789abcdef";
static long long result;

static const char *below(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", here, name);
	return path;
}

/* A raw call, so that it is the one that is written. */
#define call(...) outcome(syscall(__VA_ARGS__))

/* The event told last names `name`, which begins at the working directory. */
static void named(const char *name)
{
	with_text("name", name);
	with_text("dir", here);
}

static void identity_of_fd(int fd)
{
	struct stat s;

	if (syscall(SYS_fstat, fd, &s))
		abort();
	with_number("inode", s.st_ino);
	with_number("mode", s.st_mode);
	with_flag("FILE");
	expect("STAT", "FSTAT", 0LL, 6, (long long)fd, 0LL, 0LL, (long long)s.st_uid, (long long)s.st_gid,
	       (long long)s.st_mode);
}

static void opens(void)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_BENEATH };
	char longest[4200];
	int fd;

	fd = result = call(SYS_creat, "new", 0640);
	expect("CREATE", "CREAT", result, 5, AT, (long long)(O_CREAT | O_WRONLY | O_TRUNC), 0640LL, 0LL, 0LL);
	named("new");
	with_text("path", below("new"));
	identity_of_fd(fd);
	result = call(SYS_creat, "new", 0640);
	expect("OPEN", "CREAT", result, 5, AT, (long long)(O_CREAT | O_WRONLY | O_TRUNC), 0640LL, 0LL, 0LL);
	named("new");
	with_text("path", below("new"));
	result = call(SYS_open, "made", O_RDWR | O_CREAT, 0600);
	expect("CREATE", "OPEN", result, 5, AT, (long long)(O_RDWR | O_CREAT), 0600LL, 0LL, 0LL);
	named("made");
	result = call(SYS_open, "made", O_RDWR | O_CREAT, 0600);
	expect("OPEN", "OPEN", result, 5, AT, (long long)(O_RDWR | O_CREAT), 0600LL, 0LL, 0LL);
	named("made");
	result = call(SYS_openat, AT_FDCWD, "made", O_RDWR | O_CREAT | O_EXCL, 0600);
	expect("OPEN", "OPENAT", result, 5, AT, (long long)(O_RDWR | O_CREAT | O_EXCL), 0600LL, 0LL, 0LL);
	named("made");
	/* A mode without a file to make is no mode. */
	result = call(SYS_openat, AT_FDCWD, "made", O_RDONLY, 0777);
	expect("OPEN", "OPENAT", result, 5, AT, 0LL, 0LL, 0LL, 0LL);
	named("made");
	with_text("path", below("made"));
	result = call(SYS_open, "not here", O_RDONLY);
	expect("OPEN", "OPEN", result, 5, AT, 0LL, 0LL, 0LL, 0LL);
	named("not here");
	result = call(SYS_openat, AT_FDCWD, below("b\xff\n\x01"), O_CREAT | O_RDWR, 0600);
	expect("CREATE", "OPENAT", result, 5, AT, (long long)(O_CREAT | O_RDWR), 0600LL, 0LL, 0LL);
	with_text("name", path);
	with_text("path", path);
	with_text("dir", "");
	fd = result = call(SYS_open, here, O_DIRECTORY | O_PATH);
	expect("OPEN", "OPEN", result, 5, AT, (long long)(O_DIRECTORY | O_PATH), 0LL, 0LL, 0LL);
	with_text("path", here);
	result = call(SYS_openat2, fd, "made", &how, sizeof(how));
	expect("OPEN", "OPENAT2", result, 5, (long long)fd, 0LL, 0LL, 0LL, (long long)RESOLVE_BENEATH);
	named("made");
	result = call(SYS_openat2, fd, "made", BAD, sizeof(how));
	expect("OPEN", "OPENAT2", result, 5, (long long)fd, 0LL, 0LL, 0LL, 0LL);
	with_flag("NAME_LOST");
	result = call(SYS_open, BAD, O_RDONLY);
	expect("OPEN", "OPEN", result, 5, AT, 0LL, 0LL, 0LL, 0LL);
	with_flag("NAME_LOST");
	result = call(SYS_open, here, O_TMPFILE | O_RDWR, 0600);
	expect("OPEN", "OPEN", result, 5, AT, (long long)(O_TMPFILE | O_RDWR), 0600LL, 0LL, 0LL);
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = 0;
	result = call(SYS_open, longest, O_RDONLY);
	expect("OPEN", "OPEN", result, 5, AT, 0LL, 0LL, 0LL, 0LL);
	with("name", longest, 4096); /* cut, and no path of any file */
	longest[255] = 0;
	result = call(SYS_open, longest, O_CREAT | O_RDWR, 0600);
	expect("CREATE", "OPEN", result, 5, AT, (long long)(O_CREAT | O_RDWR), 0600LL, 0LL, 0LL);
	named(longest);
	with_text("path", below(longest));
}

static void transfers(int fd)
{
	struct iovec three[3] = { { word, 3 }, { word, 0 }, { word, 5 } }, many[1024];
	int ends[2];

	for (int i = 0; i < 1024; i++)
		many[i] = (struct iovec){ word, i % 3 };
	result = call(SYS_write, fd, word, 16);
	expect("WRITE", "WRITE", result, 5, (long long)fd, 16LL, -1LL, 0LL, 0LL);
	with_text("path", below("data"));
	result = call(SYS_pwrite64, fd, word, 4, 100);
	expect("WRITE", "PWRITE64", result, 5, (long long)fd, 4LL, 100LL, 0LL, 0LL);
	result = call(SYS_writev, fd, three, 3);
	expect("WRITE", "WRITEV", result, 5, (long long)fd, 8LL, -1LL, 3LL, 0LL);
	result = call(SYS_writev, fd, many, 1024);
	expect("WRITE", "WRITEV", result, 5, (long long)fd, 1023LL, -1LL, 1024LL, 0LL);
	result = call(SYS_pwritev, fd, three, 3, 7, 0);
	expect("WRITE", "PWRITEV", result, 5, (long long)fd, 8LL, 7LL, 3LL, 0LL);
	result = call(SYS_pwritev2, fd, three, 2, -1L, 0, RWF_DSYNC);
	expect("WRITE", "PWRITEV2", result, 5, (long long)fd, 3LL, -1LL, 2LL, (long long)RWF_DSYNC);
	result = call(SYS_read, fd, word, 1);
	expect("READ", "READ", result, 5, (long long)fd, 1LL, -1LL, 0LL, 0LL);
	result = call(SYS_pread64, fd, word, 16, 2);
	expect("READ", "PREAD64", result, 5, (long long)fd, 16LL, 2LL, 0LL, 0LL);
	with_text("path", below("data"));
	result = call(SYS_readv, fd, three, 3);
	expect("READ", "READV", result, 5, (long long)fd, 8LL, -1LL, 3LL, 0LL);
	result = call(SYS_preadv, fd, three, 3, 1, 0);
	expect("READ", "PREADV", result, 5, (long long)fd, 8LL, 1LL, 3LL, 0LL);
	result = call(SYS_preadv2, fd, three, 3, 1, 0, RWF_NOWAIT);
	expect("READ", "PREADV2", result, 5, (long long)fd, 8LL, 1LL, 3LL, (long long)RWF_NOWAIT);
	result = call(SYS_read, 999, word, 1);
	expect("READ", "READ", result, 5, 999LL, 1LL, -1LL, 0LL, 0LL);
	with_text("path", "");
	result = call(SYS_readv, fd, BAD, 3);
	expect("READ", "READV", result, 5, (long long)fd, 0LL, -1LL, 3LL, 0LL);
	with_flag("VECTORS_CUT");
	result = call(SYS_write, -1, word, 1);
	expect("WRITE", "WRITE", result, 5, -1LL, 1LL, -1LL, 0LL, 0LL);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
	result = call(SYS_write, ends[0], word, 2);
	expect("WRITE", "WRITE", result, 5, (long long)ends[0], 2LL, -1LL, 0LL, 0LL);
	with_flag("FILE");
	with_text("path", "");
}

static void descriptors(int fd)
{
	int copy;

	result = call(SYS_dup, fd);
	expect("DUP", "DUP", result, 3, (long long)fd, -1LL, 0LL);
	with_text("path", below("data"));
	result = call(SYS_dup2, fd, 70);
	expect("DUP", "DUP2", result, 3, (long long)fd, 70LL, 0LL);
	result = call(SYS_dup3, fd, 71, O_CLOEXEC);
	expect("DUP", "DUP3", result, 3, (long long)fd, 71LL, (long long)O_CLOEXEC);
	result = call(SYS_dup3, fd, fd, 0);
	expect("DUP", "DUP3", result, 3, (long long)fd, (long long)fd, 0LL);
	result = call(SYS_fcntl, fd, F_DUPFD, 80);
	expect("DUP", "FCNTL", result, 3, (long long)fd, 80LL, 0LL);
	copy = result = call(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 81);
	expect("DUP", "FCNTL", result, 3, (long long)fd, 81LL, (long long)O_CLOEXEC);
	call(SYS_fcntl, fd, F_GETFD); /* no event */
	result = call(SYS_close, copy);
	expect("CLOSE", "CLOSE", result, 3, (long long)copy, (long long)copy, 0LL);
	with_text("path", below("data"));
	with_flag("FILE");
	result = call(SYS_close, copy);
	expect("CLOSE", "CLOSE", result, 3, (long long)copy, (long long)copy, 0LL);
	with_text("path", "");
	result = call(SYS_close_range, 70, 81, 0);
	expect("CLOSE", "CLOSE_RANGE", result, 3, 70LL, 81LL, 0LL);
	result = call(SYS_close_range, 500, ~0u, CLOSE_RANGE_CLOEXEC);
	expect("CLOSE", "CLOSE_RANGE", result, 3, 500LL, (long long)~0u, (long long)CLOSE_RANGE_CLOEXEC);
	result = call(SYS_ftruncate, fd, 5);
	expect("TRUNCATE", "FTRUNCATE", result, 2, (long long)fd, 5LL);
	with_text("path", below("data"));
	result = call(SYS_fchmod, fd, 0604);
	expect("CHMOD", "FCHMOD", result, 3, (long long)fd, 0604LL, 0LL);
	with_text("path", below("data"));
	copy = memfd_create("sealed", 0);
	must(copy >= 0, "memfd_create");
	result = call(SYS_write, copy, word, 1);
	expect("WRITE", "WRITE", result, 5, (long long)copy, 1LL, -1LL, 0LL, 0LL);
	with_flag("FILE");
}

#include "file_names.h"

/* Last: it changes where it is. */
static void places(void)
{
	int dir;

	must(syscall(SYS_mkdir, "gone", 0700) == 0, "mkdir");
	expect("MKDIR", "MKDIR", 0LL, 2, AT, 0700LL);
	result = call(SYS_chdir, "gone");
	expect("CHDIR", "CHDIR", result, 1, AT);
	named("gone");
	dir = call(SYS_open, "..", O_DIRECTORY);
	expect("OPEN", "OPEN", (long long)dir, 5, AT, (long long)O_DIRECTORY, 0LL, 0LL, 0LL);
	with_text("dir", below("gone"));
	result = call(SYS_unlinkat, dir, "gone", AT_REMOVEDIR);
	expect("RMDIR", "UNLINKAT", result, 2, (long long)dir, (long long)AT_REMOVEDIR);
	result = call(SYS_open, "x", O_CREAT | O_RDWR, 0600);
	expect("OPEN", "OPEN", result, 5, AT, (long long)(O_CREAT | O_RDWR), 0600LL, 0LL, 0LL);
	with_flag("DIR_DELETED");
	result = call(SYS_fchdir, dir);
	expect("CHDIR", "FCHDIR", result, 1, (long long)dir);
	with_text("path", here);
	result = call(SYS_chdir, BAD);
	expect("CHDIR", "CHDIR", result, 1, AT);
	with_flag("NAME_LOST");
	must(chroot(here) == 0, "chroot");
	result = call(SYS_open, "/data", O_RDONLY);
	expect("OPEN", "OPEN", result, 5, AT, 0LL, 0LL, 0LL, 0LL);
	with_text("name", "/data");
	with_flag("CHROOT");
	with_text("dir", here);
	with_text("path", below("data"));
}

static void users(void)
{
	expect("SETGID", "SETGID", call(SYS_setgid, 7), 3, 7LL, 0LL, 0LL);
	expect("SETREGID", "SETREGID", call(SYS_setregid, -1, 8), 3, -1LL, 8LL, 0LL);
	expect("SETRESGID", "SETRESGID", call(SYS_setresgid, 9, -1, 10), 3, 9LL, -1LL, 10LL);
	expect("SETREUID", "SETREUID", call(SYS_setreuid, 0, -1), 3, 0LL, -1LL, 0LL);
	expect("SETRESUID", "SETRESUID", call(SYS_setresuid, 1, 1, -1), 3, 1LL, 1LL, -1LL);
	expect("SETUID", "SETUID", call(SYS_setuid, 12345), 3, 12345LL, 0LL, 0LL);
}

int main(int argc, char **argv)
{
	int fd;

	must(argc == 2 && realpath(argv[1], here) && chdir(here) == 0, "chdir");
	umask(0);
	fd = syscall(SYS_open, "data", O_CREAT | O_RDWR, 0600);
	must(fd >= 0, "open");
	begin();
	expect("READ", "READ", 1LL, 5, 0LL, 1LL, -1LL, 0LL, 0LL);
	with_flag("NO_START");
	opens();
	transfers(fd);
	descriptors(fd);
	names();
	places();
	users();
	finish();
	return 0;
}
