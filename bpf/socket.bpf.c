/* T1: the socket layer's length tracepoints (6.3 and later): after the copy, in the caller's context, with the socket. */
#include "include/kernel.h"
#include "include/data_path.h"

DATA_FUNCTION BPF_PROG(sent, struct sock *sk, int size)
{
	return data_moved(sk, size, 0, SENDING);
}

DATA_FUNCTION BPF_PROG(received, struct sock *sk, int size, int flags)
{
	return data_moved(sk, size, flags, RECEIVING);
}

SEC("tp_btf/sock_send_length")
int socket_send(unsigned long long *ctx)
{
	return current_selected() ? sent(ctx) : 0;
}

SEC("tp_btf/sock_recv_length")
int socket_receive(unsigned long long *ctx)
{
	return current_selected() ? received(ctx) : 0;
}

char LICENSE[] SEC("license") = "GPL";
