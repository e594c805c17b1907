/* flight: the last exchanges that were not kept, per CPU, overwritten in turn, so that userland can still keep the ones a
 * later verdict elsewhere in the trace asks for. */
#pragma once

#define FLIGHT 2048

struct flight_position {
	u64 next; /* as many as were ever not kept */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FLIGHT);
	__type(key, u32);
	__type(value, struct summary);
} flight SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct flight_position);
} flight_next SEC(".maps");
