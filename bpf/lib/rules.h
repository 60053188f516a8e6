/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * rules.h - is a request worth telling about? Thresholds from smb_rules, codes from smb_codes.
 *
 * User space rewrites both maps while this runs. They are the union over all anomalies; the
 * watcher decides exactly.
 */
#ifndef AOD_RULES_H
#define AOD_RULES_H

static __always_inline struct aod_smb_rules *rules_now(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&smb_rules, &zero);
}

static __always_inline __u32 code_rule(__u32 kind, __u32 value)
{
	struct aod_smb_code code = { .kind = kind, .value = value };
	__u32 *rule = bpf_map_lookup_elem(&smb_codes, &code);

	return rule ? *rule : 0;
}

/*
 * Judged by the NTSTATUS first, never by the errno alone: cifs maps
 * STATUS_MORE_PROCESSING_REQUIRED, which every logon gets, to -EIO.
 */
static __always_inline int has_failed(const struct aod_smb_rules *rules,
				      const struct aod_smb_request *request)
{
	__u32 rule;

	if (rules->error_mode == AOD_SMB_ERRORS_NONE)
		return 0;
	/*
	 * Nobody has looked at an answer: the client sends it again after a reconnect, or its issuer was
	 * killed, or the failure that counts is that of an earlier part of the compound. Only where the
	 * configuration names the errno it counts.
	 */
	if (request->flags & AOD_SMB_F_DROPPED)
		return request->error < 0 &&
		       code_rule(AOD_SMB_CODE_ERRNO, -request->error) == AOD_SMB_CODE_TRACK;
	if (request->status == STATUS_SUCCESS && !request->error)
		return 0;
	rule = code_rule(AOD_SMB_CODE_NTSTATUS, request->status);
	if (!rule && request->error < 0)
		rule = code_rule(AOD_SMB_CODE_ERRNO, -request->error);
	if (rule)
		return rule == AOD_SMB_CODE_TRACK;
	if (rules->error_mode != AOD_SMB_ERRORS_ALL)
		return 0;
	/*
	 * MS-ERREF 2.3: severity warning (2) or error (3); success and information are no failures,
	 * unless the client could not use the answer (a bad signature, malformed).
	 */
	return request->status >> 31 || request->error < 0;
}

/* AOD_SMB_F_SLOW, _EMERGENCY and _FAILED as the rules have it. */
static __always_inline __u32 judge(const struct aod_smb_request *request)
{
	struct aod_smb_rules *rules = rules_now();
	__u32 command = request->command & (AOD_SMB_COMMANDS - 1);
	__u32 flags = 0;

	if (!rules)
		return 0;
	if (!(request->flags & AOD_SMB_F_WAITS_BY_DESIGN) || rules->waits_tracked & (1u << command)) {
		if (request->latency_ns >= rules->threshold_ns[command])
			flags |= AOD_SMB_F_SLOW;
		if (request->latency_ns >= rules->emergency_ns[command])
			flags |= AOD_SMB_F_EMERGENCY;
	}
	if (has_failed(rules, request))
		flags |= AOD_SMB_F_FAILED;
	return flags;
}

#endif /* AOD_RULES_H */
