// SPDX-License-Identifier: MIT
/*
 * libgcc.c - Deno needs libgcc_s.so.1, which is not a part of glibc. Most systems have it; for the
 * others one travels in the payload.
 */
#include "aod.h"

#include <stdio.h>
#include <unistd.h>

/* Where the dynamic linkers of the distributions look. */
static const char *const directories[] = {
#if defined(__x86_64__)
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
#elif defined(__aarch64__)
	"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
#endif
	"/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib",
};

bool libgcc_missing(void)
{
	char path[128];

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		snprintf(path, sizeof(path), "%s/libgcc_s.so.1", directories[i]);
		if (access(path, R_OK) == 0)
			return false;
	}
	/* A system with its libraries elsewhere (NixOS, Guix) has a loader that knows them. */
	return access("/etc/NIXOS", F_OK) != 0 && access("/gnu/store", F_OK) != 0;
}
