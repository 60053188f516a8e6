/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/configuration.h - what user space has asked for, and what it is told there. */
#ifndef AOD_LOG_CONFIGURATION_H
#define AOD_LOG_CONFIGURATION_H

static __always_inline struct aod_log_config *log_configuration(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&log_config, &zero);
}

/* Names were moved: no path is sure any more. */
static __always_inline void log_names_changed(struct aod_log_config *config)
{
	__sync_fetch_and_add(&config->names_generation, 1);
}

#endif /* AOD_LOG_CONFIGURATION_H */
