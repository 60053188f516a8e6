/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/all.h - the whole event log; AOD_LOG_OLD: for kernels before 6.2 (log/read.h). */
#ifndef AOD_LOG_ALL_H
#define AOD_LOG_ALL_H

#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "../log_events.h"
#include "types.h"
#include "maps.h"
#include "counters.h"
#include "configuration.h"
#include "task.h"
#include "compat.h"
#include "call.h"
#include "read.h"
#include "filter.h"
#include "path.h"
#include "prefix.h"
#include "fd.h"
#include "event.h"
#include "items.h"
#include "dir.h"
#include "short_name.h"
#include "entry.h"
#include "dispatch.h"
#include "vectors.h"
#include "file_rw.h"
#include "file_open.h"
#include "file_stat.h"
#include "file_names.h"
#include "file_two_names.h"
#include "file_fd.h"
#include "user.h"
#include "process.h"
#include "sched.h"
#include "sockaddr.h"
#include "network.h"
#include "messages.h"
#include "uring_types.h"
#include "uring_names.h"
#include "uring_network.h"
#include "uring.h"

#endif /* AOD_LOG_ALL_H */
