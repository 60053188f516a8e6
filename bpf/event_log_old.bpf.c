// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/* event_log_old.bpf.c - event_log.bpf.c for kernels before 6.2, which have no bpf_rdonly_cast. */
#define AOD_LOG_OLD
#include "log/all.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
