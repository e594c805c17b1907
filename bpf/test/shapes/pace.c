/* One process that asks itself over the loopback: for every number on standard input, so many requests, and then a line
 * with the CPU time each took, in nanoseconds, both ends together. */
#include "simple.h"

static void *serve(void *argument)
{
	struct peer p = { .fd = accept((int)(intptr_t)argument, NULL, NULL) };
	char path[256];

	while (peer_next(&p, path))
		peer_answer(p.fd);
	return NULL;
}

static long spent(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

int pace(void)
{
	static const char request[] = "GET /unselected HTTP/1.1\r\nHost: shapes\r\n\r\n";
	int listener = listen_anywhere(), fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	struct sockaddr_in at;
	socklen_t size = sizeof(at);
	pthread_t thread;
	char line[32], back[256];

	getsockname(listener, (void *)&at, &size);
	pthread_create(&thread, NULL, serve, (void *)(intptr_t)listener);
	if (connect(fd, (void *)&at, sizeof(at)))
		fail("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while (fgets(line, sizeof(line), stdin)) {
		long requests = atol(line), began = spent();

		for (long i = 0; i < requests; i++) {
			put(fd, request, sizeof(request) - 1, BY_WRITE, ROOM);
			if (read(fd, back, sizeof(back)) <= 0)
				fail("read");
		}
		printf("%ld\n", (spent() - began) / requests);
		fflush(stdout);
	}
	return 0;
}
