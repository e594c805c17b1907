/* From heads to exchanges: pair, count, judge, hand over. Everything here is written for the two directions of a
 * connection running at the same time on two CPUs. */
#pragma once
#include "work.h"
#include "../maps/health.h"
#include "../maps/targets.h"
#include "../maps/policies.h"
#include "../maps/red.h"
#include "../maps/routes.h"
#include "../maps/peers.h"
#include "../maps/rings.h"
#include "../maps/flight.h"
#include "../maps/coverage.h"

static const u64 bucket_bounds[BUCKETS - 1] = {
	100000,	   250000,    500000,	 1000000,   2500000,	5000000,    10000000,	25000000,   50000000,	75000000,
	100000000, 250000000, 500000000, 750000000, 1000000000, 2500000000, 5000000000, 7500000000, 10000000000,
};

static __always_inline u64 mix(u64 h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ULL;
	h ^= h >> 33;
	return h;
}

/* A tree, so that every bound is a constant of the code. */
#define BUCKET_OF_2(ns, i) ((ns) > bucket_bounds[i] ? (i) + 1 : (i))
#define BUCKET_OF_4(ns, i) ((ns) > bucket_bounds[(i) + 1] ? BUCKET_OF_2(ns, (i) + 2) : BUCKET_OF_2(ns, i))
#define BUCKET_OF_8(ns, i) ((ns) > bucket_bounds[(i) + 3] ? BUCKET_OF_4(ns, (i) + 4) : BUCKET_OF_4(ns, i))

static __always_inline u32 bucket_of(u64 ns)
{
	_Static_assert(BUCKETS == 20, "8 + 8 + 4");
	if (ns > bucket_bounds[15])
		return BUCKET_OF_4(ns, 16);
	return ns > bucket_bounds[7] ? BUCKET_OF_8(ns, 8) : BUCKET_OF_8(ns, 0);
}

static __always_inline void mode_event(struct conn *c, u32 mode, u32 reason)
{
	struct mode_record record = {
		.kind = CONTROL_MODE, .service = c->service, .socket = c->socket, .mode = mode, .reason = reason,
	};

	health_add(reason, 1);
	ring_output(&control, &record, sizeof(record), H_CONTROL_RING_FULL);
}

/* Gives a direction up. The other one stops by itself once nothing is pending. */
__attribute__((noinline)) u32 conn_blind(struct conn *c, u32 direction, u32 reason)
{
	if (!c)
		return 0;
	if (!c->blind[0] && !c->blind[1]) {
		health_add(H_CONNECTIONS_BLIND, 1);
		mode_event(c, MODE_BLIND, reason);
	}
	c->blind[direction & 1] = 1;
	return 0;
}

/* Counts what is pending at `p` into its row, or into the totals when there is no room for one. `whole` 0: only the bytes of a
 * response, which came after the rest was counted. */
__attribute__((noinline)) u32 red_count(struct conn *c, struct pending *p, u64 response_bytes, u32 whole)
{
	if (!c || !p)
		return 0;
	u64 duration = c->first_ns > p->start_ns ? c->first_ns - p->start_ns : 0, request_bytes = whole ? p->body : 0;
	struct red_key key = {
		.route = p->route,
		.peer = c->peer,
		.service = c->service,
		.status = c->status,
		.server_port = c->side == SIDE_CLIENT ? c->remote_port : c->local_port,
		.end = RED_END(c->side, c->protocol),
		.method = p->method,
	};
	struct red_value *row = bpf_map_lookup_elem(&red, &key);

	if (!row) {
		static const struct red_value empty;

		bpf_map_update_elem(&red, &key, &empty, BPF_NOEXIST);
		row = bpf_map_lookup_elem(&red, &key);
	}
	if (row) {
		if (whole) {
			u32 bucket = bucket_of(duration);

			__sync_fetch_and_add(&row->count, 1);
			__sync_fetch_and_add(&row->sum_ns, duration);
			if (bucket < BUCKETS)
				__sync_fetch_and_add(&row->buckets[bucket], 1);
		}
		if (request_bytes)
			__sync_fetch_and_add(&row->request_bytes, request_bytes);
		if (response_bytes)
			__sync_fetch_and_add(&row->response_bytes, response_bytes);
		return 0;
	}
	u32 class = c->status / 100;
	u32 index = ((c->service * 2 + (c->side == SIDE_CLIENT)) * MAX_PROTOCOLS + c->protocol) * STATUS_CLASSES +
		    (class < STATUS_CLASSES ? class : 5);
	struct overflow_value *total = bpf_map_lookup_elem(&overflow, &index);

	if (whole)
		health_add(H_RED_FULL, 1);
	if (total) {
		__sync_fetch_and_add(&total->count, whole);
		__sync_fetch_and_add(&total->sum_ns, whole ? duration : 0);
		__sync_fetch_and_add(&total->request_bytes, request_bytes);
		__sync_fetch_and_add(&total->response_bytes, response_bytes);
	}
	return 0;
}

/* A path seen for the first time is entered, with the first line at `at` of the buffer for its text. */
__attribute__((noinline)) u32 route_resolve(struct conn *c, struct work *w, u64 hash, u32 at)
{
	if (!c || !w || c->route_hash == hash)
		return 0;
	c->route_hash = hash;
	if (!hash || bpf_map_lookup_elem(&routes, &hash))
		return 0;
	struct route_entry fresh = { .service = c->service };

	for (u32 i = 0; i < 17; i++) {
		if (at >= HTTP_END_OF_WINDOW || w->buffer.bytes[at] == ' ')
			break;
		at++;
	}
	at++;
	if (at < HTTP_END_OF_WINDOW && at < w->span.end) {
		u32 size = w->span.end - at;

		fresh.bytes = MIN(size, ROUTE_TEXT);
		bpf_probe_read_kernel(fresh.target, ROUTE_TEXT, w->buffer.bytes + at);
	}
	if (bpf_map_update_elem(&routes, &hash, &fresh, BPF_NOEXIST) && !bpf_map_lookup_elem(&routes, &hash))
		health_add(H_ROUTES_FULL, 1);
	return 0;
}

/* Whether the service still has room for a kept exchange this second: a leaky bucket one second deep. */
static __always_inline bool policy_has_room(u32 service, u64 now)
{
	struct policy *p = bpf_map_lookup_elem(&policies, &service);

	if (!p || !p->interval_ns)
		return true;
	u64 next = p->next_ns;

	if (next > now)
		return false;
	if (next + 1000000000ULL < now)
		p->next_ns = now - 1000000000ULL + p->interval_ns;
	else
		__sync_fetch_and_add(&p->next_ns, p->interval_ns);
	return true;
}

static __always_inline u32 verdict_of(struct conn *c, u32 status, u64 duration_ns, u64 trace_low)
{
	if (c->keep_errors && (status >= (c->side == SIDE_CLIENT ? 400 : 500) || !status))
		return VERDICT_ERROR;
	if (c->slower_than_ns && duration_ns > c->slower_than_ns)
		return VERDICT_SLOW;
	return (trace_low & BITS_56) >= c->threshold ? VERDICT_SHARE : VERDICT_NONE;
}

/* The exchange at the head of the queue is over: judge it and hand it over, or leave it to the flight recorder. */
__attribute__((noinline)) u32 exchange_over(struct conn *c, struct work *w)
{
	if (!c || !w)
		return 0;
	struct pending *p = &c->pending[c->head & (PENDING - 1)];
	struct kept_record *r = &w->record.kept;
	struct summary *s = &r->summary;
	u64 duration = c->first_ns > p->start_ns ? c->first_ns - p->start_ns : 0;
	u32 verdict = verdict_of(c, c->status, duration, p->trace_low);

	if (verdict && !policy_has_room(c->service, w->now)) {
		verdict = VERDICT_NONE;
		health_add(H_NOT_KEPT_LIMITED, 1);
	}
	if (!verdict) {
		u32 zero = 0;
		struct flight_position *position = bpf_map_lookup_elem(&flight_next, &zero);

		if (!position)
			return 0;
		u32 slot = __sync_fetch_and_add(&position->next, 1) & (FLIGHT - 1);

		s = bpf_map_lookup_elem(&flight, &slot);
		if (!s)
			return 0;
	}
	s->route = p->route;
	s->trace_high = p->trace_high;
	s->trace_low = p->trace_low;
	s->parent = p->parent;
	s->start_ns = p->start_ns;
	s->first_ns = p->start_ns + duration;
	s->last_ns = w->now;
	s->socket = c->socket;
	s->request_bytes = p->body;
	s->response_bytes = c->response_body;
	s->local = c->local;
	s->remote = c->remote;
	s->service = c->service;
	s->tgid = c->tgid;
	s->request_tid = p->tid;
	s->response_tid = c->response_tid;
	s->sequence = p->sequence;
	s->local_port = c->local_port;
	s->remote_port = c->remote_port;
	s->status = c->status;
	s->side = c->side;
	s->protocol = c->protocol;
	s->method = p->method;
	s->has_trace = p->has_trace;
	s->trace_flags = p->trace_flags;
	s->verdict = verdict;
	if (!verdict)
		return 0;
	u32 request = 0;

	if (p->captured)
		request = MIN(c->request_captured, CAPTURE_REQUEST);
	r->threshold = c->threshold;
	r->request_size = request;
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	__builtin_memcpy(r->bytes, c->request_capture, CAPTURE_REQUEST);
	u32 size = __builtin_offsetof(struct kept_record, bytes) + request;

	if (size > sizeof(*r))
		size = sizeof(*r);
	if (bpf_ringbuf_output(&kept, r, size, BPF_RB_NO_WAKEUP))
		health_add(H_KEPT_RING_FULL, 1);
	else
		health_add(verdict == VERDICT_ERROR ? H_KEPT_ERROR : verdict == VERDICT_SLOW ? H_KEPT_SLOW : H_KEPT_SHARE, 1);
	return 0;
}

/* Counts the exchange at the head of the queue. */
static __always_inline void exchange_count(struct conn *c, struct work *w, u64 response_bytes)
{
	c->exchanges++;
	work_count(w, c->status ? H_EXCHANGES : H_UNANSWERED);
	red_count(c, &c->pending[c->head & (PENDING - 1)], response_bytes, 1);
}

/* The exchange leaves the queue. */
static __always_inline void exchange_pop(struct conn *c)
{
	c->counted = COUNTED_NOT;
	__sync_fetch_and_add(&c->head, 1);
}
