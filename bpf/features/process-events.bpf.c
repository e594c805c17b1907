/* Can processes be seen to come and go? */
#include "../include/kernel.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	return parent->tgid == child->tgid ? 0 : 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task)
{
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	return task->signal->live.counter ? 0 : 0;
}

char LICENSE[] SEC("license") = "GPL";
