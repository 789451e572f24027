package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// UndoFormats names the formats of an undo, for help and messages.
const UndoFormats = "text or json"

// Undo is what it takes to take a run back, and what became of it. Its version
// and the keys that it shares are those of Document.
type Undo struct {
	Version  int       `json:"version"`
	At       time.Time `json:"at"`       // UTC
	Timezone string    `json:"timezone"` // IANA name
	Backlog  string    `json:"backlog"`
	Run      string    `json:"run,omitempty"` // the id of the undo itself; none: it was shown and not made
	Undoes   string    `json:"undoes"`        // the id of the run that is taken back
	Sources  []Source  `json:"sources"`
	Findings []Finding `json:"findings"`
	Plan     plan.Plan `json:"plan"` // skipped are those of the run that stay as they are
	Written  *Written  `json:"written,omitempty"`

	target string              // in words
	keys   map[work.Ref]string // as people see the items
}

// NewUndo puts an undo into the form that is printed.
func NewUndo(u cycle.Undone) Undo {
	d := Undo{
		Version: Version, At: u.At.UTC(), Timezone: zoneOf(u.At), Backlog: u.Backlog, Run: u.Run, Undoes: u.Target.ID,
		Sources: sourcesOf(u.Round), Findings: findingsOf(u.Findings), Plan: u.Plan, keys: u.Keys,
		target: fmt.Sprintf("%s by %s, begun %s", u.Target.Kind, cmp.Or(u.Target.Who, "somebody"), u.Target.Begun.In(u.At.Location()).Format(minutes)),
	}
	if u.Results != nil {
		d.Written = written(u.Results, u.Plan.Counts.Moved)
	}
	return d
}

// Write prints the undo, as text or as JSON on one line.
func (u Undo) Write(w io.Writer, f Format, s Style) error {
	if f == JSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(u)
	}
	p := &printer{width: cmp.Or(s.Width, defaultWidth), color: s.Color}
	p.b.WriteString(p.bold(u.Backlog) + fit("  undo of run "+u.Undoes, p.width-width(u.Backlog)) + "\n")
	p.paragraph("  ", Say(u.target))
	d := u.document()
	p.takesBack(u.Plan)
	p.stays(u)
	p.findings(d)
	p.b.WriteString("\n")
	p.line("%s", totalsOf(u.Plan.Counts))
	p.written(d)
	_, err := io.WriteString(w, p.b.String())
	return err
}

// document gives what the parts of a report are printed from that an undo shares.
func (u Undo) document() Document {
	d := Document{Findings: u.Findings, Plan: u.Plan, Written: u.Written}
	for ref, key := range u.keys {
		d.Items = append(d.Items, Item{Ref: ref, Key: key})
	}
	return d
}

// takesBack says what is restored: how much, and the first edits.
//
//	TAKES BACK  2 fields, 1 label and the places of 3 items
//	PAY-42  Refund fails for split payments
//	  ~ score 74.5 → 61
func (p *printer) takesBack(of plan.Plan) {
	var what []string
	c := of.Counts
	if c.Set > 0 {
		what = append(what, plural(c.Set, "field"))
	}
	if c.Add+c.Remove > 0 {
		what = append(what, plural(c.Add+c.Remove, "label"))
	}
	switch {
	case c.Moved == 1:
		what = append(what, "the place of 1 item")
	case c.Moved > 1:
		what = append(what, "the places of "+plural(c.Moved, "item"))
	}
	if len(what) == 0 {
		what = append(what, "nothing: what could be restored is as it was before the run")
	}
	p.title("TAKES BACK", listed(what))
	p.edits(of.Changes)
}

// mostStaying bounds how many values and places that stay are printed as text.
const mostStaying = 20

// stays names what is not restored, and why.
func (p *printer) stays(u Undo) {
	skipped := u.Plan.Skipped
	if len(skipped) == 0 {
		return
	}
	p.title("STAYS", "as it is now")
	for _, s := range skipped[:min(mostStaying, len(skipped))] {
		p.paragraph("  ", u.named(s))
	}
	if more := len(skipped) - mostStaying; more > 0 {
		p.line("  … and %s more; --format json has them all.", work.Thousands(float64(more)))
	}
}

// named words a skip with the key of its item, unless the sentence begins with it.
func (u Undo) named(s plan.Skip) string {
	key := cmp.Or(u.keys[s.Ref], s.Ref.String())
	if s.Ref.IsZero() || strings.HasPrefix(s.Why, key) {
		return Say(s.Why)
	}
	return key + ": " + Say(s.Why)
}
