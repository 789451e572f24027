package work

import (
	"fmt"
	"slices"
	"strings"
)

// Op is what an edit does.
type Op int

// The operations. Set writes a slot (an empty New clears it); Add and Remove
// concern one label and leave all others alone.
const (
	Set Op = iota
	Add
	Remove
)

var opNames = [...]string{"set", "add", "remove"}

// String gives "set", "add" or "remove", the form of the JSON plan.
func (o Op) String() string {
	if o < 0 || int(o) >= len(opNames) {
		return fmt.Sprintf("Op(%d)", int(o))
	}
	return opNames[o]
}

// Mark is the sign that a printed plan puts before an edit.
func (o Op) Mark() string { return [...]string{"~", "+", "-"}[o] }

// MarshalText writes the form of String.
func (o Op) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the form of String.
func (o *Op) UnmarshalText(b []byte) error {
	for i, n := range opNames {
		if n == string(b) {
			*o = Op(i)
			return nil
		}
	}
	return fmt.Errorf("op %q: want %s", b, strings.Join(opNames[:], ", "))
}

// Edit is one absolute target: afterwards the slot holds New, or the label is
// there, or it is not. Repeating it changes nothing.
type Edit struct {
	Op   Op    `json:"op"`
	Slot Slot  `json:"slot"`
	Old  Value `json:"old"` // as found; for Add nothing, for Remove the label
	New  Value `json:"new"` // for Add the label, for Remove nothing
}

// Label gives the label that an Add or Remove concerns.
func (e Edit) Label() string {
	if e.Op == Remove {
		return e.Old.String()
	}
	return e.New.String()
}

// Reached reports whether the item is already as the edit wants it.
func (e Edit) Reached(it Item) bool {
	switch e.Op {
	case Add:
		return it.HasLabel(e.Label())
	case Remove:
		return !it.HasLabel(e.Label())
	}
	return it.Outputs[e.Slot] == e.New
}

// String gives "score 61 → 74.5" or "label stackrank-now".
func (e Edit) String() string {
	if e.Op != Set {
		return "label " + e.Label()
	}
	return fmt.Sprintf("%s %s → %s", e.Slot, orNone(e.Old), orNone(e.New))
}

func orNone(v Value) string {
	if v.IsZero() {
		return "none"
	}
	return v.String()
}

// Change is everything that is written to one item apart from its place.
type Change struct {
	Ref   Ref    `json:"ref"`
	Key   string `json:"key"`
	Title string `json:"title"`
	Edits []Edit `json:"edits"` // sorted by slot, op and label
	Why   string `json:"why,omitempty"`
}

// Run places items next to each other in one lane, in the order of Items, right
// behind After. Where After is zero they come to the top of the order that we
// own, right before Before. Where both are set the source orders by positions:
// the items come to stand between the two, spread over the room there, and what
// else stands there is still to move. No anchor is one of Items. Items that are
// in Way keep their order and only make room for the others of the run; where
// there are any, each of Items gets a new position.
type Run struct {
	Lane   string `json:"lane"`
	Items  []Ref  `json:"items"`
	After  Ref    `json:"after"`
	Before Ref    `json:"before"`
	Was    []Ref  `json:"was"` // what each item stood behind when the plan was made; zero: the top
	Way    []Ref  `json:"way,omitempty"`
}

// Result is the outcome of writing one item: one for a Change, one for each
// item of a Run.
type Result struct {
	Ref Ref
	Err error // nil: done
}

// Caps are the facts about a connector that a plan must know.
type Caps struct {
	Slots  []Slot  // outputs that the connector can write, SlotLabel among them when labels work
	Order  bool    // the source has a native order that the connector was asked to keep
	Lanes  bool    // the order holds within lanes; an item never changes its lane
	MaxRun int     // most items one Reorder takes; 0: no limit
	Gap    float64 // least distance between the positions of neighbours; 0: the source orders without positions
	High   float64 // what all positions lie below; 0: they have no end
}

// Has reports whether the slot can be written.
func (c Caps) Has(s Slot) bool {
	return slices.Contains(c.Slots, s)
}
