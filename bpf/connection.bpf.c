/* A selected connection's beginning and end: connect latency, failed attempts, what it moved, and the exchanges that were
 * still open when it went. */
#include "include/kernel.h"
#include "include/connection.h"
#include "include/preemption.h"
#include "protocol/http_family.h"

#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT 2
#define TCP_CLOSE 7

static __always_inline void close_event(struct conn *c, struct sock *sk, bool failed)
{
	struct work *w = work_of(WORK_CLOSE);
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);

	if (!w)
		return;
	struct close_record *r = &w->record.close;

	__builtin_memset(r, 0, sizeof(*r));
	r->kind = CONTROL_CLOSE;
	r->service = c->service;
	r->socket = c->socket;
	r->opened_ns = c->opened_ns;
	r->closed_ns = bpf_ktime_get_ns();
	r->connect_ns = c->connect_ns;
	r->sent = c->bytes[SENDING];
	r->received = c->bytes[RECEIVING];
	r->local = c->local;
	r->remote = c->remote;
	r->tgid = c->tgid;
	r->exchanges = c->exchanges;
	if (tcp) {
		r->smoothed_rtt_us = tcp->srtt_us >> 3;
		r->retransmits = tcp->total_retrans;
	}
	r->local_port = c->local_port;
	r->remote_port = c->remote_port;
	r->side = c->side;
	r->failed = failed;
	ring_output(&control, r, sizeof(*r), H_CONTROL_RING_FULL);
}

static __always_inline int state_changed(struct sock *sk, int from, int to)
{
	struct conn *c;

	if (to == TCP_SYN_SENT) {
		u32 tgid = bpf_get_current_pid_tgid() >> 32;

		if (target_selected(tgid) && (c = conn_enter(sk, tgid, selection.epoch)))
			c->flags |= CONN_OBSERVED;
		return 0;
	}
	if (from != TCP_SYN_SENT)
		return 0;
	c = bpf_sk_storage_get(&conns, sk, 0, 0);
	if (!c)
		return 0;
	if (to == TCP_ESTABLISHED) {
		c->connect_ns = bpf_ktime_get_ns() - c->opened_ns;
	} else if (to == TCP_CLOSE) {
		conn_addresses(c, sk);
		close_event(c, sk, true);
		c->failed = 1;
	}
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(connection_state, struct sock *sk, int from, int to)
{
	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	UNPREEMPTED(state_changed(sk, from, to));
	return 0;
}

/* Bytes read at the end past every probe (splice, zero-copy, another process): no later call shows the gap they are. */
static __always_inline void unseen_end(struct conn *c, struct sock *sk)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);

	if (!tcp || !c->peer || (c->flags & CONN_UNORDERED) || tcp->inet_conn.icsk_ulp_ops)
		return;
	u32 end = received_until(sk, tcp);

	if ((s32)(end - c->next[RECEIVING]) <= 0)
		return;
	health_add(H_GAP_BYTES, end - c->next[RECEIVING]);
	cover_blind(c->service, end - c->next[RECEIVING]);
}

/* The socket is about to be freed and nobody can read from it any more: what is unanswered now stays so. */
static __always_inline int ended(struct sock *sk)
{
	struct conn *c = bpf_sk_storage_get(&conns, sk, 0, 0);
	struct work *w = work_of(WORK_CLOSE);

	if (!c || !w || !c->socket)
		return 0;
	if (c->epoch != selection.epoch)
		conn_policy(c);
	unseen_end(c, sk);
	if (c->side) {
		u32 responses = !requests_go(c);
		struct http_stream *s = &c->streams[responses & 1];

		w->now = bpf_ktime_get_ns();
		w->in_flight = 0;
		w->direction = responses;
		if (s->phase == HTTP_UNTIL_CLOSE || (c->counted == COUNTED && s->phase != HTTP_START))
			http_response_end(c, w, s);
		if (c->blind[0] || c->blind[1]) {
			health_add(H_UNPARSED, c->tail - c->head);
		} else {
			for (u32 i = 0; i < PENDING; i++) {
				if (c->head == c->tail)
					break;
				c->status = 0;
				c->first_ns = w->now;
				c->response_body = 0;
				exchange_count(c, w, 0);
				exchange_over(c, w);
				exchange_pop(c);
			}
		}
	}
	if (!c->failed && c->peer)
		close_event(c, sk, false);
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(connection_end, struct sock *sk)
{
	UNPREEMPTED(ended(sk));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
