// Package work owns the common model of stackrank: pieces of work as the
// trackers hold them, the facts a ranking reads from them, and the changes that
// are written back. It knows no service, no file and no clock.
package work

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Ref names one item for as long as it exists: the configured name of its
// source and the immutable id that the service gave it. Keys such as "PAY-42"
// change when an issue moves; a Ref does not.
type Ref struct {
	Source string // name of the configured source: [a-z0-9-]+
	ID     string // the service's immutable id
}

// String gives "platform:10042", the form that ParseRef reads. The zero Ref is "".
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return r.Source + ":" + r.ID
}

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// Compare orders refs by source, then by id; ids of digits alone go by number,
// so that issue 9 stands before issue 10.
func (r Ref) Compare(o Ref) int {
	return cmp.Or(
		cmp.Compare(r.Source, o.Source),
		compareID(r.ID, o.ID),
	)
}

// compareID puts numbers before texts, so that the order stays total when a
// source has both.
func compareID(a, b string) int {
	da, db := digits(a), digits(b)
	if da != db {
		return cmp.Or(-cmpBool(da, db), cmp.Compare(a, b))
	}
	if da {
		x, y := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y), cmp.Compare(a, b))
	}
	return cmp.Compare(a, b)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// MarshalText writes the form of String.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the form of String; the empty text is the zero Ref.
func (r *Ref) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*r = Ref{}
		return nil
	}
	p, err := ParseRef(string(b))
	if err != nil {
		return err
	}
	*r = p
	return nil
}

// ParseRef reads "platform:10042".
func ParseRef(s string) (Ref, error) {
	source, id, ok := strings.Cut(s, ":")
	if !ok || source == "" || id == "" || !IsName(source) {
		return Ref{}, fmt.Errorf("ref %q: want source:id", s)
	}
	return Ref{Source: source, ID: id}, nil
}

// IsName reports whether s may name a source or a backlog: [a-z0-9-]+.
func IsName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return s != ""
}

// Identity names an item across runs: by the address of its service and the id
// that the service gave it. Names of sources may change in between; it does not.
type Identity struct{ Site, ID string }

// Compare orders identities by site, then by id.
func (i Identity) Compare(o Identity) int {
	return cmp.Or(cmp.Compare(i.Site, o.Site), cmp.Compare(i.ID, o.ID))
}

// EndOfDay gives the moment at which the day of t ends in the zone of t.
func EndOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}

// Status says how far an item is, by the service's own category and never by
// the name of a status.
type Status int

// The statuses. Unknown is open work whose category the service does not tell.
const (
	Unknown Status = iota
	Open           // not begun
	Active         // begun
	Done           // finished; never part of a backlog
)

var statusNames = [...]string{"unknown", "open", "active", "done"}

// String gives the lower-case English word.
func (s Status) String() string {
	if s < 0 || int(s) >= len(statusNames) {
		return fmt.Sprintf("Status(%d)", int(s))
	}
	return statusNames[s]
}

// Signal names a numeric fact that a ranking can read.
type Signal string

// The signals that connectors fill by themselves. Any other name comes from a
// mapped field ("revenue" from "ARR at risk").
const (
	Priority Signal = "priority" // 0…1, place in the site's own order of priorities, 1 the highest
	Effort   Signal = "effort"   // story points as estimated, not days
	Votes    Signal = "votes"    // count
	Watchers Signal = "watchers" // count
	Comments Signal = "comments" // count
	Repeats  Signal = "repeats"  // count of closed items that say they are the same
	Breached Signal = "breached" // 1 when a service level is broken, 0 when one runs unbroken
	Progress Signal = "progress" // 0…1, share of check items ticked
)

// Signals holds numeric facts by name. A missing key means "not known", which
// is not the same as zero.
type Signals map[Signal]float64

// Event is one dated piece of evidence: so many votes, comments or customers at
// a time. The zero At means that the service gives no date; such evidence counts
// from the item's creation.
type Event struct {
	Signal Signal    `json:"signal"`
	At     time.Time `json:"at"`
	Amount float64   `json:"amount"` // > 0
}

// LinkKind is a relation that the ranking or the joining understands. Links of
// any other kind are dropped by the connectors.
type LinkKind string

// The kinds of link.
const (
	Mirrors    LinkKind = "mirrors"    // both are the same piece of work
	Blocks     LinkKind = "blocks"     // the holder goes first
	BlockedBy  LinkKind = "blocked_by" // the other goes first
	Duplicates LinkKind = "duplicates" // the holder repeats the other
)

// Link leads from its holder to another item. To is set when the connector
// knows the other's ref; otherwise URL holds an address that Join resolves
// against the URLs of the items of other sources.
type Link struct {
	Kind   LinkKind
	To     Ref
	Key    string // as people see it, for messages: "PAY-42"
	URL    string
	Open   bool   // the other end is not done, as far as the link itself tells
	Phrase string // the words that decided the kind: "is blocked by"
}

// Attr is a further field of an item, for readiness and own expressions.
type Attr struct {
	Text    string
	Number  float64
	Numeric bool // Number holds the value
}

// The attributes that connectors make of free texts, which they read and do not
// keep. Each is a Yes; a missing one was not told.
const (
	AttrCriteria = "acceptance"    // a description or a field of its own says when the work is done
	AttrQuestion = "open_question" // the last comment ends in a question
)

// Yes gives the attribute that answers a question: 1 for yes, 0 for no.
func Yes(yes bool) Attr {
	if yes {
		return Attr{Number: 1, Numeric: true}
	}
	return Attr{Numeric: true}
}

// Item is one issue or card as its service holds it. It is plain data and
// carries no reference to the connector that made it.
type Item struct {
	Ref             Ref
	Key, Title, URL string    // as people see them: "PAY-42"; Title is raw: printers neutralise it
	Type            string    // the service's name of its type: "Bug"; "" where there are none
	Subtask         bool      // scored, but neither moved nor an anchor of a move
	Epic            bool      // a parent of other work by its place in the hierarchy
	Sprint          bool      // stands in a sprint that is running
	Status          Status    // never Done in a backlog
	Lane            string    // native order holds within a lane (a Trello list); "" where the source has one order
	LaneName        string    // the lane as people see it
	Native          int       // place in its lane, as found, from 0
	Position        float64   // the number above 0 by which the source orders the lane; 0: it has none, or does not tell it
	Parent          Ref       // zero: none known
	Labels          []string  // sorted, unique
	Created, Due    time.Time // UTC; zero: not set. Due is the moment at which the day has ended
	Signals         Signals   // facts the ranking reads
	Events          []Event   // dated evidence
	Attrs           map[string]Attr
	Outputs         map[Slot]Value // what we maintain, as found; a missing slot is empty
	Links           []Link
	Class           Class  // of service: how the cost of its waiting runs; zero: standard
	Refused         string // not empty: a sentence that says why the service takes no writes to this item
	Fixed           string // not empty: a sentence that says why the service does not let this item be moved
	Lacks           []Slot // slots that this item has no field for; nothing is planned for them
}

// HasLabel reports whether the item carries the label, letter by letter.
func (i Item) HasLabel(label string) bool {
	return slices.Contains(i.Labels, label)
}

// Snapshot is one source read whole.
type Snapshot struct {
	Site     string    // the address of the service, for messages and for joining: "https://acme.atlassian.net"
	Items    []Item    // open work in native order, each ref once
	Findings []Finding // what was odd about the source or its items
}

// Finding says what is odd, where, and what would mend it. A finding never
// removes an item.
type Finding struct {
	Ref     Ref    // zero: the source as a whole
	Source  string // set where Ref is zero
	Code    string // stable, lower case with hyphens: "no-title", "bad-field"
	Message string // one sentence
	Fix     string // one sentence, or empty
	Level   Level
}

// Level says how much a finding matters.
type Level int

// The levels, from the harmless to the one that makes a check fail.
const (
	Note Level = iota
	Warning
	Failure
)

var levelNames = [...]string{"note", "warning", "failure"}

// String gives the lower-case English word.
func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return fmt.Sprintf("Level(%d)", int(l))
	}
	return levelNames[l]
}
