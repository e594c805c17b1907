/* Can a program write to a ring buffer? */
#include "../include/kernel.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 << 10);
} ring SEC(".maps");

SEC("tp_btf/sched_process_exec")
int BPF_PROG(ring_buffer)
{
	u64 value = 0;

	bpf_ringbuf_output(&ring, &value, sizeof(value), BPF_RB_NO_WAKEUP);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
