package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule says when a backlog is due. The zero value is never due.
type Schedule struct {
	text string
	cron cron.Schedule
}

// String gives the text of the configuration, "" for never.
func (s Schedule) String() string { return s.text }

// IsZero reports whether there is no schedule.
func (s Schedule) IsZero() bool { return s.cron == nil }

// Next gives the first due moment after a time, by the clock of that time's
// zone; the zero time when there is none.
func (s Schedule) Next(after time.Time) time.Time {
	if s.cron == nil {
		return time.Time{}
	}
	return s.cron.Next(after)
}

// MarshalText writes the form of String.
func (s Schedule) MarshalText() ([]byte, error) { return []byte(s.text), nil }

// UnmarshalText reads five fields of cron, "@hourly" and its like, or
// "@every 15m". A zone in front of the fields has a key of its own.
func (s *Schedule) UnmarshalText(b []byte) error {
	text := strings.TrimSpace(string(b))
	if strings.Contains(text, "TZ=") {
		return errors.New("the zone belongs under the key timezone")
	}
	if every, ok := strings.CutPrefix(text, "@every"); ok {
		if d, err := time.ParseDuration(strings.TrimSpace(every)); err != nil || d < time.Second {
			return fmt.Errorf("%q: want @every and a duration of a second or more, such as @every 15m", text)
		}
	}
	parsed, err := cron.ParseStandard(text)
	if err != nil {
		return fmt.Errorf("%q: want five fields of cron or @every 15m: %w", text, err)
	}
	if parsed.Next(time.Unix(0, 0).UTC()).IsZero() {
		return fmt.Errorf("%q: a day that never comes", text)
	}
	*s = Schedule{text: text, cron: parsed}
	return nil
}

// Zone is a time zone by its IANA name. The zero value is UTC.
type Zone struct{ location *time.Location }

// Location gives the zone, never nil.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// String gives the IANA name.
func (z Zone) String() string { return z.Location().String() }

// MarshalText writes the form of String.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// UnmarshalText reads an IANA name. "Local" is refused: the order must not
// depend on the machine.
func (z *Zone) UnmarshalText(b []byte) error {
	name := string(b)
	location, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") {
		return fmt.Errorf("%q: want a name such as Europe/Berlin or UTC", name)
	}
	z.location = location
	return nil
}

// State says where runs, writes and evidence are remembered. It may hold a
// password, which is shown only by Reveal.
type State struct{ url string }

// IsZero reports whether no place is configured: the default is then
// $XDG_STATE_HOME/stackrank/stackrank.db, a matter of the machine.
func (s State) IsZero() bool { return s.url == "" }

// Reveal gives the address as configured, with its password.
func (s State) Reveal() string { return s.url }

// File gives the path of an SQLite database, and false for PostgreSQL and for
// the zero State.
func (s State) File() (string, bool) {
	u, err := url.Parse(s.url)
	if err != nil || u.Scheme != "sqlite" {
		return "", false
	}
	return u.Path, true
}

// String gives the address with a password hidden; a PostgreSQL address loses
// its query too, where a password may stand as well.
func (s State) String() string {
	u, err := url.Parse(s.url)
	if err != nil {
		return hidden
	}
	if _, secret := u.User.Password(); secret {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery = ""
	return u.String()
}

// GoString is String, for %#v.
func (s State) GoString() string { return s.String() }

// MarshalText writes the form of String: a password never leaves by accident.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads sqlite:///PATH or postgres://HOST/NAME. Its errors do not
// show the address.
func (s *State) UnmarshalText(b []byte) error {
	fault := errors.New("want sqlite:///PATH or postgres://HOST/NAME")
	u, err := url.Parse(string(b))
	if err != nil {
		return fault
	}
	switch u.Scheme {
	case "sqlite":
		if u.Host != "" || len(u.Path) < 2 {
			return errors.New("want sqlite:///PATH, with three slashes and a path from the root")
		}
	case "postgres", "postgresql":
		if u.Opaque != "" {
			return fault
		}
	default:
		return fault
	}
	s.url = string(b)
	return nil
}
