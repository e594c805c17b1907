/* Processes come and go: a child inherits its parent's target, the last thread's exit takes it away. */
#include "include/kernel.h"
#include "include/pid_namespace.h"
#include "include/preemption.h"
#include "include/wire.h"
#include "maps/health.h"
#include "maps/targets.h"
#include "maps/rings.h"

const volatile u32 watch_all = 1; /* report every process, not only targets */

static __always_inline void process_event(u32 kind, struct task_struct *task, u32 parent, u32 selected)
{
	struct process_record record = {
		.kind = kind, .tgid = process_id(task), .parent = parent, .selected = selected, .at_ns = bpf_ktime_get_ns(),
	};

	if ((!selected && !watch_all) || !record.tgid)
		return;
	bpf_probe_read_kernel(record.comm, sizeof(record.comm), task->comm);
	ring_output(&control, &record, sizeof(record), H_CONTROL_RING_FULL);
}

static __always_inline void target_mark(u32 tgid, bool on)
{
	u64 bit = 1ULL << (tgid & 63);

	if (on)
		__sync_fetch_and_or(target_bits(tgid), bit);
	else
		__sync_fetch_and_and(target_bits(tgid), ~bit);
}

static __always_inline void forked(struct task_struct *parent, struct task_struct *child)
{
	u32 from = parent->tgid, to = child->tgid;
	bool selected = target_selected(from);

	if (selected) {
		struct target *t = bpf_map_lookup_elem(&targets, &from);

		if (t) {
			struct target same = *t;

			if (bpf_map_update_elem(&targets, &to, &same, BPF_ANY))
				health_add(H_TARGETS_FULL, 1);
			else
				target_mark(to, true);
		}
	}
	process_event(CONTROL_FORK, child, process_id(parent), selected);
}

static __always_inline void exited(struct task_struct *task)
{
	u32 tgid = task->tgid;
	bool selected = target_selected(tgid);

	if (selected) {
		target_mark(tgid, false);
		bpf_map_delete_elem(&targets, &tgid);
	}
	process_event(CONTROL_EXIT, task, 0, selected);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	if (child->pid == child->tgid) /* not a thread */
		UNPREEMPTED(forked(parent, child));
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task)
{
	UNPREEMPTED(process_event(CONTROL_EXEC, task, 0, target_selected(task->tgid)));
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	if (!task->signal->live.counter) /* no other thread goes on */
		UNPREEMPTED(exited(task));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
