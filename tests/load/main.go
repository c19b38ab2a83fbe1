// Runs a load test's script in the engine that k6 runs scripts in, with as much of k6 around it as such a script uses: the
// arrival rates of `ramping-arrival-rate`, http.request, check, tags and thresholds. k6 itself is not installed for this:
// its licence is not one that this project takes in, not even for its tests. What k6 does is taken from its documentation
// (https://grafana.com/docs/k6: executors/ramping-arrival-rate, thresholds, javascript-api).
//
//	load [-slow SUBSTRING] [-delay D] [-slow-delay D] [-slow-for D] SCRIPT NAME=VALUE...
//
// The server is its own, on this machine: it answers after -delay, and after -slow-delay where the path has SUBSTRING in it
// and no more than -slow-for has gone by since the first request.
// Exit code 99, as k6's, when a threshold does not hold; 1 when the script does not run.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"sort"
	"strings"
	"sync"
	"time"
)

type server struct {
	slow      string
	delay     time.Duration
	slowDelay time.Duration
	slowFor   time.Duration
	first     time.Time
	mutex     sync.Mutex
	asked     map[string]int
}

func (s *server) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	s.mutex.Lock()
	s.asked[in.Method+" "+in.URL.Path]++
	if s.first.IsZero() {
		s.first = time.Now()
	}
	since := time.Since(s.first)
	s.mutex.Unlock()
	delay := s.delay
	if s.slow != "" && strings.Contains(in.URL.Path, s.slow) && since < s.slowFor {
		delay = s.slowDelay
	}
	time.Sleep(delay)
	fmt.Fprintln(out, "{}")
}

func main() {
	s := &server{asked: map[string]int{}}
	flag.StringVar(&s.slow, "slow", "", "part of a path that is answered slowly")
	flag.DurationVar(&s.delay, "delay", time.Millisecond, "of an answer")
	flag.DurationVar(&s.slowDelay, "slow-delay", 700*time.Millisecond, "of a slow answer")
	flag.DurationVar(&s.slowFor, "slow-for", time.Hour, "how long it is slow")
	flag.Parse()
	env := map[string]string{}
	for _, pair := range flag.Args()[1:] {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	fail(err)
	go func() { _ = http.Serve(listener, s) }()
	for name, value := range env {
		env[name] = strings.ReplaceAll(value, "SERVER", "http://"+listener.Addr().String())
	}
	source, err := os.ReadFile(flag.Arg(0))
	fail(err)
	held, err := run(string(source), env)
	fail(err)
	s.report()
	if !held {
		os.Exit(99)
	}
}

func (s *server) report() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var lines []string
	for what, times := range s.asked {
		lines = append(lines, fmt.Sprintf("asked: %s %d times", what, times))
	}
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
