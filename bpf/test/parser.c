/* The parser on the host, under sanitizers. Reads buffers from standard input (size, cut: 32 bit each, then the bytes) and
 * writes a line "events hash" for each. */
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define PARSE_COPY(to, size, from) memcpy(to, from, size)
#include "parse_work.h"

int main(void)
{
	u32 head[2];

	while (fread(head, sizeof(head), 1, stdin) == 1) {
		/* On the heap and of exact size, so that a read beyond is seen. */
		struct parse_work *w = calloc(1, sizeof(*w));

		if (head[0] > INPUT || fread(w->call.bytes, 1, head[0], stdin) != head[0])
			return 1;
		w->call.size = head[0];
		w->call.cut = head[1];
		memset(w->buffer.bytes, 0xa5, sizeof(w->buffer.bytes));
		parse_begin(w);
		while (!parse_step(w))
			;
		printf("%u %u\n", w->call.events, w->call.hash);
		free(w);
	}
	return 0;
}
