package jirasim

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// moment is a point in time or, for dates, a whole day of the reader's.
type moment struct {
	time time.Time
	day  string
}

func (m moment) none() bool { return m.time.IsZero() && m.day == "" }

// in gives the moment as a time for a reader in a zone: a day begins there.
func (m moment) in(zone *time.Location) time.Time {
	if m.day == "" {
		return m.time
	}
	t, err := time.ParseInLocation("2006-01-02", m.day, zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// whenOf picks one of the system's times.
func whenOf(name string) func(*issue) moment {
	return func(i *issue) moment {
		switch name[0] {
		case 'c':
			return moment{time: i.facts.created}
		case 'u':
			return moment{time: i.facts.updated}
		}
		return moment{time: i.facts.resolved}
	}
}

// momentOf reads a custom field of days or times.
func momentOf(i *issue, id string) moment {
	if text := textOf(i.fields[id]); len(text) == len("2006-01-02") {
		return moment{day: text}
	}
	return moment{time: timeOf(i.fields[id])}
}

func dueField() *clauseField {
	return dateField(func(i *issue) moment { return moment{day: i.facts.due} })
}

// dateField compares times to the minute, read in the caller's own zone.
func dateField(of func(*issue) moment) *clauseField {
	return &clauseField{
		operators: ordered,
		empty:     func(i *issue) bool { return of(i).none() },
		build: func(c *compiler, cl jqlClause, o jqlOperand) matcher {
			want, ok := c.moment(o)
			if !ok {
				return c.fault("Date value '%s' for field '%s' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.", o.text, cl.field)
			}
			zone := c.site.home
			return func(i *issue) bool {
				m := of(i)
				return !m.none() && holds(cl.operator, m.in(zone).Compare(want))
			}
		},
	}
}

// layouts are the forms of absolute dates in JQL.
var layouts = []string{"2006-01-02 15:04", "2006/01/02 15:04", "2006-1-2 15:04", "2006/1/2 15:04", "2006-01-02", "2006/01/02", "2006-1-2", "2006/1/2"}

// moment reads a date, a period or a function of the time.
func (c *compiler) moment(o jqlOperand) (time.Time, bool) {
	now := c.now.In(c.site.home)
	if o.function {
		today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, c.site.home)
		switch strings.ToLower(o.text) {
		case "now":
			return now, true
		case "startofday":
			return shifted(today, o.args)
		case "endofday":
			return shifted(today.AddDate(0, 0, 1).Add(-time.Millisecond), o.args)
		}
		return time.Time{}, false
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, o.text, c.site.home); err == nil {
			return t, true
		}
	}
	if !o.quoted || len(o.text) > 5 {
		if ms, err := strconv.ParseInt(o.text, 10, 64); err == nil {
			return time.UnixMilli(ms), true
		}
	}
	return shift(now, o.text)
}

// shifted applies a function's only argument, a period.
func shifted(t time.Time, args []string) (time.Time, bool) {
	if len(args) == 0 {
		return t, true
	}
	return shift(t, args[0])
}

// period is one part of a period: a number and a unit.
var period = regexp.MustCompile(`^([+-]?\d{1,6})([wdhmMy]?)$`)

// shift adds periods such as "-90m" or "4w 2d" to a time; a sign holds for
// all parts, and a number alone counts minutes.
func shift(t time.Time, text string) (time.Time, bool) {
	parts := strings.Fields(text)
	if len(parts) == 0 {
		return t, false
	}
	sign := 1
	if strings.HasPrefix(parts[0], "-") {
		sign = -1
	}
	for _, part := range parts {
		m := period.FindStringSubmatch(strings.TrimPrefix(part, "-"))
		if m == nil {
			return t, false
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return t, false
		}
		t = add(t, sign*n, m[2])
	}
	return t, true
}

func add(t time.Time, n int, unit string) time.Time {
	switch unit {
	case "y":
		return t.AddDate(n, 0, 0)
	case "M":
		return t.AddDate(0, n, 0)
	case "w":
		return t.Add(time.Duration(n) * 7 * 24 * time.Hour)
	case "d":
		return t.Add(time.Duration(n) * 24 * time.Hour)
	case "h":
		return t.Add(time.Duration(n) * time.Hour)
	}
	return t.Add(time.Duration(n) * time.Minute)
}
