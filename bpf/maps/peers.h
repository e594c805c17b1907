/* peers: hash of an address -> the address, so that a series' key stays small. Only names: losing one loses a label,
 * not a count. */
#pragma once

#define PEERS 16384

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PEERS);
	__type(key, u64);
	__type(value, struct endpoint);
} peers SEC(".maps");
