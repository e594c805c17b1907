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

static __always_inline u32 bucket_of(u64 ns)
{
	u32 index = 0;

	for (u32 step = 16; step; step >>= 1) {
		u32 next = index + step;

		if (next < BUCKETS && ns > bucket_bounds[next - 1])
			index = next;
	}
	return index;
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

struct red_add {
	u64 route;
	u64 duration_ns;
	u64 request_bytes;
	u64 response_bytes;
	u16 status;
	u8 method;
	u8 count; /* 0: only bytes that came after the exchange was counted */
};

/* Counts into the exchange's row, or into the totals when there is no room for one. */
__attribute__((noinline)) u32 red_count(struct conn *c, struct red_add *add)
{
	if (!c || !add)
		return 0;
	struct red_key key = {
		.route = add->route,
		.peer = c->peer,
		.service = c->service,
		.status = add->status,
		.server_port = c->side == SIDE_CLIENT ? c->remote_port : c->local_port,
		.side = c->side,
		.protocol = c->protocol,
		.method = add->method,
	};
	struct red_value *row = bpf_map_lookup_elem(&red, &key);

	if (!row) {
		static const struct red_value empty;

		bpf_map_update_elem(&red, &key, &empty, BPF_NOEXIST);
		row = bpf_map_lookup_elem(&red, &key);
	}
	if (row) {
		if (add->count) {
			__sync_fetch_and_add(&row->count, 1);
			__sync_fetch_and_add(&row->sum_ns, add->duration_ns);
			u32 bucket = bucket_of(add->duration_ns);

			if (bucket < BUCKETS)
				__sync_fetch_and_add(&row->buckets[bucket], 1);
		}
		if (add->request_bytes)
			__sync_fetch_and_add(&row->request_bytes, add->request_bytes);
		if (add->response_bytes)
			__sync_fetch_and_add(&row->response_bytes, add->response_bytes);
		return 0;
	}
	u32 class = add->status / 100;
	u32 index = ((c->service * 2 + (c->side == SIDE_CLIENT)) * MAX_PROTOCOLS + c->protocol) * STATUS_CLASSES +
		    (class < STATUS_CLASSES ? class : 5);
	struct overflow_value *total = bpf_map_lookup_elem(&overflow, &index);

	if (add->count)
		health_add(H_RED_FULL, 1);
	if (total) {
		__sync_fetch_and_add(&total->count, add->count);
		__sync_fetch_and_add(&total->sum_ns, add->duration_ns);
		__sync_fetch_and_add(&total->request_bytes, add->request_bytes);
		__sync_fetch_and_add(&total->response_bytes, add->response_bytes);
	}
	return 0;
}

/* The route an exchange counts under. A path seen for the first time is entered, with the first line at `at` of the
 * buffer for its text, and announced. */
__attribute__((noinline)) u32 route_resolve(struct conn *c, struct work *w, u64 hash, u32 at)
{
	if (!c || !w || c->route_hash == hash)
		return 0;
	struct route_entry *known = bpf_map_lookup_elem(&routes, &hash);
	u64 route = hash;

	if (known) {
		route = known->route;
	} else if (hash) {
		struct route_entry fresh = { .route = hash, .service = c->service };
		struct route_record record = { .kind = CONTROL_ROUTE, .service = c->service, .hash = hash };

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
		if (bpf_map_update_elem(&routes, &hash, &fresh, BPF_NOEXIST) == 0)
			ring_output(&control, &record, sizeof(record), H_CONTROL_RING_FULL);
		else if (!bpf_map_lookup_elem(&routes, &hash))
			health_add(H_ROUTES_FULL, 1);
	}
	c->route_hash = hash;
	c->route = route;
	return 0;
}

/* Whether the service still has room for a kept exchange this second: a leaky bucket one second deep. */
static __always_inline bool policy_has_room(struct policy *p, u64 now)
{
	u64 next = p->next_ns;

	if (!p->interval_ns)
		return true;
	if (next > now)
		return false;
	if (next + 1000000000ULL < now)
		p->next_ns = now - 1000000000ULL + p->interval_ns;
	else
		__sync_fetch_and_add(&p->next_ns, p->interval_ns);
	return true;
}

static __always_inline u32 verdict_of(struct policy *p, struct conn *c, u32 status, u64 duration_ns, u64 trace_low)
{
	u32 error_from = c->side == SIDE_CLIENT ? 400 : 500;

	if (p->keep_errors && (status >= error_from || !status))
		return VERDICT_ERROR;
	if (p->slower_than_ns && duration_ns > p->slower_than_ns)
		return VERDICT_SLOW;
	return (trace_low & BITS_56) >= p->threshold ? VERDICT_SHARE : VERDICT_NONE;
}

/* The exchange at the head of the queue is over: judge it and hand it over, or leave it to the flight recorder. */
__attribute__((noinline)) u32 exchange_over(struct conn *c, struct work *w)
{
	if (!c || !w)
		return 0;
	struct pending *p = &c->pending[c->head & (PENDING - 1)];
	struct kept_record *r = &w->record.kept;
	struct summary *s = &r->summary;
	u32 service = c->service;
	struct policy *policy = bpf_map_lookup_elem(&policies, &service);
	u64 duration = c->first_ns > p->start_ns ? c->first_ns - p->start_ns : 0;
	u32 verdict = VERDICT_NONE;

	if (policy && policy->set)
		verdict = verdict_of(policy, c, c->status, duration, p->trace_low);
	if (verdict && !policy_has_room(policy, w->now)) {
		verdict = VERDICT_NONE;
		health_add(H_NOT_KEPT_LIMITED, 1);
	}
	if (!verdict) {
		u32 zero = 0;
		struct flight_position *position = bpf_map_lookup_elem(&flight_next, &zero);

		health_add(H_NOT_KEPT, 1);
		if (!position)
			return 0;
		u32 slot = position->next++ & (FLIGHT - 1);

		s = bpf_map_lookup_elem(&flight, &slot);
		if (!s)
			return 0;
	}
	s->route = p->route;
	s->trace_high = p->trace_high;
	s->trace_low = p->trace_low;
	s->parent = p->parent;
	s->start_ns = p->start_ns;
	s->first_ns = c->first_ns > p->start_ns ? c->first_ns : p->start_ns;
	s->last_ns = w->now;
	s->socket = c->socket;
	s->request_bytes = p->body;
	s->response_bytes = c->response_body;
	s->local = c->local;
	s->remote = c->remote;
	s->service = service;
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
	u32 request = 0, response = MIN(c->response_captured, CAPTURE_RESPONSE);

	if (p->captured)
		request = MIN(c->request_captured, CAPTURE_REQUEST);
	r->threshold = policy->threshold;
	r->request_size = request;
	r->response_size = response;
	r->pad = 0;
	__builtin_memcpy(r->bytes, c->request_capture, CAPTURE_REQUEST);
	/* The response follows the request without a gap: lengths are multiples of eight, so wide copies stay aligned. */
	request = (request + 7) & ~7u;
	if (request > CAPTURE_REQUEST)
		request = CAPTURE_REQUEST;
	__builtin_memcpy((u64 *)r->bytes + request / 8, c->response_capture, CAPTURE_RESPONSE);
	u32 size = __builtin_offsetof(struct kept_record, bytes) + request + response;

	if (size > sizeof(*r))
		size = sizeof(*r);
	if (bpf_ringbuf_output(&kept, r, size, BPF_RB_NO_WAKEUP))
		health_add(H_KEPT_RING_FULL, 1);
	else
		health_add(verdict == VERDICT_ERROR ? H_KEPT_ERROR : verdict == VERDICT_SLOW ? H_KEPT_SLOW : H_KEPT_SHARE, 1);
	return 0;
}

/* Counts the exchange at the head of the queue. */
static __always_inline void exchange_count(struct conn *c, u64 response_bytes)
{
	struct pending *p = &c->pending[c->head & (PENDING - 1)];
	struct red_add add = {
		.route = p->route,
		.duration_ns = c->first_ns > p->start_ns ? c->first_ns - p->start_ns : 0,
		.request_bytes = p->body,
		.response_bytes = response_bytes,
		.status = c->status,
		.method = p->method,
		.count = 1,
	};

	c->exchanges++;
	health_add(c->status ? H_EXCHANGES : H_UNANSWERED, 1);
	red_count(c, &add);
}

/* The exchange leaves the queue. */
static __always_inline void exchange_pop(struct conn *c)
{
	c->counted = COUNTED_NOT;
	__sync_fetch_and_add(&c->head, 1);
}
