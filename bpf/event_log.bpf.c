// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/*
 * event_log.bpf.c - the kernel event log: every file, process, network and user event. Contract with
 * user space: log_events.h.
 *
 * No program loads by itself (all sections start with '?'); user space chooses by the types it wants.
 * log_enter and log_exit are attached; the handlers of tp_btf/sys_exit are put in the map log_handlers,
 * at the index of their group (enum log_group), and are jumped to.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "log_events.h"
#include "log/types.h"
#include "log/maps.h"
#include "log/counters.h"
#include "log/call.h"
#include "log/filter.h"
#include "log/path.h"
#include "log/prefix.h"
#include "log/fd.h"
#include "log/event.h"
#include "log/entry.h"
#include "log/dispatch.h"
#include "log/vectors.h"
#include "log/file_rw.h"
#include "log/file_open.h"
#include "log/file_stat.h"
#include "log/file_names.h"
#include "log/file_two_names.h"
#include "log/file_fd.h"
#include "log/user.h"
#include "log/process.h"
#include "log/sched.h"
#include "log/sockaddr.h"
#include "log/network.h"
#include "log/messages.h"
#include "log/uring_types.h"
#include "log/uring.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
