/* A server and a client that use a socket in every way a program may, for the live tests. The server counts what it
 * answered, so that its own counters are the truth.
 *
 *   shapes server                 prints its port; answers until standard input ends, then prints "METHOD STATUS PATH COUNT"
 *   shapes client PORT SHAPE ...  runs one shape to its end; waits for a line on standard input first
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define ROOM (16 << 20)

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Counters of the server. */
static struct row {
	char method[16], path[64];
	int status;
	long count;
} rows[4096];
static int row_count;
static pthread_mutex_t rows_lock = PTHREAD_MUTEX_INITIALIZER;

static void count(const char *method, int status, const char *path)
{
	pthread_mutex_lock(&rows_lock);
	for (int i = 0; i < row_count; i++)
		if (rows[i].status == status && !strcmp(rows[i].method, method) && !strcmp(rows[i].path, path)) {
			rows[i].count++;
			pthread_mutex_unlock(&rows_lock);
			return;
		}
	if (row_count == 4096)
		exit(3);
	struct row *r = &rows[row_count++];
	snprintf(r->method, sizeof(r->method), "%s", method);
	snprintf(r->path, sizeof(r->path), "%s", path);
	r->status = status;
	r->count = 1;
	pthread_mutex_unlock(&rows_lock);
}

/* Sends everything, in pieces of `piece` bytes by the named call. */
enum how { BY_WRITE, BY_SEND, BY_WRITEV, BY_SENDMSG, BY_SENDMMSG };

static void put(int fd, const char *bytes, size_t size, enum how how, size_t piece)
{
	struct iovec iov[1024];
	struct mmsghdr messages[64];

	while (size) {
		size_t n = size < piece ? size : piece;
		ssize_t done;

		if (how == BY_WRITE) {
			done = write(fd, bytes, n);
		} else if (how == BY_SEND) {
			done = send(fd, bytes, n, MSG_NOSIGNAL);
		} else {
			int parts = 0;
			size_t at = 0, most = how == BY_SENDMMSG ? 64 : 1024;

			for (; parts < (int)most && at < size; parts++) {
				n = size - at < piece ? size - at : piece;
				iov[parts] = (struct iovec){ (void *)(bytes + at), n };
				at += n;
			}
			if (how == BY_WRITEV) {
				done = writev(fd, iov, parts);
			} else if (how == BY_SENDMSG) {
				struct msghdr m = { .msg_iov = iov, .msg_iovlen = parts };

				done = sendmsg(fd, &m, MSG_NOSIGNAL);
			} else {
				memset(messages, 0, sizeof(messages));
				for (int i = 0; i < parts; i++) {
					messages[i].msg_hdr.msg_iov = &iov[i];
					messages[i].msg_hdr.msg_iovlen = 1;
				}
				int sent = sendmmsg(fd, messages, parts, MSG_NOSIGNAL);

				if (sent < 0)
					fail("sendmmsg");
				done = 0;
				for (int i = 0; i < sent; i++)
					done += messages[i].msg_len;
			}
		}
		if (done < 0)
			fail("send");
		bytes += done;
		size -= done;
	}
}

/* Receives at least a byte by a call chosen by `turn`. */
static ssize_t get(int fd, char *bytes, size_t size, unsigned turn)
{
	struct iovec iov[3] = { { bytes, 5 }, { bytes + 5, 50 }, { bytes + 55, size - 55 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 3 };
	struct mmsghdr mm = { .msg_hdr = m };

	switch (turn % 6) {
	case 0:
		return read(fd, bytes, size);
	case 1:
		return recv(fd, bytes, size, 0);
	case 2:
		return readv(fd, iov, 3);
	case 3:
		return recvmsg(fd, &m, 0);
	case 4:
		if (recv(fd, bytes, size, MSG_PEEK) < 0)
			return -1;
		return read(fd, bytes, 7);
	default: {
		int n = recvmmsg(fd, &mm, 1, MSG_WAITFORONE, NULL);

		return n < 0 ? -1 : mm.msg_len;
	}
	}
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

static int server(void)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	pthread_t thread;
	char line[16];

	if (bind(listener, (void *)&at, size) || listen(listener, 512) || getsockname(listener, (void *)&at, &size))
		fail("listen");
	blob = memfd_create("blob", 0);
	if (ftruncate(blob, ROOM))
		fail("ftruncate");
	pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)listener);
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		;
	for (int i = 0; i < row_count; i++)
		printf("%s %d %s %ld\n", rows[i].method, rows[i].status, rows[i].path, rows[i].count);
	return 0;
}

/* The client. */
static int port;

static int dial(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (connect(fd, (void *)&at, sizeof(at)))
		fail("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static char *in;
static size_t have;
static unsigned take_turn;

static void more(int fd)
{
	ssize_t n = get(fd, in + have, ROOM - have, take_turn++);

	if (n <= 0)
		fail("response");
	have += n;
	in[have] = 0;
}

/* Reads one response whole. */
static void take(int fd, int head_only)
{
	char *end, *field;
	size_t head, body = 0;
	int status;

again:
	while (!(end = strstr(in, "\r\n\r\n")))
		more(fd);
	head = end + 4 - in;
	status = atoi(in + 9);
	if (status == 100) {
		have -= head;
		memmove(in, in + head, have + 1);
		goto again;
	}
	field = strcasestr(in, "content-length:");
	if (field && field < end)
		body = atol(field + 15);
	field = strcasestr(in, "chunked");
	if (field && field < end) {
		char *last;

		while (!(last = memmem(in + head, have - head, "\r\n0\r\n", 5)) || !memmem(last + 3, in + have - last - 3, "\r\n\r\n", 4))
			more(fd);
		body = (char *)memmem(last + 3, in + have - last - 3, "\r\n\r\n", 4) + 4 - in - head;
	}
	if (head_only || status == 204 || status == 304)
		body = 0;
	while (have < head + body)
		more(fd);
	have -= head + body;
	memmove(in, in + head + body, have + 1);
}

static size_t ask(char *to, const char *method, const char *path, size_t body)
{
	size_t n = sprintf(to, "%s %s HTTP/1.1\r\nHost: shapes\r\nUser-Agent: shapes\r\n", method, path);

	if (body)
		n += sprintf(to + n, "Content-Length: %zu\r\n", body);
	n += sprintf(to + n, "\r\n");
	memset(to + n, 'r', body);
	return n + body;
}

static void one(int fd, const char *method, const char *path, size_t body, enum how how, size_t piece)
{
	static char out[ROOM];
	size_t n = ask(out, method, path, body);

	put(fd, out, n, how, piece);
	take(fd, !strcmp(method, "HEAD"));
}

struct loop {
	int rounds;
	const char *path;
};

static void *keepalive(void *argument)
{
	struct loop *l = argument;
	int fd = dial();
	char out[512], back[4096];
	size_t n = ask(out, "GET", l->path, 0);

	for (int i = 0; i < l->rounds; i++) {
		size_t got = 0;

		put(fd, out, n, BY_WRITE, ROOM);
		/* Every answer here is one small message: its end is its body. */
		do {
			ssize_t r = read(fd, back + got, sizeof(back) - 1 - got);

			if (r <= 0)
				fail("read");
			got += r;
			back[got] = 0;
		} while (!strstr(back, "\r\n\r\n") || back[got - 1] == '\n');
	}
	close(fd);
	return NULL;
}

static int client(int argc, char **argv)
{
	const char *shape = argv[1];
	int a = argc > 2 ? atoi(argv[2]) : 0, b = argc > 3 ? atoi(argv[3]) : 0;
	const char *path = argc > 4 ? argv[4] : "/plain";
	static char out[ROOM];
	char text[128];

	port = atoi(argv[0]);
	in = malloc(ROOM + 1);
	if (!fgets(text, sizeof(text), stdin))
		return 1;
	if (!strcmp(shape, "keepalive")) { /* connections, requests each, path */
		pthread_t threads[256];
		struct loop l = { b, path };

		for (int i = 0; i < a; i++)
			pthread_create(&threads[i], NULL, keepalive, &l);
		for (int i = 0; i < a; i++)
			pthread_join(threads[i], NULL);
	} else if (!strcmp(shape, "fresh")) { /* connections, one request each */
		for (int i = 0; i < a; i++) {
			int fd = dial();

			one(fd, "GET", path, 0, BY_WRITE, ROOM);
			close(fd);
		}
	} else if (!strcmp(shape, "pipeline")) { /* depth, rounds, path */
		int fd = dial();

		for (int i = 0; i < b; i++) {
			size_t n = 0;

			for (int j = 0; j < a; j++)
				n += ask(out + n, j % 5 == 4 ? "HEAD" : j % 3 ? "GET" : "POST", path, j % 3 || j % 5 == 4 ? 0 : 20);
			put(fd, out, n, BY_WRITE, ROOM);
			for (int j = 0; j < a; j++)
				take(fd, j % 5 == 4);
		}
		close(fd);
	} else if (!strcmp(shape, "split")) { /* the head cut in two at every byte, on both sides */
		size_t n = ask(out, "GET", "/split/1", 0);
		int fd = dial();

		for (size_t i = 1; i < n; i++) {
			put(fd, out, i, BY_WRITE, ROOM);
			put(fd, out + i, n - i, BY_WRITE, ROOM);
			take(fd, 0);
		}
		for (int i = 1; i < 70; i++) {
			sprintf(text, "/split/%d", i);
			one(fd, "GET", text, 0, BY_WRITE, ROOM);
		}
		put(fd, out, n, BY_WRITE, 1);
		take(fd, 0);
		close(fd);
	} else if (!strcmp(shape, "vectors")) { /* 1 to 32 pieces, by each call, both sides */
		int fd = dial();

		for (int piece = 1; piece < 80; piece++) {
			one(fd, "GET", "/plain", 0, BY_WRITEV, piece);
			one(fd, "POST", "/plain", 300, BY_SENDMSG, piece);
			one(fd, "PUT", "/plain", 40, BY_SENDMMSG, piece);
			sprintf(text, "/writev/300/%d", piece);
			one(fd, "GET", text, 0, BY_SEND, ROOM);
		}
		close(fd);
	} else if (!strcmp(shape, "bodies")) { /* sizes up and down, in pieces */
		static const int sizes[] = { 0, 1, 2, 511, 512, 513, 4096, 70000, 1000000, 10000000 };
		int fd = dial();

		for (int i = 0; i < 10; i++) {
			sprintf(text, "/size/%d", sizes[i]);
			one(fd, "GET", text, 0, BY_WRITE, ROOM);
			one(fd, "HEAD", text, 0, BY_WRITE, ROOM);
			one(fd, "POST", text, sizes[i], BY_WRITE, 1 + sizes[i] / 7);
			sprintf(text, "/sendfile/%d", sizes[i]);
			one(fd, "GET", text, 0, BY_WRITE, ROOM);
		}
		for (int i = 1; i < 60; i += 7) {
			sprintf(text, "/chunked/%d/%d", i, i * i);
			one(fd, "GET", text, 0, BY_WRITE, ROOM);
		}
		one(fd, "GET", "/chunked/2000/1", 0, BY_WRITE, ROOM);
		one(fd, "GET", "/empty", 0, BY_WRITE, ROOM);
		one(fd, "GET", "/same", 0, BY_WRITE, ROOM);
		for (int i = 0; i < a; i++) {
			sprintf(text, "/status/%d", 200 + i % 400);
			one(fd, "DELETE", text, 0, BY_WRITE, ROOM);
		}
		close(fd);
	} else if (!strcmp(shape, "continue")) {
		int fd = dial();

		for (int i = 0; i < a; i++) {
			int n = sprintf(out, "POST /continue/%d HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n", i);

			put(fd, out, n, BY_WRITE, ROOM);
			while (!strstr(in, "100 Continue\r\n\r\n"))
				more(fd);
			put(fd, "0123456789", 10, BY_WRITE, ROOM);
			take(fd, 0);
		}
		close(fd);
	} else if (!strcmp(shape, "close")) { /* answers that end with the connection, or never come */
		for (int i = 0; i < a; i++) {
			int fd = dial(), n = ask(out, "GET", i % 2 ? "/vanish" : "/close", 0);

			put(fd, out, n, BY_WRITE, ROOM);
			while (read(fd, out, ROOM) > 0)
				;
			close(fd);
		}
	} else {
		return 2;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "server"))
		return server();
	if (argc > 3 && !strcmp(argv[1], "client"))
		return client(argc - 2, argv + 2);
	return 2;
}
