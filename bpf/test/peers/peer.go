// A server and a client on Go's net/http, whose poller moves connections between threads and reads a byte ahead.
//
//	peer server            prints its port; until standard input ends, then prints "METHOD STATUS PATH COUNT"
//	peer client PORT N C   after a line on standard input, N requests on C connections; prints what was answered
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

var paths = []string{"/plain", "/sized", "/chunked", "/file", "/missing", "/fail"}

type tally struct {
	sync.Mutex
	counts map[string]int
}

func (t *tally) add(method string, status int, path string) {
	t.Lock()
	defer t.Unlock()
	t.counts[fmt.Sprint(method, " ", status, " ", path)]++
}

func (t *tally) print() {
	for key, count := range t.counts {
		fmt.Println(key, count)
	}
}

func answer(w http.ResponseWriter, r *http.Request, file string) int {
	io.Copy(io.Discard, r.Body)
	switch r.URL.Path {
	case "/missing":
		http.Error(w, "no such thing", http.StatusNotFound)
		return http.StatusNotFound
	case "/fail":
		http.Error(w, "out of order", http.StatusServiceUnavailable)
		return http.StatusServiceUnavailable
	case "/sized":
		w.Header().Set("Content-Length", "100000")
		w.Write(make([]byte, 100000))
	case "/chunked":
		for i := 0; i < 5; i++ {
			w.Write(make([]byte, 3000))
			w.(http.Flusher).Flush()
		}
	case "/file":
		http.ServeFile(w, r, file)
	default:
		io.WriteString(w, "hello")
	}
	return http.StatusOK
}

func server(t *tally) {
	file, _ := os.CreateTemp("", "peer")
	defer os.Remove(file.Name())
	file.Truncate(50000)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.add(r.Method, answer(w, r, file.Name()), r.URL.Path)
	}))
	io.Copy(io.Discard, os.Stdin)
}

func ask(client *http.Client, i int, url string, t *tally) {
	path, method, body := paths[i%len(paths)], "GET", io.Reader(nil)
	if i%4 == 0 {
		method, body = "POST", strings.NewReader(strings.Repeat("b", i%9000))
	}
	request, _ := http.NewRequest(method, url+path, body)
	response, err := client.Do(request)
	if err != nil {
		panic(err)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
	t.add(method, response.StatusCode, path)
}

func client(port string, requests, connections int, t *tally) {
	bufio.NewReader(os.Stdin).ReadString('\n')
	c := &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}}
	var group sync.WaitGroup
	for worker := 0; worker < connections; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := worker; i < requests; i += connections {
				ask(c, i, "http://127.0.0.1:"+port, t)
			}
		}()
	}
	group.Wait()
	c.CloseIdleConnections()
}

func main() {
	t := &tally{counts: map[string]int{}}
	if os.Args[1] == "server" {
		server(t)
	} else {
		requests, _ := strconv.Atoi(os.Args[3])
		connections, _ := strconv.Atoi(os.Args[4])
		client(os.Args[2], requests, connections, t)
	}
	t.print()
}
