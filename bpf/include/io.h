/* Where the bytes of the running system call are in user memory: its registers, as they were at entry. */
#pragma once
#include "kernel.h"

enum io_shape { IO_OPAQUE, IO_BUFFER, IO_VECTOR, IO_MESSAGE, IO_MESSAGES };

struct io {
	u64 base;    /* current segment */
	u64 left;    /* bytes of it not passed yet */
	u64 vector;  /* next iovec */
	u32 vectors; /* iovecs left */
	u32 readable;
};

struct io_call {
	u64 buffer;
	u64 count;
	u32 shape;
	u32 timed; /* may end after any message, unseen */
};

/* vectors: which message of a sendmmsg or recvmmsg call comes next, per thread; the socket layer says a message moved, not
 * which one. */
struct vector_position {
	u64 vector;
	u64 count;
	u64 next;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct vector_position);
} vectors SEC(".maps");

static __always_inline u32 io_shape_x86(u64 number)
{
	switch (number) {
	case 0: /* read */
	case 1: /* write */
	case 44: /* sendto */
	case 45: /* recvfrom */
		return IO_BUFFER;
	case 19: /* readv */
	case 20: /* writev */
	case 327: /* preadv2 */
	case 328: /* pwritev2 */
		return IO_VECTOR;
	case 46: /* sendmsg */
	case 47: /* recvmsg */
		return IO_MESSAGE;
	case 299: /* recvmmsg */
	case 307: /* sendmmsg */
		return IO_MESSAGES;
	}
	return IO_OPAQUE;
}

static __always_inline u32 io_shape_arm64(u64 number)
{
	switch (number) {
	case 63: /* read */
	case 64: /* write */
	case 206: /* sendto */
	case 207: /* recvfrom */
		return IO_BUFFER;
	case 65: /* readv */
	case 66: /* writev */
	case 286: /* preadv2 */
	case 287: /* pwritev2 */
		return IO_VECTOR;
	case 211: /* sendmsg */
	case 212: /* recvmsg */
		return IO_MESSAGE;
	case 243: /* recvmmsg */
	case 269: /* sendmmsg */
		return IO_MESSAGES;
	}
	return IO_OPAQUE;
}

/* The call's shape and arguments. Kernel workers, 32-bit programs, sendfile, splice and io_uring are opaque. */
static __always_inline void io_call_read(struct io_call *call, struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

	call->shape = IO_OPAQUE;
	call->timed = 0;
	if (task->flags & (PF_IO_WORKER | PF_KTHREAD))
		return;
	if (bpf_core_field_exists(((struct pt_regs___x86 *)0)->orig_ax)) {
		struct pt_regs___x86 *x = (void *)regs;
		u64 number = x->orig_ax;

		if (task->thread_info.status & TS_COMPAT)
			return;
		call->shape = io_shape_x86(number);
		call->buffer = x->si;
		call->count = x->dx;
		call->timed = number == 299 && x->r8;
	} else if (bpf_core_field_exists(((struct pt_regs___arm64 *)0)->syscallno)) {
		struct pt_regs___arm64 *a = (void *)regs;

		call->shape = io_shape_arm64((u32)a->syscallno);
		call->buffer = a->regs[1];
		call->count = a->regs[2];
		call->timed = a->syscallno == 243 && a->regs[4];
	}
}

static __always_inline void io_message(struct io *io, u64 header)
{
	struct user_msghdr_layout message;

	if (bpf_probe_read_user(&message, sizeof(message), (void *)header))
		return;
	io->vector = message.iov;
	io->vectors = message.iov_len;
	io->readable = 1;
}

/* The message of a vectored call that just moved `size` bytes. */
static __always_inline void io_messages(struct io *io, struct io_call *call, struct task_struct *task, u32 size)
{
	struct vector_position *at = bpf_task_storage_get(&vectors, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	u64 index = 0, room = 0;

	if (!at || call->timed)
		return;
	if (at->vector == call->buffer && at->count == call->count && at->next < call->count)
		index = at->next;
	io_message(io, call->buffer + index * sizeof(struct user_mmsghdr_layout));
	if (!io->readable)
		return;
	for (u32 i = 0; i < 8; i++) {
		struct user_iovec v;

		if (i >= io->vectors || bpf_probe_read_user(&v, sizeof(v), (void *)(io->vector + i * sizeof(v))))
			break;
		room += v.len;
	}
	at->vector = call->buffer;
	at->count = call->count;
	/* A message that did not fill its room ends a send; a receive goes on. */
	at->next = index + 1;
	if (size < room || at->next >= call->count)
		at->next = 0;
}

/* Points at the bytes a call moved. */
static __always_inline void io_open(struct io *io, u32 size)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct io_call call = {};

	io_call_read(&call, task);
	io->readable = 0;
	io->vectors = 0;
	io->left = 0;
	if (call.shape == IO_BUFFER) {
		io->base = call.buffer;
		io->left = size;
		io->readable = 1;
	} else if (call.shape == IO_VECTOR) {
		io->vector = call.buffer;
		io->vectors = call.count;
		io->readable = 1;
	} else if (call.shape == IO_MESSAGE) {
		io_message(io, call.buffer);
	} else if (call.shape == IO_MESSAGES) {
		io_messages(io, &call, task, size);
	}
}

/* Bytes moved that nobody needs to read: a vectored call is one message further all the same. */
__attribute__((noinline)) u32 io_skip(u32 size)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct io_call call = {};
	struct io io = {};

	io_call_read(&call, task);
	if (call.shape == IO_MESSAGES)
		io_messages(&io, &call, task, size);
	return 0;
}

/* A call that failed moved no message; if it was a vectored one it is over. */
static __always_inline void io_failed(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct io_call call = {};

	io_call_read(&call, task);
	if (call.shape == IO_MESSAGES) {
		struct vector_position *at = bpf_task_storage_get(&vectors, task, 0, 0);

		if (at)
			at->next = 0;
	}
}
