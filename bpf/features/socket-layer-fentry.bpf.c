/* Can functions of the socket layer be entered and left through a trampoline? */
#include "../include/kernel.h"

SEC("fexit/sock_sendmsg")
int BPF_PROG(socket_send)
{
	return 0;
}

SEC("fexit/sock_recvmsg")
int BPF_PROG(socket_receive)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
