/* The same for tracepoints, and do they run their programs preempted? They do where this guards them instead of preemption
 * held off. Kernels before 6.13 have it for idle processors only, but none of them lets programs hold preemption off. */
#include "../include/preemption.h"

struct srcu_data {};
extern const struct srcu_data tracepoint_srcu_srcu_data __ksym;

__attribute__((noinline)) u32 checked_apart(u32 x)
{
	return x + 1;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(preempted_tracepoints)
{
	if (!bpf_this_cpu_ptr(&tracepoint_srcu_srcu_data))
		return 0;
	preemption_off();
	checked_apart(0);
	preemption_on();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
