/* Every way to send and to receive on a socket. */
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
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

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Sends everything, in pieces of `piece` bytes by the named call. */
enum how { BY_WRITE, BY_SEND, BY_WRITEV, BY_SENDMSG, BY_SENDMMSG };

static inline void put(int fd, const char *bytes, size_t size, enum how how, size_t piece)
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
static inline ssize_t get(int fd, char *bytes, size_t size, unsigned turn)
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

/* Where servers listen and clients dial: 127.0.0.1, or the address in SHAPES_ADDRESS. */
static inline in_addr_t address(void)
{
	const char *text = getenv("SHAPES_ADDRESS");

	return inet_addr(text ? text : "127.0.0.1");
}

int listen_anywhere(void);
int server(void);
int client(int argc, char **argv);
int witness(void);
int handover(int argc, char **argv);
int opaque(const char *mode);
int once(const char *port);
int churn(const char *port, int rate);
