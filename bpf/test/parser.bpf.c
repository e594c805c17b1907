/* The parser as the kernel runs it, fed by BPF_PROG_TEST_RUN: one buffer in, a trace of events out. */
#include "../include/kernel.h"
#include "../protocol/http.h"

#define INPUT 4096
#define TRACE 256

struct parse_call {
	u32 size;
	u32 cut; /* bytes of the first window, then of each further one; 0: HTTP_WINDOW */
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

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct parse_work);
} parse_works SEC(".maps");

static __always_inline u32 fold(u32 hash, u64 value)
{
	hash = (hash ^ (u32)value) * 16777619u;
	return (hash ^ (u32)(value >> 32)) * 16777619u;
}

/* One turn of the driver. Returns 1 at the end. */
__attribute__((noinline)) u32 parse_step(struct parse_work *w)
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
		if (w->done >= INPUT || size > HTTP_WINDOW)
			return 1;
		bpf_probe_read_kernel(w->buffer.bytes + HTTP_CARRY, size, w->call.bytes + w->done);
		w->span.end = HTTP_CARRY + size;
		w->done += size;
	}
	u32 event = http_next(s, &w->buffer, &w->span);

	if (event <= HTTP_AGAIN)
		return 0;
	u32 hash = w->call.hash;

	hash = fold(hash, event);
	hash = fold(hash, (u64)s->kind << 32 | (u64)s->method << 24 | s->status);
	if (event == HTTP_HEAD) {
		u32 facts = s->facts & ~HTTP_IN_REST;

		hash = fold(hash, facts);
		hash = fold(hash, s->route);
		hash = fold(hash, s->facts & HTTP_HAS_LENGTH ? s->length : 0);
		hash = fold(hash, s->trace_high);
		hash = fold(hash, s->trace_low ^ s->parent);
		hash = fold(hash, http_frame(s, s->status == 204 || s->status == 304 || (s->status && s->status < 200)));
	} else if (event == HTTP_END) {
		hash = fold(hash, s->body);
	}
	w->call.hash = hash;
	w->call.events++;
	return event == HTTP_NOT || event == HTTP_ODD;
}

SEC("syscall")
int parse(struct parse_call *call)
{
	u32 zero = 0;
	struct parse_work *w = bpf_map_lookup_elem(&parse_works, &zero);

	if (!w)
		return 1;
	__builtin_memset(&w->stream, 0, sizeof(w->stream));
	bpf_probe_read_kernel(&w->call, sizeof(w->call), call);
	w->call.hash = 2166136261u;
	w->call.events = 0;
	w->span.at = w->span.end = w->done = 0;
	for (u32 i = 0; i < INPUT; i++)
		if (parse_step(w))
			break;
	call->events = w->call.events;
	call->hash = w->call.hash;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
