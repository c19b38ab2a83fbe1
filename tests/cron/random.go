package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// rule is a zone that stands for all with the same clock since 2000.
type rule struct {
	name    string
	zone    *time.Location
	changes []int64
	// A whole day was left out here (Pacific/Apia, 2011): Next can search for ever before it.
	usableFrom int64
}

var (
	year2000 = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	year2040 = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// rules are the zones of a folder, one for each way that clocks went since 2000.
func rules(folder string) []rule {
	names := []string{}
	check(filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(folder, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	}))
	sort.Strings(names)
	seen := map[string]bool{proof: true}
	found := []rule{}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(folder, name))
		check(err)
		zone, err := time.LoadLocationFromTZData(name, data)
		check(err)
		one := rule{name: name, zone: zone, changes: changes(zone, year2000, year2040), usableFrom: year2000}
		clock := ""
		for _, at := range append([]int64{year2000}, one.changes...) {
			_, offset := time.Unix(at, 0).In(zone).Zone()
			_, before := time.Unix(at-1, 0).In(zone).Zone()
			clock += fmt.Sprint(at, offset, " ")
			if offset-before >= 86400 {
				one.usableFrom = at + 86400
			}
		}
		if name != proof && !seen[clock] {
			seen[clock] = true
			found = append(found, one)
		}
	}
	return found
}

// randomCases gives each rule in turn a case: most of them around a change of its clocks.
func randomCases(seed uint64, count int, rules []rule) []testCase {
	cases := []testCase{}
	for number := range count {
		random := rand.New(rand.NewPCG(seed, uint64(number)))
		cases = append(cases, rules[number%len(rules)].random(random, fmt.Sprintf("s%d-%04d", seed, number)))
	}
	return cases
}

func (r rule) random(random *rand.Rand, id string) testCase {
	one := testCase{ID: id, Timezone: r.name}
	kind := random.IntN(60)
	usable := []int64{}
	for _, at := range r.changes {
		if at >= r.usableFrom {
			usable = append(usable, at)
		}
	}
	var from, days int64
	switch {
	case kind < 45 && len(usable) > 0:
		change := usable[random.IntN(len(usable))]
		at := time.Unix(change, 0).In(r.zone)
		before := time.Unix(change-1, 0).In(r.zone)
		if random.IntN(2) == 0 {
			at = before
		}
		one.Note = "around a change of the clocks"
		one.Start, one.End = nearSchedule(random, at), nearSchedule(random, at)
		from, days = change-random.Int64N(3*86400)-3600, 1+random.Int64N(5)
		if random.IntN(4) == 0 {
			days = 20 + random.Int64N(20)
		}
	case kind < 54:
		one.Note = "some days of the year"
		one.Start, one.End = schedule(random), schedule(random)
		from, days = r.somewhere(random, 2), 1+random.Int64N(120)
	case kind < 55:
		one.Note = "dates of the year over decades"
		one.Start, one.End = date(random), date(random)
		span := 10 + random.Int64N(20)
		from, days = r.somewhere(random, span), span*365
	default:
		one.Note = "office hours over a year"
		hours := random.Perm(24)
		one.Start = fmt.Sprintf("%d %d * * 1-5", minute(random), hours[0])
		one.End = fmt.Sprintf("%d %d * * 1-5", minute(random), hours[1])
		from, days = r.somewhere(random, 1), 30+random.Int64N(60)
	}
	if random.IntN(40) == 0 {
		one.Start = "TZ=" + []string{"UTC", "Europe/Berlin", "Pacific/Chatham"}[random.IntN(3)] + " " + one.Start
	}
	if random.IntN(60) == 0 {
		one.End = []string{"0 24 * * *", "0 8 * * 7", "0 8 * * FRI-MON", "60 8 * * *", "0 8 * *"}[random.IntN(5)]
	}
	one.From, one.Until = utc(from), utc(from+days*86400)
	return one
}

// somewhere is an instant before which nothing searches for ever, and after which so many years are left.
func (r rule) somewhere(random *rand.Rand, years int64) int64 {
	return r.usableFrom + random.Int64N(max(1, year2040-r.usableFrom-years*366*86400))
}

func minute(random *rand.Rand) int {
	return []int{0, 0, 0, 15, 30, 30, 45, 59, random.IntN(60)}[random.IntN(9)]
}

// nearSchedule fires around the hour that `at` shows, on all days, on its weekday, or on its date.
func nearSchedule(random *rand.Rand, at time.Time) string {
	hour := fmt.Sprint((at.Hour() + random.IntN(7) + 22) % 24)
	switch random.IntN(8) {
	case 0:
		hour = fmt.Sprint(random.IntN(24))
	case 1:
		hour = []string{"*", "*/2", "*/3", "1,3", "0-4", "23", "0"}[random.IntN(7)]
	}
	day, month, weekday := "*", "*", "*"
	near := at.AddDate(0, 0, random.IntN(4)-2)
	switch random.IntN(6) {
	case 0:
		weekday = fmt.Sprint(int(near.Weekday()))
	case 1:
		day = fmt.Sprint(near.Day())
	case 2:
		month = fmt.Sprint(int(near.Month()))
	case 3:
		day, month = fmt.Sprint([]int{1, near.Day()}[random.IntN(2)]), fmt.Sprint(int(at.AddDate(0, random.IntN(3)-1, 0).Month()))
	}
	return strings.Join([]string{fmt.Sprint(minute(random)), hour, day, month, weekday}, " ")
}

// schedule is one of any form, seldom with more than a few firings a day.
func schedule(random *rand.Rand) string {
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	return strings.Join([]string{
		fmt.Sprint(minute(random)),
		pick("0", "2", "3", "*/6", "23", "1,3", "8", "18", "22", "6", "12"),
		pick("*", "*", "*", "1", "15", "31", "28-31", "*/2", "1,15"),
		pick("*", "*", "*", "2", "3,10", "4-9", "11", "dec"),
		pick("*", "*", "*", "1-5", "0", "6", "fri", "*/2"),
	}, " ")
}

// date is one of the year, seldom two.
func date(random *rand.Rand) string {
	month := fmt.Sprint(1 + random.IntN(12))
	if random.IntN(4) == 0 {
		month += fmt.Sprintf(",%d", 1+random.IntN(12))
	}
	day := 1 + random.IntN(31)
	if random.IntN(8) == 0 {
		day = 28 + random.IntN(4)
	}
	return fmt.Sprintf("%d %d %d %s *", minute(random), random.IntN(24), day, month)
}
