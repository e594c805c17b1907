/* One thread, epoll, blocking sockets: a descriptor is read once each time it is readable. */
#include "traffic.h"

static char *buffers[CONNECTIONS];
static size_t have[CONNECTIONS];
static char out[ROOM + 256];

/* Answers one request: /size/N with N bytes, anything else with a small document. */
static void answer(int fd, const char *path)
{
	static const char document[] = "{\"id\":17,\"state\":\"paid\"}\n";
	size_t size = sizeof(document) - 1, n;

	if (!strncmp(path, "/size/", 6))
		size = strtoul(path + 6, NULL, 10);
	if (size > ROOM)
		size = ROOM;
	n = sprintf(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", size);
	if (path[1] == 's')
		memset(out + n, 'b', size);
	else
		memcpy(out + n, document, size);
	put(fd, out, n + size);
}

/* Returns 0 when the peer is gone. */
static int readable(int fd, int echo)
{
	char *in = buffers[fd], *end, *at = in;
	ssize_t n = read(fd, in + have[fd], ROOM - have[fd]);

	if (n <= 0)
		return 0;
	have[fd] += n;
	if (echo) {
		put(fd, in, have[fd]);
		have[fd] = 0;
		return 1;
	}
	in[have[fd]] = 0;
	while ((end = strstr(at, "\r\n\r\n"))) {
		answer(fd, strchr(at, ' ') + 1);
		at = end + 4;
	}
	have[fd] -= at - in;
	memmove(in, at, have[fd]);
	return 1;
}

int serve(int echo)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN }, events[64];

	if (bind(listener, (void *)&at, size) || listen(listener, 512) || getsockname(listener, (void *)&at, &size))
		fail("listen");
	event.data.fd = listener;
	epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
	event.data.fd = 0;
	epoll_ctl(poll, EPOLL_CTL_ADD, 0, &event);
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		int n = epoll_wait(poll, events, 64, -1);

		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (!fd)
				return 0;
			if (fd != listener) {
				if (!readable(fd, echo))
					close(fd);
				continue;
			}
			fd = accept(listener, NULL, NULL);
			if (fd < 0 || fd >= CONNECTIONS)
				fail("accept");
			at_once(fd);
			if (!buffers[fd])
				buffers[fd] = malloc(ROOM + 1);
			have[fd] = 0;
			event.data.fd = fd;
			epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
		}
	}
}
