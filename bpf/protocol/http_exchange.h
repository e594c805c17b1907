/* What a complete head and the end of a message mean for the exchanges of a connection. */
#pragma once
#include "http_slow.h"

static __always_inline u32 requests_go(struct conn *c)
{
	return c->side == SIDE_SERVER ? RECEIVING : SENDING;
}

/* The response direction: the exchange under way ends with the byte just passed. */
__attribute__((noinline)) u32 http_response_end(struct conn *c, struct work *w, struct http_stream *s)
{
	if (!c || !w || !s)
		return 0;
	if (c->counted == COUNTED_ORPHAN) {
		c->counted = COUNTED_NOT;
		return 0;
	}
	c->response_body = s->body;
	if (c->head == LOAD_ORDERED(&c->tail)) {
		/* Nobody asked yet: the request's own probe is still to come, on another CPU, and finishes this. */
		c->last_ns = w->now;
		__sync_lock_test_and_set(&c->early, EARLY_ENDED);
		if (c->head == LOAD_ORDERED(&c->tail) ||
		    __sync_val_compare_and_swap(&c->early, EARLY_ENDED, EARLY_NONE) != EARLY_ENDED)
			return 0;
	}
	if (c->counted == COUNTED_NOT) {
		exchange_count(c, w, s->body);
	} else if (!(s->facts & HTTP_HAS_LENGTH) || (s->facts & HTTP_IS_CHUNKED)) {
		if (s->body)
			red_count(c, &c->pending[c->head & (PENDING - 1)], s->body, 0);
	}
	exchange_over(c, w);
	exchange_pop(c);
	return 0;
}

/* A response head is complete. Returns what http_frame says. */
__attribute__((noinline)) u32 http_response_head(struct conn *c, struct work *w, struct http_stream *s)
{
	if (!c || !w || !s)
		return HTTP_ODD;
	u32 status = s->status, upgrade = status == 101, bodiless = status == 204 || status == 304;
	u64 head = c->head;
	bool paired = head != LOAD_ORDERED(&c->tail);

	if (status < 200 && !upgrade) {
		health_add(H_INTERIM_RESPONSES, 1);
		s->phase = HTTP_START;
		return HTTP_DRY;
	}
	c->first_ns = c->start_ns[w->direction & 1];
	c->response_tid = c->start_tid[w->direction & 1];
	c->status = status;
	c->counted = COUNTED_NOT;
	if (paired) {
		u8 method = c->pending[head & (PENDING - 1)].method;

		if (method == HTTP_HEAD_METHOD)
			bodiless = 1;
		else if (method == HTTP_CONNECT && status < 300)
			upgrade = 1;
	} else if (w->in_flight && c->side == SIDE_CLIENT && c->early == EARLY_NONE) {
		health_add(H_EARLY_RESPONSES, 1);
	} else {
		health_add(H_ORPHAN_RESPONSES, 1);
		c->counted = COUNTED_ORPHAN;
	}
	u32 odd = s->facts & HTTP_IS_ODD;
	u32 frame = http_frame(s, HTTP_RESPONSE, bodiless | upgrade);

	if (paired) {
		c->counted = COUNTED;
		exchange_count(c, w, s->body);
	}
	if (frame == HTTP_END || odd)
		http_response_end(c, w, s);
	if (upgrade) {
		conn_blind(c, SENDING, H_BLIND_UPGRADE);
		conn_blind(c, RECEIVING, H_BLIND_UPGRADE);
	}
	return odd ? HTTP_ODD : frame;
}

/* A request head is complete: it queues up. */
__attribute__((noinline)) u32 http_request_head(struct conn *c, struct work *w, struct http_stream *s)
{
	if (!c || !w || !s)
		return HTTP_ODD;
	u32 direction = w->direction & 1;
	u64 tail = c->tail;
	struct pending *p = &c->pending[tail & (PENDING - 1)];
	u32 odd = s->facts & HTTP_IS_ODD;
	u32 frame = http_frame(s, HTTP_REQUEST, 0);

	work_count(w, H_REQUESTS);
	p->start_ns = c->start_ns[direction];
	p->route = s->route;
	p->sequence = c->start_sequence[direction];
	p->tid = c->start_tid[direction];
	p->method = s->method;
	p->body = s->body;
	p->trace_flags = s->trace_flags;
	p->parent = s->parent;
	p->captured = c->capture_free;
	if (!c->capture_free)
		health_add(H_CAPTURE_SKIPPED, 1);
	if (s->facts & HTTP_HAS_TRACE) {
		p->has_trace = 1;
		p->trace_high = s->trace_high;
		p->trace_low = s->trace_low;
	} else {
		u64 seed = c->flags & CONN_UNORDERED ? (u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32() : p->sequence;

		p->has_trace = 0;
		p->trace_high = mix(c->link ^ seed * 0x9e3779b97f4a7c15ULL);
		p->trace_low = mix(p->trace_high + c->link);
	}
	u64 pushed = __sync_fetch_and_add(&c->tail, 1);

	HTTP_HIDE(pushed); /* only an addition whose result is used is ordered with what follows */
	/* Was the answer seen before the question? */
	if (c->early != EARLY_NONE && __sync_val_compare_and_swap(&c->early, EARLY_ENDED, EARLY_NONE) == EARLY_ENDED) {
		exchange_count(c, w, c->response_body);
		exchange_over(c, w);
		exchange_pop(c);
	}
	return odd ? HTTP_ODD : frame;
}

/* Learns from the first complete head which end this is. Returns 0 if the head contradicts what is known. */
static __always_inline u32 http_side(struct conn *c, u32 kind, u32 direction)
{
	u32 server = (kind == HTTP_REQUEST) == (direction == RECEIVING);

	if (c->side == SIDE_UNKNOWN) {
		struct endpoint *client = server ? &c->remote : &c->local;

		c->side = server ? SIDE_SERVER : SIDE_CLIENT;
		c->protocol = PROTOCOL_HTTP;
		c->link = mix(mix(client->high ^ mix(client->low)) + (server ? c->remote_port : c->local_port));
		return 1;
	}
	return server == (c->side == SIDE_SERVER);
}
