/* T2: the return of TCP's own send and receive functions, for x86-64 kernels without the length tracepoints (5.19 to
 * 6.2). Same data path, same state. */
#include "include/kernel.h"
#include "include/data_path.h"

SEC("fexit/tcp_sendmsg")
int BPF_PROG(socket_send, struct sock *sk, struct msghdr *message, u64 size, int moved)
{
	if (data_enter(sk, moved, 0, SENDING))
		bpf_tail_call(ctx, &families_send, FAMILY_HTTP);
	return 0;
}

SEC("fexit/tcp_recvmsg")
int BPF_PROG(socket_receive, struct sock *sk, struct msghdr *message, u64 size, int flags, int *name_size, int moved)
{
	if (data_enter(sk, moved, flags, RECEIVING))
		bpf_tail_call(ctx, &families_receive, FAMILY_HTTP);
	return 0;
}

SEC("fexit/tcp_sendmsg")
int BPF_PROG(http_send, struct sock *sk)
{
	if (http_run(sk, SENDING)) {
		bpf_tail_call(ctx, &families_send, FAMILY_HTTP);
		http_exhausted(sk, SENDING);
	}
	return 0;
}

SEC("fexit/tcp_recvmsg")
int BPF_PROG(http_receive, struct sock *sk)
{
	if (http_run(sk, RECEIVING)) {
		bpf_tail_call(ctx, &families_receive, FAMILY_HTTP);
		http_exhausted(sk, RECEIVING);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
