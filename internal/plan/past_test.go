package plan

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// with gives the input of a round that remembers.
func (w world) with(p *Past, now time.Time) Input {
	in := w.input()
	in.Past, in.Now = p, now
	in.Sites = map[string]string{"jira": "https://jira.example", "trello": "https://trello.example"}
	in.Query = "sha256:query"
	return in
}

// round makes one round that writes and remembers. Items that fail are left.
func (w world) round(t *rapid.T, p *Past, now time.Time) (Arrangement, Plan, *Past) {
	a := Arrange(w.with(p, now))
	made := a.Plan()
	results, err := made.Apply(context.Background(), w.writers(), NoJournal{})
	if err != nil {
		t.Fatalf("Apply() = %v", err)
	}
	return a, made, a.Remember(made, results)
}

// drawPastRules draws the rules over what was last written.
func (w *world) drawPastRules(t *rapid.T) {
	w.rules.OnConflict = rapid.SampledFrom([]OnConflict{ConflictKeep, ConflictOverwrite, ConflictReport}).Draw(t, "on_conflict")
	w.rules.OnLeave = rapid.SampledFrom([]OnLeave{LeaveLabels, LeaveClear, LeaveKeep}).Draw(t, "on_leave")
	w.rules.PinExpiry = rapid.SampledFrom([]PinExpiry{ExpiryAsk, ExpiryRelease}).Draw(t, "pin_expiry")
}

func TestMemoryOfWhatIsThereChangesNoPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.drawPastRules(t)
		a := Arrange(w.with(nil, noon))
		b := Arrange(w.with(a.Remember(Plan{}, nil), noon))
		if diff := cmp.Diff(a.Plan(), b.Plan(), opts()...); diff != "" {
			t.Errorf("plan without and with a memory (-without +with):\n%s", diff)
		}
		if diff := cmp.Diff(a.Findings(), b.Findings()); diff != "" {
			t.Errorf("findings without and with a memory (-without +with):\n%s", diff)
		}
	})
}

func TestOurOwnWritesAreNobodysChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.drawPastRules(t)
		w.drawFailures(t)
		_, _, past := w.round(t, nil, noon)
		for _, tr := range w.trackers {
			tr.fails = nil
		}
		a, made, past := w.round(t, past, noon.Add(time.Hour))
		if len(a.hands.pins) > 0 || len(a.conflicts()) > 0 || len(made.Left) > 0 {
			t.Fatalf("after a round with failures people are said to have moved %v and changed %v, and %v to have left", a.hands.pins, a.conflicts(), made.Left)
		}
		if _, made, _ := w.round(t, past, noon.Add(2*time.Hour)); !made.Empty() {
			t.Errorf("a quiet round writes %+v", made)
		}
	})
}

// cutShort carries a plan out until so many writes are made.
func (w world) cutShort(p Plan, j Journal, writes int) []work.Result {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	writers := w.writers()
	writers.Progress = func(done, _ int) {
		if done >= writes {
			cancel()
		}
	}
	results, _ := p.Apply(ctx, writers, j) // that the context ended is what is asked for
	return results
}

func TestOutcomesInDoubtAreNobodysChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.drawPastRules(t)
		_, _, past := w.round(t, nil, noon)
		w.drawNews(t)
		a := Arrange(w.with(past, noon))
		p := a.Plan()
		results := w.cutShort(p, NoJournal{}, rapid.IntRange(0, 6).Draw(t, "writes before it ends"))
		for i := range results { // written, and the answer was lost
			if results[i].Err == nil && rapid.IntRange(0, 2).Draw(t, "lost") == 0 {
				results[i].Err = work.ErrUnavailable
			}
		}
		past = a.Remember(p, results)
		w.drawNews(t)
		if a := Arrange(w.with(past, noon)); len(a.hands.pins) > 0 || len(a.conflicts()) > 0 {
			t.Errorf("people are said to have moved %v and changed %v", a.hands.pins, a.conflicts())
		}
	})
}

func TestRunThatDiedIsNobodysChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.drawPastRules(t)
		_, _, past := w.round(t, nil, noon)
		w.drawNews(t)
		in := w.with(past, noon.Add(time.Hour))
		var d diary
		w.cutShort(Build(in), &d, rapid.IntRange(0, 5).Draw(t, "writes before it dies"))
		past.Unsettled(d.deeds, in.Sites)
		w.drawNews(t)
		if a := Arrange(w.with(past, noon.Add(2*time.Hour))); len(a.hands.pins) > 0 || len(a.conflicts()) > 0 {
			t.Errorf("after a run died people are said to have moved %v and changed %v", a.hands.pins, a.conflicts())
		}
	})
}

func TestValuesOfPeopleStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.drawPastRules(t)
		_, _, past := w.round(t, nil, noon)
		w.meddle(t)
		vip := map[work.Ref]bool{}
		for _, tr := range w.trackers {
			for _, ref := range slices.SortedFunc(maps.Keys(tr.items), work.Ref.Compare) {
				if it := tr.items[ref]; rapid.IntRange(0, 3).Draw(t, "labelled") == 0 {
					it.Labels = append(slices.Clone(it.Labels), w.rules.LabelPrefix+"vip")
					tr.items[ref], vip[ref] = it, true
				}
			}
		}
		edited := w.state()
		for n := range 3 {
			_, _, past = w.round(t, past, noon.AddDate(0, 0, n))
			w.drawNews(t)
		}
		for ref, was := range edited.Items {
			is, to := w.find(ref).Outputs, w.rules.To[ref.Source]
			ours := w.rules.OnConflict == ConflictOverwrite && !w.rules.ignored(was) && was.Refused == ""
			if was.Outputs[work.SlotRank] == work.Number(9999) {
				if stays := is[work.SlotRank] == work.Number(9999); stays == (ours && to.Rank != "") {
					t.Errorf("%s: a person set the place, and with on_conflict: %s it stays: %v", ref, w.rules.OnConflict, stays)
				}
				if !ours && is[work.SlotScore] != work.Number(1.25) {
					t.Errorf("%s: a person set the score, and it became %v", ref, is[work.SlotScore])
				}
			}
			if stays := w.find(ref).HasLabel(w.rules.LabelPrefix + "vip"); vip[ref] && !ours && !stays {
				t.Errorf("%s: a label that a person added is gone", ref)
			}
		}
	})
}

func TestDraggedItemsStayWhereTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.drawPastRules(t)
		_, _, past := w.round(t, nil, noon)
		dragged := w.meddle(t)
		w.drawNews(t)
		for day := range 3 {
			before := w.state()
			a, made, next := w.round(t, past, noon.AddDate(0, 0, day))
			past = next
			after := w.state()
			for _, ref := range dragged {
				lane := ref.Source + " " + w.find(ref).Lane
				if !w.rules.To[ref.Source].Order {
					continue
				}
				if from, to := slices.Index(before.Lanes[lane], ref), slices.Index(after.Lanes[lane], ref); from != to {
					t.Errorf("day %d: a person moved %s, and it went on from %d to %d by %+v", day, ref, from, to, made.Runs)
				}
				if p, ok := past.Pins[a.in.Identity(ref)]; !ok || !p.Since.Equal(noon) || !p.Until.Equal(noon.Add(w.rules.PinFor)) {
					t.Errorf("day %d: %s is remembered as pinned by %+v", day, ref, p)
				}
			}
		}
		over := noon.Add(w.rules.PinFor)
		a := Arrange(w.with(past, over))
		for _, ref := range dragged {
			_, pinned := a.hands.pins[ref]
			if want := w.rules.To[ref.Source].Order && w.rules.PinExpiry == ExpiryAsk; pinned != want || a.hands.asked[ref] != want {
				t.Errorf("when pin_for is over, %s is held: %v, and asked about: %v; pin_expiry is %s", ref, pinned, a.hands.asked[ref], w.rules.PinExpiry)
			}
		}
	})
}
