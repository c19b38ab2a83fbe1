package main

import (
	"fmt"
	"math"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
)

type sample struct {
	milliseconds float64
	failed       bool
	tags         map[string]string
}

type samples struct {
	mutex   sync.Mutex
	all     []sample
	checks  [2]int
	dropped []map[string]string
}

func (s *samples) add(tags map[string]string, one sample) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	one.tags = tags
	s.all = append(s.all, one)
}

func (s *samples) checked(held bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if held {
		s.checks[1]++
	} else {
		s.checks[0]++
	}
}

func (s *samples) drop(tags map[string]string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.dropped = append(s.dropped, tags)
}

var (
	metric     = regexp.MustCompile(`^(http_req_duration|http_req_failed|dropped_iterations)\{([^}]*)\}$`)
	expression = regexp.MustCompile(`^(p\(95\)|rate|count)<([0-9.]+)$`)
	aggregates = map[string]string{"http_req_duration": "p(95)", "http_req_failed": "rate", "dropped_iterations": "count"}
)

// Whether all thresholds hold. One that no request has the tags of tests nothing, and is an error.
func (s *samples) hold(thresholds map[string][]string) (bool, error) {
	held := true
	var names []string
	for name := range thresholds {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		parts := metric.FindStringSubmatch(name)
		if parts == nil {
			return false, fmt.Errorf("%s: no metric of a request", name)
		}
		pairs := strings.Split(parts[2], ",")
		own := s.tagged(pairs)
		if parts[1] == "dropped_iterations" {
			own = nil
			for _, tags := range s.dropped {
				if has(tags, pairs) {
					own = append(own, sample{})
				}
			}
		} else if len(own) == 0 {
			return false, fmt.Errorf("%s: no request has these tags", name)
		}
		for _, text := range thresholds[name] {
			limit := expression.FindStringSubmatch(text)
			if limit == nil || limit[1] != aggregates[parts[1]] {
				return false, fmt.Errorf("%s: `%s` is not a threshold of it", name, text)
			}
			most, err := strconv.ParseFloat(limit[2], 64)
			if err != nil {
				return false, err
			}
			value, said := measure(parts[1], own), "held"
			if value >= most {
				held, said = false, "CROSSED"
			}
			fmt.Printf("%-7s %s %s: %.2f of %d requests\n", said, name, text, value, len(own))
		}
	}
	fmt.Printf("checks: %d held, %d did not; %d iterations dropped\n", s.checks[1], s.checks[0], len(s.dropped))
	return held, nil
}

func (s *samples) tagged(pairs []string) []sample {
	var own []sample
	for _, one := range s.all {
		if has(one.tags, pairs) {
			own = append(own, one)
		}
	}
	return own
}

func has(tags map[string]string, pairs []string) bool {
	for _, pair := range pairs {
		if tag, value, _ := strings.Cut(pair, ":"); tags[tag] != value {
			return false
		}
	}
	return true
}

func measure(name string, of []sample) float64 {
	if name == "dropped_iterations" {
		return float64(len(of))
	}
	if name == "http_req_failed" {
		failed := 0
		for _, one := range of {
			if one.failed {
				failed++
			}
		}
		return float64(failed) / float64(len(of))
	}
	var times []float64
	for _, one := range of {
		times = append(times, one.milliseconds)
	}
	sort.Float64s(times)
	return times[int(math.Ceil(0.95*float64(len(times))))-1]
}
