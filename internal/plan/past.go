package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"stackrank/internal/work"
)

// Past is what is remembered of a backlog from the rounds that wrote to it. With
// nil nothing is remembered, and nothing that people did can be told from what we
// did.
type Past struct {
	Items  map[work.Identity]Written // those of the backlog then; not those that another backlog holds now
	Pins   map[work.Identity]Pin     // items that people moved
	Query  string                    // digest of the sources and their queries; "" where none is remembered
	To     map[string]Target         // where was written, by source; nil: where it is written now
	Counts map[string]int            // items by source at the last whole pull; a source without is not compared
}

// Written is an item as the last round left it.
type Written struct {
	Key    string                   // as people saw it
	Values map[work.Slot]work.Value // what we left in the fields that we write; a missing one was empty
	Labels []string                 // ours
	Lane   string                   // in which it stood
	Place  int                      // there, from 1; 0: not known, or the order of its source was not ours
	Begun  []work.Edit              // edits that may have been written and may not; both outcomes are ours
	Astir  bool                     // the same is true of its place
	// Evidence is a digest of what its score rested on when it was last within min_delta.
	Evidence string
}

// Pin says that an item keeps its place because a person moved it.
type Pin struct {
	Since  time.Time // when the move was first seen
	Until  time.Time
	Digest string // of what was known of the item then; see inputsOf
}

// Identity gives the name of an item across runs. A source whose site is not
// known is a site of its own.
func (in Input) Identity(ref work.Ref) work.Identity {
	return work.Identity{Site: cmp.Or(in.Sites[ref.Source], ref.Source), ID: ref.ID}
}

// written gives what is remembered of an item.
func (in Input) written(ref work.Ref) (Written, bool) {
	if in.Past == nil {
		return Written{}, false
	}
	w, ok := in.Past.Items[in.Identity(ref)]
	return w, ok
}

// same reports whether a slot of a source is written to where it was written
// before. Another field was never ours.
func (in Input) same(source string, slot work.Slot) bool {
	was, ok := in.Past.To[source]
	if !ok {
		return in.Past.To == nil
	}
	if slot == work.SlotLabel {
		return was.Labels
	}
	return was.field(slot) == in.Rules.To[source].field(slot)
}

// inputsOf gives a digest of what speaks for an item's place and people enter:
// its signals, its due date and its labels. The title is none of it, nor are our
// own labels and those by which people tell us what to do. Left out are comments
// and watchers, because a word on why an item was moved must not undo the move;
// and what formulas make, because it may follow the calendar alone.
func (in Input) inputsOf(it work.Item) string {
	var inputs struct {
		Signals map[work.Signal]float64
		Due     int64
		Labels  []string
	}
	inputs.Signals = map[work.Signal]float64{}
	for name, v := range it.Signals {
		if name != work.Comments && name != work.Watchers && !slices.Contains(in.Formulas, name) {
			inputs.Signals[name] = v
		}
	}
	if !it.Due.IsZero() {
		inputs.Due = it.Due.Unix()
	}
	inputs.Labels = in.Rules.foreign(it)
	sum := sha256.Sum256(printed(inputs))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// foreign gives the labels of an item that are none of ours and do not tell us what
// to do.
func (r Rules) foreign(it work.Item) []string {
	var out []string
	for _, l := range slices.Sorted(slices.Values(it.Labels)) {
		if !strings.HasPrefix(l, r.LabelPrefix) {
			out = append(out, l)
		}
	}
	return out
}
