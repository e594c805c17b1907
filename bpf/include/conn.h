/* What is remembered of one selected TCP connection. Lives in the socket's own storage and ends with it.
 *
 * Each direction has one writer at a time (applications serialise a socket's writers, or HTTP would break); the two
 * directions run side by side. The queue of pending requests is the only thing between them: requests push at `tail`,
 * responses pop at `head`. */
#pragma once
#include "wire.h"
#include "../protocol/http.h"

#define PENDING 8

struct pending {
	u64 start_ns;
	u64 route;
	u64 trace_high;
	u64 trace_low;
	u64 parent;
	u64 body;
	u32 sequence;
	u32 tid;
	u8 method;
	u8 has_trace;
	u8 trace_flags;
	u8 captured;
	u32 pad;
};

enum conn_flag {
	CONN_UNORDERED = 1, /* sequence numbers say nothing here (MPTCP, kernel TLS) */
	CONN_OBSERVED = 2,  /* seen to open: nothing moved on it before the first byte seen */
};

enum early { EARLY_NONE, EARLY_ENDED };
enum counted { COUNTED_NOT, COUNTED, COUNTED_ORPHAN };

struct conn {
	u64 socket;
	u64 opened_ns;
	u64 connect_ns;
	u64 peer;
	u64 link; /* hash of the client's address and port: the half of the link key that stays */
	struct endpoint local;
	struct endpoint remote;
	u32 tgid;
	u32 service;
	u32 epoch;
	u32 exchanges;
	u8 protocol; /* this and the next four are looked at as one word */
	u8 mode;
	u8 blind[2]; /* the direction's bytes can no longer be followed */
	u8 flush; /* the request direction lost bytes: forget what is pending */
	u8 side;
	u8 flags;
	u8 misses;   /* buffers passed over while looking for a message's start */
	u8 known[2]; /* `next[direction]` is set */
	u8 midstream[2]; /* first seen in the middle: a buffer that is not a message's start is passed over */
	u8 failed; /* connect() came to nothing */
	u8 keep_errors; /* this and the next three: the service's policy */
	u16 most_of_request; /* bytes of a head to keep for the record */
	u16 local_port;
	u16 remote_port;
	u8 pad[4];
	u64 slower_than_ns;
	u64 threshold;
	u32 next[2]; /* TCP sequence after the last byte seen */
	u32 followed; /* of what was sent: TCP sequence after the last byte that was read, its requests pushed */
	u64 flush_to; /* what was pending below this queue position when `flush` was set is lost */
	u64 bytes[2];
	u64 checked[2]; /* `bytes` as the second copy of the data path last saw them */
	u64 slow_offset[2];
	u64 head; /* pending queue: written by the response direction only */
	u64 tail; /* written by the request direction only */
	u64 early;
	/* the response under way or, when early, waiting for its request */
	u64 first_ns;
	u64 last_ns;
	u64 response_body;
	u64 start_ns[2]; /* first byte of the head under way, per direction */
	u32 start_sequence[2];
	u32 start_tid[2];
	u64 route_hash; /* of the last path of this connection */
	u32 response_tid;
	u16 status;
	u8 counted;
	u8 verdict;
	u16 request_captured;
	u8 capture_free; /* nothing was pending when the request under way began: its head may be captured */
	u8 pad2;
	struct http_stream streams[2];
	struct pending pending[PENDING];
	u8 request_capture[CAPTURE_REQUEST] __attribute__((aligned(8)));
};
_Static_assert(__builtin_offsetof(struct conn, protocol) % 8 == 0, "one word");

/* HTTP, followed by the kernel in both directions, nothing to forget: no more than that is asked of most calls. */
static __always_inline bool conn_is_plain(const struct conn *c)
{
	u64 word;

	__builtin_memcpy(&word, &c->protocol, sizeof(word));
	return (word & HTTP_FIRST(5)) == (PROTOCOL_HTTP | (u64)MODE_FAST << 8);
}
