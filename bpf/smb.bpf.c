// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/*
 * smb.bpf.c - the SMB probe: every request of the kernel's SMB2/3 client, and what goes wrong
 * around it. Contract with user space: events.h. Reasons and limits: docs/smb-probe.md.
 *
 * No program loads by itself (all sections start with '?'); user space chooses:
 *
 *   prefix  needed in          program                     hook
 *   ------  -----------------  --------------------------  ------------------------------------------
 *   fe_     fentry mode, all   fe_mid_alloc                fexit smb2_mid_entry_alloc: start
 *           of these or none   exactly one fe_release_*    fentry, the end; chosen by the cifs BTF:
 *                                fe_release_kref             __release_mid with 1 parameter
 *                                fe_release_server_mid       __release_mid with 2 parameters
 *                                fe_release_old_kref         else _cifs_mid_q_entry_release
 *                                fe_release_old_put          else cifs_mid_q_entry_release
 *                                fe_release_old_delete       else DeleteMidQEntry
 *                              fe_check_receive            fexit smb2_check_receive: status, errno
 *   fe_     fentry mode, each  fe_setup_request            fexit: names of files, blocking locks
 *           may fail alone     fe_cmd_err                  raw_tp smb3_cmd_err: errno of READs
 *   rt_     raw_tp mode, all   rt_cmd_enter, rt_cmd_done, rt_cmd_err
 *           may fail alone     rt_tcon: names of shares; rt_exit: threads that are gone
 *   any_    both modes, each   any_reconnect, any_partial_send_reconnect, any_credit_timeout,
 *           may fail alone     any_insufficient_credits, any_connect_err, any_exit_err
 *   opt_    both modes         opt_fork, opt_exit          leave out the agent's children; attach
 *                                                          before the agent starts any
 *   none    both modes         smb_scan_in_flight          not attached: BPF_PROG_RUN by the reader
 *                              smb_leave_out_caller        not attached: BPF_PROG_RUN by the agent
 *
 * Attach the ends before the starts, so that no entry is left in flight by the gap.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "events.h"
#include "lib/cifs_types.h"
#include "lib/smb_maps.h"
#include "lib/counters.h"
#include "lib/ring.h"
#include "lib/recorder.h"
#include "lib/rules.h"
#include "lib/names.h"
#include "lib/split.h"
#include "lib/in_flight.h"
#include "smb/fentry.h"
#include "smb/release.h"
#include "smb/raw.h"
#include "smb/connection.h"
#include "smb/lineage.h"
#include "smb/scan.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
