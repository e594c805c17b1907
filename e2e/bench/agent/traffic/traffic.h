/* What both ends of the traffic share. */
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ROOM (512 << 10)   /* bytes of a message, at most */
#define CONNECTIONS 1024   /* descriptors served or opened, at most */
#define ECHO_BYTES 64

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

static inline void put(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n <= 0)
			fail("write");
		bytes += n;
		size -= n;
	}
}

static inline uint64_t read_clock(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t))
		fail("clock_gettime");
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static inline void at_once(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int serve(int echo);
int ask(int argc, char **argv);
