/* HTTP/1 requests, or echoes of 64 bytes, over loopback with one thread at each end: what the probes' cost is measured on.
 *
 *   traffic serve http|echo      prints its port; answers until standard input ends
 *   traffic ask PORT CLOCKS ...  asks and prints what it took as JSON (ask.c)
 *   traffic getppid TIMES        prints nanoseconds a call
 */
#include "traffic.h"

static int getppid_cost(long times)
{
	uint64_t began = read_clock(CLOCK_MONOTONIC);

	for (long i = 0; i < times; i++)
		syscall(SYS_getppid);
	printf("%.2f\n", (double)(read_clock(CLOCK_MONOTONIC) - began) / times);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(!strcmp(argv[2], "echo"));
	if (argc > 3 && !strcmp(argv[1], "ask"))
		return ask(argc - 2, argv + 2);
	if (argc == 3 && !strcmp(argv[1], "getppid"))
		return getppid_cost(atol(argv[2]));
	return 2;
}
