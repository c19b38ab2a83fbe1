package main

import (
	"slices"
	"time"

	"github.com/robfig/cron/v3"
)

// trigger is what KEDA's cron scaler keeps of its metadata.
type trigger struct {
	start, end cron.Schedule
	zone       *time.Location
}

// The parser of KEDA's scaler: pkg/scalers/cron_scaler.go.
var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// active is the condition of GetMetricsAndActivity, word for word, with a clock that stands at `unix`.
func (t trigger) active(unix int64) bool {
	now := time.Unix(unix, 0).In(t.zone)
	nextStart, nextEnd := t.start.Next(now), t.end.Next(now)
	if nextStart.Before(nextEnd) {
		return now.After(nextStart) && now.Before(nextEnd)
	}
	return now.After(nextStart) || now.Before(nextEnd)
}

// A window up to this long is looked at in every minute.
const shortWindow = 4 * 86400

// transitions are the seconds inside (from, until) at which the condition becomes another one.
//
// Next returns whole minutes and begins its search one second after its argument, so within a minute that begins at m the
// condition can differ at m-1, m and m+1 only. Windows of a few days are looked at in all of these. In longer ones these
// are looked at for each minute that a side's fields match, for each midnight, for every minute in the hours around a
// change of the clocks and every hour in the days around it; where two neighbours differ the second is found by bisection.
func (t trigger) transitions(from, until int64) (bool, []int64) {
	first := t.active(from)
	found := []int64{}
	before, was := from, first
	for _, at := range t.moments(from, until) {
		for now := t.active(at); now != was; {
			low, high := before, at // active(low) is `was`
			for high-low > 1 {
				middle := low + (high-low)/2
				if t.active(middle) == was {
					low = middle
				} else {
					high = middle
				}
			}
			found = append(found, high)
			before, was = high, !was
		}
		before = at
	}
	return first, found
}

// moments are the seconds to look at, in order.
func (t trigger) moments(from, until int64) []int64 {
	minutes := []int64{}
	changes := t.changes(from-7*86400, until+7*86400)
	near := func(at, reach int64) bool {
		place, _ := slices.BinarySearch(changes, at)
		return place < len(changes) && changes[place]-at <= reach || place > 0 && at-changes[place-1] <= reach
	}
	// No offset since 2000 divides a quarter of an hour.
	for quarter := from - from%900; quarter < until+900; quarter += 900 {
		every := until-from <= shortWindow || near(quarter, 2*3600)
		hourly := near(quarter, 3*86400)
		for minute := quarter; minute < quarter+900; minute += 60 {
			if every {
				minutes = append(minutes, minute)
			}
		}
		for _, side := range []cron.Schedule{t.start, t.end} {
			spec := side.(*cron.SpecSchedule)
			wall := time.Unix(quarter, 0).In(t.location(spec))
			if wall.Minute() == 0 && (hourly || wall.Hour() == 0) {
				minutes = append(minutes, quarter)
			}
			if every || !names(spec, wall) {
				continue
			}
			for minute := range int64(15) {
				if 1<<uint(int64(wall.Minute())+minute)&spec.Minute != 0 {
					minutes = append(minutes, quarter+minute*60)
				}
			}
		}
	}
	moments := []int64{}
	for _, minute := range minutes {
		moments = append(moments, minute-1, minute, minute+1)
	}
	moments = slices.DeleteFunc(moments, func(at int64) bool { return at <= from || at >= until })
	slices.Sort(moments)
	return slices.Compact(moments)
}

// location is the zone of a side.
func (t trigger) location(side *cron.SpecSchedule) *time.Location {
	if side.Location != time.Local {
		return side.Location
	}
	return t.zone
}

// names says whether a side names the hour and the date that a clock shows, by one of its day fields at least.
func names(spec *cron.SpecSchedule, wall time.Time) bool {
	day := 1<<uint(wall.Day())&spec.Dom != 0 || 1<<uint(wall.Weekday())&spec.Dow != 0
	return day && 1<<uint(wall.Hour())&spec.Hour != 0 && 1<<uint(wall.Month())&spec.Month != 0
}

// changes are the changes of both sides' clocks.
func (t trigger) changes(from, until int64) []int64 {
	all := []int64{}
	for _, side := range []cron.Schedule{t.start, t.end} {
		all = append(all, changes(t.location(side.(*cron.SpecSchedule)), from, until)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// changes are the instants at which the offset of a zone changes: not by ZoneBounds, which for some rules at the end of a
// year gives an end that is not later than its argument (Go 1.26).
func changes(zone *time.Location, from, until int64) []int64 {
	const step = 12 * 3600
	offset := func(at int64) int {
		_, seconds := time.Unix(at, 0).In(zone).Zone()
		return seconds
	}
	found := []int64{}
	was := offset(from)
	for at := from + step; at < until+step; at += step {
		now := offset(at)
		if now == was {
			continue
		}
		low, high := at-step, at // offset(low) is `was`
		for high-low > 1 {
			if middle := low + (high-low)/2; offset(middle) == was {
				low = middle
			} else {
				high = middle
			}
		}
		if high < until {
			found = append(found, high)
		}
		was = now
	}
	return found
}
