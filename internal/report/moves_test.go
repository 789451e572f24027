package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

func TestTheReportSaysWhereAndWhyNoOrderIsWritten(t *testing.T) {
	to := func(order bool) func(*cycle.Inputs) {
		return func(in *cycle.Inputs) {
			in.Rules.To = map[string]plan.Target{"platform": {Order: order}}
		}
	}
	low := issue(1, "low", func(it *work.Item) { it.Signals[work.Priority] = 0 })
	high := issue(2, "high", nil)
	tests := []struct {
		name   string
		change func(*cycle.Inputs)
		items  []work.Item
		want   string
	}{
		{"the order is held", to(true), []work.Item{low}, "MOVES nothing: the trackers hold this order and these values"},
		{"the order is not written", to(false), []work.Item{low, high}, "MOVES none: order is not written to platform (order: false) The trackers hold these values."},
		{"it carries none", func(in *cycle.Inputs) { to(true)(in); in.Policy.Hysteresis = 0.7 }, []work.Item{high, issue(3, "alike", nil)}, "MOVES none, as the evidence carries no order; the trackers hold these values"},
		{"nothing is found", to(true), nil, "MOVES nothing: no open items were found"},
		{"something moves", to(true), []work.Item{low, high}, "MOVES 1 item in 1 call"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { says(t, textOf(t, tt.change, tt.items...), tt.want) })
	}
}

func TestWhereNothingMovesNoFormerPlaceIsShown(t *testing.T) {
	text := textOf(t, func(in *cycle.Inputs) {
		in.Rules.To = map[string]plan.Target{"platform": {Score: "Score"}}
	}, issue(1, "low", func(it *work.Item) { it.Signals[work.Priority] = 0 }), issue(2, "high", nil))
	if strings.Contains(firstScreen(text), "from") {
		t.Errorf("an item that does not move comes from somewhere:\n%s", text)
	}
}

func TestOneSourceWithoutItsOrderIsNamed(t *testing.T) {
	low := issue(1, "low", func(it *work.Item) { it.Signals[work.Priority] = 0 })
	card := issue(3, "card", func(it *work.Item) { it.Ref.Source, it.Signals = "board", work.Signals{} })
	readers := []connectors.Reader{shelf{name: "platform", items: []work.Item{low, issue(2, "high", nil)}}, shelf{name: "board", items: []work.Item{card}}}
	var b bytes.Buffer
	if err := New(roundOf(t, readers, nil)).Write(&b, Text, Style{}); err != nil {
		t.Fatal(err)
	}
	says(t, b.String(), "Order is not written to board (order: false).")
}

func TestMirrorsThatMoveAreCounted(t *testing.T) {
	low := issue(1, "low", func(it *work.Item) { it.Signals[work.Priority] = 0 })
	high := issue(2, "high", nil)
	mirror := issue(3, "high", func(it *work.Item) {
		it.Ref.Source = "board"
		it.Links = []work.Link{{Kind: work.Mirrors, To: high.Ref}}
	})
	card := issue(4, "first card", func(it *work.Item) { it.Ref.Source, it.Native, it.Signals = "board", 0, work.Signals{work.Priority: 0} })
	readers := []connectors.Reader{shelf{name: "platform", items: []work.Item{low, high}}, shelf{name: "board", items: []work.Item{card, mirror}}}
	d := New(roundOf(t, readers, func(in *cycle.Inputs) { in.Rules.To["board"] = plan.Target{Order: true} }))
	var b bytes.Buffer
	if err := d.Write(&b, Text, Style{}); err != nil {
		t.Fatal(err)
	}
	says(t, b.String(), "MOVES 2 items in 2 calls", "… and 1 counterpart moves; --format json has them all.")
}

func TestWhatWasWrittenIsToldByItsUnit(t *testing.T) {
	r := roundOf(t, backlog(), nil)
	for i := range r.Plan.Counts.Moved + len(r.Plan.Changes) {
		var err error
		if i == 0 {
			err = work.ErrNotFound
		}
		r.Results = append(r.Results, work.Result{Ref: work.Ref{Source: "platform", ID: "10001"}, Err: err})
	}
	w := New(r).Written
	if w.Moved != r.Plan.Counts.Moved-1 || w.Edited != len(r.Plan.Changes) || w.Done != w.Moved+w.Edited || len(w.Failed) != 1 {
		t.Errorf("written %+v of %d moves and %d changes", *w, r.Plan.Counts.Moved, len(r.Plan.Changes))
	}
}

func TestWhatEntersTheFirstTierIsToldThoughOthersMove(t *testing.T) {
	ref := func(n int) work.Ref { return issue(n, "", nil).Ref }
	d := Document{
		Items: []Item{
			{Place: 1, Was: 3, Ref: ref(1), Key: "PAY-1"},
			{Place: 2, Was: 2, Ref: ref(2), Key: "PAY-2"},
			{Place: 3, Was: 4, Ref: ref(3), Key: "PAY-3"},
			{Place: 4, Was: 1, Ref: ref(4), Key: "PAY-4"},
		},
		Bands: &Bands{Top: 2},
		Plan:  plan.Plan{Runs: []work.Run{{Items: []work.Ref{ref(2), ref(4)}}}, Counts: plan.Counts{Moved: 2}},
	}
	var keys []string
	for _, it := range d.worthTelling(movedItems(d)) {
		keys = append(keys, it.Key)
	}
	if diff := cmp.Diff([]string{"PAY-1", "PAY-4"}, keys); diff != "" {
		t.Errorf("told of (-want +got):\n%s", diff)
	}
	p := &printer{width: 80}
	p.moves(d, screen)
	says(t, p.b.String(), "MOVES 2 items in 1 call", "PAY-1 from 3", "PAY-4 from 1", "… and 1 more moves;")
}
