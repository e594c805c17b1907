/* Can connections be seen to open and end? */
#include "../include/kernel.h"

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(connection_state, struct sock *sk)
{
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(connection_end, struct sock *sk)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
