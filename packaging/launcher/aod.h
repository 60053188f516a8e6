/* SPDX-License-Identifier: MIT */
/*
 * aod.h - what the launcher's files share.
 *
 * The program `aod` is this launcher with a payload behind it: Deno, the bundles, the pack of
 * assets and libgcc, each a zstd frame with a checksum, then an index and a trailer. The launcher puts them
 * where Deno can be executed from, once, and becomes Deno by execve: the pid stays.
 */
#ifndef AOD_LAUNCHER_H
#define AOD_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AOD_MAGIC "AODLNCH1"
#define AOD_KEY_LEN 64 /* SHA-256 in hex: names the cache directory of this payload */
#define AOD_PATH_MAX 4096

/* Descriptors for files that live in memory; the same in src/os/location.ts. */
#define AOD_FD_FIRST 100 /* AOD_MAIN and the files after it: 100 to 105 */
#define AOD_FD_LOCK 110 /* shared lock on the cache directory in use */

/* One file of the payload. Written by packaging/launcher.ts, little-endian. */
struct aod_file {
	char name[32];
	uint64_t offset; /* in the program */
	uint64_t packed; /* bytes of the zstd frame */
	uint64_t size; /* bytes when unpacked */
	uint64_t mode; /* 0500 or 0400 */
};

/* The last bytes of the program. */
struct aod_trailer {
	uint64_t index_offset;
	uint64_t count;
	char key[AOD_KEY_LEN];
	char magic[8];
};

enum aod_file_index {
	AOD_DENO, /* named aod: the name that ps shows */
	AOD_MAIN, /* aod.js, the module that Deno starts */
	AOD_WORKER, /* worker.js */
	AOD_ASSETS, /* assets.pack */
	AOD_LIBGCC, /* libgcc_s.so.1 */
	AOD_MAIN_SCRIPT, /* aod.script, which aod.js reads */
	AOD_WORKER_SCRIPT, /* worker.script */
	AOD_N_FILES,
};

struct payload {
	const uint8_t *base; /* the whole program, mapped */
	size_t size;
	size_t count;
	const struct aod_file *files; /* in the order of enum aod_file_index */
	char key[AOD_KEY_LEN + 1];
};

/* Says "aod: Cannot ..." with strerror(errno) when errno is not 0, and ends with code 1. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says "aod: ..." on stderr and goes on. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* payload.c: finds and checks the payload of the running program. */
void payload_open(struct payload *payload);
/* Unpacks one file into a descriptor of size 0. False, with errno, when it cannot. */
bool payload_extract(const struct payload *payload, const struct aod_file *file, int fd);

/* cache.c: puts the directory with the unpacked files into `directory`. False: there is none. */
bool cache_find(const struct payload *payload, char directory[AOD_PATH_MAX]);

/* unpack.c: the unpacked payload below a trusted cache directory. */
bool version_usable(int root, const struct payload *payload, int *lock);
bool version_unpack(int root, const struct payload *payload);
/* Removes directories of other versions that no running process has locked. */
void version_sweep(int root, const struct payload *payload);

/* memory.c: unpacks into memory files; returns the descriptor of Deno. */
int memory_unpack(const struct payload *payload);

/* libgcc.c: whether this system has no libgcc_s.so.1 for Deno, so that ours has to be used. */
bool libgcc_missing(void);

/*
 * launch.c: becomes Deno. `exe` is a path or NULL for the descriptor `fd`; `libgcc` is a path or
 * NULL where the system has one.
 */
_Noreturn void launch(const char *exe, int fd, const char *script, const char *libgcc,
		      char **args);

#endif
