// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/* rejected.bpf.c - one program that the verifier takes and one that it does not. Tests only. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u8 small = 1;
const volatile __u64 large = 2;
const volatile int negative = 3;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} results SEC(".maps");

SEC("syscall")
int good(void *ctx)
{
	__u32 key = 0;
	__u64 value = small;

	bpf_map_update_elem(&results, &key, &value, BPF_ANY);
	key = 1;
	value = large;
	bpf_map_update_elem(&results, &key, &value, BPF_ANY);
	key = 2;
	value = negative;
	bpf_map_update_elem(&results, &key, &value, BPF_ANY);
	return 42;
}

/* Reads where a map may have had nothing. */
SEC("?syscall")
int bad(void *ctx)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&results, &key);

	return *value;
}

/* A tracepoint that no kernel has. */
SEC("?raw_tp/aod_no_such_tracepoint")
int nowhere(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
