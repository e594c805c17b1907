/* routes: templated-path hash -> where it is counted, and the first path that had it. The kernel inserts, userland may
 * redirect. No LRU: forgetting a redirection would split a series. Full: the hash counts for itself, without a name. */
#pragma once

#define ROUTES 16384

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, ROUTES);
	__type(key, u64);
	__type(value, struct route_entry);
} routes SEC(".maps");
