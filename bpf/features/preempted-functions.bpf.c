/* Can a program at a function's return hold preemption off, while it calls what the verifier checks apart? */
#include "../include/preemption.h"

__attribute__((noinline)) u32 checked_apart(u32 x)
{
	return x + 1;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(preempted_functions)
{
	preemption_off();
	checked_apart(0);
	preemption_on();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
