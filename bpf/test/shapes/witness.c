/* Answers one request at a time and writes down when, from both sides of each call, and what the kernel says of a
 * connection that ended. Printed at the end, nanoseconds of CLOCK_MONOTONIC:
 *   exchange READ_BEGAN READ_ENDED WRITE_BEGAN WRITE_ENDED
 *   connection COOKIE BYTES_ACKNOWLEDGED BYTES_RECEIVED
 */
#include "simple.h"
#include <poll.h>

#define MOST (4 << 20)

static struct exchange {
	uint64_t at[4];
} *exchanges;

static struct connection {
	uint64_t cookie, acknowledged, received;
} *connections;

static unsigned exchange_count, connection_count;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* The peer has closed, so that what was sent is acknowledged. */
static void note_connection(int fd)
{
	struct connection *c = &connections[__sync_fetch_and_add(&connection_count, 1) % MOST];
	struct tcp_info info = {};
	socklen_t size = sizeof(info), cookie = sizeof(c->cookie);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &c->cookie, &cookie))
		fail("getsockopt");
	c->acknowledged = info.tcpi_bytes_acked;
	c->received = info.tcpi_bytes_received;
}

static void *watch(void *argument)
{
	struct peer p = { .fd = (int)(intptr_t)argument };
	struct pollfd wait = { .fd = p.fd, .events = POLLIN };
	char path[256];
	int delay;

	for (;;) {
		struct exchange e;
		ssize_t n;

		poll(&wait, 1, -1);
		e.at[0] = now();
		n = read(p.fd, p.in, sizeof(p.in) - 1);
		e.at[1] = now();
		if (n <= 0)
			break;
		p.have = n;
		if (!peer_take(&p, path)) /* every client here sends a request by one call */
			fail("half a request");
		if (sscanf(path, "/delay/%d", &delay) == 1)
			usleep(delay);
		e.at[2] = now();
		peer_answer(p.fd);
		e.at[3] = now();
		exchanges[__sync_fetch_and_add(&exchange_count, 1) % MOST] = e;
	}
	note_connection(p.fd);
	close(p.fd);
	return NULL;
}

static void *accept_all(void *argument)
{
	int listener = (int)(intptr_t)argument, on = 1;

	for (;;) {
		int fd = accept(listener, NULL, NULL);
		pthread_t thread;

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		pthread_create(&thread, NULL, watch, (void *)(intptr_t)fd);
		pthread_detach(thread);
	}
	return NULL;
}

int witness(void)
{
	pthread_t thread;

	exchanges = calloc(MOST, sizeof(*exchanges));
	connections = calloc(MOST, sizeof(*connections));
	pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)listen_anywhere());
	wait_for_end();
	for (unsigned i = 0; i < exchange_count && i < MOST; i++)
		printf("exchange %lu %lu %lu %lu\n", exchanges[i].at[0], exchanges[i].at[1], exchanges[i].at[2], exchanges[i].at[3]);
	for (unsigned i = 0; i < connection_count && i < MOST; i++)
		printf("connection %lu %lu %lu\n", connections[i].cookie, connections[i].acknowledged, connections[i].received);
	return 0;
}
