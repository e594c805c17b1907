/* Lists the sockets that have a connection's state, for tests: a line "LOCAL_PORT REMOTE_PORT" each. */
#include "../include/kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__bpf_sk_storage_map {
	struct bpf_iter_meta *meta;
	struct sock *sk;
	void *value;
};
#pragma clang attribute pop

SEC("iter/bpf_sk_storage_map")
int list(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct sock *sk = ctx->sk;

	if (sk)
		BPF_SEQ_PRINTF(ctx->meta->seq, "%d %d\n", sk->__sk_common.skc_num, __builtin_bswap16(sk->__sk_common.skc_dport));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
