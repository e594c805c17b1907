/* The lines of a head: RFC 9112, sections 3 to 5; W3C trace context. */
#pragma once
#include "http_route.h"

static inline u32 http_blank(u8 c)
{
	return c == ' ' || c == '\t';
}

/* Blanks, at most 16, before a header's value. */
static inline __attribute__((always_inline)) u32 http_blanks(const u8 *p)
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
static inline __attribute__((always_inline)) u64 http_number(const struct http_buffer *b, u32 at, u32 end)
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

/* The first line of a message. Of a request's target it leaves the offset, in `left`, for http_target. */
static inline __attribute__((always_inline)) u32 http_start(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end, u32 lengthy)
{
	if (!s || !b)
		return HTTP_NOT;
	const u8 *p = http_at(b, at);

	u64 word = HTTP_LOAD(p);

	s->left = s->body = s->length = s->route = s->trace_high = s->trace_low = s->parent = 0;
	_Static_assert(HTTP_SMALL == 8, "one word");
	__builtin_memset(&s->status, 0, HTTP_SMALL);
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
		s->left = target;
	}
	s->kind = HTTP_REQUEST;
	s->phase = HTTP_HEADERS;
	return HTTP_DRY;
}

/* After http_start: the route of a request's target. 0: no path. */
static inline __attribute__((always_inline)) void http_target(struct http_stream *s, const struct http_buffer *b)
{
	u32 at = (u32)s->left, skip = 0;

	if (!at)
		return;
	s->left = 0;
	const u8 *p = http_at(b, at);

	if (*p != '/' && *p != '*')
		skip = http_authority(b, at);
	if (skip < HTTP_TARGET)
		s->route = http_route(b, at + skip, HTTP_TARGET - skip);
}
