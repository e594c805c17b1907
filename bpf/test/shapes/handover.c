/* Servers whose connections do not stay where they were accepted. Each prints "GET 200 PATH COUNT" of its own at the end.
 *   dup           reads through a copy of the descriptor, answers half through another one, the first is closed
 *   fork          answers a connection's first request, and leaves the others to a child of its own
 *   pass PATH     answers five requests, reads a sixth, and sends the descriptor to the process at a Unix socket
 *   take PATH     that process: answers the sixth request and all after it
 */
#include "simple.h"
#include <signal.h>
#include <sys/un.h>
#include <sys/wait.h>

static volatile unsigned long *answered; /* shared with children */
static int target = -1; /* where `pass` sends descriptors */

static void answer(int fd)
{
	__sync_fetch_and_add(answered, 1);
	peer_answer(fd);
}

static void *serve_copies(void *argument)
{
	int first = (int)(intptr_t)argument, out = fcntl(first, F_DUPFD, 600);
	struct peer p = { .fd = dup(first) };
	size_t half = sizeof(SIMPLE_ANSWER) / 2;
	char path[256];

	close(first);
	while (peer_next(&p, path)) {
		__sync_fetch_and_add(answered, 1);
		put(out, SIMPLE_ANSWER, half, BY_WRITE, ROOM);
		put(p.fd, SIMPLE_ANSWER + half, sizeof(SIMPLE_ANSWER) - 1 - half, BY_WRITE, ROOM);
	}
	close(out);
	close(p.fd);
	return NULL;
}

static void serve_rest(struct peer *p)
{
	char path[256];

	while (peer_next(p, path))
		answer(p->fd);
	close(p->fd);
}

static void *serve_by_child(void *argument)
{
	struct peer p = { .fd = (int)(intptr_t)argument };
	char path[256];

	if (peer_next(&p, path)) {
		answer(p.fd);
		if (fork() == 0) {
			serve_rest(&p);
			_exit(0);
		}
	}
	close(p.fd);
	return NULL;
}

static void *serve_rest_of(void *argument)
{
	struct peer p = { .fd = (int)(intptr_t)argument };

	answer(p.fd); /* what the sender has read of it */
	serve_rest(&p);
	return NULL;
}

static void send_descriptor(int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (sendmsg(target, &m, 0) < 0)
		fail("sendmsg");
}

static int receive_descriptor(int from)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(from, &m, 0) <= 0)
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

static void *serve_and_pass(void *argument)
{
	struct peer p = { .fd = (int)(intptr_t)argument };
	char path[256];

	for (int i = 0; i < 5 && peer_next(&p, path); i++)
		answer(p.fd);
	if (peer_next(&p, path))
		send_descriptor(p.fd);
	close(p.fd);
	return NULL;
}

struct accepting {
	int listener, passed; /* `passed`: connections come as descriptors */
	void *(*serve)(void *);
};

static void *accept_all(void *argument)
{
	struct accepting *a = argument;
	int from = a->passed ? accept(a->listener, NULL, NULL) : a->listener;

	for (;;) {
		int fd = a->passed ? receive_descriptor(from) : accept(a->listener, NULL, NULL);
		pthread_t thread;

		if (fd < 0)
			return NULL;
		if (a->serve == serve_by_child) { /* a child of a thread would be without the others */
			serve_by_child((void *)(intptr_t)fd);
			continue;
		}
		pthread_create(&thread, NULL, a->serve, (void *)(intptr_t)fd);
		pthread_detach(thread);
	}
}

static int unix_listener(struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	if (bind(fd, (void *)at, sizeof(*at)) || listen(fd, 1))
		fail("listen");
	puts("0");
	fflush(stdout);
	return fd;
}

int handover(int argc, char **argv)
{
	static struct accepting a;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	pthread_t thread;

	answered = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	signal(SIGCHLD, SIG_IGN);
	if (argc > 1)
		snprintf(at.sun_path, sizeof(at.sun_path), "%s", argv[1]);
	if (!strcmp(argv[0], "pass")) {
		target = socket(AF_UNIX, SOCK_SEQPACKET, 0);
		if (connect(target, (void *)&at, sizeof(at)))
			fail("connect");
	}
	a.passed = !strcmp(argv[0], "take");
	a.serve = a.passed			? serve_rest_of :
		  !strcmp(argv[0], "dup")	? serve_copies :
		  !strcmp(argv[0], "fork") ? serve_by_child :
						  serve_and_pass;
	a.listener = a.passed ? unix_listener(&at) : listen_anywhere();
	pthread_create(&thread, NULL, accept_all, &a);
	wait_for_end();
	printf("GET 200 /plain %lu\n", *answered);
	return 0;
}
