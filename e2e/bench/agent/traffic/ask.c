/* ask PORT CLOCKS keepalive|fresh|echo CONNECTIONS WARM AMOUNT RATE PATH
 *
 * Each connection has one request out. WARM requests are not measured; AMOUNT is a number of requests or a time ("500ms");
 * RATE is requests a second, 0 for as many as come back, anything else on one connection. CLOCKS are process ids whose
 * processor time over the measured part is printed, this one's own besides. Prints
 * {"requests":N,"wallNs":N,"p50Ns":N,"p99Ns":N,"cpuNs":{"PID":N,...}}. */
#include "traffic.h"

#define LATENCIES (4 << 20)
#define CLOCKS 8

struct talk {
	int fd;
	size_t have, need; /* bytes of the answer; `need` 0: not known yet */
	uint64_t sent_ns;
	char in[ROOM + 1];
};

static struct talk *talks[CONNECTIONS];
static int port, poll_fd, fresh, echo;
static char request[512];
static size_t request_size;
static long rate, sent;
static uint64_t first_ns;
static uint32_t latencies[LATENCIES];

static void dial(struct talk *t)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = t };

	t->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(t->fd, (void *)&at, sizeof(at)))
		fail("connect");
	at_once(t->fd);
	epoll_ctl(poll_fd, EPOLL_CTL_ADD, t->fd, &event);
}

static void begin(struct talk *t)
{
	if (rate) {
		uint64_t due = first_ns + sent * 1000000000ULL / rate;
		struct timespec at = { due / 1000000000, due % 1000000000 };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
	}
	sent++;
	t->have = 0;
	t->need = echo ? ECHO_BYTES : 0;
	t->sent_ns = read_clock(CLOCK_MONOTONIC);
	put(t->fd, request, request_size);
}

/* Reads once. Returns 1 when the answer is whole. */
static int readable(struct talk *t)
{
	ssize_t n = read(t->fd, t->in + t->have, ROOM - t->have);

	if (n <= 0)
		fail("answer");
	t->have += n;
	if (!t->need) {
		char *end, *length;

		t->in[t->have] = 0;
		end = strstr(t->in, "\r\n\r\n");
		if (!end)
			return 0;
		length = strstr(t->in, "Content-Length: ");
		if (!length)
			fail("an answer without its length");
		t->need = end + 4 - t->in + atol(length + 16);
	}
	return t->have >= t->need;
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

int ask(int argc, char **argv)
{
	clockid_t clocks[CLOCKS] = { CLOCK_PROCESS_CPUTIME_ID };
	int pids[CLOCKS] = { getpid() }, clock_count = 1;
	uint64_t cpu[CLOCKS], began = 0, ended = 0, for_ns = 0;

	if (argc != 8)
		return 2;
	port = atoi(argv[0]);
	for (char *pid = strtok(argv[1], ","); pid && atoi(pid) && clock_count < CLOCKS; pid = strtok(NULL, ",")) {
		pids[clock_count] = atoi(pid);
		if (clock_getcpuclockid(pids[clock_count], &clocks[clock_count]))
			return 3;
		clock_count++;
	}
	fresh = !strcmp(argv[2], "fresh");
	echo = !strcmp(argv[2], "echo");
	int connections = atoi(argv[3]);
	long warm = atol(argv[4]), most = atol(argv[5]), done = 0;

	if (strstr(argv[5], "ms")) {
		for_ns = most * 1000000ULL;
		most = LATENCIES;
	}
	rate = atol(argv[6]);
	if (connections > CONNECTIONS || (rate && connections != 1))
		return 2;
	request_size = sprintf(request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: traffic/1\r\nAccept: */*\r\n\r\n",
			       argv[7]);
	if (echo) {
		memset(request, 0x01, ECHO_BYTES);
		request_size = ECHO_BYTES;
	}
	poll_fd = epoll_create1(0);
	first_ns = read_clock(CLOCK_MONOTONIC);
	for (int i = 0; i < connections; i++) {
		talks[i] = calloc(1, sizeof(struct talk));
		dial(talks[i]);
		begin(talks[i]);
	}
	while (!ended) {
		struct epoll_event events[64];
		int n = epoll_wait(poll_fd, events, 64, -1);

		for (int i = 0; i < n && !ended; i++) {
			struct talk *t = events[i].data.ptr;

			if (!readable(t))
				continue;
			uint64_t now = read_clock(CLOCK_MONOTONIC);

			if (began && done - warm < LATENCIES)
				latencies[done - warm] = now - t->sent_ns;
			done++;
			if (began && (done >= warm + most || (for_ns && now - began >= for_ns)))
				ended = now;
			if (!began && done >= warm) {
				done = warm;
				began = now;
				for (int c = 0; c < clock_count; c++)
					cpu[c] = read_clock(clocks[c]);
			}
			if (fresh) {
				close(t->fd);
				dial(t);
			}
			if (!ended)
				begin(t);
		}
	}
	done -= warm;
	printf("{\"requests\":%ld,\"wallNs\":%lu,\"cpuNs\":{", done, ended - began);
	for (int c = 0; c < clock_count; c++)
		printf("%s\"%d\":%lu", c ? "," : "", pids[c], read_clock(clocks[c]) - cpu[c]);
	qsort(latencies, done, sizeof(latencies[0]), ascending);
	printf("},\"p50Ns\":%u,\"p99Ns\":%u}\n", latencies[done / 2], latencies[done * 99 / 100]);
	return 0;
}
