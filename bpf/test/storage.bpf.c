/* Lists the TCP sockets of its network namespace that have a connection's state, for tests: a line "LOCAL_PORT REMOTE_PORT"
 * each. It goes through the sockets: to walk the map itself is a right that some kernels give nobody. */
#include "../include/kernel.h"
#include "../maps/conns.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
};
#pragma clang attribute pop

SEC("iter/tcp")
int list(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct tcp_sock *tcp = common ? bpf_skc_to_tcp_sock(common) : NULL;

	if (tcp && bpf_sk_storage_get(&conns, tcp, 0, 0))
		BPF_SEQ_PRINTF(ctx->meta->seq, "%d %d\n", common->skc_num, __builtin_bswap16(common->skc_dport));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
