// SPDX-License-Identifier: MIT
/*
 * memory.c - where no directory can hold the program (read-only root, everything noexec): memory
 * files. It costs the unpacking at every start and keeps Deno's 96 MB in memory.
 */
#define _GNU_SOURCE
#include "aod.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* include/uapi/linux/memfd.h, since 6.3 */
#endif

/*
 * A memory file that ends with the execve. Its descriptor is above those that are handed over: where
 * the caller left many open, the lowest free one may be one of them, and dup2() would close it.
 */
static int memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	int above;

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -1;
	above = fcntl(fd, F_DUPFD_CLOEXEC, AOD_FD_LOCK + 1);
	close(fd);
	return above;
}

int memory_unpack(const struct payload *payload)
{
	int deno = -1;

	for (size_t i = 0; i < payload->count; i++) {
		const struct aod_file *file = &payload->files[i];
		/* Deno's own descriptor need not outlive the execve, the modules' have to. */
		int fd = memory_file(file->name);

		if (fd < 0 || !payload_extract(payload, file, fd))
			die("Cannot unpack %s into memory", file->name);
		if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL))
			die("Cannot seal %s", file->name);
		if (i == AOD_DENO) {
			deno = fd;
			continue;
		}
		if (dup2(fd, AOD_FD_FIRST + (int)i - AOD_MAIN) < 0)
			die("Cannot hand over %s", file->name);
		close(fd);
	}
	return deno;
}
