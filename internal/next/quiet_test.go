package next

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

func TestQuiet(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*work.Item)
		want    bool
		undated int
	}{
		{"two years old and never touched", nil, true, 0},
		{"a year old to the day", func(it *work.Item) { it.Created = ago(365) }, false, 0},
		{"a year and a day old", func(it *work.Item) { it.Created = ago(366) }, true, 0},
		{"no date of creation", func(it *work.Item) { it.Created = time.Time{} }, false, 0},
		{"a comment long ago", func(it *work.Item) {
			it.Events = []work.Event{comment(ago(181))}
			it.Signals[work.Comments] = 1
		}, true, 0},
		{"a comment of late", func(it *work.Item) {
			it.Events = []work.Event{comment(ago(500)), comment(ago(179))}
			it.Signals[work.Comments] = 2
		}, false, 0},
		{"other evidence of late", func(it *work.Item) {
			it.Events = []work.Event{{Signal: "customers", At: ago(30), Amount: 1}}
		}, false, 0},
		{"comments without dates", func(it *work.Item) { it.Signals[work.Comments] = 3 }, false, 1},
		{"comments of which one has a date", func(it *work.Item) {
			it.Events = []work.Event{comment(ago(400))}
			it.Signals[work.Comments] = 2
		}, false, 1},
		{"comments that were not told", func(it *work.Item) { delete(it.Signals, work.Comments) }, false, 1},
		{"begun", func(it *work.Item) { it.Status = work.Active }, false, 0},
		{"in a sprint", func(it *work.Item) { it.Sprint = true }, false, 0},
		{"an epic", func(it *work.Item) { it.Epic = true }, false, 0},
		{"a sub-task", func(it *work.Item) { it.Subtask = true }, false, 0},
		{"due ahead", func(it *work.Item) { it.Due = ago(-1) }, false, 0},
		{"overdue", func(it *work.Item) { it.Due = ago(1) }, true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := inOrder(t, 1, 1, thing(1, tt.change))
			got, undated := b.quiet()
			if (len(got) == 1) != tt.want || undated != tt.undated {
				t.Errorf("quiet() = %+v, %d undated; want it listed: %t, and %d", got, undated, tt.want, tt.undated)
			}
			b.Lines[0].Fixed = true
			if got, undated := b.quiet(); len(got)+undated > 0 {
				t.Errorf("what keeps its place is asked about: %+v", got)
			}
		})
	}
}

func TestAMirrorSpeaksForItsItem(t *testing.T) {
	b := inOrder(t, 1, 1, thing(1, nil))
	g := &b.Lines[0].Ranked.Group
	g.Items = append(g.Items, thing(2, func(it *work.Item) { it.Created = ago(100) }))
	if got, _ := b.quiet(); len(got) != 0 {
		t.Errorf("quiet() = %+v, with a mirror that was made of late", got)
	}
	g.Items[1].Created = ago(900)
	if got, _ := b.quiet(); len(got) != 1 || !got[0].Created.Equal(ago(900)) || !got[0].Last.Equal(ago(730)) {
		t.Errorf("quiet() = %+v, want the oldest creation and the last that happened to any", got)
	}
}

// TestNothingThatHappensMakesAnItemQuiet adds evidence to any item.
func TestNothingThatHappensMakesAnItemQuiet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		it := thing(1, func(it *work.Item) {
			it.Created = ago(rapid.IntRange(0, 900).Draw(t, "age"))
			for range rapid.IntRange(0, 3).Draw(t, "comments") {
				it.Events = append(it.Events, comment(ago(rapid.IntRange(0, 900).Draw(t, "comment"))))
			}
			it.Signals[work.Comments] = float64(len(it.Events))
		})
		_, _, before := quietGroup([]work.Item{it}, noon)
		days := rapid.IntRange(0, 900).Draw(t, "new")
		it.Events = append(it.Events, work.Event{Signal: "customers", At: ago(days), Amount: 1})
		_, _, after := quietGroup([]work.Item{it}, noon)
		if after && (!before || days < 180) {
			t.Fatalf("evidence %d days old: quiet before %t, after %t", days, before, after)
		}
	})
}
