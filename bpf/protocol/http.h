/* HTTP/1 messages, read as a stream of lines: RFC 9112 (syntax, framing), RFC 9110 (semantics), W3C trace context.
 *
 * Pure: no kernel helpers, no I/O, compiled for the kernel and for the host. The caller brings bytes in windows; a line
 * that ends beyond the window is carried, so the outcome never depends on where the bytes were cut.
 * src/agent/protocol/http.ts is the reference: both give the same verdict on every input. */
#pragma once
#include "http_head.h"

#define HTTP_FEEDS 0x0a0a0a0a0a0a0a0aULL
#define HTTP_ONES 0x0101010101010101ULL
#define HTTP_HIGHS 0x8080808080808080ULL

/* High bit of every byte of `v` that is a line feed; exact up to the lowest one. */
static inline u64 http_feeds(u64 v)
{
	return ((v ^ HTTP_FEEDS) - HTTP_ONES) & ~v & HTTP_HIGHS;
}

/* Offset in a word of the lowest byte marked in `hit`. That bit is exact; which byte it is in comes from a multiplication. */
static inline u32 http_marked(u64 hit)
{
	return (((hit & -hit) >> 7) * 0x0001020304050607ULL) >> 56;
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
			at += http_marked(hit);
			return at < end ? at : end;
		}
		at += 8;
	}
	return end;
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

/* One line [at, end) between chunks or after them, its end excluded. */
HTTP_FUNCTION u32 http_line(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end)
{
	if (!s || !b || at >= HTTP_END_OF_WINDOW || end > HTTP_END_OF_WINDOW)
		return HTTP_ODD;
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

/* Where a line that is not empty ends, before its line feed at `at`. */
static inline u32 http_stop(const struct http_buffer *b, u32 at)
{
	const u8 *last = http_at(b, at - 1);

	return *last == '\r' ? at - 1 : at;
}

/* The same for a line that begins at `at`, which is `p`, if it is not too long; most are short. */
static inline __attribute__((always_inline)) u32 http_line_feed(const struct http_buffer *b, const u8 *p, u32 at, u32 end)
{
#pragma clang loop unroll(full)
	for (u32 n = 0; n < HTTP_NEAR; n += 8) {
		u64 hit = ((HTTP_LOAD(p + n) ^ HTTP_FEEDS) - HTTP_ONES) & HTTP_HIGHS;

		/* Or a byte beyond ASCII, which only these few need to be told from it. */
		if (hit && (hit &= ~HTTP_LOAD_AFRESH(p + n)))
			return at + n + http_marked(hit);
	}
	u32 far = http_newline(b, at + HTTP_NEAR, end);

	return far - at > HTTP_CARRY ? end : far;
}

/* Passes lines of a head, the first one included, that end in this window and are not too long for it. HTTP_PART leaves what
 * is at span->at to http_next_part. */
HTTP_FUNCTION u32 http_lines(struct http_stream *s, const struct http_buffer *b, struct http_span *span)
{
	if (!s || !b || !span)
		return HTTP_ODD;
	u32 at = span->at, line = at;

	if (span->end > HTTP_END_OF_WINDOW)
		return HTTP_ODD;
	if (s->phase == HTTP_START) {
		const u8 *p = http_at(b, at);

		at = http_line_feed(b, p, line, span->end);
		if (at >= span->end)
			return HTTP_PART;
		span->at = at + 1;
		if (*p <= '\r' && (at == line || (at == line + 1 && *p == '\r')))
			return HTTP_AGAIN;
		if (http_start(s, b, line, http_stop(b, at), 0))
			return HTTP_NOT;
		http_target(s, b);
	}
	for (u32 i = 0; i < HTTP_HEADERS_AT_ONCE; i++) {
		line = HTTP_AFRESH(span->at);
		const u8 *p = http_at(b, line);

		u32 end = HTTP_AFRESH(span->end);

		at = http_line_feed(b, p, line, end);
		if (at >= end)
			return HTTP_PART;
		span->at = at + 1;
		u32 byte = *p;

		if (byte <= '\r' && (at == line || (at == line + 1 && byte == '\r')))
			return s->facts & HTTP_IS_ODD ? HTTP_ODD : HTTP_HEAD;
		byte |= 0x20;
		/* Of the many headers with these initials only those that may matter are worth a call. */
		if (byte == 'c' ? (p[8] | 0x20) == 'l' : byte == 't' && ((p[5] | 0x20) == 'p' || (p[5] | 0x20) == 'f'))
			http_header(s, b, line, http_stop(b, at), 0);
	}
	return HTTP_AGAIN;
}

/* A message's first line, wherever it comes from. */
HTTP_FUNCTION u32 http_first_line(struct http_stream *s, const struct http_buffer *b, u32 at, u32 end, u32 lengthy)
{
	if (!s || !b || http_start(s, b, at, end, lengthy))
		return HTTP_NOT;
	http_target(s, b);
	return HTTP_DRY;
}

/* The next event, of lines that are cut or long and of bodies. */
HTTP_FUNCTION u32 http_next_part(struct http_stream *s, struct http_buffer *b, struct http_span *span)
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

		if (!lengthy && stop > at)
			stop = http_stop(b, stop);
		span->at = newline < end ? newline + 1 : end;
		if (phase == HTTP_START) {
			event = stop <= at ? HTTP_DRY : http_first_line(s, b, at, stop, lengthy);
		} else if (phase != HTTP_HEADERS) {
			event = http_line(s, b, at, stop);
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

/* The next event in the window. */
static inline u32 http_next(struct http_stream *s, struct http_buffer *b, struct http_span *span)
{
	u32 event = HTTP_PART;

	if (s->phase <= HTTP_HEADERS && !(s->facts & HTTP_IN_REST))
		event = http_lines(s, b, span);
	return event == HTTP_PART ? http_next_part(s, b, span) : event;
}

/* How the body of the message whose head just ended is delimited (RFC 9112, 6.3). `kind` is the message's. `bodiless`: by the
 * request's method or the status, whatever the head says. */
static inline u32 http_frame(struct http_stream *s, u32 kind, u32 bodiless)
{
	u8 facts = s->facts;

	s->phase = HTTP_START;
	if (bodiless)
		return HTTP_END;
	if (facts & HTTP_IS_CHUNKED) {
		s->phase = HTTP_CHUNK_SIZE;
		return HTTP_DRY;
	}
	if (kind == HTTP_REQUEST) {
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
