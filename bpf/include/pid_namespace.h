/* The id a process has in userland's /proc. Kernel side, a process is its id in the initial PID namespace; where the agent's
 * node is itself a container (kind), /proc shows those of a nested one. */
#pragma once
#include "kernel.h"

#define PID_NAMESPACES 32 /* the kernel's ceiling of nesting */

const volatile u32 pid_namespace SEC(".rodata.pid_namespace"); /* inode of /proc's, set before it loads; 0: the initial one */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct task_struct___ids {
	struct task_struct___ids *group_leader;
	struct pid *thread_pid;
};

#pragma clang attribute pop

/* 0: that namespace does not show it. */
static __always_inline u32 process_id(struct task_struct *task)
{
	if (!pid_namespace)
		return task->tgid;
	struct pid *ids = ((struct task_struct___ids *)task)->group_leader->thread_pid;
	void *numbers = &ids->numbers;
	u32 level = ids->level;

	for (u32 i = 0; i < PID_NAMESPACES && i <= level; i++) {
		struct upid *id = numbers + i * bpf_core_type_size(struct upid);

		if (BPF_CORE_READ(id, ns, ns.inum) == pid_namespace)
			return BPF_CORE_READ(id, nr);
	}
	return 0;
}
