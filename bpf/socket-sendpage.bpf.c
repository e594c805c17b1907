/* T2 up to 6.4: sendfile hands pages to TCP past tcp_sendmsg. Nothing of them can be read, but bodies pass. */
#include "include/kernel.h"
#include "include/data_path.h"

DATA_FUNCTION BPF_PROG(sent, struct sock *sk, struct page *page, int offset, u64 size, int flags, int moved)
{
	return data_moved(sk, moved, 0, SENDING);
}

SEC("fexit/tcp_sendpage")
int socket_page(unsigned long long *ctx)
{
	return current_selected() ? sent(ctx) : 0;
}

char LICENSE[] SEC("license") = "GPL";
