/* Asks in the shape the command line names. */
#include "calls.h"

static int port;

static int dial(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = address() };
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

static volatile int ended;

static void *wait_for_input(void *argument)
{
	char line[16];

	while (fgets(line, sizeof(line), stdin))
		;
	ended = 1;
	return argument;
}

static void *keepalive(void *argument)
{
	struct loop *l = argument;
	int fd = dial();
	char out[512], back[4096];
	size_t n = ask(out, "GET", l->path, 0);

	for (int i = 0; l->rounds ? i < l->rounds : !ended; i++) {
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

struct duplex {
	int fd, rounds;
	sem_t room;
	const char *path;
};

/* Writes without waiting for the reader, but for room. */
static void *write_ahead(void *argument)
{
	struct duplex *d = argument;
	char out[512];
	size_t n = ask(out, "GET", d->path, 0);

	for (int i = 0; i < d->rounds; i++) {
		sem_wait(&d->room);
		put(d->fd, out, n, BY_WRITE, ROOM);
	}
	return NULL;
}

/* A path of letters alone for every number, so that no two fold into one template. */
static const char *word(int number)
{
	static char text[16];
	char *at = text;

	for (*at++ = '/'; number; number /= 26)
		*at++ = 'a' + number % 26;
	*at = 0;
	return text;
}

/* The descriptor of a connection just closed, now something else that is given HTTP too. */
static void masquerade(int was)
{
	static const char text[] = "GET /not/on/a/connection HTTP/1.1\r\n\r\n";
	char back[sizeof(text)];
	int pair[2], file = open("/dev/null", O_WRONLY);

	if (file != was || write(file, text, sizeof(text)) < 0)
		fail("reuse");
	close(file);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || pair[0] != was)
		fail("reuse");
	if (write(pair[0], text, sizeof(text)) < 0 || read(pair[1], back, sizeof(back)) < 0)
		fail("reuse");
	close(pair[0]);
	close(pair[1]);
}

int client(int argc, char **argv)
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
	if (!strcmp(shape, "keepalive")) { /* connections, requests each (0: until standard input ends), path */
		pthread_t threads[256], input;
		struct loop l = { b, path };

		if (!b)
			pthread_create(&input, NULL, wait_for_input, NULL);
		for (int i = 0; i < a; i++)
			pthread_create(&threads[i], NULL, keepalive, &l);
		for (int i = 0; i < a; i++)
			pthread_join(threads[i], NULL);
	} else if (!strcmp(shape, "duplex")) { /* depth, requests: a thread that writes, a thread that reads */
		struct duplex d = { .fd = dial(), .rounds = b, .path = path };
		pthread_t writer;

		sem_init(&d.room, 0, a);
		pthread_create(&writer, NULL, write_ahead, &d);
		for (int i = 0; i < b; i++) {
			take(d.fd, 0);
			sem_post(&d.room);
		}
		pthread_join(writer, NULL);
		close(d.fd);
	} else if (!strcmp(shape, "fresh")) { /* connections, one request each */
		for (int i = 0; i < a; i++) {
			int fd = dial();

			one(fd, "GET", path, 0, BY_WRITE, ROOM);
			close(fd);
		}
	} else if (!strcmp(shape, "reuse")) { /* cycles of one descriptor number */
		for (int i = 0; i < a; i++) {
			int fd = dial();

			one(fd, "GET", path, 0, BY_WRITE, ROOM);
			close(fd);
			masquerade(fd);
		}
	} else if (!strcmp(shape, "words")) { /* as many paths; every tenth is asked for by DELETE */
		int fd = dial();

		for (int i = 0; i < a; i++)
			one(fd, i % 10 ? "GET" : "DELETE", word(i), 0, BY_WRITE, ROOM);
		close(fd);
	} else if (!strcmp(shape, "posts")) { /* body bytes, requests */
		int fd = dial();

		for (int i = 0; i < b; i++)
			one(fd, "POST", path, a, BY_WRITE, ROOM);
		close(fd);
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
	} else if (!strcmp(shape, "last")) { /* the end of a connection is read with the last message on it */
		for (int i = 0; i < a; i++) {
			int fd = dial(), kept = i % 3 < 2, n;

			for (int j = 0; kept && j < 2; j++)
				one(fd, "GET", "/plain", 0, BY_WRITE, ROOM);
			if (i % 3 == 0) {
				struct pollfd p = { .fd = fd, .events = POLLRDHUP };

				put(fd, out, ask(out, "GET", "/close", 0), BY_WRITE, ROOM);
				poll(&p, 1, -1);
			} else {
				if (kept) {
					put(fd, out, ask(out, "GET", "/delay/2000", 0), BY_WRITE, ROOM);
					usleep(1000);
				}
				n = ask(out, "GET", "/plain", 0);
				put(fd, out, n, BY_WRITE, ROOM);
				shutdown(fd, SHUT_WR);
			}
			while (read(fd, out, ROOM) > 0)
				;
			close(fd);
		}
	} else {
		return 2;
	}
	return 0;
}
