/* A server that moves bytes where no probe can read them:
 *   ring-send     answers through io_uring
 *   ring-receive  reads requests through io_uring
 *   splice-in     reads request bodies by splice; heads as everyone does
 *   splice-head   reads everything by splice
 *   splice-out    sends response bodies by splice
 * Prints at the end "bytes SENT RECEIVED", as the server moved them, and "GET 200 PATH COUNT".
 */
#include "simple.h"
#include <linux/io_uring.h>
#include <sys/syscall.h>

static unsigned long sent, received, answered;
static const char *how;

struct ring {
	int fd;
	unsigned *submit_tail, *submit_array, *submit_mask, *done_head, *done_tail, *done_mask;
	struct io_uring_sqe *entries;
	struct io_uring_cqe *done;
};

static void ring_open(struct ring *r)
{
	struct io_uring_params p = {};
	size_t size;
	char *at;

	r->fd = syscall(SYS_io_uring_setup, 4, &p);
	if (r->fd < 0)
		fail("io_uring_setup");
	size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	if (size < p.sq_off.array + p.sq_entries * sizeof(unsigned))
		size = p.sq_off.array + p.sq_entries * sizeof(unsigned);
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
	r->entries = mmap(NULL, p.sq_entries * sizeof(*r->entries), PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQES);
	r->submit_tail = (void *)(at + p.sq_off.tail);
	r->submit_mask = (void *)(at + p.sq_off.ring_mask);
	r->submit_array = (void *)(at + p.sq_off.array);
	r->done_head = (void *)(at + p.cq_off.head);
	r->done_tail = (void *)(at + p.cq_off.tail);
	r->done_mask = (void *)(at + p.cq_off.ring_mask);
	r->done = (void *)(at + p.cq_off.cqes);
}

/* One operation, waited for. */
static int ring_move(struct ring *r, int operation, int fd, char *bytes, size_t size)
{
	unsigned at = *r->submit_tail & *r->submit_mask;
	int moved;

	memset(&r->entries[at], 0, sizeof(r->entries[at]));
	r->entries[at].opcode = operation;
	r->entries[at].fd = fd;
	r->entries[at].addr = (uintptr_t)bytes;
	r->entries[at].len = size;
	r->submit_array[at] = at;
	__atomic_store_n(r->submit_tail, *r->submit_tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		fail("io_uring_enter");
	moved = r->done[*r->done_head & *r->done_mask].res;
	__atomic_store_n(r->done_head, *r->done_head + 1, __ATOMIC_RELEASE);
	return moved;
}

static ssize_t splice_in(int fd, char *bytes, size_t size)
{
	int pipes[2];
	ssize_t n;

	if (pipe(pipes))
		fail("pipe");
	n = splice(fd, NULL, pipes[1], NULL, size < 4096 ? size : 4096, 0);
	if (n > 0 && read(pipes[0], bytes, n) != n)
		fail("pipe");
	close(pipes[0]);
	close(pipes[1]);
	return n;
}

static void splice_out(int fd, const char *bytes, size_t size)
{
	int pipes[2];

	if (pipe(pipes) || write(pipes[1], bytes, size) != (ssize_t)size)
		fail("pipe");
	if (splice(pipes[0], NULL, fd, NULL, size, 0) != (ssize_t)size)
		fail("splice");
	close(pipes[0]);
	close(pipes[1]);
}

static void *serve(void *argument)
{
	int fd = (int)(intptr_t)argument, in_body = 0;
	char *in = malloc(ROOM + 1), answer[] = SIMPLE_ANSWER;
	size_t have = 0, size = sizeof(answer) - 1, head = size - 5;
	struct ring r;

	if (!strncmp(how, "ring", 4))
		ring_open(&r);
	for (;;) {
		char *end, *length;
		size_t body = 0;
		ssize_t n;

		if (!strcmp(how, "ring-receive"))
			n = ring_move(&r, IORING_OP_RECV, fd, in + have, ROOM - have);
		else if (!strcmp(how, "splice-head") || (!strcmp(how, "splice-in") && in_body))
			n = splice_in(fd, in + have, ROOM - have);
		else
			n = read(fd, in + have, 150); /* a head is shorter: bodies come by calls of their own */
		if (n <= 0)
			break;
		__sync_fetch_and_add(&received, n);
		have += n;
		in[have] = 0;
		end = strstr(in, "\r\n\r\n");
		in_body = end != NULL;
		length = strcasestr(in, "content-length:");
		if (length)
			body = atol(length + 15);
		if (!end || have < end + 4 - in + body)
			continue;
		have = in_body = 0;
		/* Counted first: the client may have the answer, and end us, before send returns. */
		__sync_fetch_and_add(&sent, size);
		__sync_fetch_and_add(&answered, 1);
		if (!strcmp(how, "ring-send")) {
			ring_move(&r, IORING_OP_SEND, fd, answer, size);
		} else if (!strcmp(how, "splice-out")) {
			put(fd, answer, head, BY_WRITE, ROOM);
			splice_out(fd, answer + head, 5);
		} else {
			put(fd, answer, size, BY_WRITE, ROOM);
		}
	}
	close(fd);
	free(in);
	return NULL;
}

static void *accept_all(void *argument)
{
	for (;;) {
		int fd = accept((int)(intptr_t)argument, NULL, NULL), on = 1;
		pthread_t thread;

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd);
		pthread_detach(thread);
	}
	return NULL;
}

int opaque(const char *mode)
{
	pthread_t thread;

	how = mode;
	pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)listen_anywhere());
	wait_for_end();
	printf("bytes %lu %lu\nPOST 200 /plain %lu\n", sent, received, answered);
	return 0;
}
