/* One request after another without bodies, answered with the same five bytes. */
#pragma once
#include "calls.h"
#include <time.h>

#define SIMPLE_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

struct peer {
	int fd;
	size_t have;
	char in[4096];
};

/* Whether a whole request is there; takes it away. */
static inline int peer_take(struct peer *p, char path[256])
{
	char *end;

	p->in[p->have] = 0;
	end = strstr(p->in, "\r\n\r\n");
	if (!end || sscanf(p->in, "%*15s %255s", path) != 1)
		return 0;
	end += 4;
	p->have -= end - p->in;
	memmove(p->in, end, p->have);
	return 1;
}

/* Waits for a request. Returns 0 at the connection's end. */
static inline int peer_next(struct peer *p, char path[256])
{
	while (!peer_take(p, path)) {
		ssize_t n = read(p->fd, p->in + p->have, sizeof(p->in) - 1 - p->have);

		if (n <= 0)
			return 0;
		p->have += n;
	}
	return 1;
}

static inline void peer_answer(int fd)
{
	put(fd, SIMPLE_ANSWER, sizeof(SIMPLE_ANSWER) - 1, BY_SEND, ROOM);
}

/* Until standard input ends. */
static inline void wait_for_end(void)
{
	char line[16];

	while (fgets(line, sizeof(line), stdin))
		;
}
