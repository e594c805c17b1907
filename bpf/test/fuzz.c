/* The parser under a coverage-guided fuzzer and sanitizers: whatever the bytes, no read beyond them, an end to every loop,
 * and the same outcome wherever they are cut. The first byte of an input chooses the cut. */
#include "host.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#define PARSE_COPY(to, size, from) memcpy(to, from, size)
#include "parse_work.h"

static struct parse_call run(const u8 *bytes, size_t size, u32 cut)
{
	/* On the heap and of exact size, so that a read beyond is seen. */
	struct parse_work *w = calloc(1, sizeof(*w));
	struct parse_call call;

	memcpy(w->call.bytes, bytes, size);
	w->call.size = size;
	w->call.cut = cut;
	memset(w->buffer.bytes, 0xa5, sizeof(w->buffer.bytes));
	parse_begin(w);
	while (!parse_step(w))
		;
	call = w->call;
	free(w);
	return call;
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
	if (size < 1 || size > INPUT)
		return 0;
	struct parse_call whole = run(bytes + 1, size - 1, HTTP_WINDOW), cut = run(bytes + 1, size - 1, 1 + bytes[0]);

	if (whole.hash != cut.hash || whole.events != cut.events)
		__builtin_trap();
	return 0;
}
