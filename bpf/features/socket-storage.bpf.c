/* Can a tracing program keep state in a socket, and in a thread? */
#include "../include/kernel.h"

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, u64);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, u64);
} threads SEC(".maps");

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(socket_storage, struct sock *sk)
{
	bpf_sk_storage_get(&sockets, sk, 0, 0);
	bpf_task_storage_get(&threads, bpf_get_current_task_btf(), 0, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
