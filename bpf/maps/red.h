/* red: running totals per series. Never an LRU: an evicted total would look like a counter reset. Userland makes it
 * PERCPU_HASH up to 16 CPUs and HASH above (a dump copies every CPU's copy); the adds are atomic, right for both.
 * overflow: totals of what found no room, exact per service, side, protocol and status class; an array, always there. */
#pragma once

#define RED_ROWS 4096
#define OVERFLOW_ROWS (MAX_SERVICES * 2 * MAX_PROTOCOLS * STATUS_CLASSES)

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, RED_ROWS);
	__type(key, struct red_key);
	__type(value, struct red_value);
} red SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, OVERFLOW_ROWS);
	__type(key, u32);
	__type(value, struct overflow_value);
} overflow SEC(".maps");
