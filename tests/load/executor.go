package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

type options struct {
	Scenarios  map[string]scenario `json:"scenarios"`
	Thresholds map[string][]string `json:"thresholds"`
}

type scenario struct {
	Executor        string            `json:"executor"`
	Exec            string            `json:"exec"`
	Env             map[string]string `json:"env"`
	Tags            map[string]string `json:"tags"`
	TimeUnit        string            `json:"timeUnit"`
	StartRate       int64             `json:"startRate"`
	PreAllocatedVUs int               `json:"preAllocatedVUs"`
	MaxVUs          int               `json:"maxVUs"`
	Stages          []stage           `json:"stages"`
}

type stage struct {
	Target   int64  `json:"target"`
	Duration string `json:"duration"`
}

// Iterations a second after `since` of a linear ramp through all stages; false after the last.
func (s scenario) rate(since time.Duration) (float64, bool) {
	unit, err := time.ParseDuration(s.TimeUnit)
	if err != nil {
		return 0, false
	}
	from := float64(s.StartRate)
	for _, stage := range s.Stages {
		length, err := time.ParseDuration(stage.Duration)
		if err != nil {
			return 0, false
		}
		if since < length {
			share := float64(since) / float64(length)
			return (from + (float64(stage.Target)-from)*share) / unit.Seconds(), true
		}
		since -= length
		from = float64(stage.Target)
	}
	return 0, false
}

// Runs all scenarios at once; whether all thresholds held.
func run(source string, env map[string]string) (bool, error) {
	script, err := asScript(source)
	if err != nil {
		return false, err
	}
	into := &samples{}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 200}}
	first, err := newUser(script, env, client, into)
	if err != nil {
		return false, err
	}
	text, err := first.engine.RunString("JSON.stringify(options)")
	if err != nil {
		return false, err
	}
	read := options{}
	if err := json.Unmarshal([]byte(text.String()), &read); err != nil {
		return false, err
	}
	var all sync.WaitGroup
	errs := make(chan error, len(read.Scenarios))
	for name, one := range read.Scenarios {
		all.Add(1)
		go func() {
			defer all.Done()
			errs <- one.run(name, into, func() (*user, error) { return newUser(script, env, client, into) })
		}()
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return false, err
		}
	}
	return into.hold(read.Thresholds)
}

func (s scenario) run(name string, into *samples, another func() (*user, error)) error {
	if s.Executor != "ramping-arrival-rate" || s.MaxVUs < s.PreAllocatedVUs || s.PreAllocatedVUs < 1 {
		return fmt.Errorf("%s: no ramping-arrival-rate with users", name)
	}
	idle := make(chan *user, s.MaxVUs)
	for range s.PreAllocatedVUs {
		u, err := another()
		if err != nil {
			return err
		}
		idle <- u
	}
	made, owed, iteration, began, last := s.PreAllocatedVUs, 0.0, int64(0), time.Now(), time.Duration(0)
	var running sync.WaitGroup
	failed := &first{}
	for failed.get() == nil {
		now := time.Since(began)
		rate, more := s.rate(now)
		if !more {
			break
		}
		owed += rate * (now - last).Seconds()
		last = now
		for ; owed >= 1; owed-- {
			var u *user
			select {
			case u = <-idle:
			default:
				if made < s.MaxVUs {
					fresh, err := another()
					if err != nil {
						return err
					}
					u, made = fresh, made+1
				}
			}
			if u == nil {
				into.drop(s.Tags)
				continue
			}
			running.Add(1)
			go func(at int64) {
				defer running.Done()
				failed.set(u.iterate(name, s, at, began))
				idle <- u
			}(iteration)
			iteration++
		}
		time.Sleep(2 * time.Millisecond)
	}
	running.Wait()
	return failed.get()
}

// The first error of several users.
type first struct {
	mutex sync.Mutex
	err   error
}

func (f *first) set(err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.err == nil {
		f.err = err
	}
}

func (f *first) get() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.err
}
