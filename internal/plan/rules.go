package plan

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"stackrank/internal/work"
)

// Rules is the `write` block of a backlog: what is written where, how much of
// it, and what is left alone.
type Rules struct {
	Apply       Apply             `yaml:"apply"`        // what the daemon may write; a sync by hand is its own approval
	Freeze      []Window          `yaml:"freeze"`       // no unattended writing then
	Hold        []Hold            `yaml:"hold"`         // kinds of items that are scored and listed, never moved or labelled
	To          map[string]Target `yaml:"to"`           // by source; a source without a target is only read
	LabelPrefix string            `yaml:"label_prefix"` // labels that begin with it are ours
	Tiers       []Tier            `yaml:"tiers"`        // in order; places count from the top of the backlog
	Top         Top               `yaml:"top"`          // places that get scores, places and labels; 0: all
	MinDelta    float64           `yaml:"min_delta"`    // points of score below which nothing is written
	MaxShare    float64           `yaml:"max_share"`    // of the items that one plan may edit, 0…1
	OnLeave     OnLeave           `yaml:"on_leave"`     // what an open item loses that left the backlog
	OnConflict  OnConflict        `yaml:"on_conflict"`  // whose value stays that a person changed
	PinFor      time.Duration     `yaml:"pin_for"`      // how long an item stays that a person moved
	PinExpiry   PinExpiry         `yaml:"pin_expiry"`   // what happens then
	PlanTTL     time.Duration     `yaml:"plan_ttl"`     // age from which a saved plan is refused
}

// Target says what is written to one source. The texts are the names or ids of
// the fields; an empty one is not written.
type Target struct {
	Score  string `yaml:"score"`
	Rank   string `yaml:"rank"`
	Labels bool   `yaml:"labels"`
	Order  bool   `yaml:"order"` // the source's native order
}

// field names the field of a slot; "" for none, and for labels.
func (t Target) field(slot work.Slot) string {
	switch slot {
	case work.SlotScore:
		return t.Score
	case work.SlotRank:
		return t.Rank
	}
	return ""
}

// Apply says what the daemon may write.
type Apply string

// The values of `apply`.
const (
	ApplyNever    Apply = "never"
	ApplyApproved Apply = "approved"
	ApplyAuto     Apply = "auto"
)

// Hold names a kind of items that keep their places.
type Hold string

// The values of `hold`.
const (
	HoldActive Hold = "active" // work that has begun
	HoldSprint Hold = "sprint" // in a sprint that is running
	HoldEpic   Hold = "epic"   // parents of other work
)

// OnLeave says what an open item loses that left the backlog. Done items keep all.
type OnLeave string

// The values of `on_leave`.
const (
	LeaveLabels OnLeave = "labels" // our labels go
	LeaveClear  OnLeave = "clear"  // our labels and our fields go
	LeaveKeep   OnLeave = "keep"
)

// OnConflict says whose value stays where a person changed one of ours.
type OnConflict string

// The values of `on_conflict`.
const (
	ConflictKeep      OnConflict = "keep"
	ConflictOverwrite OnConflict = "overwrite"
	ConflictReport    OnConflict = "report"
)

// PinExpiry says what happens to an item that a person moved once pin_for is over.
type PinExpiry string

// The values of `pin_expiry`.
const (
	ExpiryAsk     PinExpiry = "ask" // it stays, and the report asks about it
	ExpiryRelease PinExpiry = "release"
)

// Labels that people set, behind the prefix. No plan adds or removes them.
const (
	pinName    = "pin"    // the item keeps its place
	ignoreName = "ignore" // the item is left alone
)

// Default gives the rules of a configuration that says nothing: it writes nowhere.
func Default() Rules {
	const day = 24 * time.Hour
	return Rules{
		Apply: ApplyApproved, Hold: []Hold{HoldActive, HoldSprint, HoldEpic}, LabelPrefix: "stackrank-",
		Tiers: []Tier{{"now": 10}, {"next": 30}}, Top: 100, MinDelta: 1, MaxShare: 0.2,
		OnLeave: LeaveLabels, OnConflict: ConflictKeep,
		PinFor: 14 * day, PinExpiry: ExpiryAsk, PlanTTL: day,
	}
}

// Validate reports everything that is wrong at once; each error begins with its key.
func (r Rules) Validate() error {
	return errors.Join(
		oneOf("apply", r.Apply, ApplyNever, ApplyApproved, ApplyAuto),
		r.validateHold(),
		r.validateTo(),
		r.validatePrefix(),
		r.validateTiers(),
		r.validateNumbers(),
		oneOf("on_leave", r.OnLeave, LeaveLabels, LeaveClear, LeaveKeep),
		oneOf("on_conflict", r.OnConflict, ConflictKeep, ConflictOverwrite, ConflictReport),
		oneOf("pin_expiry", r.PinExpiry, ExpiryAsk, ExpiryRelease),
	)
}

func oneOf[T ~string](key string, got T, want ...T) error {
	if slices.Contains(want, got) {
		return nil
	}
	names := make([]string, len(want))
	for i, w := range want {
		names[i] = string(w)
	}
	return fmt.Errorf("%s: %q: want %s", key, string(got), strings.Join(names, ", "))
}

func (r Rules) validateHold() error {
	var errs []error
	for i, h := range r.Hold {
		errs = append(errs, oneOf(fmt.Sprintf("hold[%d]", i), h, HoldActive, HoldSprint, HoldEpic))
		if slices.Contains(r.Hold[:i], h) {
			errs = append(errs, fmt.Errorf("hold[%d]: %q is there twice", i, string(h)))
		}
	}
	return errors.Join(errs...)
}

func (r Rules) validateTo() error {
	var errs []error
	for _, source := range slices.Sorted(maps.Keys(r.To)) {
		t := r.To[source]
		if t.Score != "" && t.Score == t.Rank {
			errs = append(errs, fmt.Errorf("to.%s.rank: %q takes the score already: name another field", source, t.Rank))
		}
		if t.Labels && len(r.Tiers) == 0 {
			errs = append(errs, fmt.Errorf("to.%s.labels: there are no tiers to label", source))
		}
	}
	return errors.Join(errs...)
}

func (r Rules) validatePrefix() error {
	switch {
	case r.LabelPrefix == "":
		return errors.New("label_prefix: empty: without it nobody could tell our labels from others")
	case strings.ContainsFunc(r.LabelPrefix, noLabelRune):
		return fmt.Errorf("label_prefix: %q: a label holds no spaces and no control characters", r.LabelPrefix)
	}
	return nil
}

func (r Rules) validateTiers() error {
	var errs []error
	seen, last := map[string]bool{pinName: true, ignoreName: true}, 0
	for i, t := range r.Tiers {
		key := fmt.Sprintf("tiers[%d]", i)
		name, upto := t.Name(), t.UpTo()
		switch {
		case len(t) != 1:
			errs = append(errs, fmt.Errorf("%s: want one name with its last place, such as {now: 10}", key))
			continue
		case name == "" || strings.ContainsFunc(name, noLabelRune):
			errs = append(errs, fmt.Errorf("%s: %q: a label holds no spaces and no control characters", key, name))
		case name == pinName || name == ignoreName:
			errs = append(errs, fmt.Errorf("%s: %q is a label that people set: choose another name", key, name))
		case seen[name]:
			errs = append(errs, fmt.Errorf("%s: %q is there twice", key, name))
		case upto <= last:
			errs = append(errs, fmt.Errorf("%s: %s ends at place %d: places are cumulative, so want more than %d", key, name, upto, last))
		}
		seen[name], last = true, max(last, upto)
	}
	return errors.Join(errs...)
}

func (r Rules) validateNumbers() error {
	var errs []error
	if r.Top < 0 {
		errs = append(errs, fmt.Errorf("top: %d: want a number of places, or all", int(r.Top)))
	}
	if !(r.MinDelta >= 0) || math.IsInf(r.MinDelta, 0) {
		errs = append(errs, fmt.Errorf("min_delta: %v: want points of score, 0 or more", r.MinDelta))
	}
	if !(r.MaxShare >= 0 && r.MaxShare <= 1) {
		errs = append(errs, fmt.Errorf("max_share: %v: want a share from 0 to 1", r.MaxShare))
	}
	if r.PinFor < 0 {
		errs = append(errs, fmt.Errorf("pin_for: %s: want a time from now on, such as 14d", r.PinFor))
	}
	if r.PlanTTL <= 0 {
		errs = append(errs, fmt.Errorf("plan_ttl: %s: want a time, such as 24h", r.PlanTTL))
	}
	return errors.Join(errs...)
}

func noLabelRune(r rune) bool {
	return r <= ' ' || r == 0x7f || r == 0xa0 || r == 0x2028 || r == 0x2029
}

// Tier is one name with the last place that it covers, counted from the top of
// the backlog: {now: 10}. It has one key.
type Tier map[string]int

// Name gives the name behind the prefix of the label.
func (t Tier) Name() string {
	for name := range t {
		return name
	}
	return ""
}

// UpTo gives the last place of the tier.
func (t Tier) UpTo() int { return t[t.Name()] }

// Top is a number of places from the top; 0 means all of them.
type Top int

// Has reports whether the place, counted from 1, is among them.
func (t Top) Has(place int) bool { return t == 0 || place <= int(t) }

// String gives "all" or the number.
func (t Top) String() string {
	if t == 0 {
		return "all"
	}
	return strconv.Itoa(int(t))
}

// MarshalText writes the form of String.
func (t Top) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads "all" or a number of 1 or more.
func (t *Top) UnmarshalText(b []byte) error {
	if string(b) == "all" {
		*t = 0
		return nil
	}
	n, err := strconv.Atoi(string(b))
	if err != nil || n < 1 {
		return fmt.Errorf("%q: want a number of places, or all", b)
	}
	*t = Top(n)
	return nil
}

// owns reports whether a label is ours: it carries the prefix and is none of
// those that people set.
func (r Rules) owns(label string) bool {
	name, ok := strings.CutPrefix(label, r.LabelPrefix)
	return ok && name != pinName && name != ignoreName
}

func (r Rules) pinned(it work.Item) bool { return it.HasLabel(r.LabelPrefix + pinName) }

func (r Rules) ignored(it work.Item) bool { return it.HasLabel(r.LabelPrefix + ignoreName) }

// holding gives the rule of `hold` that keeps an item; "" for none.
func (r Rules) holding(it work.Item) Hold {
	for _, h := range r.Hold {
		switch {
		case h == HoldActive && it.Status == work.Active,
			h == HoldSprint && it.Sprint,
			h == HoldEpic && it.Epic:
			return h
		}
	}
	return ""
}
