/* The data path both tiers share: which connection, which bytes, in order? Then the protocol's family takes over. No tail
 * calls: a program that may make one pays for it on entry, and this one is entered for every socket call there is. */
#pragma once
#include "connection.h"
#include "preemption.h"
#include "../protocol/http_family.h"

static __always_inline void cover_parsed(u32 service, u64 n)
{
	struct coverage *v = bpf_map_lookup_elem(&coverage, &service);

	if (v)
		__sync_fetch_and_add(&v->parsed, n);
}

static __always_inline void cover_unknown(u32 service, u64 n)
{
	struct coverage *v = bpf_map_lookup_elem(&coverage, &service);

	if (v)
		__sync_fetch_and_add(&v->unknown, n);
}

static __always_inline void cover_slow(u32 service, u64 n)
{
	struct coverage *v = bpf_map_lookup_elem(&coverage, &service);

	if (v)
		__sync_fetch_and_add(&v->slow, n);
}

/* Bytes that moved without a probe seeing them (another process held the socket, splice, a target just added). Bytes of
 * a body pass: the return value is how many the family must pass before it reads. Otherwise the direction looks for the
 * next message's start and what was pending is forgotten. */
static __always_inline u32 conn_gap(struct conn *c, struct http_stream *s, u32 direction, u32 gap)
{
	health_add(H_GAP_BYTES, gap);
	cover_blind(c->service, gap);
	if (!(s->facts & HTTP_IN_REST) && (s->phase == HTTP_UNTIL_CLOSE || (s->phase == HTTP_BODY && s->left >= gap)))
		return gap;
	health_add(H_RESYNCS, 1);
	s->phase = HTTP_START;
	s->facts = 0;
	s->carried = 0;
	c->midstream[direction] = 1;
	if (c->side && direction == requests_go(c)) {
		c->flush_to = c->tail;
		c->flush = 1;
	} else if (!c->flush) {
		c->head = LOAD_ORDERED(&c->tail);
	}
	return 0;
}

/* What every socket call of every process asks. */
static __always_inline bool current_selected(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return target_selected(task->tgid);
}

/* All requests among what was sent are in the queue now. */
static __always_inline void data_followed(struct conn *c, u32 direction)
{
	if (direction == SENDING)
		__sync_lock_test_and_set(&c->followed, c->next[SENDING]); /* ordered after the queue's tail */
}

/* Whether the first copy, which has just been, counted what moved: the total is not what it was the last time. */
static __always_inline bool data_taken(struct conn *c, u32 direction)
{
	bool taken = c->bytes[direction] != c->checked[direction];

	c->checked[direction] = c->bytes[direction];
	return taken;
}

/* The first bytes seen of a connection: whose it is between, and whether more moved before them. */
static __attribute__((noinline)) int data_first(struct conn *c, struct sock *sk, u32 size, u32 direction)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);

	conn_addresses(c, sk);
	if (!tcp) {
		c->flags |= CONN_UNORDERED;
		return 0;
	}
	if (!(c->flags & CONN_OBSERVED)) {
		u64 received = tcp->bytes_received - (tcp->rcv_nxt - tcp->copied_seq);
		u64 sent = tcp->bytes_acked + (tcp->write_seq - tcp->snd_una);
		u64 before = direction == SENDING ? size : 0;

		if (direction == RECEIVING)
			received -= size;
		/* The opening SYN counts as one byte acknowledged. */
		if (received > 0 || sent > before + 1)
			c->midstream[0] = c->midstream[1] = 1;
	}
	c->next[RECEIVING] = tcp->copied_seq;
	return 0;
}

/* Opens what is not the usual call: `work` knows all of it but where its bytes are. Returns 0 when there is nothing to read. */
__attribute__((noinline)) u32 data_open(struct conn *c, struct work *w, u32 truncated)
{
	if (!c || !w)
		return 0;
	u32 direction = w->direction & 1, size = w->total;
	struct http_stream *s = &c->streams[direction];

	if (c->protocol == PROTOCOL_UNKNOWN) {
		cover_unknown(c->service, size);
		io_skip(size);
		return 0;
	}
	if (c->blind[direction]) {
		cover_blind(c->service, size);
		io_skip(size);
		return 0;
	}
	if (c->flush && c->side && direction != requests_go(c)) {
		c->flush = 0;
		if (c->head < c->flush_to)
			c->head = c->flush_to;
	}
	/* The middle of a body needs no reading. */
	if (s->phase == HTTP_BODY && s->left > size && !(s->facts & HTTP_IN_REST) && !w->gap) {
		s->left -= size;
		cover_parsed(c->service, size);
		io_skip(size);
		return 0;
	}
	w->now = bpf_ktime_get_ns();
	w->done = 0;
	w->span.at = w->span.end = HTTP_CARRY;
	io_open(&w->io, size);
	if (truncated)
		w->io.readable = w->io.left = 0;
	return 1;
}

#define FAMILY_TURNS 64 /* squared, of one call: more pieces than anyone should send */

/* A few turns: the verifier follows two short loops, not one of every turn there can be. */
__attribute__((noinline)) u32 data_turns(struct conn *c, struct work *w)
{
	for (u32 i = 0; i < FAMILY_TURNS; i++) {
		u32 step = http_step(c, w);

		if (step != STEP_MORE)
			return step;
	}
	return STEP_MORE;
}

enum opened { OPENED_NOT, OPENED_READ, OPENED_MORE };

/* The usual call: the beginning of a message in one buffer that fits the window, on a connection all is known of. OPENED_READ
 * when nothing is left of it. */
static __always_inline u32 data_usual(struct conn *c, struct work *w, struct task_struct *task, u32 direction)
{
	u32 asking = c->side == (direction == RECEIVING ? SIDE_SERVER : SIDE_CLIENT), size = HTTP_AFRESH(w->total);
	struct io_call call = {};

	if (asking && c->tail - c->head >= PENDING)
		return OPENED_NOT;
	io_call_read(&call, task);
	if (call.shape != IO_BUFFER || size > HTTP_WINDOW ||
	    bpf_probe_read_user(w->buffer.bytes + HTTP_CARRY, size, (void *)call.buffer))
		return OPENED_NOT;
	w->now = bpf_ktime_get_ns();
	w->span.at = HTTP_CARRY;
	w->span.end = HTTP_CARRY + size;
	c->start_ns[direction] = w->now;
	c->start_sequence[direction] = w->sequence;
	c->start_tid[direction] = w->tid;
	if (http_whole(c, w, direction))
		return OPENED_READ;
	w->done = size;
	w->io.base = call.buffer + size;
	w->io.left = w->io.vectors = 0;
	w->io.readable = 1;
	return OPENED_MORE;
}

/* What a selected process moved. `which` copy of the data path this is, the compiler knows. */
static __always_inline void data_follow(struct sock *sk, int size, int flags, u32 direction, u32 which)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 tgid = task->tgid, epoch = selection.epoch;

	if (size < 0)
		io_failed();
	if (size <= 0 || (direction == RECEIVING && (flags & (MSG_PEEK | MSG_ERRQUEUE))))
		return;
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);

	if (!tcp && sk->sk_protocol != IPPROTO_MPTCP)
		return;
	struct conn *c = bpf_sk_storage_get(&conns, sk, 0, 0);

	if (!c) {
		if (!sk->sk_socket || !sk->sk_socket->file) /* the kernel's own socket */
			return;
		c = conn_enter(sk, tgid, epoch);
		if (!c)
			return;
	}
	if (which == COPY_SECOND && data_taken(c, direction))
		return;
	if ((c->tgid != tgid || c->epoch != epoch) && !conn_owner(c, tgid, epoch))
		return;
	struct work *w = work_of(direction);

	if (!w)
		return;
	work_count(w, direction == SENDING ? H_SENDS : H_RECEIVES);
	c->bytes[direction] += size;
	if (which == COPY_SECOND) {
		work_count(w, H_RUNS_TAKEN_OVER);
		c->checked[direction] = c->bytes[direction];
	}
	if (!c->peer)
		data_first(c, sk, size, direction);

	struct http_stream *s = &c->streams[direction];
	u32 sequence = 0, in_flight = 0, gap = 0;

	if (tcp && !(c->flags & CONN_UNORDERED)) {
		u32 end = direction == SENDING ? tcp->write_seq : received_until(sk, tcp);

		sequence = end - size;
		if (c->known[direction] && c->next[direction] != sequence) {
			if (tcp->inet_conn.icsk_ulp_ops)
				c->flags |= CONN_UNORDERED;
			else
				gap = conn_gap(c, s, direction, sequence - c->next[direction]);
		}
		c->known[direction] = 1;
		c->next[direction] = end;
		/* Written, but its probe has not run or is not done: an answer to it may overtake it here. */
		if (direction == RECEIVING && c->side != SIDE_SERVER)
			in_flight = c->known[SENDING] ? tcp->write_seq != c->followed : c->flags & CONN_OBSERVED;
	}
	w->total = size;
	w->sequence = sequence;
	w->tid = task->pid;
	w->in_flight = in_flight;
	w->direction = direction;
	w->gap = gap;
	u32 truncated = direction == RECEIVING && flags & MSG_TRUNC, opened = OPENED_NOT;

	if (!gap && !truncated && conn_is_plain(c) && http_is_between(s))
		opened = data_usual(c, w, task, direction);
	if (opened == OPENED_NOT)
		opened = data_open(c, w, truncated) ? OPENED_MORE : OPENED_NOT;
	if (opened == OPENED_READ && !c->blind[direction]) {
		cover_parsed(c->service, size);
	} else if (opened != OPENED_NOT) {
		u32 step = opened == OPENED_MORE ? STEP_MORE : STEP_DONE;

		for (u32 i = 0; i < FAMILY_TURNS && step == STEP_MORE; i++)
			step = data_turns(c, w);
		if (step == STEP_MORE)
			conn_blind(c, direction, H_BLIND_TOO_MANY_PIECES);
		if (c->protocol == PROTOCOL_UNKNOWN)
			cover_unknown(c->service, size);
		else if (c->blind[direction])
			cover_blind(c->service, size);
		else if (c->slow_offset[direction])
			cover_slow(c->service, size);
		else
			cover_parsed(c->service, size);
	}
	data_followed(c, direction);
}

static __always_inline int data_moved(struct sock *sk, int size, int flags, u32 direction)
{
	if (copy == COPY_ONLY) {
		data_follow(sk, size, flags, direction, COPY_ONLY);
		return 0;
	}
	preemption_off();
	data_follow(sk, size, flags, direction, copy);
	preemption_on();
	return 0;
}

/* Only those who are selected set up the stack for following: a function of its own. */
#define DATA_FUNCTION static __attribute__((noinline)) int
