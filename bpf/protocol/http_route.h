/* A request's path as a route: one hash for all paths that differ in ids alone. */
#pragma once
#include "http_stream.h"

#define HTTP_PRIME 0x100000001b3ULL

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

/* Bytes before the path in a target of absolute form: up to the third slash. HTTP_TARGET when there is none. */
HTTP_FUNCTION u32 http_authority(const struct http_buffer *b, u32 at)
{
	if (!b)
		return HTTP_TARGET;
	const u8 *p = http_at(b, at);
	u32 slashes = 0;

	for (u32 i = 0; i < HTTP_TARGET; i++) {
		u8 class = http_class[p[i]];

		if (class & HTTP_STOP)
			break;
		slashes += class & HTTP_SLASH;
		if (slashes == 3 * HTTP_SLASH)
			return i;
	}
	return HTTP_TARGET;
}

/* 1 if a segment of this make and size is an id. Without branches: the verifier would follow each at every byte. */
static inline u32 http_is_id(u32 seen, u32 size)
{
	u32 digit = seen & HTTP_DIGIT, letter = seen / HTTP_LETTER & 1;
	u32 made = seen & (HTTP_DIGIT | HTTP_HEX_LETTER | HTTP_DASH | HTTP_LETTER);
	u32 plain = ((made ^ HTTP_DIGIT) - 1) >> 31, eight = (7 - size) >> 31, twenty = (19 - size) >> 31;

	return digit & (plain | (eight & ~letter) | twenty);
}

/* The hash after a segment: with one mark in its place, counted from `begin`, if it is an id. */
static inline u64 http_fold(u64 hash, u64 begin, u32 seen, u32 size)
{
	if (!(seen & HTTP_DIGIT))
		return hash;
	u64 id = 0 - (u64)http_is_id(seen, size);

	return (hash & ~id) | ((begin ^ 1) * HTTP_PRIME & id);
}

/* FNV-1a of a path of at most `limit` bytes, with ids folded: a segment of digits, of 8 or more hex digits and dashes with
 * a digit among them, or of 20 or more characters with a digit is hashed as one mark. The line's own end stops it, or the
 * carry's size holds all of the target that counts. */
HTTP_FUNCTION u64 http_route(const struct http_buffer *b, u32 at, u32 limit)
{
	u64 hash = 0xcbf29ce484222325ULL, begin = hash;
	u32 seen = 0, from = 0;

	if (!b || limit > HTTP_TARGET)
		return 0;
	const u8 *p = http_at(b, at);

	for (u32 i = 0; i < HTTP_TARGET; i++) {
		u8 byte = *p++, class = http_class[byte];

		if (i >= limit)
			break;
		if (class >= HTTP_SLASH) {
			hash = http_fold(hash, begin, seen, i - from);
			if (class & HTTP_STOP)
				return hash;
			hash = begin = (hash ^ '/') * HTTP_PRIME;
			from = i + 1;
			seen = 0;
			continue;
		}
		hash = (hash ^ byte) * HTTP_PRIME;
		seen |= class;
	}
	return http_fold(hash, begin, seen, limit - from);
}
