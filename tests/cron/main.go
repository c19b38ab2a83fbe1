// Command cron makes test vectors with the scheduler that KEDA uses.
//
//	cron make SEED COUNT   random cases over every zone rule since 2000, with their answers
//	cron answer            the answers to the cases on standard input
//
// Zones are those of the folder that ZONEINFO names, so that both sides of a comparison have the same data.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// testCase is one line of tests/vectors/keda-cron*.jsonl.
type testCase struct {
	ID           string   `json:"id"`
	Note         string   `json:"note"`
	Start        string   `json:"start"`
	End          string   `json:"end"`
	Timezone     string   `json:"timezone"`
	From         string   `json:"from"`
	Until        string   `json:"until"`
	Error        string   `json:"error,omitempty"`
	ActiveAtFrom *bool    `json:"active_at_from,omitempty"`
	Transitions  []string `json:"transitions,omitzero"`
}

// Only that folder has this zone: where Go finds it, Go reads that folder.
const proof = "Seasonscale/Proof"

func main() {
	if _, err := time.LoadLocation(proof); err != nil {
		fail(fmt.Errorf("ZONEINFO names no folder with the zones of the binary: %w", err))
	}
	var cases []testCase
	switch {
	case len(os.Args) == 4 && os.Args[1] == "make":
		seed, err := strconv.ParseUint(os.Args[2], 10, 64)
		check(err)
		count, err := strconv.Atoi(os.Args[3])
		check(err)
		cases = randomCases(seed, count, rules(os.Getenv("ZONEINFO")))
	case len(os.Args) == 2 && os.Args[1] == "answer":
		lines := bufio.NewScanner(os.Stdin)
		lines.Buffer(nil, 1<<26)
		for lines.Scan() {
			var one testCase
			check(json.Unmarshal(lines.Bytes(), &one))
			cases = append(cases, one)
		}
		check(lines.Err())
	default:
		fail(fmt.Errorf("usage: cron make SEED COUNT | cron answer"))
	}
	answerAll(cases)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, one := range cases {
		check(out.Encode(one))
	}
}

func answerAll(cases []testCase) {
	var all sync.WaitGroup
	places := make(chan int)
	for range runtime.NumCPU() {
		all.Go(func() {
			for place := range places {
				cases[place].answer()
			}
		})
	}
	for place := range cases {
		places <- place
	}
	close(places)
	all.Wait()
}

// answer fills in what KEDA does, or which side it refuses.
func (c *testCase) answer() {
	c.Error, c.ActiveAtFrom, c.Transitions = "", nil, nil
	start, err := parser.Parse(c.Start)
	if err != nil {
		c.Error = "start"
		return
	}
	end, err := parser.Parse(c.End)
	if err != nil {
		c.Error = "end"
		return
	}
	if strings.TrimSpace(c.Start) == strings.TrimSpace(c.End) {
		c.Error = "start==end"
		return
	}
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		c.Error = "timezone"
		return
	}
	first, transitions := trigger{start, end, zone}.transitions(unix(c.From), unix(c.Until))
	c.ActiveAtFrom, c.Transitions = &first, []string{}
	for _, at := range transitions {
		c.Transitions = append(c.Transitions, utc(at))
	}
}

func unix(text string) int64 {
	at, err := time.Parse(time.RFC3339, text)
	check(err)
	return at.Unix()
}

func utc(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}
