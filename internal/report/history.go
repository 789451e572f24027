package report

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"time"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// JSONL prints one JSON object a line: one for each run, or for each write of one.
const JSONL Format = "jsonl"

// HistoryFormats names the formats of a history, for help and messages.
const HistoryFormats = "text, json or jsonl"

// History is what the memory holds of runs: all of them, or one with its writes.
// Its version is that of Document.
type History struct {
	Version int        `json:"version"`
	Runs    []PastRun  `json:"runs"`             // newest first
	Writes  []PastSlot `json:"writes,omitempty"` // of a single run, in the order of writing
}

// PastRun is one run over one backlog.
type PastRun struct {
	ID      string          `json:"id"`
	Backlog string          `json:"backlog"`
	Kind    string          `json:"kind"` // "sync", "undo"
	Undoes  string          `json:"undoes,omitempty"`
	Begun   time.Time       `json:"begun"`
	Ended   *time.Time      `json:"ended"`  // null: it runs, or it died
	Result  string          `json:"result"` // "done", "partial", "failed", "refused"; empty: it has not ended
	Who     string          `json:"who"`
	Policy  string          `json:"policy"` // digest
	Plan    string          `json:"plan"`   // digest
	Counts  json.RawMessage `json:"counts,omitempty"`
	Error   string          `json:"error,omitempty"`
}

// PastSlot is one write of a run: of a value, of a label, or of a place.
type PastSlot struct {
	Run    string     `json:"run"`
	At     time.Time  `json:"at"` // when it was about to be written
	Ref    work.Ref   `json:"ref"`
	Key    string     `json:"key"`
	Op     string     `json:"op"`   // "set", "add", "remove", "move"
	Slot   string     `json:"slot"` // "order" of a move
	Old    work.Value `json:"old"`  // of a move: the id that the item stood behind; null: the top
	New    work.Value `json:"new"`  // of a move: the id that it stands behind
	Result string     `json:"result"`
	Error  string     `json:"error,omitempty"`
}

// Write prints the history; zone gives that of a backlog, for the times in text.
func (h History) Write(w io.Writer, f Format, s Style, zone func(backlog string) *time.Location) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	switch f {
	case JSON:
		return enc.Encode(h)
	case JSONL:
		if len(h.Writes) > 0 {
			return each(enc, h.Writes)
		}
		return each(enc, h.Runs)
	}
	p := &printer{width: cmp.Or(s.Width, defaultWidth), color: s.Color}
	if len(h.Runs) == 1 && h.Writes != nil {
		p.pastRun(h, zone)
	} else {
		p.pastRuns(h, zone)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

func each[T any](enc *json.Encoder, list []T) error {
	for _, x := range list {
		if err := enc.Encode(x); err != nil {
			return err
		}
	}
	return nil
}

const minutes = "2006-01-02 15:04"

// pastRuns prints a line for each run.
func (p *printer) pastRuns(h History, zone func(backlog string) *time.Location) {
	if len(h.Runs) == 0 {
		p.line("No runs yet: stackrank sync makes the first.")
		return
	}
	undone := h.undone()
	rows := make([][]string, len(h.Runs))
	for i, r := range h.Runs {
		result := r.result()
		if undone[r.ID] {
			result = "undone"
		}
		rows[i] = slices.Concat([]string{r.ID, r.Kind, result}, r.counted(),
			[]string{r.Begun.In(zone(r.Backlog)).Format(minutes), r.Backlog, Clean(r.Who)})
	}
	p.grid([]string{"run", "kind", "result", "fields", "labels", "moves", "failed", "begun", "backlog", "who"}, "<<<>>>><<<", rows)
}

// undone says which of the runs are taken back and not brought back since.
func (h History) undone() map[string]bool {
	runs := make([]cycle.Taking, len(h.Runs))
	for i, r := range h.Runs {
		runs[i] = cycle.Taking{Run: r.ID, Undoes: r.Undoes, Result: r.Result, Counts: r.Counts}
	}
	return cycle.UndoneOf(runs)
}

// counted gives how many fields, labels and moves the run had to write, and how
// many failed; dashes where it was refused, since it wrote nothing, and question
// marks where it works still or died before it counted.
func (r PastRun) counted() []string {
	switch {
	case r.Result == "refused":
		return []string{"–", "–", "–", "–"}
	case len(r.Counts) == 0 || string(r.Counts) == "null":
		return []string{"?", "?", "?", "?"}
	}
	t := r.tally()
	return []string{count0(t.Set), count0(t.Add + t.Remove), count0(t.Moved), count0(t.Failed)}
}

func count0(n int) string { return work.Thousands(float64(n)) }

// tally gives what the run remembers in numbers; zeroes where it died before.
func (r PastRun) tally() cycle.Tally {
	var t cycle.Tally
	if json.Unmarshal(r.Counts, &t) != nil {
		return cycle.Tally{Counts: plan.Counts{}}
	}
	return t
}

func (r PastRun) result() string {
	if r.Result == "" {
		return "not ended"
	}
	return r.Result
}

// pastRun prints one run with its writes.
func (p *printer) pastRun(h History, zone func(backlog string) *time.Location) {
	r := h.Runs[0]
	p.b.WriteString(p.bold(r.ID) + "  " + r.Backlog + " · " + r.Kind + " · " + r.result() + "\n")
	when := r.Begun.In(zone(r.Backlog)).Format(minutes + ":05")
	if r.Ended != nil {
		when += " to " + r.Ended.In(zone(r.Backlog)).Format("15:04:05")
	}
	p.paragraph("  ", "By "+Clean(r.Who)+", "+when+".")
	if r.Undoes != "" {
		p.paragraph("  ", "It takes back run "+r.Undoes+".")
	}
	if r.Error != "" {
		p.paragraph("  ", Say(r.Error))
	}
	if len(h.Writes) == 0 {
		p.line("  Nothing was written.")
		return
	}
	p.title("WRITES", plural(len(h.Writes), "write"))
	rows, keys := make([][]string, len(h.Writes)), map[work.Ref]string{}
	for _, w := range h.Writes {
		keys[w.Ref] = w.Key
	}
	for i, w := range h.Writes {
		behind := keys[work.Ref{Source: w.Ref.Source, ID: w.New.String()}]
		rows[i] = []string{Clean(w.Key), Clean(w.what(behind)), w.Result, Clean(w.Error)}
	}
	p.grid([]string{"key", "write", "result", ""}, "<<<<", rows)
}

// what words a write: "score 61 → 74.5", "+ label stackrank-now", "moved behind
// PAY-7"; behind is the key of what an item moved behind, where the run names it.
func (w PastSlot) what(behind string) string {
	switch w.Op {
	case "add":
		return "+ label " + w.New.String()
	case "remove":
		return "- label " + w.Old.String()
	case "move":
		if behind != "" {
			return "moved behind " + behind
		}
		return "moved"
	}
	return work.Edit{Op: work.Set, Slot: work.Slot(w.Slot), Old: w.Old, New: w.New}.String()
}
