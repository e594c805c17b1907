/* The state of one direction of an HTTP/1 connection, and the window its bytes are looked at through. */
#pragma once

#define HTTP_CARRY 128	/* bytes kept of a line whose end is not here yet; what matters in a line is in its first 128 */
#define HTTP_WINDOW 512 /* bytes looked at in one go */
#define HTTP_END_OF_WINDOW (HTTP_CARRY + HTTP_WINDOW)
#define HTTP_OFFSETS 1024 /* a mask keeps every offset below this, which is all the verifier asks */
#define HTTP_SLACK 256 /* readable beyond the window: wide loads and copies of fixed size */
#define HTTP_LINES 8   /* lines of one call; the caller calls again */
#define HTTP_HEADERS_AT_ONCE 16 /* the same for whole lines of a head */
#define HTTP_NEAR 64 /* bytes of a line in which its end is looked for at once */
#define HTTP_TARGET 96 /* bytes of the request target that name the route */

#ifdef __bpf__
#define HTTP_FUNCTION __attribute__((noinline))
#define HTTP_LOAD(p) (*(const u64 *)(p))
/* Hides what the compiler knows of a value, where the verifier would take the conclusion amiss. */
#define HTTP_HIDE(value) asm volatile("" : "+r"(value))
/* Loads again what the compiler still has: the verifier then forgets what it knows of it. */
#define HTTP_AFRESH(field) (*(volatile __typeof__(field) *)&(field))
#define HTTP_LOAD_AFRESH(p) (*(const volatile u64 *)(p))
#else
#define HTTP_FUNCTION static __attribute__((unused))
static inline u64 http_load_host(const u8 *p)
{
	u64 v;
	__builtin_memcpy(&v, p, 8);
	return v;
}
#define HTTP_LOAD(p) http_load_host(p)
#define HTTP_HIDE(value) (void)(value)
#define HTTP_AFRESH(field) (field)
#define HTTP_LOAD_AFRESH(p) http_load_host(p)
#endif

enum http_phase {
	HTTP_START,	  /* before or in the first line */
	HTTP_HEADERS,
	HTTP_BODY,	  /* `left` bytes */
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK_DATA,  /* `left` bytes, line end included */
	HTTP_TRAILERS,
	HTTP_UNTIL_CLOSE,
};

enum http_event {
	HTTP_DRY,   /* the window is used up */
	HTTP_AGAIN, /* call again with the same window */
	HTTP_HEAD,  /* a head is complete; call http_frame */
	HTTP_END,   /* a message is complete */
	HTTP_NOT,   /* the first line is not HTTP/1 */
	HTTP_ODD,   /* framing that cannot be followed */
	HTTP_PART,  /* never returned by http_next */
};

enum http_kind { HTTP_NO_KIND, HTTP_REQUEST, HTTP_RESPONSE };

enum http_method {
	HTTP_NO_METHOD,
	HTTP_GET,
	HTTP_HEAD_METHOD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_DELETE,
	HTTP_CONNECT,
	HTTP_OPTIONS,
	HTTP_TRACE_METHOD,
	HTTP_PATCH,
	HTTP_OTHER,
};

enum http_fact {
	HTTP_HAS_LENGTH = 1,
	HTTP_IS_CHUNKED = 2,
	HTTP_IS_CODED = 4, /* Transfer-Encoding that does not end in chunked */
	HTTP_HAS_TRACE = 8,
	HTTP_IS_ODD = 16,
	HTTP_IN_REST = 32, /* passing the end of a line longer than the carry */
};

struct http_stream {
	u64 left;
	u64 body;   /* body bytes of the message; announced lengths at once, chunks as their sizes come */
	u64 length; /* Content-Length */
	u64 route;
	u64 trace_high;
	u64 trace_low;
	u64 parent;
	u16 status;
	u8 phase;
	u8 kind;
	u8 method;
	u8 facts;
	u8 trace_flags;
	u8 carried;
	u8 carry[HTTP_CARRY]; /* right-aligned */
};
/* Bytes from `status` up to the carry. */
#define HTTP_SMALL (__builtin_offsetof(struct http_stream, carry) - __builtin_offsetof(struct http_stream, status))

struct http_buffer {
	u8 bytes[HTTP_OFFSETS + HTTP_SLACK];
} __attribute__((aligned(8)));

struct http_span {
	u32 at;
	u32 end;
};

#define HTTP_WORD(a, b, c, d, e, f, g, h)                                                                                  \
	((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24 | (u64)(e) << 32 | (u64)(f) << 40 | (u64)(g) << 48 |   \
	 (u64)(h) << 56)
#define HTTP_FIRST(n) (~0ULL >> (64 - 8 * (n)))

/* The bytes from an offset in the window on: HTTP_SLACK of them can be read. */
static inline const u8 *http_at(const struct http_buffer *b, u32 at)
{
	HTTP_HIDE(at); /* or the mask goes where the compiler knows better */
#ifndef __bpf__
	if (at > HTTP_END_OF_WINDOW)
		__builtin_trap();
#endif
	return b->bytes + (at & (HTTP_OFFSETS - 1));
}
