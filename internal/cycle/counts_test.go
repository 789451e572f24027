package cycle

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/connectors"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// passing opens a memory whose clock is that of the rounds.
func passing(t testing.TB, now *time.Time) *store.Store {
	t.Helper()
	m, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "state.db"), func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// votes sets the votes of an item.
func (t *tracker) votes(id string, n float64) {
	it := &t.items[t.index(work.Ref{Source: t.source, ID: id})]
	it.Signals = maps.Clone(it.Signals)
	it.Signals[work.Votes] = n
}

// voted gives three items alike, made half a year ago, with ten votes each.
func voted() *tracker {
	a := source("a", .5, .5, .5)
	for i := range a.items {
		a.items[i].Created = noon.AddDate(0, -6, 0)
		a.votes(a.items[i].Ref.ID, 10)
	}
	return a
}

// demand gives the aged votes of each item, by id.
func demand(r Round) map[string]float64 {
	out := map[string]float64{}
	for _, p := range r.Placed {
		for _, tally := range p.Ranked.Score.Evidence {
			if tally.Signal == work.Votes {
				out[p.Ranked.Group.Ref().ID] = tally.Decayed
			}
		}
	}
	return out
}

// TestVotesCountFromWhenTheyCame lets votes come at different times and looks at
// what they are worth.
func TestVotesCountFromWhenTheyCame(t *testing.T) {
	now := noon
	m, a := passing(t, &now), voted()
	in := forced(m, "a")
	at := func(days int) Round {
		now = noon.AddDate(0, 0, days)
		in.Now = now
		return synced(t, in, a)
	}
	without := in
	without.Memory = nil
	plain, err := Preview(t.Context(), without, []connectors.Reader{a})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(demand(plain), demand(at(0))); diff != "" {
		t.Errorf("votes of before the first sync count otherwise with a memory (-without +with):\n%s", diff)
	}
	a.votes("1", 20)
	at(1)
	a.votes("2", 20)
	r := at(8)
	worth := demand(r)
	if !(worth["2"] > worth["1"] && worth["1"] > worth["3"]+5) {
		t.Errorf("ten more votes today, a week ago and none are worth %v", worth)
	}
	if r.Placed[0].Ranked.Group.Ref().ID != "2" || r.Placed[2].Ranked.Group.Ref().ID != "3" {
		t.Errorf("the order is %v", order(a))
	}
	a.votes("2", 12)
	if worth := demand(at(9)); worth["2"] >= worth["1"] {
		t.Errorf("of ten votes that came last eight are withdrawn, and all are worth %v", worth)
	}
}

// TestAPreviewForeseesTheSync counts for a preview what no sync has taken down,
// without taking it down.
func TestAPreviewForeseesTheSync(t *testing.T) {
	now := noon
	m, a := passing(t, &now), voted()
	in := forced(m, "a")
	synced(t, in, a)
	a.votes("3", 15)
	now = noon.AddDate(0, 0, 3)
	in.Now = now
	before, err := m.Evidence(t.Context(), "https://a")
	if err != nil {
		t.Fatal(err)
	}
	preview, err := Preview(t.Context(), in, []connectors.Reader{a})
	if err != nil {
		t.Fatal(err)
	}
	if after, err := m.Evidence(t.Context(), "https://a"); err != nil || !cmp.Equal(before, after) {
		t.Errorf("a preview changed what is remembered, %v: %s", err, cmp.Diff(before, after))
	}
	now = now.Add(5 * time.Hour) // of the same day
	r := synced(t, in, a)
	if r.Plan.Digest != preview.Plan.Digest || !cmp.Equal(demand(r), demand(preview)) {
		t.Errorf("the preview makes %v of the votes, the sync %v", demand(preview), demand(r))
	}
	writes := a.writes
	for range 2 {
		if again := synced(t, in, a); a.writes > writes || !cmp.Equal(demand(again), demand(r)) {
			t.Errorf("a sync of the same moment makes %v of the votes, and writes %d times", demand(again), a.writes-writes)
		}
	}
}

// TestCountsAreThoseThatNobodyDates says which signals are taken down.
func TestCountsAreThoseThatNobodyDates(t *testing.T) {
	a := source("a", .5)
	it := &a.items[0]
	it.Signals = work.Signals{
		work.Priority: .5, work.Effort: 3, "revenue": 1000, "unread": 4, // judged, or not read
		work.Votes: 4, work.Watchers: 0, work.Comments: 3, work.Repeats: -1,
	}
	it.Events = []work.Event{{Signal: work.Comments, At: noon.AddDate(0, 0, -1), Amount: 1}}
	r := previewed(t, a)
	id := work.Identity{Site: "https://a", ID: "1"}
	want := []store.Count{{Item: id, Signal: work.Votes, Amount: 4, From: it.Created}, {Item: id, Signal: work.Watchers, From: it.Created}}
	if diff := cmp.Diff(want, r.counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	it.Created = time.Time{}
	if r = previewed(t, a); len(r.counts()) > 0 {
		t.Errorf("of an item that nobody knows the age of %v is counted", r.counts())
	}
}

// TestEvidenceNeverExceedsTheCount draws votes that rise and fall over days on
// which somebody syncs or not: what is put onto an item never adds up to more than
// it has, its source stays as it was pulled, and whoever looks twice sees the same.
func TestEvidenceNeverExceedsTheCount(t *testing.T) {
	now := noon
	m, checks := passing(t, &now), 0
	rapid.Check(t, func(rt *rapid.T) {
		checks++
		a := voted()
		a.site = fmt.Sprint("https://a", checks)
		in := forced(m, "a")
		in.Backlog = fmt.Sprint("backlog", checks)
		for day := range rapid.IntRange(1, 5).Draw(rt, "days") {
			for i := range a.items {
				a.votes(a.items[i].Ref.ID, float64(rapid.IntRange(0, 20).Draw(rt, "votes")))
			}
			now = noon.AddDate(0, 0, day)
			in.Now = now
			if rapid.Bool().Draw(rt, "synced") {
				synced(t, in, a)
			}
			r, err := Preview(t.Context(), in, []connectors.Reader{a})
			if err != nil {
				rt.Fatal(err)
			}
			for _, it := range r.Sources[0].Snapshot.Items {
				if len(it.Events) > 0 {
					rt.Fatalf("the source holds the evidence %v", it.Events)
				}
				sum := 0.0
				for _, e := range r.later[it.Ref] {
					sum += e.Amount
				}
				if sum > it.Signals[work.Votes] {
					rt.Fatalf("%s has %v votes, and %v came later", it.Ref, it.Signals[work.Votes], r.later[it.Ref])
				}
			}
			again, err := Preview(t.Context(), in, r.Readers())
			if err != nil || again.Plan.Digest != r.Plan.Digest {
				rt.Fatalf("the same once more makes %v of the votes, not %v: %v", demand(again), demand(r), err)
			}
		}
	})
}

// TestTwoSourcesKeepTheirEvidenceApart has one id at two sites.
func TestTwoSourcesKeepTheirEvidenceApart(t *testing.T) {
	now := noon
	m, a, b := passing(t, &now), voted(), source("b", .5)
	in := forced(m, "a", "b")
	both := []connectors.Connector{a, b}
	b.votes("1", 10)
	if _, err := Sync(t.Context(), in, both); err != nil {
		t.Fatal(err)
	}
	a.votes("1", 13)
	now = noon.AddDate(0, 0, 1)
	in.Now = now
	r, err := Sync(t.Context(), in, both)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(slices.Collect(maps.Keys(r.later)))
	if want := "[a:1]"; got != want {
		t.Errorf("evidence came later to %s, want %s: %v", got, want, r.later)
	}
}
