/* HTTP/1 messages, read as a stream of lines: RFC 9112 (syntax, framing), RFC 9110 (semantics), W3C trace context.
 *
 * Pure: no kernel helpers, no I/O, compiled for the kernel and for the host. The caller brings bytes in windows; a line
 * that ends beyond the window is carried, so the outcome never depends on where the bytes were cut.
 * src/agent/protocol/http.ts is the reference: both give the same verdict on every input. */
#pragma once

#define HTTP_CARRY 128	/* bytes kept of a line whose end is not here yet; what matters in a line is in its first 128 */
#define HTTP_WINDOW 512 /* bytes looked at in one go */
#define HTTP_END_OF_WINDOW (HTTP_CARRY + HTTP_WINDOW)
#define HTTP_SLACK 256 /* readable beyond the window: wide loads and copies of fixed size */
#define HTTP_LINES 32  /* lines of one call; the caller calls again */
#define HTTP_TARGET 96 /* bytes of the request target that name the route */

#ifdef __bpf__
#define HTTP_FUNCTION __attribute__((noinline))
#define HTTP_LOAD(p) (*(const u64 *)(p))
/* Keeps the compiler from computing a pointer before the check of its offset, which is all the verifier trusts. */
#define HTTP_PIN(offset) asm volatile("" : "+r"(offset))
#else
#define HTTP_FUNCTION static __attribute__((unused))
static inline u64 http_load_host(const u8 *p)
{
	u64 v;
	__builtin_memcpy(&v, p, 8);
	return v;
}
#define HTTP_LOAD(p) http_load_host(p)
#define HTTP_PIN(offset) (void)(offset)
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
	u8 bytes[HTTP_END_OF_WINDOW + HTTP_SLACK];
} __attribute__((aligned(8)));

struct http_span {
	u32 at;
	u32 end;
};

#define HTTP_WORD(a, b, c, d, e, f, g, h)                                                                                  \
	((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24 | (u64)(e) << 32 | (u64)(f) << 40 | (u64)(g) << 48 |   \
	 (u64)(h) << 56)
#define HTTP_FIRST(n) (~0ULL >> (64 - 8 * (n)))

/* Character classes of the route: what a segment is made of. */
enum { HTTP_DIGIT = 1, HTTP_HEX_LETTER = 2, HTTP_DASH = 4, HTTP_LETTER = 8, HTTP_SLASH = 16, HTTP_STOP = 32, HTTP_LOWER_HEX = 64, HTTP_UPPER = 128 };

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

/* One byte, or eight, of the window; 0 beyond it. */
static inline u8 http_byte(const struct http_buffer *b, u32 at)
{
	HTTP_PIN(at);
	return at < HTTP_END_OF_WINDOW + HTTP_SLACK ? b->bytes[at] : 0;
}

static inline u64 http_word(const struct http_buffer *b, u32 at)
{
	HTTP_PIN(at);
	return at <= HTTP_END_OF_WINDOW + HTTP_SLACK - 8 ? HTTP_LOAD(b->bytes + at) : 0;
}

/* Offset of the next line feed in [at, end), or end. Eight bytes a step. */
HTTP_FUNCTION u32 http_newline(const struct http_buffer *b, u32 at, u32 end)
{
	if (!b || end > HTTP_END_OF_WINDOW)
		return end;
	for (u32 i = 0; i < HTTP_END_OF_WINDOW / 8; i++) {
		if (at >= end || at >= HTTP_END_OF_WINDOW)
			return end;
		u64 v = http_word(b, at) ^ 0x0a0a0a0a0a0a0a0aULL;
		u64 hit = (v - 0x0101010101010101ULL) & ~v & 0x8080808080808080ULL;

		if (hit) {
			/* The lowest set bit is exact; which byte it is in comes from a multiplication. */
			at += (((hit & -hit) >> 7) * 0x0001020304050607ULL) >> 56;
			return at < end ? at : end;
		}
		at += 8;
	}
	return end;
}

/* First byte of the path in a target of absolute form: after the third slash. `end` when there is none. */
HTTP_FUNCTION u32 http_path(const struct http_buffer *b, u32 at, u32 end)
{
	u32 slashes = 0;

	if (!b)
		return end;
	for (u32 i = 0; i < HTTP_TARGET; i++) {
		if (at >= end || at >= HTTP_END_OF_WINDOW)
			break;
		u8 class = http_class[http_byte(b, at)];

		if (class & HTTP_STOP)
			break;
		slashes += class & HTTP_SLASH;
		if (slashes == 3 * HTTP_SLASH)
			return at;
		at++;
	}
	return end;
}

/* FNV-1a of the target's path, with ids folded: a segment of digits, of 8 or more hex digits and dashes with a digit
 * among them, or of 20 or more characters with a digit is hashed as one mark. 0: no path. */
HTTP_FUNCTION u64 http_route(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end)
{
	const u64 prime = 0x100000001b3ULL;

	if (!s || !b || at >= HTTP_END_OF_WINDOW)
		return 0;
	if (end > at + HTTP_TARGET)
		end = at + HTTP_TARGET;
	if (http_byte(b, at) != '/' && http_byte(b, at) != '*')
		at = http_path(b, at, end);
	if (at >= end || at >= HTTP_END_OF_WINDOW)
		return 0;
	/* Where the segment began lives in the stream, and the zero comes from a table: what the verifier cannot know it
	 * does not walk every combination of. */
	u32 seen = http_class[http_byte(b, at)] >> 5;
	u64 hash = 0xcbf29ce484222325ULL ^ seen;

	s->body = hash;
	s->left = at;
	for (u32 i = 0; i <= HTTP_TARGET; i++) {
		u8 c = 0;

		if (at < end)
			c = http_byte(b, at);
		u8 class = http_class[c];

		if (class & (HTTP_SLASH | HTTP_STOP)) {
			u32 size = at - (u32)s->left;
			u32 id = (seen & HTTP_DIGIT) &&
				 (seen == HTTP_DIGIT || (size >= 8 && !(seen & HTTP_LETTER)) || size >= 20);

			if (id)
				hash = (s->body ^ 1) * prime;
			if (class & HTTP_STOP)
				break;
			hash = (hash ^ '/') * prime;
			s->body = hash;
			s->left = at + 1;
			seen = class >> 5;
		} else {
			hash = (hash ^ c) * prime;
			seen |= class & (HTTP_DIGIT | HTTP_HEX_LETTER | HTTP_DASH | HTTP_LETTER);
		}
		at++;
	}
	s->body = s->left = 0;
	return hash;
}

static inline u32 http_blank(u8 c)
{
	return c == ' ' || c == '\t';
}

/* First byte of a header's value. */
static inline u32 http_value(const struct http_buffer *b, u32 at, u32 end)
{
	for (u32 i = 0; i < 16; i++) {
		if (at >= end || at >= HTTP_END_OF_WINDOW || !http_blank(http_byte(b, at)))
			break;
		at++;
	}
	return at;
}

/* A whole decimal number of at most 18 digits and nothing else; all ones otherwise. */
HTTP_FUNCTION u64 http_number(const struct http_buffer *b, u32 at, u32 end)
{
	u64 n = 0;
	u32 digits = 0;

	if (!b)
		return ~0ULL;
	at = http_value(b, at, end);
	for (u32 i = 0; i < 40; i++) {
		u8 c;

		if (at >= end || at >= HTTP_END_OF_WINDOW)
			break;
		c = http_byte(b, at);
		if (c < '0' || c > '9')
			break;
		n = n * 10 + (c - '0');
		digits++;
		at++;
	}
	at = http_value(b, at, end);
	return digits >= 1 && digits <= 18 && at >= end ? n : ~0ULL;
}

/* Sixteen lower-case hex digits as a number; clears `ok` for anything else. */
static inline u64 http_hex(const struct http_buffer *b, u32 at, u32 digits, u32 *ok)
{
	u64 n = 0;

	if (at > HTTP_END_OF_WINDOW) {
		*ok = 0;
		return 0;
	}
	for (u32 i = 0; i < digits; i++) {
		u8 c = http_byte(b, at + i);

		*ok &= http_class[c] >> 6;
		n = n << 4 | ((c & 15) + 9 * (c >> 6));
	}
	return n;
}

/* traceparent: version-trace-parent-flags, 2-32-16-2 hex digits. */
HTTP_FUNCTION u32 http_traceparent(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end)
{
	u32 ok = 1;

	if (!s || !b || at > HTTP_END_OF_WINDOW || end > HTTP_END_OF_WINDOW)
		return 0;
	at = http_value(b, at, end);
	if (at > HTTP_END_OF_WINDOW || at + 55 > end)
		return 0;
	u64 version = http_hex(b, at, 2, &ok);
	u64 high = http_hex(b, at + 3, 16, &ok);
	u64 low = http_hex(b, at + 19, 16, &ok);
	u64 parent = http_hex(b, at + 36, 16, &ok);
	u64 flags = http_hex(b, at + 53, 2, &ok);

	if (http_byte(b, at + 2) != '-' || http_byte(b, at + 35) != '-' || http_byte(b, at + 52) != '-')
		return 0;
	if (!(ok & 1) || version == 255 || !(high | low) || !parent)
		return 0;
	s->trace_high = high;
	s->trace_low = low;
	s->parent = parent;
	s->trace_flags = flags;
	s->facts |= HTTP_HAS_TRACE;
	return 1;
}

#define HTTP_LETTERS(v, mask, word) (((v) | (mask)) == (word))

/* One header line. Only what frames the message or names its trace is looked at. */
HTTP_FUNCTION u32 http_header(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end, u32 lengthy)
{
	if (!s || !b || at >= HTTP_END_OF_WINDOW || end > HTTP_END_OF_WINDOW || at >= end)
		return 0;
	u8 first = http_byte(b, at) | 0x20;

	if (first != 'c' && first != 't')
		return 0;
	u64 word = http_word(b, at), next = http_word(b, at + 8);
	u32 size = end - at;

	if (HTTP_LETTERS(word, 0x0020202020202020ULL, HTTP_WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-')) &&
	    HTTP_LETTERS(next & HTTP_FIRST(7), 0x0000202020202020ULL, HTTP_WORD('l', 'e', 'n', 'g', 't', 'h', ':', 0)) && size >= 15) {
		u64 n = http_number(b, at + 15, end);

		if (lengthy || n == ~0ULL || ((s->facts & HTTP_HAS_LENGTH) && s->length != n))
			s->facts |= HTTP_IS_ODD;
		s->length = n;
		s->facts |= HTTP_HAS_LENGTH;
	} else if (HTTP_LETTERS(word, 0x2020202020202020ULL, HTTP_WORD('t', 'r', 'a', 'n', 's', 'f', 'e', 'r')) &&
		   HTTP_LETTERS(next, 0x2020202020202000ULL, HTTP_WORD('-', 'e', 'n', 'c', 'o', 'd', 'i', 'n')) && size >= 18 &&
		   (http_byte(b, at + 16) | 0x20) == 'g' && http_byte(b, at + 17) == ':') {
		if (lengthy)
			s->facts |= HTTP_IS_ODD;
		for (u32 i = 0; i < 16; i++) {
			if (end <= at + 18 || end > HTTP_END_OF_WINDOW || !http_blank(http_byte(b, end - 1)))
				break;
			end--;
		}
		s->facts &= ~(HTTP_IS_CHUNKED | HTTP_IS_CODED);
		s->facts |= HTTP_IS_CODED;
		if (end >= at + 25 && end <= HTTP_END_OF_WINDOW) {
			u64 last = http_word(b, end - 8);
			u8 before = last;

			if (HTTP_LETTERS(last >> 8, 0x0020202020202020ULL, HTTP_WORD('c', 'h', 'u', 'n', 'k', 'e', 'd', 0)) &&
			    (end == at + 25 || before == ',' || http_blank(before)))
				s->facts = (s->facts & ~HTTP_IS_CODED) | HTTP_IS_CHUNKED;
		}
	} else if (HTTP_LETTERS(word, 0x2020202020202020ULL, HTTP_WORD('t', 'r', 'a', 'c', 'e', 'p', 'a', 'r')) &&
		   HTTP_LETTERS(next & HTTP_FIRST(4), 0x00202020ULL, HTTP_WORD('e', 'n', 't', ':', 0, 0, 0, 0)) && size >= 12 &&
		   !lengthy) {
		http_traceparent(s, b, at + 12, end);
	}
	return 0;
}

/* Length of the method and its space, by name; 0: none of the known ones. */
static inline u32 http_known_method(struct http_stream *s, u64 word)
{
	u32 size = 0;

	if ((word & HTTP_FIRST(4)) == HTTP_WORD('G', 'E', 'T', ' ', 0, 0, 0, 0))
		s->method = HTTP_GET, size = 4;
	else if ((word & HTTP_FIRST(5)) == HTTP_WORD('P', 'O', 'S', 'T', ' ', 0, 0, 0))
		s->method = HTTP_POST, size = 5;
	else if ((word & HTTP_FIRST(4)) == HTTP_WORD('P', 'U', 'T', ' ', 0, 0, 0, 0))
		s->method = HTTP_PUT, size = 4;
	else if ((word & HTTP_FIRST(7)) == HTTP_WORD('D', 'E', 'L', 'E', 'T', 'E', ' ', 0))
		s->method = HTTP_DELETE, size = 7;
	else if ((word & HTTP_FIRST(5)) == HTTP_WORD('H', 'E', 'A', 'D', ' ', 0, 0, 0))
		s->method = HTTP_HEAD_METHOD, size = 5;
	else if ((word & HTTP_FIRST(6)) == HTTP_WORD('P', 'A', 'T', 'C', 'H', ' ', 0, 0))
		s->method = HTTP_PATCH, size = 6;
	else if (word == HTTP_WORD('O', 'P', 'T', 'I', 'O', 'N', 'S', ' '))
		s->method = HTTP_OPTIONS, size = 8;
	else if (word == HTTP_WORD('C', 'O', 'N', 'N', 'E', 'C', 'T', ' '))
		s->method = HTTP_CONNECT, size = 8;
	else if ((word & HTTP_FIRST(6)) == HTTP_WORD('T', 'R', 'A', 'C', 'E', ' ', 0, 0))
		s->method = HTTP_TRACE_METHOD, size = 6;
	return size;
}

/* The same for a method of its own: 3 to 16 capitals. */
static inline u32 http_other_method(struct http_stream *s, const struct http_buffer *b, u32 at)
{
	for (u32 i = 0; i < 17; i++) {
		if (at + i >= HTTP_END_OF_WINDOW)
			return 0;
		u8 c = http_byte(b, at + i);

		if (c == ' ' && i >= 3) {
			s->method = HTTP_OTHER;
			return i + 1;
		}
		if (!(http_class[c] & HTTP_UPPER))
			return 0;
	}
	return 0;
}

/* Does the line end in a version of HTTP/1? Only asked of lines the carry can hold. */
static inline u32 http_version(const struct http_buffer *b, u32 at, u32 end)
{
	if (end < at + 9 || end > HTTP_END_OF_WINDOW)
		return 0;
	return http_byte(b, end - 9) == ' ' &&
	       (http_word(b, end - 8) & HTTP_FIRST(7)) == HTTP_WORD('H', 'T', 'T', 'P', '/', '1', '.', 0);
}

/* The first line of a message. */
HTTP_FUNCTION u32 http_start(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end, u32 lengthy)
{
	if (!s || !b || at >= HTTP_END_OF_WINDOW || end > HTTP_END_OF_WINDOW || at >= end)
		return HTTP_NOT;
	u64 word = http_word(b, at);

	s->left = s->body = s->length = s->route = s->trace_high = s->trace_low = s->parent = 0;
	s->status = 0;
	s->facts = s->trace_flags = s->kind = s->method = 0;
	if ((word & HTTP_FIRST(7)) == HTTP_WORD('H', 'T', 'T', 'P', '/', '1', '.', 0)) {
		u32 hundreds = http_byte(b, at + 9) - '0', tens = http_byte(b, at + 10) - '0', ones = http_byte(b, at + 11) - '0';

		if (end < at + 12 || http_byte(b, at + 8) != ' ' || hundreds < 1 || hundreds > 9 || tens > 9 || ones > 9)
			return HTTP_NOT;
		if (end > at + 12 && http_byte(b, at + 12) != ' ')
			return HTTP_NOT;
		s->kind = HTTP_RESPONSE;
		s->status = hundreds * 100 + tens * 10 + ones;
		s->phase = HTTP_HEADERS;
		return HTTP_DRY;
	}
	u32 whole = !lengthy;
	u32 target = http_known_method(s, word);

	if (!target && whole)
		target = http_other_method(s, b, at);
	if (!target)
		return HTTP_NOT;
	target += at;
	if (target >= end || target >= HTTP_END_OF_WINDOW || (whole && !http_version(b, target, end)))
		return HTTP_NOT;
	u8 c = http_byte(b, target);

	if (s->method != HTTP_CONNECT) {
		if (c != '/' && c != '*' && (c | 0x20) != 'h')
			return HTTP_NOT;
		s->route = http_route(s, b, target, end);
	}
	s->kind = HTTP_REQUEST;
	s->phase = HTTP_HEADERS;
	return HTTP_DRY;
}

/* The line with a chunk's size. */
static inline u32 http_chunk(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end)
{
	u64 size = 0;
	u32 digits = 0, ended = 1;

	for (u32 i = 0; i < 16; i++) {
		if (at >= end || at >= HTTP_END_OF_WINDOW)
			break;
		u8 c = http_byte(b, at);

		if (!(http_class[c] & (HTTP_DIGIT | HTTP_HEX_LETTER))) {
			ended = c == ';' || http_blank(c);
			break;
		}
		size = size << 4 | ((c & 15) + 9 * (c >> 6));
		digits++;
		at++;
	}
	if (!digits || digits > 15 || !ended)
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

/* One line [at, end), its line feed excluded. `lengthy`: longer than the carry, so its end may not be here; nothing
 * after the carry's size may then matter. */
HTTP_FUNCTION u32 http_line(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end, u32 lengthy)
{
	if (!s || !b || at >= HTTP_END_OF_WINDOW || end > HTTP_END_OF_WINDOW)
		return HTTP_ODD;
	if (!lengthy && end > at && end > 0 && http_byte(b, end - 1) == '\r')
		end--;
	if (s->phase == HTTP_HEADERS) {
		if (end <= at)
			return s->facts & HTTP_IS_ODD ? HTTP_ODD : HTTP_HEAD;
		http_header(s, b, at, end, lengthy);
		return HTTP_DRY;
	}
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

	HTTP_PIN(begin);
	if (begin > HTTP_WINDOW)
		return;
#ifdef __bpf__
	const u64 *from = (const u64 *)(b->bytes + begin);
	u64 *to = (u64 *)s->carry;

	for (u32 i = 0; i < HTTP_CARRY / 8; i++)
		to[i] = from[i];
#else
	__builtin_memcpy(s->carry, b->bytes + begin, HTTP_CARRY);
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
			u8 c = http_byte(b, at);

			if (phase == HTTP_START && !(http_class[c] & HTTP_UPPER) && c != '\r')
				return HTTP_NOT;
			http_keep(s, b, at, end);
			span->at = end;
			return HTTP_DRY;
		}
		/* Long is a matter of the line, not of where it was cut: a longer one may or may not be here whole. */
		u32 event = http_line(s, b, at, newline, newline - at > HTTP_CARRY);

		span->at = newline < end ? newline + 1 : end;
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
