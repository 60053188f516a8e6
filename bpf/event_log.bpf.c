// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/*
 * event_log.bpf.c - the kernel event log: every file, process, network and user event. Contract with
 * user space: log_events.h.
 *
 * No program loads by itself (all sections start with '?'); user space chooses by the types it wants.
 * log_enter and log_exit are attached; the handlers of tp_btf/sys_exit are put in the map log_handlers,
 * at the index of their group (enum log_group), and are jumped to.
 */
#include "log/all.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
