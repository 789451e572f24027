package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

// backlog gives n issues with falling priorities, all written but the first few.
func backlog(n, unwritten int) world {
	items := make([]work.Item, n)
	for i := range items {
		items[i] = issue(fmt.Sprint(i+1), 1-float64(i)/float64(2*n))
	}
	w := jiraWorld(items...)
	w.rules.Hold = nil
	for i, c := range Build(w.input()).Changes {
		if i >= unwritten {
			if err := w.trackers[0].Apply(context.Background(), c); err != nil {
				panic(err)
			}
		}
	}
	return w
}

func codes(rs []Refusal) string {
	var out []string
	for _, r := range rs {
		out = append(out, r.Code)
	}
	return strings.Join(out, " ")
}

func TestBrakes(t *testing.T) {
	pinnedOnly := jiraWorld(issue("1", .5), issue("2", 1, "stackrank-pin", "stackrank-ignore"))
	shifted := backlog(10, 0) // an issue that goes to the top shifts nine places
	last := shifted.trackers[0].items[work.Ref{Source: "jira", ID: "10"}]
	last.Signals = work.Signals{work.Priority: 1, work.Effort: 1}
	shifted.trackers[0].items[last.Ref] = last
	tests := []struct {
		name  string
		world world
		force Force
		want  string
	}{
		{"the first write of a backlog is held", backlog(4, 4), Force{}, "first share"},
		{"each force lets its own brake go", backlog(4, 4), Force{First: true}, "share"},
		{"each force lets its own brake go, the other way round", backlog(4, 4), Force{Share: true}, "first"},
		{"all force lets both go", backlog(4, 4), ForceAll(), ""},
		{"labels that people set are no trace of ours", pinnedOnly, Force{Share: true}, "first"},
		{"edits of up to max_share pass", backlog(10, 2), Force{}, ""},
		{"edits of more than max_share are held", backlog(10, 3), Force{}, "share"},
		{"places that only shifted do not count", shifted, Force{}, ""},
		{"nothing to write is never held", backlog(4, 0), Force{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := tt.world.input()
			got := Brakes(in, Build(in), tt.force)
			if codes(got) != tt.want {
				t.Errorf("Brakes() = %v, want %q", got, tt.want)
			}
			for _, r := range got {
				if !strings.Contains(r.Message, "--force="+r.Code) || !strings.HasSuffix(r.Message, ".") {
					t.Errorf("%q does not say what to do", r.Message)
				}
			}
		})
	}
	in := shifted.input()
	if p := Build(in); p.Touched() != 10 || len(p.editedItems()) != 1 {
		t.Errorf("the plan touches %d and edits %d items, want 10 and 1: %s", p.Touched(), len(p.editedItems()), showEdits(p))
	}
}

// TestCardsThatMakeRoomDoNotCount moves the first card of a list without room to its
// middle.
func TestCardsThatMakeRoomDoNotCount(t *testing.T) {
	const n = 7
	l := lane{source: "trello", id: "list"}
	for i := range n {
		it := &work.Item{Ref: work.Ref{Source: "trello", ID: fmt.Sprint(i)}, Native: i, Position: closestKept * float64(i+1)}
		l.present = append(l.present, &member{item: it})
	}
	l.target = slices.Insert(slices.Clone(l.present[1:]), n/2, l.present[0])
	p := Plan{Runs: l.runs(work.Caps{Order: true, Gap: closestKept, High: 1 << 20})}.Seal()
	if p.Counts.Moved != p.Touched() || p.Touched() < 2 || len(p.editedItems()) != 1 {
		t.Errorf("%d items move, %d of them not only to make room: %v", p.Touched(), len(p.editedItems()), p.Runs)
	}
	for _, gone := range p.Runs[0].Way {
		left := p.Filter(func(ref work.Ref) bool { return ref != gone }).Runs[0]
		if slices.Contains(left.Way, gone) || len(left.Way) != len(p.Runs[0].Way)-1 {
			t.Errorf("without %v the run is %v", gone, left)
		}
	}
}

func TestAnyTraceOfOursIsNoFirstWrite(t *testing.T) {
	value := map[work.Slot]work.Value{work.SlotScore: work.Number(1), work.SlotRank: work.Number(1)}
	tests := []struct {
		name string
		mark func(*work.Item)
		to   Target
		want bool
	}{
		{"a label with our prefix", func(it *work.Item) { it.Labels = []string{"stackrank-later"} }, Target{}, true},
		{"a value in our field for the score", func(it *work.Item) { it.Outputs = value }, Target{Score: "S"}, true},
		{"a value in our field for the place", func(it *work.Item) { it.Outputs = value }, Target{Rank: "R"}, true},
		{"a value in a field that is not ours", func(it *work.Item) { it.Outputs = value }, Target{Labels: true}, false},
		{"a label without our prefix", func(it *work.Item) { it.Labels = []string{"stackrank"} }, Target{Labels: true}, false},
	}
	for _, tt := range tests {
		it := issue("1", 1)
		tt.mark(&it)
		r := Default()
		r.To = map[string]Target{"jira": tt.to}
		if got := r.marked(it); got != tt.want {
			t.Errorf("%s: a trace of ours: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestBrakesThatRemember(t *testing.T) {
	tests := []struct {
		name  string
		mar   func(*Input)
		force Force
		want  string
	}{
		{"the same query is no first write", func(*Input) {}, Force{}, ""},
		{"another query is a first write", func(in *Input) { in.Query = "sha256:other" }, Force{}, "first"},
		{"a first write can be forced", func(in *Input) { in.Query = "sha256:other" }, Force{First: true}, ""},
		{"a query that nobody remembers is none", func(in *Input) { in.Past.Query = "" }, Force{}, ""},
		{"less than half, and ten fewer", func(in *Input) { in.Past.Counts["jira"] = 21 }, ForceAll(), "emptied"},
		{"half", func(in *Input) { in.Past.Counts["jira"] = 20 }, Force{}, ""},
		{"a person has read the plan", func(in *Input) { in.Past.Counts["jira"] = 400 }, Approved(), ""},
		{"a source that is not read any more", func(in *Input) { in.Past.Counts["old"] = 400 }, Force{}, ""},
		{"another query explains another number", func(in *Input) { in.Past.Counts["jira"], in.Query = 400, "sha256:other" }, ForceAll(), ""},
		{"a clock five minutes off", func(in *Input) { in.Skew = map[string]time.Duration{"jira": -5 * time.Minute} }, Force{}, ""},
		{"a clock far behind", func(in *Input) { in.Skew = map[string]time.Duration{"jira": -5*time.Minute - 1} }, Approved(), "clock"},
		{"a clock far ahead", func(in *Input) { in.Skew = map[string]time.Duration{"jira": time.Hour} }, ForceAll(), "clock"},
		{"items that left count", func(in *Input) {
			for _, id := range []string{"x", "y", "z"} {
				in.Past.Items[work.Identity{Site: "https://jira.example", ID: id}] = Written{Labels: []string{"stackrank-now"}}
			}
		}, Force{}, "share"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := backlog(10, 1)
			in := w.with(nil, noon)
			in.Past = Arrange(in).Remember(Plan{}, nil)
			tt.mar(&in)
			got := Brakes(in, Build(in), tt.force)
			if codes(got) != tt.want {
				t.Errorf("Brakes() = %v, want %q", got, tt.want)
			}
			for _, r := range got {
				if final := r.Code == BrakeEmptied || r.Code == BrakeClock; r.Final != final || !strings.HasSuffix(r.Message, ".") {
					t.Errorf("%q is final: %v", r.Message, r.Final)
				}
			}
		})
	}
	in := backlog(4, 4).with(nil, noon)
	in.Past = Arrange(in).Remember(Plan{}, nil)
	if got := Brakes(in, Build(in), Force{Share: true}); len(got) != 0 {
		t.Errorf("order alone may have been written before, and the query is the same: %v", got)
	}
	in.Past.Counts["jira"] = 400
	got := Brakes(in, Build(in), ForceAll())
	if want := "Items are suddenly missing: source jira gives 4 items and gave 400 at the last whole pull."; len(got) != 1 || !strings.HasPrefix(got[0].Message, want) {
		t.Errorf("Brakes() = %v, want %q", got, want)
	}
}

func TestRefuseSaysEverything(t *testing.T) {
	if err := Refuse(nil); err != nil {
		t.Errorf("Refuse(nil) = %v", err)
	}
	err := Refuse([]Refusal{{Message: "One."}, {Message: "Two."}})
	if !errors.Is(err, ErrRefused) || err.Error() != "refused: One. Two." {
		t.Errorf("Refuse() = %v", err)
	}
}
