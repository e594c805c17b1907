/* Lists processes by both their ids, a line each: the one in userland's /proc, then the one in the initial PID namespace.
 * Loaded only where the two differ. */
#include "include/kernel.h"
#include "include/pid_namespace.h"

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

SEC("iter/task")
int process_ids(struct bpf_iter__task *at)
{
	struct task_struct *task = at->task;

	if (task && task->pid == task->tgid)
		BPF_SEQ_PRINTF(at->meta->seq, "%u %u\n", process_id(task), task->tgid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
