/* The HTTP/1 family: drives the parser over the bytes of one call, a segment at a time. */
#pragma once
#include "http_exchange.h"

/* Passes body bytes without looking at them. Returns how many. */
static __always_inline u32 stream_pass(struct http_stream *s, u32 size)
{
	if (s->facts & HTTP_IN_REST)
		return 0;
	if (s->phase == HTTP_UNTIL_CLOSE) {
		s->body += size;
		return size;
	}
	if (s->phase != HTTP_BODY && s->phase != HTTP_CHUNK_DATA)
		return 0;
	u32 n = s->left < size ? (u32)s->left : size;

	s->left -= n;
	return n;
}

/* A message begins at the window's reading position. Returns 1 when the fast path must not read it. */
static __always_inline u32 http_begin(struct conn *c, struct work *w, u32 direction)
{
	u32 unread = w->span.end - w->span.at;

	c->start_ns[direction] = w->now;
	c->start_sequence[direction] = w->sequence + w->done - unread;
	c->start_tid[direction] = w->tid;
	if (!c->side)
		return 0;
	bool asking = direction == requests_go(c);

	if (asking && c->tail - c->head >= PENDING && c->mode == MODE_FAST) {
		health_add(H_CONNECTIONS_SLOW, 1);
		mode_event(c, MODE_SLOW, H_SLOW_FIFO_FULL);
		c->mode = MODE_SLOW;
	}
	if (c->mode == MODE_FAST && !c->blind[!direction])
		return c->blind[direction];
	u64 queued = LOAD_ORDERED(&c->tail) - c->head;

	if (c->mode == MODE_SLOW && (asking || !queued)) {
		/* What the window holds is read again, by the slow path. */
		w->io.base -= unread;
		w->io.left += unread;
		w->done -= unread;
		w->span.at = w->span.end;
		return 1;
	}
	if (c->blind[!direction] && (asking || !queued))
		c->blind[direction] = 1;
	return c->blind[direction];
}

/* Copies `size` bytes of the window, at most `most` and rounded up to 32. */
static __always_inline void http_copy(u8 *to, const struct http_buffer *b, u32 at, u32 size, const u32 most)
{
	const u64 *from = (const u64 *)http_at(b, at);
	u64 *words = (u64 *)to;

	for (u32 i = 0; i < most / 8; i += 4) {
		if (i * 8 >= size)
			break;
		words[i] = from[i];
		words[i + 1] = from[i + 1];
		words[i + 2] = from[i + 2];
		words[i + 3] = from[i + 3];
	}
}

/* Keeps the beginning of a head for the record, as far as it is in this window. */
static __always_inline void http_capture(struct conn *c, struct work *w, struct http_stream *s, u32 at)
{
	u32 size = w->span.end - at;

	if (s->kind == HTTP_REQUEST) {
		c->capture_free = c->head == c->tail;
		if (!c->capture_free || at > HTTP_END_OF_WINDOW)
			return;
		size = MIN(size, c->most_of_request);
		size = MIN(size, CAPTURE_REQUEST);
		c->request_captured = size;
		http_copy(c->request_capture, &w->buffer, at, size, CAPTURE_REQUEST);
	}
}

/* A body of known length has passed. */
static __always_inline void http_body_end(struct conn *c, struct work *w, struct http_stream *s)
{
	s->phase = HTTP_START;
	if (s->kind == HTTP_RESPONSE)
		http_response_end(c, w, s);
}

/* Fills the window from the current segment, or passes body bytes. Returns a step, or STEP_READ when there is a window. */
#define STEP_READ 2
static __always_inline u32 http_fill(struct conn *c, struct work *w, struct http_stream *s)
{
	u32 size = w->total - w->done;

	if (w->gap) {
		u32 unseen = stream_pass(s, w->gap);

		w->gap = 0;
		if (s->phase == HTTP_BODY && !s->left)
			http_body_end(c, w, s);
		return unseen ? STEP_MORE : STEP_DONE;
	}
	if (w->done >= w->total)
		return STEP_DONE;
	if (!w->io.left) {
		if (work_segment(w))
			return STEP_MORE;
		/* No more to read: body bytes pass unseen, anything else is lost. */
		w->io.readable = 0;
		w->io.left = size;
	}
	if (size > w->io.left)
		size = w->io.left;
	u32 passed = s->phase > HTTP_HEADERS ? stream_pass(s, size) : 0;

	if (passed || (!s->left && (s->phase == HTTP_BODY || s->phase == HTTP_CHUNK_DATA))) {
		work_pass(w, passed);
		if (s->left || s->phase == HTTP_UNTIL_CLOSE)
			return STEP_MORE;
		if (s->phase == HTTP_CHUNK_DATA) {
			s->phase = HTTP_CHUNK_SIZE;
		} else {
			http_body_end(c, w, s);
		}
		return STEP_MORE;
	}
	if (!w->io.readable) {
		health_add(H_UNREADABLE, size);
		conn_blind(c, w->direction, H_BLIND_UNREADABLE_HEAD);
		return STEP_DONE;
	}
	u32 most = s->phase == HTTP_CHUNK_SIZE && !s->carried ? 32 : HTTP_WINDOW;

	if (size > most)
		size = most;
	w->span.at = http_carry(s, &w->buffer);
	if (size > HTTP_WINDOW || bpf_probe_read_user(w->buffer.bytes + HTTP_CARRY, size, (void *)w->io.base)) {
		health_add(H_UNREADABLE, size);
		conn_blind(c, w->direction, H_BLIND_UNREADABLE_HEAD);
		return STEP_DONE;
	}
	w->span.end = HTTP_CARRY + size;
	work_pass(w, size);
	return STEP_READ;
}

/* A short body may be in the window already, after its head. */
static __always_inline void http_body_here(struct conn *c, struct work *w, struct http_stream *s)
{
	u32 rest = w->span.end - w->span.at;

	if (s->phase != HTTP_BODY || s->left > rest)
		return;
	w->span.at += (u32)s->left;
	s->left = 0;
	http_body_end(c, w, s);
}

/* Acts on what http_next said of the window from `at` on, where a message began if `starting`. */
static __always_inline u32 http_act(struct conn *c, struct work *w, u32 event, u32 at, u32 starting)
{
	u32 direction = w->direction & 1;
	struct http_stream *s = &c->streams[direction];

	if (starting && s->kind && s->phase != HTTP_START && event != HTTP_NOT) {
		if (s->kind == HTTP_REQUEST)
			route_resolve(c, w, s->route, at);
		http_capture(c, w, s, at);
	}
	if (event <= HTTP_AGAIN)
		return STEP_MORE;
	if (event == HTTP_NOT) {
		if (c->midstream[direction] && ++c->misses < 64) {
			s->facts = 0;
			return STEP_DONE;
		}
		if (c->protocol == PROTOCOL_HTTP) {
			conn_blind(c, direction, H_BLIND_NOT_HTTP);
		} else {
			c->protocol = PROTOCOL_UNKNOWN;
			health_add(H_CONNECTIONS_UNKNOWN, 1);
		}
		return STEP_DONE;
	}
	if (event == HTTP_END) {
		if (s->kind == HTTP_RESPONSE)
			http_response_end(c, w, s);
		else
			c->pending[(c->tail - 1) & (PENDING - 1)].body = s->body;
		return STEP_MORE;
	}
	/* A head is complete, or its framing is odd; the exchange counts either way. */
	if (event == HTTP_ODD && s->phase != HTTP_HEADERS) {
		conn_blind(c, direction, H_BLIND_ODD_FRAMING);
		return STEP_DONE;
	}
	c->midstream[direction] = 0;
	if (!http_side(c, s->kind, direction)) {
		conn_blind(c, direction, H_BLIND_NOT_HTTP);
		return STEP_DONE;
	}
	u32 frame = s->kind == HTTP_REQUEST ? http_request_head(c, w, s) : http_response_head(c, w, s);

	if (frame == HTTP_ODD)
		conn_blind(c, direction, H_BLIND_ODD_FRAMING);
	http_body_here(c, w, s);
	return c->blind[direction] ? STEP_DONE : STEP_MORE;
}

/* One turn: fill the window if it is empty, read up to the next event, act on it. */
static __always_inline u32 http_turn(struct conn *c, struct work *w)
{
	u32 direction = w->direction & 1;
	struct http_stream *s = &c->streams[direction];

	if (w->span.at >= w->span.end) {
		if (c->mode == MODE_SLOW && s->phase == HTTP_START && !s->carried && c->slow_offset[direction])
			return http_slow_step(c, w);
		u32 step = http_fill(c, w, s);

		if (step != STEP_READ)
			return step;
	}
	u32 at = w->span.at, starting = s->phase == HTTP_START;

	if (starting && at >= HTTP_CARRY && http_begin(c, w, direction))
		return c->mode == MODE_SLOW ? http_slow_step(c, w) : STEP_DONE;
	return http_act(c, w, http_next(s, &w->buffer, &w->span), at, starting);
}

/* One turn, and whether it leaves anything. */
__attribute__((noinline)) u32 http_step(struct conn *c, struct work *w)
{
	if (!c || !w)
		return STEP_DONE;
	u32 step = http_turn(c, w);

	return w->span.at >= w->span.end && w->done >= w->total && !w->gap ? STEP_DONE : step;
}

/* http_act on the first thing in a call's only window. */
__attribute__((noinline)) u32 http_act_first(struct conn *c, struct work *w, u32 event)
{
	return c && w ? http_act(c, w, event == HTTP_PART ? HTTP_AGAIN : event, HTTP_CARRY, 1) : STEP_DONE;
}

/* Whether a message begins with the next byte, and that is all there is to know. */
static __always_inline bool http_is_between(const struct http_stream *s)
{
	const struct http_stream other = { .phase = 0xff, .facts = HTTP_IN_REST, .carried = 0xff };
	u64 word, mask;

	__builtin_memcpy(&word, &s->status, sizeof(word));
	__builtin_memcpy(&mask, &other.status, sizeof(mask));
	return !(word & mask);
}

/* A call's only window, in one go: a message's beginning on a connection all is known of. Returns 1 if nothing is left of it.
 * `direction` is the work's, known to the compiler here. */
static __always_inline u32 http_whole(struct conn *c, struct work *w, u32 direction)
{
	struct http_stream *s = &c->streams[direction];
	bool asking = c->side == (direction == RECEIVING ? SIDE_SERVER : SIDE_CLIENT);
	u32 event = http_lines(s, &w->buffer, &w->span), frame;

	if (event != HTTP_HEAD || asking != (s->kind == HTTP_REQUEST))
		return http_act_first(c, w, event) == STEP_DONE;
	c->midstream[direction] = 0;
	if (asking && c->route_hash != s->route)
		route_resolve(c, w, s->route, HTTP_CARRY);
	http_capture(c, w, s, HTTP_CARRY);
	frame = asking ? http_request_head(c, w, s) : http_response_head(c, w, s);
	if (frame == HTTP_ODD)
		conn_blind(c, direction, H_BLIND_ODD_FRAMING);
	else
		http_body_here(c, w, s);
	return c->blind[direction] || w->span.at >= w->span.end;
}
