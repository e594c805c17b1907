/* Can the return of TCP's send and receive functions be seen, with what they returned? Reading it is the question: a
 * function with one argument fewer has no such place. */
#include "../include/kernel.h"

SEC("fexit/tcp_sendmsg")
int BPF_PROG(socket_send, struct sock *sk, struct msghdr *message, u64 size, int moved)
{
	barrier_var(moved);
	return 0;
}

SEC("fexit/tcp_recvmsg")
int BPF_PROG(socket_receive, struct sock *sk, struct msghdr *message, u64 size, int flags, int *name_size, int moved)
{
	barrier_var(moved);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
