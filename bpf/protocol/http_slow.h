/* Connections with more requests waiting than the queue holds: userland reads their bytes. */
#pragma once
#include "../include/exchange.h"

enum step { STEP_MORE, STEP_DONE };

/* Hands bytes of a SLOW connection to userland. */
__attribute__((noinline)) u32 http_slow_step(struct conn *c, struct work *w)
{
	if (!c || !w)
		return STEP_DONE;
	u32 direction = w->direction & 1, size = w->total - w->done;
	struct slow_record *r = &w->record.slow;

	if (w->done >= w->total)
		return STEP_DONE;
	if (!w->io.left && work_segment(w))
		return STEP_MORE;
	r->missing = 0;
	r->size = 0;
	if (size > w->io.left)
		size = w->io.left;
	if (size > SLOW_PIECE)
		size = SLOW_PIECE;
	if (!size || !w->io.readable || bpf_probe_read_user(r->bytes, size, (void *)w->io.base)) {
		size = 0;
		r->missing = w->total - w->done;
	}
	r->socket = c->socket;
	r->at_ns = w->now;
	r->offset = c->slow_offset[direction];
	r->local = c->local;
	r->remote = c->remote;
	r->service = c->service;
	r->tgid = c->tgid;
	r->tid = w->tid;
	r->sequence = w->sequence + w->done;
	r->local_port = c->local_port;
	r->remote_port = c->remote_port;
	r->size = size;
	r->side = c->side;
	r->direction = direction;
	c->slow_offset[direction] += size + r->missing;
	if (size > SLOW_PIECE)
		return STEP_DONE;
	ring_output(&slow, r, __builtin_offsetof(struct slow_record, bytes) + size, H_SLOW_RING_FULL);
	if (r->missing) {
		w->done = w->total;
		return STEP_DONE;
	}
	work_pass(w, size);
	return STEP_MORE;
}
