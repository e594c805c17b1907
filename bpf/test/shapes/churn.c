/* Programs that come and go: RATE a second are started, each asks once and ends; PORT 0: they only start. Waits for a line
 * first, ends with standard input, and prints how many there were and how many did not get their answer. */
#include "simple.h"
#include <sys/wait.h>

int once(const char *port_text)
{
	static const char request[] = "GET /churn HTTP/1.1\r\nHost: shapes\r\n\r\n";
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(atoi(port_text)), .sin_addr.s_addr = address() };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char back[256];

	if (!atoi(port_text))
		return 0;
	if (connect(fd, (void *)&at, sizeof(at)))
		return 1;
	put(fd, request, sizeof(request) - 1, BY_WRITE, ROOM);
	return read(fd, back, sizeof(back)) <= 0;
}

static int ended;

static void *wait_for_input(void *argument)
{
	wait_for_end();
	ended = 1;
	return argument;
}

int churn(const char *port_text, int rate)
{
	long started = 0, failed = 0;
	struct timespec next;
	pthread_t thread;
	char line[16];
	int status;

	if (!fgets(line, sizeof(line), stdin))
		return 1;
	pthread_create(&thread, NULL, wait_for_input, NULL);
	clock_gettime(CLOCK_MONOTONIC, &next);
	while (!*(volatile int *)&ended) {
		if (vfork() == 0) {
			execl("/proc/self/exe", "once", "once", port_text, NULL);
			_exit(1);
		}
		started++;
		while (waitpid(-1, &status, WNOHANG) > 0)
			failed += status != 0;
		next.tv_nsec += 1000000000L / rate;
		next.tv_sec += next.tv_nsec / 1000000000L;
		next.tv_nsec %= 1000000000L;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	while (wait(&status) > 0)
		failed += status != 0;
	printf("%ld %ld\n", started, failed);
	return 0;
}
