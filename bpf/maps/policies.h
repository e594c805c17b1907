/* policies: which exchanges of a service become spans; index = service. Written by userland, `next_ns` by the kernel. */
#pragma once

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SERVICES);
	__type(key, u32);
	__type(value, struct policy);
} policies SEC(".maps");
