/* T2 up to 6.4: sendfile hands pages to TCP past tcp_sendmsg. Nothing of them can be read, but bodies pass. */
#include "include/kernel.h"
#include "include/data_path.h"

/* A program array holds programs of one attachment only. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, FAMILIES);
	__type(key, u32);
	__type(value, u32);
} families_page SEC(".maps");

SEC("fexit/tcp_sendpage")
int BPF_PROG(socket_page, struct sock *sk, struct page *page, int offset, u64 size, int flags, int moved)
{
	if (data_enter(sk, moved, 0, SENDING))
		bpf_tail_call(ctx, &families_page, FAMILY_HTTP);
	return 0;
}

SEC("fexit/tcp_sendpage")
int BPF_PROG(http_page, struct sock *sk)
{
	if (http_run(sk, SENDING)) {
		bpf_tail_call(ctx, &families_page, FAMILY_HTTP);
		http_exhausted(sk, SENDING);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
