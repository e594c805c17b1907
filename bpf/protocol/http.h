/* HTTP/1 messages, read as a stream of lines: RFC 9112 (syntax, framing), RFC 9110 (semantics), W3C trace context.
 *
 * Pure: no kernel helpers, no I/O, compiled for the kernel and for the host. The caller brings bytes in windows; a line
 * that ends beyond the window is carried, so the outcome never depends on where the bytes were cut.
 * src/agent/protocol/http.ts is the reference: both give the same verdict on every input. */
#pragma once
#include "http_head.h"

/* High bit of every byte of `v` that is a line feed; exact up to the lowest one. */
static inline u64 http_feeds(u64 v)
{
	v ^= 0x0a0a0a0a0a0a0a0aULL;
	return (v - 0x0101010101010101ULL) & ~v & 0x8080808080808080ULL;
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

/* Passes lines of a head, the first one included, that end in this window and are not too long for it, sixteen bytes a
 * turn. HTTP_PART leaves what is at span->at to http_next_part. */
HTTP_FUNCTION u32 http_lines(struct http_stream *s, const struct http_buffer *b, struct http_span *span)
{
	if (!s || !b || !span)
		return HTTP_ODD;
	u32 began = span->at;

	if (span->end > HTTP_END_OF_WINDOW)
		return HTTP_ODD;
	span->look = began;
	for (u32 i = 0; i < HTTP_TURNS; i++) {
		u32 at = HTTP_AFRESH(span->look), end = HTTP_AFRESH(span->end);

		if (at >= end)
			return HTTP_PART;
		const u8 *p = http_at(b, at);
		u64 hit = http_feeds(HTTP_LOAD(p));

		if (!hit) {
			hit = http_feeds(HTTP_LOAD(p + 8));
			at += 8;
		}
		if (!hit) {
			span->look = at + 8;
			continue;
		}
		at += http_marked(hit);
		u32 line = HTTP_AFRESH(span->at), size = at - line;

		if (at >= end || size > HTTP_CARRY)
			return HTTP_PART;
		span->at = span->look = at + 1;
		p = http_at(b, line);
		u32 first = *p;

		if (first <= '\r' && (!size || (size == 1 && first == '\r'))) {
			if (s->phase != HTTP_START)
				return s->facts & HTTP_IS_ODD ? HTTP_ODD : HTTP_HEAD;
		} else if (s->phase == HTTP_START) {
			if (http_start(s, b, line, http_stop(b, at), 0))
				return HTTP_NOT;
			http_target(s, b);
		} else if ((first | 0x20) == 'c' || (first | 0x20) == 't') {
			http_header(s, b, line, http_stop(b, at), 0);
		}
	}
	return HTTP_AFRESH(span->at) == began ? HTTP_PART : HTTP_AGAIN;
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
			event = stop <= at ? HTTP_DRY : http_start(s, b, at, stop, lengthy);
			if (stop > at && event == HTTP_DRY)
				http_target(s, b);
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

/* How the body of the message whose head just ended is delimited (RFC 9112, 6.3). `bodiless`: by the request's
 * method or the status, whatever the head says. */
static inline u32 http_frame(struct http_stream *s, u32 bodiless)
{
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
