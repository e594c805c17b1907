/* work: scratch of one program run, per CPU; one slot a direction and one for closes, so that a close in softirq never
 * writes over a run it interrupted. Survives tail calls. */
#pragma once
#include "io.h"
#include "conn.h"
#include "../maps/health.h"

enum work_slot { WORK_SEND, WORK_RECEIVE, WORK_CLOSE, WORK_SLOTS };

struct work {
	struct health_counts health; /* of what happens at every call and exchange, so that nothing has to be looked up for it */
	struct io io;
	struct http_span span;
	u32 total; /* bytes the call moved */
	u32 done;  /* of them, looked at or passed */
	u32 sequence; /* TCP sequence of the first; 0 if there is no order */
	u32 tid;
	u32 in_flight; /* the other direction wrote bytes whose probe has not run yet */
	u32 direction;
	u32 gap; /* bytes of a body that moved unseen before these */
	u64 now;
	struct http_buffer buffer;
	union {
		struct kept_record kept;
		struct slow_record slow;
		struct close_record close;
	} record;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WORK_SLOTS);
	__type(key, u32);
	__type(value, struct work);
} works SEC(".maps");

static __always_inline struct work *work_of(u32 slot)
{
	return bpf_map_lookup_elem(&works, &slot);
}

/* A run has its slot for itself: what softirq or another program may count at the same time is health_add's. */
static __always_inline void work_count(struct work *w, u32 reason)
{
	w->health.count[reason]++;
}

/* Moves past `n` bytes of the current segment. */
static __always_inline void work_pass(struct work *w, u32 n)
{
	w->io.base += n;
	w->io.left -= n;
	w->done += n;
}

/* Steps into the next segment; 0 when there is none to read. */
static __always_inline u32 work_segment(struct work *w)
{
	struct user_iovec v = {};

	if (!w->io.readable || !w->io.vectors)
		return 0;
	if (bpf_probe_read_user(&v, sizeof(v), (void *)w->io.vector))
		return 0;
	w->io.vector += sizeof(v);
	w->io.vectors--;
	w->io.base = v.base;
	w->io.left = v.len;
	return 1;
}
