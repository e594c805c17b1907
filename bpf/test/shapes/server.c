/* Answers in the shape the path asks for, and counts what it answered. */
#include "calls.h"

/* Counters of the server, by a hash of what is counted. */
#define ROWS (1 << 18)

static struct row {
	char method[16], path[64];
	int status;
	long count;
} rows[ROWS];
static pthread_mutex_t rows_lock = PTHREAD_MUTEX_INITIALIZER;

static void count(const char *method, int status, const char *path)
{
	unsigned at = status;

	for (const char *c = method; *c; c++)
		at = at * 31 + *c;
	for (const char *c = path; *c; c++)
		at = at * 31 + *c;
	pthread_mutex_lock(&rows_lock);
	for (;; at++) {
		struct row *r = &rows[at % ROWS];

		if (!r->count) {
			snprintf(r->method, sizeof(r->method), "%s", method);
			snprintf(r->path, sizeof(r->path), "%s", path);
			r->status = status;
		} else if (r->status != status || strcmp(r->method, method) || strncmp(r->path, path, sizeof(r->path) - 1)) {
			continue;
		}
		r->count++;
		break;
	}
	pthread_mutex_unlock(&rows_lock);
}

struct answer {
	char *bytes;
	size_t size;
};

static void add(struct answer *a, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	a->size += vsnprintf(a->bytes + a->size, ROOM - a->size, format, list);
	va_end(list);
}

static void fill(struct answer *a, size_t size)
{
	memset(a->bytes + a->size, 'b', size);
	a->size += size;
}

static int blob = -1;

/* Answers one request; what needs no call of its own is left in `a` for one write of everything. Returns 0 to close. */
static int answer(int fd, struct answer *a, const char *method, const char *path)
{
	int n = 0, m = 0, status = 200, head = !strcmp(method, "HEAD");

#define FLUSH()                                                                                                            \
	do {                                                                                                               \
		put(fd, a->bytes, a->size, BY_WRITE, ROOM);                                                                \
		a->size = 0;                                                                                               \
	} while (0)

	if (sscanf(path, "/status/%d", &status) == 1) {
		if (status == 204 || status == 304)
			head = 1;
		add(a, "HTTP/1.1 %d Some Words\r\nContent-Length: 2\r\n\r\n%s", status, head ? "" : "ok");
	} else if (sscanf(path, "/size/%d", &n) == 1) {
		FLUSH();
		add(a, "HTTP/1.1 200 OK\r\nX-Filler: %0120d\r\ncontent-length:%d\r\n\r\n", 7, n);
		if (!head)
			fill(a, n);
		FLUSH();
	} else if (sscanf(path, "/writev/%d/%d", &n, &m) == 2) {
		FLUSH();
		add(a, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n);
		fill(a, n);
		put(fd, a->bytes, a->size, BY_WRITEV, m);
		a->size = 0;
	} else if (sscanf(path, "/split/%d", &n) == 1) {
		FLUSH();
		add(a, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
		put(fd, a->bytes, n, BY_WRITE, ROOM);
		put(fd, a->bytes + n, a->size - n, BY_WRITE, ROOM);
		a->size = 0;
	} else if (sscanf(path, "/chunked/%d/%d", &n, &m) == 2) {
		add(a, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		for (int i = 0; i < n; i++) {
			add(a, "%x\r\n", m);
			fill(a, m);
			add(a, "\r\n");
			if (i % 3 == 0)
				FLUSH();
		}
		add(a, "0\r\nX-Trailer: 1\r\n\r\n");
	} else if (sscanf(path, "/sendfile/%d", &n) == 1) {
		off_t from = 0;

		FLUSH();
		add(a, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n);
		FLUSH();
		while (from < n)
			if (sendfile(fd, blob, &from, n - from) <= 0)
				fail("sendfile");
	} else if (sscanf(path, "/continue/%d", &n) == 1) {
		add(a, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	} else if (!strncmp(path, "/close", 6)) {
		add(a, "HTTP/1.0 200 OK\r\n\r\nuntil the end");
		FLUSH();
		count(method, 200, path);
		return 0;
	} else if (!strncmp(path, "/vanish", 7)) {
		count(method, 0, path);
		return 0;
	} else if (!strncmp(path, "/empty", 6)) {
		status = 204;
		add(a, "HTTP/1.1 204 No Content\r\n\r\n");
	} else if (!strncmp(path, "/same", 5)) {
		status = 304;
		add(a, "HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n");
	} else {
		if (sscanf(path, "/delay/%d", &n) == 1) /* microseconds */
			usleep(n);
		add(a, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n%s", head ? "" : "hello");
	}
	count(method, status, path);
	return 1;
}

static void *serve(void *argument)
{
	int fd = (int)(intptr_t)argument, alive = 1;
	char *in = malloc(ROOM + 1), *out = malloc(ROOM);
	struct answer a = { out, 0 };
	size_t have = 0;
	unsigned turn = fd;

	while (alive) {
		ssize_t n = get(fd, in + have, ROOM - have, turn++);

		if (n <= 0)
			break;
		have += n;
		in[have] = 0;
		char *at = in;
		while (alive) {
			char *end = strstr(at, "\r\n\r\n"), method[16], path[4096], *length, *expect;
			size_t head, body = 0;

			if (!end || sscanf(at, "%15s %4095s", method, path) != 2)
				break;
			head = end + 4 - at;
			length = strcasestr(at, "content-length:");
			if (length && length < end)
				body = atol(length + 15);
			expect = strcasestr(at, "100-continue");
			if (expect && expect < end && have - (at - in) == head) {
				put(fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, BY_WRITE, ROOM);
				break;
			}
			if (have - (at - in) < head + body)
				break;
			alive = answer(fd, &a, method, path);
			at += head + body;
		}
		if (a.size)
			put(fd, a.bytes, a.size, BY_SEND, ROOM);
		a.size = 0;
		have -= at - in;
		memmove(in, at, have);
	}
	close(fd);
	free(in);
	free(out);
	return NULL;
}

static void *accept_all(void *argument)
{
	int listener = (int)(intptr_t)argument, on = 1;

	for (;;) {
		int fd = accept(listener, NULL, NULL);
		pthread_t thread;

		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd);
		pthread_detach(thread);
	}
	return NULL;
}

/* A listener on any port, which is printed. */
int listen_anywhere(void)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = address() };
	socklen_t size = sizeof(at);

	if (bind(listener, (void *)&at, size) || listen(listener, 4096) || getsockname(listener, (void *)&at, &size))
		fail("listen");
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	return listener;
}

int server(void)
{
	int listener;
	pthread_t thread;
	char line[16];

	blob = memfd_create("blob", 0);
	if (ftruncate(blob, ROOM))
		fail("ftruncate");
	listener = listen_anywhere();
	pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)listener);
	while (fgets(line, sizeof(line), stdin))
		;
	usleep(20 * 1000); /* who has just answered still has to count it */
	for (int i = 0; i < ROWS; i++)
		if (rows[i].count)
			printf("%s %d %s %ld\n", rows[i].method, rows[i].status, rows[i].path, rows[i].count);
	return 0;
}
