/* HTTP/1 messages, read as a stream of lines: RFC 9112 (syntax, framing), RFC 9110 (semantics), W3C trace context.
 *
 * Pure: no kernel helpers, no I/O, compiled for the kernel and for the host. The caller brings bytes in windows; a line
 * that ends beyond the window is carried, so the outcome never depends on where the bytes were cut.
 * src/agent/protocol/http.ts is the reference: both give the same verdict on every input. */
#pragma once

#define HTTP_CARRY 128	/* bytes kept of a line whose end is not here yet; what matters in a line is in its first 128 */
#define HTTP_WINDOW 512 /* bytes looked at in one go */
#define HTTP_END_OF_WINDOW (HTTP_CARRY + HTTP_WINDOW)
#define HTTP_OFFSETS 1024 /* a mask keeps every offset below this, which is all the verifier asks */
#define HTTP_SLACK 256 /* readable beyond the window: wide loads and copies of fixed size */
#define HTTP_LINES 32  /* lines of one call; the caller calls again */
#define HTTP_TARGET 96 /* bytes of the request target that name the route */

#ifdef __bpf__
#define HTTP_FUNCTION __attribute__((noinline))
#define HTTP_LOAD(p) (*(const u64 *)(p))
/* Hides what the compiler knows of a value, where the verifier would take the conclusion amiss. */
#define HTTP_HIDE(value) asm volatile("" : "+r"(value))
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

/* Character classes: what a path's segment is made of, and what ends one (64 and above). */
enum {
	HTTP_DIGIT = 1,
	HTTP_HEX_LETTER = 2,
	HTTP_DASH = 4,
	HTTP_LETTER = 8,
	HTTP_LOWER_HEX = 16,
	HTTP_UPPER = 32,
	HTTP_SLASH = 64,
	HTTP_STOP = 128,
};

static const u8 http_class[256] = {
	[0 ... ' '] = HTTP_STOP,
	['!' ... '"'] = HTTP_LETTER,
	['#'] = HTTP_STOP,
	['$' ... ','] = HTTP_LETTER,
	['-'] = HTTP_DASH,
	['.'] = HTTP_LETTER,
	['/'] = HTTP_SLASH,
	['0' ... '9'] = HTTP_DIGIT | HTTP_LOWER_HEX,
	[':' ... '>'] = HTTP_LETTER,
	['?'] = HTTP_STOP,
	['@'] = HTTP_LETTER,
	['A' ... 'F'] = HTTP_HEX_LETTER | HTTP_UPPER,
	['G' ... 'Z'] = HTTP_LETTER | HTTP_UPPER,
	['[' ... '`'] = HTTP_LETTER,
	['a' ... 'f'] = HTTP_HEX_LETTER | HTTP_LOWER_HEX,
	['g' ... 255] = HTTP_LETTER,
};

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

/* High bit of every byte of `v` that is a line feed; exact up to the lowest one. */
static inline u64 http_feeds(u64 v)
{
	v ^= 0x0a0a0a0a0a0a0a0aULL;
	return (v - 0x0101010101010101ULL) & ~v & 0x8080808080808080ULL;
}

/* Offset of the next line feed in [at, end), or end. Sixteen bytes a turn; what lies beyond end is readable. */
HTTP_FUNCTION u32 http_newline(const struct http_buffer *b, u32 at, u32 end)
{
	if (!b || end > HTTP_END_OF_WINDOW)
		return end;
	for (u32 i = 0; i <= HTTP_END_OF_WINDOW / 16; i++) {
		if (at >= end)
			break;
		const u8 *p = http_at(b, at);
		u64 hit = http_feeds(HTTP_LOAD(p));

		if (!hit) {
			hit = http_feeds(HTTP_LOAD(p + 8));
			at += 8;
		}
		if (hit) {
			/* The lowest set bit is exact; which byte it is in comes from a multiplication. */
			at += (((hit & -hit) >> 7) * 0x0001020304050607ULL) >> 56;
			return at < end ? at : end;
		}
		at += 8;
	}
	return end;
}

/* Bytes before the path in a target of absolute form: up to the third slash. `limit` when there is none. */
HTTP_FUNCTION u32 http_authority(const struct http_buffer *b, u32 at, u32 limit)
{
	if (!b)
		return limit;
	const u8 *p = http_at(b, at);
	u32 slashes = 0;

	for (u32 i = 0; i < HTTP_TARGET; i++) {
		u8 class = http_class[p[i]];

		if (i >= limit || (class & HTTP_STOP))
			break;
		slashes += class & HTTP_SLASH;
		if (slashes == 3 * HTTP_SLASH)
			return i;
	}
	return limit;
}

/* Whether a segment of this make and size is an id. */
static inline u32 http_is_id(u32 seen, u32 size)
{
	seen &= HTTP_DIGIT | HTTP_HEX_LETTER | HTTP_DASH | HTTP_LETTER;
	if (!(seen & HTTP_DIGIT))
		return 0;
	return seen == HTTP_DIGIT || (size >= 8 && !(seen & HTTP_LETTER)) || size >= 20;
}

/* FNV-1a of the target's path, with ids folded: a segment of digits, of 8 or more hex digits and dashes with a digit
 * among them, or of 20 or more characters with a digit is hashed as one mark. 0: no path. The line's own end stops it, or
 * the carry's size holds all of the target that counts. */
HTTP_FUNCTION u64 http_route(struct http_stream *s, const struct http_buffer *b, u32 at)
{
	const u64 prime = 0x100000001b3ULL;
	u32 limit = HTTP_TARGET;

	if (!s || !b)
		return 0;
	const u8 *p = http_at(b, at);

	if (!p)
		return 0;
	if (*p != '/' && *p != '*') {
		u32 skip = http_authority(b, at, limit);

		limit -= skip;
		p = http_at(b, at + skip);
		if (!limit || limit > HTTP_TARGET)
			return 0;
	}
	/* Where the segment began lives in the stream, and the zero comes from a table: what the verifier cannot know it
	 * does not walk every combination of. */
	u32 seen = http_class[*p] >> 7, size;
	u64 hash = 0xcbf29ce484222325ULL ^ seen;

	s->body = hash;
	s->left = 0;
	for (u32 i = 0; i < HTTP_TARGET; i++) {
		u8 class = http_class[p[i]];

		if (i >= limit || class >= HTTP_SLASH) {
			size = i - (u32)s->left;
			if (http_is_id(seen, size))
				hash = (s->body ^ 1) * prime;
			if (i >= limit || (class & HTTP_STOP))
				goto done;
			hash = (hash ^ '/') * prime;
			s->body = hash;
			s->left = i + 1;
			u32 zero = class;

			HTTP_HIDE(zero);
			seen = zero >> 7;
			continue;
		}
		hash = (hash ^ p[i]) * prime;
		seen |= class;
	}
	size = HTTP_TARGET - (u32)s->left;
	if (http_is_id(seen, size))
		hash = (s->body ^ 1) * prime;
done:
	s->body = s->left = 0;
	return hash;
}

static inline u32 http_blank(u8 c)
{
	return c == ' ' || c == '\t';
}

/* Blanks, at most 16, before a header's value. */
static inline u32 http_blanks(const u8 *p)
{
	u32 n = 0;

	for (u32 i = 0; i < 16; i++) {
		if (!http_blank(p[i]))
			break;
		n++;
	}
	return n;
}

/* A whole decimal number of at most 18 digits, blanks around it and nothing else; all ones otherwise. The line's end stops
 * it. */
HTTP_FUNCTION u64 http_number(const struct http_buffer *b, u32 at, u32 end)
{
	if (!b)
		return ~0ULL;
	const u8 *p = http_at(b, at);
	u64 n = 0;
	u32 digits = 0;

	at += http_blanks(p);
	p = http_at(b, at);
	for (u32 i = 0; i < 19; i++) {
		u32 digit = p[i] - '0';

		if (digit > 9)
			break;
		n = n * 10 + digit;
		digits++;
	}
	at += digits;
	p = http_at(b, at);
	if (!digits || digits > 18)
		return ~0ULL;
	return at == end || at + http_blanks(p) == end ? n : ~0ULL;
}

/* Lower-case hex digits as a number; clears `ok` for anything else. */
static inline u64 http_hex(const u8 *p, u32 digits, u32 *ok)
{
	u64 n = 0;

	for (u32 i = 0; i < digits; i++) {
		u8 c = p[i];

		*ok &= http_class[c];
		n = n << 4 | ((c & 15) + 9 * (c >> 6));
	}
	return n;
}

/* traceparent: version-trace-parent-flags, 2-32-16-2 hex digits. */
HTTP_FUNCTION u32 http_traceparent(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end)
{
	if (!s || !b)
		return 0;
	const u8 *p = http_at(b, at);
	u32 ok = HTTP_LOWER_HEX;

	at += http_blanks(p);
	p = http_at(b, at);
	if (at + 55 > end)
		return 0;
	u64 version = http_hex(p, 2, &ok);
	u64 high = http_hex(p + 3, 16, &ok);
	u64 low = http_hex(p + 19, 16, &ok);
	u64 parent = http_hex(p + 36, 16, &ok);
	u64 flags = http_hex(p + 53, 2, &ok);

	if (p[2] != '-' || p[35] != '-' || p[52] != '-')
		return 0;
	if (!ok || version == 255 || !(high | low) || !parent)
		return 0;
	s->trace_high = high;
	s->trace_low = low;
	s->parent = parent;
	s->trace_flags = flags;
	s->facts |= HTTP_HAS_TRACE;
	return 1;
}

#define HTTP_LETTERS(v, mask, word) (((v) | (mask)) == (word))

/* Does a Transfer-Encoding that begins at `from` and ends before `end` end in chunked? */
HTTP_FUNCTION u32 http_ends_chunked(const struct http_buffer *b, u32 from, u32 end)
{
	if (!b)
		return 0;
	for (u32 i = 0; i <= 16; i++) {
		if (end < from + 7)
			return 0;
		const u8 *p = http_at(b, end - 8);

		if (i == 16 || !http_blank(p[7])) {
			u64 last = HTTP_LOAD(p);

			return HTTP_LETTERS(last >> 8, 0x0020202020202020ULL, HTTP_WORD('c', 'h', 'u', 'n', 'k', 'e', 'd', 0)) &&
			       (end == from + 7 || p[0] == ',' || http_blank(p[0]));
		}
		end--;
	}
	return 0;
}

/* One header line that begins with c or t. Only what frames the message or names its trace is looked at. */
HTTP_FUNCTION u32 http_header(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end, u32 lengthy)
{
	if (!s || !b)
		return 0;
	const u8 *p = http_at(b, at);

	u64 word = HTTP_LOAD(p), next = HTTP_LOAD(p + 8);

	if (HTTP_LETTERS(word, 0x0020202020202020ULL, HTTP_WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-'))) {
		if (!HTTP_LETTERS(next & HTTP_FIRST(7), 0x0000202020202020ULL, HTTP_WORD('l', 'e', 'n', 'g', 't', 'h', ':', 0)))
			return 0;
		u64 n = http_number(b, at + 15, end);

		if (lengthy || n == ~0ULL || ((s->facts & HTTP_HAS_LENGTH) && s->length != n))
			s->facts |= HTTP_IS_ODD;
		s->length = n;
		s->facts |= HTTP_HAS_LENGTH;
	} else if (HTTP_LETTERS(word, 0x2020202020202020ULL, HTTP_WORD('t', 'r', 'a', 'n', 's', 'f', 'e', 'r'))) {
		if (!HTTP_LETTERS(next, 0x2020202020202000ULL, HTTP_WORD('-', 'e', 'n', 'c', 'o', 'd', 'i', 'n')) ||
		    (p[16] | 0x20) != 'g' || p[17] != ':')
			return 0;
		u8 facts = s->facts & ~(HTTP_IS_CHUNKED | HTTP_IS_CODED);

		facts |= http_ends_chunked(b, at + 18, end) ? HTTP_IS_CHUNKED : HTTP_IS_CODED;
		s->facts = lengthy ? facts | HTTP_IS_ODD : facts;
	} else if (HTTP_LETTERS(word, 0x2020202020202020ULL, HTTP_WORD('t', 'r', 'a', 'c', 'e', 'p', 'a', 'r')) && !lengthy &&
		   HTTP_LETTERS(next & HTTP_FIRST(4), 0x00202020ULL, HTTP_WORD('e', 'n', 't', ':', 0, 0, 0, 0))) {
		http_traceparent(s, b, at + 12, end);
	}
	return 0;
}

/* Method and length of its name with the space; 0: none of the known ones. */
static inline u32 http_known_method(struct http_stream *s, u64 word)
{
	u32 four = word, size = 0, method = HTTP_NO_METHOD;

	if (four == (u32)HTTP_WORD('G', 'E', 'T', ' ', 0, 0, 0, 0))
		method = HTTP_GET, size = 4;
	else if ((word & HTTP_FIRST(5)) == HTTP_WORD('P', 'O', 'S', 'T', ' ', 0, 0, 0))
		method = HTTP_POST, size = 5;
	else if (four == (u32)HTTP_WORD('P', 'U', 'T', ' ', 0, 0, 0, 0))
		method = HTTP_PUT, size = 4;
	else if ((word & HTTP_FIRST(7)) == HTTP_WORD('D', 'E', 'L', 'E', 'T', 'E', ' ', 0))
		method = HTTP_DELETE, size = 7;
	else if ((word & HTTP_FIRST(5)) == HTTP_WORD('H', 'E', 'A', 'D', ' ', 0, 0, 0))
		method = HTTP_HEAD_METHOD, size = 5;
	else if ((word & HTTP_FIRST(6)) == HTTP_WORD('P', 'A', 'T', 'C', 'H', ' ', 0, 0))
		method = HTTP_PATCH, size = 6;
	else if (word == HTTP_WORD('O', 'P', 'T', 'I', 'O', 'N', 'S', ' '))
		method = HTTP_OPTIONS, size = 8;
	else if (word == HTTP_WORD('C', 'O', 'N', 'N', 'E', 'C', 'T', ' '))
		method = HTTP_CONNECT, size = 8;
	else if ((word & HTTP_FIRST(6)) == HTTP_WORD('T', 'R', 'A', 'C', 'E', ' ', 0, 0))
		method = HTTP_TRACE_METHOD, size = 6;
	s->method = method;
	return size;
}

/* The same for a method of its own: 3 to 16 capitals. */
static inline u32 http_other_method(struct http_stream *s, const u8 *p)
{
	for (u32 i = 0; i < 17; i++) {
		if (p[i] == ' ' && i >= 3) {
			s->method = HTTP_OTHER;
			return i + 1;
		}
		if (!(http_class[p[i]] & HTTP_UPPER))
			return 0;
	}
	return 0;
}

/* Does the line end in a version of HTTP/1, after the target's first byte? Only asked of lines the carry can hold. */
static inline u32 http_version(const struct http_buffer *b, u32 target, u32 end)
{
	if (end < target + 9)
		return 0;
	const u8 *p = http_at(b, end - 9);

	return p[0] == ' ' && (HTTP_LOAD(p + 1) & HTTP_FIRST(7)) == HTTP_WORD('H', 'T', 'T', 'P', '/', '1', '.', 0);
}

/* The first line of a message. */
HTTP_FUNCTION u32 http_start(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end, u32 lengthy)
{
	if (!s || !b)
		return HTTP_NOT;
	const u8 *p = http_at(b, at);

	u64 word = HTTP_LOAD(p);

	s->left = s->body = s->length = s->route = s->trace_high = s->trace_low = s->parent = 0;
	s->status = 0;
	s->facts = s->trace_flags = s->kind = s->method = 0;
	if ((word & HTTP_FIRST(7)) == HTTP_WORD('H', 'T', 'T', 'P', '/', '1', '.', 0)) {
		u32 hundreds = p[9] - '0', tens = p[10] - '0', ones = p[11] - '0';

		if (end < at + 12 || p[8] != ' ' || hundreds < 1 || hundreds > 9 || tens > 9 || ones > 9)
			return HTTP_NOT;
		if (end > at + 12 && p[12] != ' ')
			return HTTP_NOT;
		s->kind = HTTP_RESPONSE;
		s->status = hundreds * 100 + tens * 10 + ones;
		s->phase = HTTP_HEADERS;
		return HTTP_DRY;
	}
	u32 target = http_known_method(s, word);

	if (!target && !lengthy)
		target = http_other_method(s, p);
	if (!target)
		return HTTP_NOT;
	target += at;
	p = http_at(b, target);
	if (target >= end || (!lengthy && !http_version(b, target, end)))
		return HTTP_NOT;
	if (s->method != HTTP_CONNECT) {
		if (*p != '/' && *p != '*' && (*p | 0x20) != 'h')
			return HTTP_NOT;
		s->route = http_route(s, b, target);
	}
	s->kind = HTTP_REQUEST;
	s->phase = HTTP_HEADERS;
	return HTTP_DRY;
}

/* The line with a chunk's size. The line's end stops the digits. */
static inline u32 http_chunk(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end)
{
	const u8 *p = http_at(b, at);
	u64 size = 0;
	u32 digits = 0;

	for (u32 i = 0; i < 16; i++) {
		u8 c = p[i];

		if (!(http_class[c] & (HTTP_DIGIT | HTTP_HEX_LETTER)))
			break;
		size = size << 4 | ((c & 15) + 9 * (c >> 6));
		digits++;
	}
	p = http_at(b, at + digits);
	if (!digits || digits > 15 || (at + digits != end && *p != ';' && !http_blank(*p)))
		return HTTP_ODD;
	if (!size) {
		s->phase = HTTP_TRAILERS;
		return HTTP_DRY;
	}
	s->phase = HTTP_CHUNK_DATA;
	s->left = size + 2;
	s->body += size;
	return HTTP_DRY;
}

/* One line [at, end) outside of headers, its end excluded. `lengthy`: longer than the carry, so its end may not be here;
 * nothing after the carry's size may then matter. */
HTTP_FUNCTION u32 http_line(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end, u32 lengthy)
{
	if (!s || !b || at >= HTTP_END_OF_WINDOW || end > HTTP_END_OF_WINDOW)
		return HTTP_ODD;
	if (s->phase == HTTP_START)
		return end <= at ? HTTP_DRY : http_start(s, b, at, end, lengthy);
	if (s->phase == HTTP_CHUNK_SIZE)
		return http_chunk(s, b, at, end);
	if (end <= at) {
		s->phase = HTTP_START;
		return HTTP_END;
	}
	return HTTP_DRY;
}

/* Keeps the beginning of a line for the next window. */
static inline void http_keep(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end)
{
	u32 begin = end - HTTP_CARRY;

#ifdef __bpf__
	const u64 *from = (const u64 *)http_at(b, begin);
	u64 *to = (u64 *)s->carry;

	for (u32 i = 0; i < HTTP_CARRY / 8; i++)
		to[i] = from[i];
#else
	__builtin_memcpy(s->carry, http_at(b, begin), HTTP_CARRY);
#endif
	s->carried = end - at;
}

/* Puts the kept beginning before a new window; returns where reading starts. */
static inline u32 http_carry(struct http_stream *s, struct http_buffer *b)
{
	u32 carried = s->carried;

	if (!carried || carried > HTTP_CARRY)
		return HTTP_CARRY;
	__builtin_memcpy(b->bytes, s->carry, HTTP_CARRY);
	s->carried = 0;
	return HTTP_CARRY - carried;
}

/* The next event in the window. */
HTTP_FUNCTION u32 http_next(struct http_stream *s, struct http_buffer *b, struct http_span *span)
{
	if (!s || !b || !span)
		return HTTP_ODD;
	for (u32 i = 0; i < HTTP_LINES; i++) {
		/* Read again each turn: what the verifier knows of them then does not grow from turn to turn. */
		u32 at = span->at, end = span->end, phase = s->phase, size = end - at;

		if (at >= end)
			return HTTP_DRY;
		if (at >= HTTP_END_OF_WINDOW || end > HTTP_END_OF_WINDOW)
			return HTTP_ODD;
		if (s->facts & HTTP_IN_REST) {
			u32 newline = http_newline(b, at, end);

			span->at = newline < end ? newline + 1 : end;
			if (newline < end)
				s->facts &= ~HTTP_IN_REST;
			continue;
		}
		if (phase == HTTP_UNTIL_CLOSE) {
			s->body += size;
			span->at = end;
			return HTTP_DRY;
		}
		if (phase == HTTP_BODY || phase == HTTP_CHUNK_DATA) {
			if (s->left > size) {
				s->left -= size;
				span->at = end;
				return HTTP_DRY;
			}
			span->at = at + (u32)s->left;
			s->left = 0;
			s->phase = phase == HTTP_BODY ? HTTP_START : HTTP_CHUNK_SIZE;
			if (phase == HTTP_BODY)
				return HTTP_END;
			continue;
		}
		u32 newline = http_newline(b, at, end);

		if (newline >= end && size <= HTTP_CARRY) {
			const u8 *p = http_at(b, at);

			if (phase == HTTP_START && !(http_class[*p] & HTTP_UPPER) && *p != '\r')
				return HTTP_NOT;
			http_keep(s, b, at, end);
			span->at = end;
			return HTTP_DRY;
		}
		/* Long is a matter of the line, not of where it was cut: a longer one may or may not be here whole. */
		u32 lengthy = newline - at > HTTP_CARRY, stop = newline, event = HTTP_DRY;

		if (!lengthy && stop > at) {
			const u8 *last = http_at(b, stop - 1);

			if (*last == '\r')
				stop--;
		}
		span->at = newline < end ? newline + 1 : end;
		if (phase != HTTP_HEADERS) {
			event = http_line(s, b, at, stop, lengthy);
		} else if (stop <= at) {
			event = s->facts & HTTP_IS_ODD ? HTTP_ODD : HTTP_HEAD;
		} else {
			const u8 *p = http_at(b, at);

			if ((*p | 0x20) == 'c' || (*p | 0x20) == 't')
				http_header(s, b, at, stop, lengthy);
		}
		if (newline >= end)
			s->facts |= HTTP_IN_REST;
		if (event != HTTP_DRY)
			return event;
	}
	return HTTP_AGAIN;
}

/* How the body of the message whose head just ended is delimited (RFC 9112, 6.3). `bodiless`: by the request's
 * method or the status, whatever the head says. */
HTTP_FUNCTION u32 http_frame(struct http_stream *s, u32 bodiless)
{
	if (!s)
		return HTTP_ODD;
	u8 facts = s->facts;

	s->phase = HTTP_START;
	if (bodiless)
		return HTTP_END;
	if (facts & HTTP_IS_CHUNKED) {
		s->phase = HTTP_CHUNK_SIZE;
		return HTTP_DRY;
	}
	if (s->kind == HTTP_REQUEST) {
		if (facts & HTTP_IS_CODED)
			return HTTP_ODD;
	} else if ((facts & HTTP_IS_CODED) || !(facts & HTTP_HAS_LENGTH)) {
		s->phase = HTTP_UNTIL_CLOSE;
		return HTTP_DRY;
	}
	if (!(facts & HTTP_HAS_LENGTH) || !s->length)
		return HTTP_END;
	s->phase = HTTP_BODY;
	s->left = s->body = s->length;
	return HTTP_DRY;
}
