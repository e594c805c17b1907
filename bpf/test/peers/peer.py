"""A server and a client on Python's http.server and http.client, which send a head and its body by calls of their own.

peer.py server            prints its port; until standard input ends, then prints "METHOD STATUS PATH COUNT"
peer.py client PORT N C   after a line on standard input, N requests on C connections; prints what was answered
"""
import collections
import http.client
import http.server
import sys
import threading

PATHS = ["/plain", "/sized", "/chunked", "/file", "/missing", "/fail"]
STATUSES = {"/missing": 404, "/fail": 503}
counts = collections.Counter()
lock = threading.Lock()


def count(method, status, path):
    with lock:
        counts[method, status, path] += 1


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = STATUSES.get(self.path, 200)
        count(self.command, status, self.path)
        self.send_response(status)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(5):
                self.wfile.write(b"%x\r\n" % 3000)
                self.wfile.write(bytes(3000))
                self.wfile.write(b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
            return
        body = bytes({"/sized": 100000, "/file": 50000}.get(self.path, 5))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


def ask(connection, i):
    path = PATHS[i % len(PATHS)]
    method, body = ("POST", b"b" * (i % 9000)) if i % 4 == 0 else ("GET", None)
    connection.request(method, path, body)
    response = connection.getresponse()
    response.read()
    count(method, response.status, path)


def work(port, numbers):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for i in numbers:
        ask(connection, i)
    connection.close()


def run(port, requests, connections):
    sys.stdin.readline()
    workers = [threading.Thread(target=work, args=(port, range(w, requests, connections))) for w in range(connections)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if sys.argv[1] == "server":
    serve()
else:
    run(*map(int, sys.argv[2:]))
for (method, status, path), n in counts.items():
    print(method, status, path, n)
