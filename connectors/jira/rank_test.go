package jira

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

func refs(items []work.Item) []work.Ref {
	out := make([]work.Ref, len(items))
	for i, it := range items {
		out[i] = it.Ref
	}
	return out
}

// inRuns cuts an order into the runs that lead to it from any other: the
// first item stays where it is, and everything follows it.
func inRuns(want []work.Ref) []work.Run {
	var out []work.Run
	after := want[0]
	for part := range slices.Chunk(want[1:], maxMove) {
		out = append(out, work.Run{Items: part, After: after})
		after = part[len(part)-1]
	}
	return out
}

func TestAnyOrderIsReached(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		rapid.Check(t, func(rt *rapid.T) {
			n := rapid.IntRange(2, 70).Draw(rt, "issues")
			r := start(t, seedOf(d, many(n)...))
			want := rapid.Permutation(refs(r.pull(t).Items)).Draw(rt, "order")
			for _, run := range inRuns(want) {
				results, err := r.Reorder(t.Context(), run)
				if err != nil {
					rt.Fatalf("Reorder() = %v", err)
				}
				for _, res := range results {
					if res.Err != nil {
						rt.Fatalf("Reorder() of %s = %v", res.Ref, res.Err)
					}
				}
			}
			if got := refs(r.pull(t).Items); !slices.Equal(got, want) {
				rt.Fatalf("order %v, want %v", got, want)
			}
		})
	})
}

func TestMovesAreFewCalls(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(51)...))
	items := refs(r.pull(t).Items)
	before := r.site.Stats().Total
	if _, err := r.Reorder(t.Context(), work.Run{Items: items[:50], After: items[50]}); err != nil {
		t.Fatal(err)
	}
	if got := r.site.Stats().Total - before; got != 2 {
		t.Errorf("%d requests for a run of 50, want one to move and one to look", got)
	}
	for route, n := range r.site.Stats().Requests {
		if strings.Contains(route, "search") && n > 1 {
			t.Errorf("%d times %s: the order was looked up by search", n, route)
		}
	}
}

func TestRunsThatCannotBeTried(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(60)...))
	items := refs(r.pull(t).Items)
	for name, run := range map[string]work.Run{
		"none":         {After: items[0]},
		"too many":     {Items: items[1:52], After: items[0]},
		"no anchor":    {Items: items[:1]},
		"no such item": {Items: items[:1], After: work.Ref{Source: "jira", ID: "99999"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := r.Reorder(t.Context(), run); !errors.Is(err, work.ErrInvalid) {
				t.Errorf("Reorder() = %v, want the kind %q", err, work.ErrInvalid)
			}
		})
	}
}

func TestABusyIssueIsRankedAgain(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		r := start(t, seedOf(d, many(6)...))
		items := refs(r.pull(t).Items)
		r.site.Switch(func(s *jirasim.Switches) { s.RankBusy = map[string]int{"PAY-4": 2, "PAY-5": 1} })
		run := work.Run{Items: []work.Ref{items[4], items[3], items[5]}, Before: items[0]}
		results, err := r.Reorder(t.Context(), run)
		if err != nil || slices.ContainsFunc(results, func(x work.Result) bool { return x.Err != nil }) {
			t.Fatalf("Reorder() = %v, %v", results, err)
		}
		want := "PAY-5 PAY-4 PAY-6 PAY-1 PAY-2 PAY-3"
		if got := strings.Join(keys(r.pull(t)), " "); got != want {
			t.Errorf("order %s, want %s", got, want)
		}
	})
}

func TestAnIssueThatStaysBusyFailsAlone(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(4)...))
	items := refs(r.pull(t).Items)
	r.site.Switch(func(s *jirasim.Switches) { s.RankBusy = map[string]int{"PAY-3": 99} })
	results, err := r.Reorder(t.Context(), work.Run{Items: []work.Ref{items[3], items[2]}, Before: items[0]})
	if err != nil {
		t.Fatal(err)
	}
	if results[0].Err != nil || !errors.Is(results[1].Err, work.ErrUnavailable) {
		t.Errorf("results %v, want PAY-4 done and PAY-3 of the kind %q", results, work.ErrUnavailable)
	}
	if got := strings.Join(keys(r.pull(t)), " "); got != "PAY-4 PAY-1 PAY-2 PAY-3" {
		t.Errorf("order %s, want PAY-4 in front and PAY-3 where it was", got)
	}
}

func TestRankingWithoutTheRight(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		r := start(t, seedOf(d, issueOf(1, "PAY-1"), issueOf(2, "OPS-2"), issueOf(3, "PAY-3")))
		items := refs(r.pull(t).Items)
		r.site.Switch(denied("OPS", jirasim.Schedule))
		results, err := r.Reorder(t.Context(), work.Run{Items: []work.Ref{items[2], items[1]}, Before: items[0]})
		switch {
		case err != nil:
			if !errors.Is(err, work.ErrForbidden) || !strings.Contains(err.Error(), "Schedule issues") {
				t.Errorf("Reorder() = %v, want the kind %q and the permission", err, work.ErrForbidden)
			}
		case results[0].Err != nil || !errors.Is(results[1].Err, work.ErrForbidden):
			t.Errorf("results %v, want PAY-3 moved and OPS-2 refused", results)
		}
	})
}

// backwards ranks the issues of a list in the wrong order, as Jira is free to do.
type backwards struct{ next http.RoundTripper }

func (b backwards) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut || !strings.HasSuffix(r.URL.Path, "/issue/rank") {
		return b.next.RoundTrip(r)
	}
	return b.next.RoundTrip(reversed(r))
}

func TestAListThatWasNotKeptIsMovedOneByOne(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		r := start(t, seedOf(d, many(7)...), func(_ *Wiring, _ *Options, o *rest.Options) { o.Transport = backwards{o.Transport} })
		items := refs(r.pull(t).Items)
		for _, run := range []work.Run{
			{Items: []work.Ref{items[6], items[4], items[5]}, Before: items[0]},
			{Items: []work.Ref{items[1], items[0]}, After: items[3]},
		} {
			if _, err := r.Reorder(t.Context(), run); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{"PAY-7", "PAY-5", "PAY-6", "PAY-3", "PAY-4", "PAY-2", "PAY-1"}
		if diff := cmp.Diff(want, keys(r.pull(t))); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

func TestReorderWithoutAPullFindsTheBoardsField(t *testing.T) {
	seed := seedOf(jirasim.Cloud, many(3)...)
	seed.Fields = append(seed.Fields, jirasim.Field{ID: "customfield_10262", Name: "Rang", Type: "any", Custom: jirasim.RankType})
	seed.Boards = []jirasim.Board{{ID: 1, Name: "B", Type: "scrum", Project: "PAY", Rank: "customfield_10262"}}
	var sent []string
	r := start(t, seed, spied(&sent))
	ref := func(id string) work.Ref { return work.Ref{Source: "jira", ID: id} }
	if _, err := r.Reorder(t.Context(), work.Run{Items: []work.Ref{ref("10003")}, Before: ref("10001")}); err != nil {
		t.Fatal(err)
	}
	want := `PUT /rest/agile/1.0/issue/rank {"issues":["10003"],"rankBeforeIssue":"10001","rankCustomFieldId":10262}`
	if !slices.Contains(sent, want) {
		t.Errorf("sent %v, want %s among it", sent, want)
	}
}

func TestWaitsForABusyIssueGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, seedOf(jirasim.Cloud, many(3)...))
		r.pause = time.Second
		items := refs(r.pull(t).Items)
		r.site.Switch(func(s *jirasim.Switches) { s.RankBusy = map[string]int{"PAY-3": 3} })
		begun := time.Now()
		if _, err := r.Reorder(t.Context(), work.Run{Items: items[2:], Before: items[0]}); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(begun); got != 7*time.Second {
			t.Errorf("waited %v, want 1 s, 2 s and 4 s", got)
		}
	})
}

func TestReorderStopsWhenToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, seedOf(jirasim.Cloud, many(3)...))
		r.pause = time.Hour
		items := refs(r.pull(t).Items)
		r.site.Switch(func(s *jirasim.Switches) { s.RankBusy = map[string]int{"PAY-3": 99} })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := r.Reorder(ctx, work.Run{Items: items[2:], Before: items[0]}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Reorder() = %v, want context.DeadlineExceeded", err)
		}
	})
}
