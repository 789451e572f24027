package expression

import (
	"maps"
	"slices"
	"strings"

	"stackrank/internal/work"
)

// Env is what a formula can name: the facts of one item under their names in
// lower case. It serves the check of types; at work, whatever an item does not
// have is nil, which is "not known". All numbers are decimal.
type Env struct {
	Key     string             `expr:"key"`     // "PAY-42"
	Title   string             `expr:"title"`   // as the tracker has it
	URL     string             `expr:"url"`     // of the item's page
	Source  string             `expr:"source"`  // configured name of its source
	Type    string             `expr:"type"`    // the tracker's name of its type: "Bug"; "" where there are none
	Status  string             `expr:"status"`  // "open", "active", or "unknown" where the tracker does not tell
	Lane    string             `expr:"lane"`    // the list that it is in, by name; "" where the source has one order
	Labels  []string           `expr:"labels"`  // all but those that begin with our prefix, sorted; may be empty
	Subtask bool               `expr:"subtask"` // is part of another item
	Epic    bool               `expr:"epic"`    // is a parent of other work
	Sprint  bool               `expr:"sprint"`  // stands in a sprint that is running
	Created string             `expr:"created"` // the day, "2026-03-01"; texts of this form compare as days do; nil: not known
	Age     float64            `expr:"age"`     // whole days since that day; nil: not known
	Due     string             `expr:"due"`     // the day, "2026-03-31"; nil: none is set
	DueIn   float64            `expr:"due_in"`  // whole days until that day, 0 on the day, below 0 after; nil: none is set
	Signals map[string]float64 `expr:"signals"` // signals.votes: what trackers and evidence gave; nil: not known
	Fields  map[string]any     `expr:"fields"`  // fields.components, fields["Risk class"]: further fields, a number where the value is one, else a text; nil: empty or not read

	Links     Links `expr:"links"`      // how many links the item has of each kind
	OpenLinks Links `expr:"open_links"` // of these, how many lead to something that is not done
}

// Links counts the links of an item by their kind; all are 0 where there are
// none.
type Links struct {
	Blocks     float64 `expr:"blocks"`     // the item goes first
	BlockedBy  float64 `expr:"blocked_by"` // the other goes first
	Duplicates float64 `expr:"duplicates"` // the item repeats the other
	Mirrors    float64 `expr:"mirrors"`    // both are the same piece of work
}

// What the names with parts begin with.
const (
	prefixSignals   = "signals."
	prefixFields    = "fields."
	prefixLinks     = "links."
	prefixOpenLinks = "open_links."
)

// read is one fact that a formula names, and how it is taken from an item: a
// string, a float64, a bool, a []string, or nil.
type read struct {
	name string
	from func(it *work.Item, in view) any
}

// single are the names without parts.
var single = map[string]func(it *work.Item, in view) any{
	"key":     func(it *work.Item, _ view) any { return it.Key },
	"title":   func(it *work.Item, _ view) any { return it.Title },
	"url":     func(it *work.Item, _ view) any { return it.URL },
	"source":  func(it *work.Item, _ view) any { return it.Ref.Source },
	"type":    func(it *work.Item, _ view) any { return it.Type },
	"status":  func(it *work.Item, _ view) any { return it.Status.String() },
	"lane":    func(it *work.Item, _ view) any { return it.LaneName },
	"labels":  func(it *work.Item, in view) any { return in.labels(it) },
	"subtask": func(it *work.Item, _ view) any { return it.Subtask },
	"epic":    func(it *work.Item, _ view) any { return it.Epic },
	"sprint":  func(it *work.Item, _ view) any { return it.Sprint },
	"created": func(it *work.Item, in view) any { return in.date(it.Created) },
	"age":     func(it *work.Item, in view) any { return in.since(it.Created) },
	"due":     func(it *work.Item, in view) any { return in.date(dueDay(it)) },
	"due_in":  func(it *work.Item, in view) any { return negative(in.since(dueDay(it))) },
}

// kinds are the parts of links and open_links.
var kinds = map[string]work.LinkKind{
	"blocks": work.Blocks, "blocked_by": work.BlockedBy, "duplicates": work.Duplicates, "mirrors": work.Mirrors,
}

// parts are the names that have parts, and how a part of each is read. The check
// of types has refused the parts that do not exist.
var parts = map[string]func(part string) func(*work.Item, view) any{
	prefixSignals: func(part string) func(*work.Item, view) any {
		return func(it *work.Item, _ view) any { return signalOf(it, work.Signal(part)) }
	},
	prefixFields: func(part string) func(*work.Item, view) any {
		return func(it *work.Item, _ view) any { return fieldOf(it, part) }
	},
	prefixLinks: func(part string) func(*work.Item, view) any {
		return func(it *work.Item, _ view) any { return count(it, kinds[part], false) }
	},
	prefixOpenLinks: func(part string) func(*work.Item, view) any {
		return func(it *work.Item, _ view) any { return count(it, kinds[part], true) }
	},
}

func signalOf(it *work.Item, s work.Signal) any {
	if x, ok := it.Signals[s]; ok {
		return x
	}
	return nil
}

func fieldOf(it *work.Item, name string) any {
	switch a, ok := it.Attrs[name]; {
	case !ok:
		return nil
	case a.Numeric:
		return a.Number
	default:
		return a.Text
	}
}

func count(it *work.Item, kind work.LinkKind, open bool) float64 {
	n := 0
	for i := range it.Links {
		if l := &it.Links[i]; l.Kind == kind && (l.Open || !open) {
			n++
		}
	}
	return float64(n)
}

// hasParts reports whether a name stands for several facts.
func hasParts(name string) bool { return parts[name+"."] != nil }

// readOf gives the fact of a name, and of its part where it has parts.
func readOf(name, part string) (read, bool) {
	if from, ok := single[name]; ok && part == "" {
		return read{name, from}, true
	}
	if of, ok := parts[name+"."]; ok && part != "" {
		return read{name + "." + part, of(part)}, true
	}
	return read{}, false
}

// nameList lists all names for a message.
func nameList() string {
	all := slices.Collect(maps.Keys(single))
	for prefix := range parts {
		all = append(all, strings.TrimSuffix(prefix, "."))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
