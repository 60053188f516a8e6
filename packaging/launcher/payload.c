// SPDX-License-Identifier: MIT
/* payload.c - the payload behind the launcher: found, checked, unpacked. */
#include "aod.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

static bool name_ok(const struct aod_file *file)
{
	return memchr(file->name, '\0', sizeof(file->name)) && file->name[0] &&
	       file->name[0] != '.' && !strchr(file->name, '/');
}

static void check(const struct payload *p, const struct aod_trailer *trailer)
{
	bool ok = trailer->count == AOD_N_FILES &&
		  trailer->index_offset <= p->size - sizeof(*trailer) &&
		  trailer->index_offset % 8 == 0 &&
		  trailer->count * sizeof(struct aod_file) <=
			  p->size - sizeof(*trailer) - trailer->index_offset;

	for (size_t i = 0; ok && i < AOD_KEY_LEN; i++)
		ok = strchr("0123456789abcdef", trailer->key[i]) && trailer->key[i];
	for (size_t i = 0; ok && i < trailer->count; i++) {
		const struct aod_file *file =
			(const struct aod_file *)(p->base + trailer->index_offset) + i;

		ok = name_ok(file) && file->offset <= p->size &&
		     file->packed <= p->size - file->offset && file->size > 0;
	}
	errno = 0;
	if (!ok)
		die("Cannot start: because the program file is damaged");
}

void payload_open(struct payload *payload)
{
	const struct aod_trailer *trailer;
	struct stat st;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("Cannot open /proc/self/exe (is /proc mounted?)");
	if (fstat(fd, &st) != 0)
		die("Cannot read the program");
	errno = 0;
	if ((size_t)st.st_size < sizeof(*trailer) || st.st_size % 8)
		die("Cannot start: because the program file is damaged");
	payload->size = (size_t)st.st_size;
	payload->base = mmap(NULL, payload->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (payload->base == MAP_FAILED)
		die("Cannot map the program");
	close(fd);
	trailer = (const struct aod_trailer *)(payload->base + payload->size - sizeof(*trailer));
	if (memcmp(trailer->magic, AOD_MAGIC, sizeof(trailer->magic)) != 0)
		die("Cannot start: because nothing is packed into this program (was it stripped?)");
	check(payload, trailer);
	payload->count = trailer->count;
	payload->files = (const struct aod_file *)(payload->base + trailer->index_offset);
	memcpy(payload->key, trailer->key, AOD_KEY_LEN);
	payload->key[AOD_KEY_LEN] = '\0';
}

bool payload_extract(const struct payload *payload, const struct aod_file *file, int fd)
{
	void *out;
	size_t n;
	/* Allocated first: a full disk is an error here and not a SIGBUS in the mapping. */
	int error = posix_fallocate(fd, 0, (off_t)file->size);

	if (error) {
		errno = error;
		return false;
	}
	out = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (out == MAP_FAILED)
		return false;
	n = ZSTD_decompress(out, file->size, payload->base + file->offset, file->packed);
	munmap(out, file->size);
	errno = 0;
	if (ZSTD_isError(n) || n != file->size)
		die("Cannot unpack %s: because the program file is damaged", file->name);
	return true;
}
