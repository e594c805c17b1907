/* Can the return of TCP's send and receive functions be seen, with what they returned? */
#include "../include/kernel.h"

SEC("fexit/tcp_sendmsg")
int BPF_PROG(socket_send, struct sock *sk, struct msghdr *message, u64 size, int moved)
{
	return moved ? 0 : 0;
}

SEC("fexit/tcp_recvmsg")
int BPF_PROG(socket_receive, struct sock *sk, struct msghdr *message, u64 size, int flags, int *name_size, int moved)
{
	return moved ? 0 : 0;
}

char LICENSE[] SEC("license") = "GPL";
