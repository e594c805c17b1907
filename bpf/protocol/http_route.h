/* A request's path as a route: one hash for all paths that differ in ids alone. */
#pragma once
#include "http_stream.h"

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
		if (!limit || limit > HTTP_TARGET)
			return 0;
		p = http_at(b, at + skip);
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
