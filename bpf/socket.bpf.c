/* T1: the socket layer's length tracepoints (6.3 and later): after the copy, in the caller's context, with the socket. */
#include "include/kernel.h"
#include "include/data_path.h"

SEC("tp_btf/sock_send_length")
int BPF_PROG(socket_send, struct sock *sk, int size, int flags)
{
	if (data_enter(sk, size, flags, SENDING))
		bpf_tail_call(ctx, &families_send, FAMILY_HTTP);
	return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(socket_receive, struct sock *sk, int size, int flags)
{
	if (data_enter(sk, size, flags, RECEIVING))
		bpf_tail_call(ctx, &families_receive, FAMILY_HTTP);
	return 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(http_send, struct sock *sk)
{
	if (http_run(sk, SENDING)) {
		bpf_tail_call(ctx, &families_send, FAMILY_HTTP);
		http_exhausted(sk, SENDING);
	}
	return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(http_receive, struct sock *sk)
{
	if (http_run(sk, RECEIVING)) {
		bpf_tail_call(ctx, &families_receive, FAMILY_HTTP);
		http_exhausted(sk, RECEIVING);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
