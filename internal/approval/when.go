package approval

import (
	"fmt"
	"strings"
	"time"
)

// date returns a time as people write it, in UTC: "23 November 2026, 15:04 UTC".
func (t texts) date(at time.Time) string {
	at = at.UTC()
	months := strings.Fields(t["months"])
	return fmt.Sprintf(t["date"], at.Day(), months[at.Month()-1], at.Year(), at.Format("15:04"))
}

// distance returns how far a time is from now, in words: "in 2 hours". It rounds towards now, so that nobody believes to
// have more time than he has.
func (t texts) distance(at, now time.Time) string {
	d, way := at.Sub(now), "in"
	if d <= 0 {
		d, way = -d, "ago"
	}
	const day = 24 * time.Hour
	unit, n := "", 0
	switch {
	case d < time.Minute:
		return t[way+".moment"]
	case d < time.Hour:
		unit, n = "minutes", int(d/time.Minute)
	case d < 2*day:
		unit, n = "hours", int(d/time.Hour)
	default:
		unit, n = "days", int(d/day)
	}
	if n == 1 {
		return t[way+"."+unit+".one"]
	}
	return fmt.Sprintf(t[way+"."+unit+".other"], n)
}
