// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/*
 * core.bpf.c - do the hand-written types of bpf/lib/cifs_types.h fit this kernel's? Those that need no
 * cifs. A field of another kind than the kernel's is as good as absent to libbpf. Tests only.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "lib/cifs_types.h"

SEC("syscall")
int types_fit(void *ctx)
{
	struct kref *kref = 0;
	struct kvec *kvec = 0;
	struct task_struct *task = 0;

	return !!bpf_core_field_exists(kref->refcount.refs.counter) |
	       !!bpf_core_field_exists(kvec->iov_base) << 1 |
	       !!bpf_core_field_exists(kvec->iov_len) << 2 |
	       !!bpf_core_field_exists(task->tgid) << 3 | !!bpf_core_field_exists(task->pid) << 4;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
