/* T2: the return of TCP's own send and receive functions, for x86-64 kernels without the length tracepoints (5.19 to
 * 6.2). Same data path, same state. Before 5.19 tcp_recvmsg had one argument more, `nonblock` before the flags: what it
 * returned and the flags lie elsewhere there. Nothing else here asks for more than 5.15. */
#include "include/kernel.h"
#include "include/data_path.h"

DATA_FUNCTION BPF_PROG(sent, struct sock *sk, struct msghdr *message, u64 size, int moved)
{
	return data_moved(sk, moved, 0, SENDING);
}

DATA_FUNCTION BPF_PROG(received, struct sock *sk, struct msghdr *message, u64 size, int flags, int *name_size, int moved)
{
	return data_moved(sk, moved, flags, RECEIVING);
}

SEC("fexit/tcp_sendmsg")
int socket_send(unsigned long long *ctx)
{
	return current_selected() ? sent(ctx) : 0;
}

SEC("fexit/tcp_recvmsg")
int socket_receive(unsigned long long *ctx)
{
	return current_selected() ? received(ctx) : 0;
}

char LICENSE[] SEC("license") = "GPL";
