/* Are there tracepoints after the socket layer moved bytes? */
#include "../include/kernel.h"

SEC("tp_btf/sock_send_length")
int BPF_PROG(socket_send, struct sock *sk, int size, int flags)
{
	return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(socket_receive, struct sock *sk, int size, int flags)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
