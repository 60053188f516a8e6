// SPDX-License-Identifier: MIT
/*
 * shim.c - what libaodnative.so adds to the static archives of libbpf, libelf, libz and libzstd.
 *
 * 1. A capture of libbpf's log. libbpf_set_print() is process-global and libbpf may print from any
 *    thread; a JavaScript callback would block a foreign thread until the event loop runs. So the
 *    text goes into a buffer of the calling thread and JavaScript fetches it after the call.
 * 2. The three functions of libelf's elf_error.o, whose thread-local storage was not compiled as
 *    position-independent code in Debian's archive.
 * 3. A `stderr` that libbpf.o can reach from a shared object (see native_library.ts).
 * 4. fstat and fcntl64 as system calls: glibc has them as symbols only since 2.33 and 2.28, and
 *    would make this library need a later C library than Deno does (2.27).
 * 5. System calls whose failure is their result. JavaScript cannot read errno: between a call and the
 *    reading its runtime may make calls of its own on the same thread (compiling, collecting garbage).
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AOD_LOG_BYTES (64 * 1024) /* kept per thread; the oldest half goes when it is full */

static __thread char *log_text;
static __thread size_t log_used;
static enum libbpf_print_level log_level = LIBBPF_INFO;

static int keep_log(enum libbpf_print_level level, const char *format, va_list args)
{
	char line[2048];
	size_t length;
	int n;

	if (level > log_level)
		return 0;
	n = vsnprintf(line, sizeof(line), format, args);
	if (n <= 0)
		return 0;
	length = (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;
	if (!log_text) {
		log_text = malloc(AOD_LOG_BYTES);
		if (!log_text)
			return 0;
	}
	if (log_used + length > AOD_LOG_BYTES) {
		size_t keep = AOD_LOG_BYTES / 2 < log_used ? AOD_LOG_BYTES / 2 : log_used;

		memmove(log_text, log_text + log_used - keep, keep);
		log_used = keep;
	}
	memcpy(log_text + log_used, line, length);
	log_used += length;
	return n;
}

/* Sends libbpf's messages up to `level` (0 warnings, 1 information, 2 debug) to the buffers. */
void aod_log_install(int level)
{
	log_level = (enum libbpf_print_level)level;
	libbpf_set_print(keep_log);
}

/*
 * Moves the calling thread's log into `out` (at most `size` bytes, not terminated) and empties it.
 * What did not fit is the older part and is lost. Returns the bytes written.
 */
size_t aod_log_take(char *out, size_t size)
{
	size_t n = log_used < size ? log_used : size;

	if (n)
		memcpy(out, log_text + log_used - n, n);
	free(log_text);
	log_text = NULL;
	log_used = 0;
	return n;
}

/*
 * bpf_object__load with what libbpf says meanwhile in `log` (`used` bytes of at most `size`): on
 * another thread than the caller's, which aod_log_take could not ask afterwards.
 */
int aod_load_object(struct bpf_object *object, char *log, size_t size, uint64_t *used)
{
	int result;

	aod_log_take(NULL, 0);
	result = bpf_object__load(object);
	*used = aod_log_take(log, size);
	return result;
}

#define HIDDEN __attribute__((visibility("hidden")))

/* On 64-bit machines glibc's struct stat is the kernel's. <sys/stat.h> would declare another type. */
HIDDEN int fstat(int fd, void *st)
{
	return (int)syscall(SYS_fstat, fd, st);
}

HIDDEN int fcntl64(int fd, int command, ...)
{
	va_list args;
	long argument;

	va_start(args, command);
	argument = va_arg(args, long);
	va_end(args);
	return (int)syscall(SYS_fcntl, fd, command, argument);
}

HIDDEN FILE *aod_stderr;

__attribute__((constructor)) static void take_stderr(void)
{
	aod_stderr = stderr;
}

static __thread int elf_error;
static __thread char elf_error_text[32];

void __libelf_seterrno(int value)
{
	elf_error = value;
}

int elf_errno(void)
{
	int last = elf_error;

	elf_error = 0;
	return last;
}

/* As elf_errmsg(3): 0 asks for the last error if there is one, -1 for the last one in any case. */
const char *elf_errmsg(int code)
{
	int last = elf_error;

	if (code == 0 && last == 0)
		return NULL;
	snprintf(elf_error_text, sizeof(elf_error_text), "libelf error %d",
		 code == 0 || code == -1 ? last : code);
	return elf_error_text;
}

/* Each gives what the call gives, or the negative errno. Sizes are below 2 GiB. */
static int result_of(long result)
{
	return result == -1 ? -errno : (int)result;
}

int aod_bpf(int command, void *attributes, unsigned int bytes)
{
	return result_of(syscall(SYS_bpf, command, attributes, bytes));
}

int aod_openat(int directory, const char *path, int flags, unsigned int mode)
{
	return result_of(syscall(SYS_openat, directory, path, flags, mode));
}

int aod_read(int fd, void *to, size_t bytes)
{
	return result_of(syscall(SYS_read, fd, to, bytes));
}

int aod_write(int fd, const void *from, size_t bytes)
{
	return result_of(syscall(SYS_write, fd, from, bytes));
}

int aod_getdents64(int fd, void *to, size_t bytes)
{
	return result_of(syscall(SYS_getdents64, fd, to, bytes));
}

/* bpf_program__attach; `error` is the errno where it gives NULL. */
struct bpf_link *aod_attach(const struct bpf_program *program, int *error)
{
	struct bpf_link *link = bpf_program__attach(program);

	*error = link ? 0 : errno;
	return link;
}

/* bpf_object__open_mem, likewise. */
struct bpf_object *aod_open_object(const void *bytes, size_t size,
				   const struct bpf_object_open_opts *options, int *error)
{
	struct bpf_object *object = bpf_object__open_mem(bytes, size, options);

	*error = object ? 0 : errno;
	return object;
}
