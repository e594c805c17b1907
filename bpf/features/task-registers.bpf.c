/* Can a program read the system call a thread is in? */
#include "../include/kernel.h"

SEC("tp_btf/sched_process_exec")
int BPF_PROG(task_registers)
{
	return bpf_task_pt_regs(bpf_get_current_task_btf()) ? 0 : 0;
}

char LICENSE[] SEC("license") = "GPL";
