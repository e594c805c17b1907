/* Drives the parser over one buffer and folds everything it says into a hash: the same on the host, in the kernel and in
 * src/agent/bpf/parser-trace.fixture.ts. */
#pragma once
#include "../protocol/http.h"

#define INPUT 4096

struct parse_call {
	u32 size;
	u32 cut; /* bytes of each window; 0: HTTP_WINDOW */
	u32 events;
	u32 hash; /* of every event and what the stream knew then */
	u8 bytes[INPUT];
};

struct parse_work {
	struct http_stream stream;
	struct http_buffer buffer;
	struct http_span span;
	struct parse_call call;
	u32 done;
};

static inline u32 parse_fold(u32 hash, u64 value)
{
	hash = (hash ^ (u32)value) * 16777619u;
	return (hash ^ (u32)(value >> 32)) * 16777619u;
}

static inline void parse_begin(struct parse_work *w)
{
	__builtin_memset(&w->stream, 0, sizeof(w->stream));
	w->call.hash = 2166136261u;
	w->call.events = 0;
	w->span.at = w->span.end = w->done = 0;
}

/* One turn of the driver. Returns 1 at the end. */
HTTP_FUNCTION u32 parse_step(struct parse_work *w)
{
	if (!w)
		return 1;
	struct http_stream *s = &w->stream;

	if (w->span.at >= w->span.end) {
		u32 left = w->call.size - w->done, size = w->call.cut;

		if (w->done >= w->call.size || w->call.size > INPUT)
			return 1;
		if (!size || size > HTTP_WINDOW)
			size = HTTP_WINDOW;
		if (size > left)
			size = left;
		w->span.at = http_carry(s, &w->buffer);
		/* Linux 6.1 forgets the bound across the call, and the compiler would leave out what it knows already. */
		HTTP_HIDE(size);
		if (w->done >= INPUT || size > HTTP_WINDOW)
			return 1;
		PARSE_COPY(w->buffer.bytes + HTTP_CARRY, size, w->call.bytes + w->done);
		w->span.end = HTTP_CARRY + size;
		w->done += size;
	}
	u32 event = http_next(s, &w->buffer, &w->span);

	if (event <= HTTP_AGAIN)
		return 0;
	u32 hash = parse_fold(w->call.hash, event);

	if (event == HTTP_HEAD) {
		hash = parse_fold(hash, (u64)s->kind << 32 | (u64)s->method << 24 | s->status);
		hash = parse_fold(hash, s->facts & ~HTTP_IN_REST);
		hash = parse_fold(hash, s->route);
		hash = parse_fold(hash, s->facts & HTTP_HAS_LENGTH ? s->length : 0);
		hash = parse_fold(hash, s->trace_high);
		hash = parse_fold(hash, s->trace_low ^ s->parent);
		hash = parse_fold(hash, http_frame(s, s->kind, s->status == 204 || s->status == 304 || (s->status && s->status < 200)));
	} else if (event == HTTP_END) {
		hash = parse_fold(hash, s->body);
	}
	w->call.hash = hash;
	w->call.events++;
	return event == HTTP_NOT || event == HTTP_ODD;
}
