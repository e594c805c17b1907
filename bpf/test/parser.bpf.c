/* The parser as the kernel runs it, fed by BPF_PROG_TEST_RUN: one buffer in, a hash of events out. */
#include "../include/kernel.h"
#define PARSE_COPY(to, size, from) bpf_probe_read_kernel(to, size, from)
#include "parse_work.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct parse_work);
} parse_works SEC(".maps");

/* A few turns: the verifier follows one long loop, not one of every turn there can be. */
HTTP_FUNCTION u32 parse_turns(struct parse_work *w)
{
	for (u32 i = 0; i < 8; i++)
		if (parse_step(w))
			return 1;
	return 0;
}

SEC("syscall")
int parse(struct parse_call *call)
{
	u32 zero = 0;
	struct parse_work *w = bpf_map_lookup_elem(&parse_works, &zero);

	if (!w)
		return 1;
	bpf_probe_read_kernel(&w->call, sizeof(w->call), call);
	parse_begin(w);
	for (u32 i = 0; i < INPUT; i++)
		if (parse_turns(w))
			break;
	call->events = w->call.events;
	call->hash = w->call.hash;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
