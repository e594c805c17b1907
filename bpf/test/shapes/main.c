/* A server and a client that use a socket in every way a program may, for the live tests. The server counts what it
 * answered, so that its own counters are the truth.
 *
 *   shapes server                 prints its port; answers until standard input ends, then prints "METHOD STATUS PATH COUNT"
 *   shapes client PORT SHAPE ...  runs one shape to its end; waits for a line on standard input first
 *   shapes witness                a server that writes down what happened when, and what the kernel says of each connection
 *   shapes handover MODE [PATH]   a server whose connections change descriptors and processes
 *   shapes opaque MODE            a server that moves bytes where no probe can read them
 *   shapes churn PORT RATE        starts RATE programs a second, each of which asks once
 */
#include "calls.h"

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "server"))
		return server();
	if (argc > 3 && !strcmp(argv[1], "client"))
		return client(argc - 2, argv + 2);
	if (argc > 1 && !strcmp(argv[1], "witness"))
		return witness();
	if (argc > 2 && !strcmp(argv[1], "handover"))
		return handover(argc - 2, argv + 2);
	if (argc > 2 && !strcmp(argv[1], "opaque"))
		return opaque(argv[2]);
	if (argc > 3 && !strcmp(argv[1], "churn"))
		return churn(argv[2], atoi(argv[3]));
	if (argc > 2 && !strcmp(argv[1], "once"))
		return once(argv[2]);
	return 2;
}
