package jira

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// TestTheFewestAreTakenOutOfAChain compares with all ways to take ids out.
func TestTheFewestAreTakenOutOfAChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 9).Draw(t, "keys")
		ids := make([]string, len(keys))
		for i := range ids {
			ids[i] = fmt.Sprint(i)
		}
		key := func(id string) (string, bool) {
			var i int
			_, err := fmt.Sscan(id, &i)
			return fmt.Sprint(keys[i]), err == nil
		}
		out := chainless(ids, key)
		var left []int
		for i, k := range keys {
			if !slices.Contains(out, ids[i]) {
				left = append(left, k)
			}
		}
		best := 0
		for set := range 1 << len(keys) {
			var some []int
			for i, k := range keys {
				if set&(1<<i) != 0 {
					some = append(some, k)
				}
			}
			if slices.IsSorted(some) {
				best = max(best, len(some))
			}
		}
		if !slices.IsSorted(left) || len(left) != best {
			t.Errorf("of %v there remain %v, want %d that never fall", keys, left, best)
		}
	})
}

// TestWhatIsSqueezedIsCertain changes keys behind the reader's back, sorts by the
// true ones, and has the reader look until nothing is open: what it then takes for
// known must be true.
func TestWhatIsSqueezedIsCertain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		truth := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 12).Draw(t, "truth")
		known := slices.Clone(truth)
		for i := range known {
			if rapid.IntRange(0, 3).Draw(t, "changed") == 0 {
				known[i] = rapid.IntRange(0, 3).Draw(t, "known")
			}
		}
		var ids []string
		at := map[string]int{}
		for i := range truth {
			ids = append(ids, fmt.Sprint(i))
			at[ids[i]] = i
		}
		slices.SortStableFunc(ids, func(a, b string) int { return truth[at[a]] - truth[at[b]] })
		looked := map[string]bool{}
		for {
			open := squeezed(ids, func(id string) (int, bool, bool) {
				if looked[id] {
					return truth[at[id]], true, true
				}
				return known[at[id]], false, true
			})
			if len(open) == 0 {
				break
			}
			for _, id := range open {
				if looked[id] {
					t.Fatalf("%s is to be looked at twice", id)
				}
				looked[id] = true
			}
		}
		for _, id := range ids {
			if !looked[id] && known[at[id]] != truth[at[id]] {
				t.Errorf("%s is taken for %d and is %d: %v known, %v true", id, known[at[id]], truth[at[id]], known, truth)
			}
		}
	})
}

// sinceOf goes on from the cursor and fails the test where that cannot be done.
func sinceOf(t *testing.T, c *Connector, cursor []byte, last work.Snapshot) work.Snapshot {
	t.Helper()
	d, err := c.Since(t.Context(), cursor)
	if err != nil {
		t.Fatalf("Since() = %v", err)
	}
	got, err := d.Apply(last)
	if err != nil {
		t.Fatalf("Apply() = %v", err)
	}
	return got
}

func TestSinceSeesWhatWasJustWritten(t *testing.T) {
	p := peopled(jirasim.Cloud, many(30)...)
	p.site.Switch(func(s *jirasim.Switches) { s.SearchLag = time.Hour })
	c := reopen(t, p.site, jirasim.Cloud)
	first, err := c.Pull(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), scored(first.Items[7], 74.5)); err != nil {
		t.Fatal(err)
	}
	run := work.Run{Items: []work.Ref{first.Items[29].Ref}, Before: first.Items[0].Ref}
	if _, err := c.Reorder(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	p.at = p.at.Add(time.Minute)
	got := sinceOf(t, reopen(t, p.site, jirasim.Cloud), c.Cursor(), first)
	if got.Items[0].Key != "PAY-30" || got.Items[8].Outputs[work.SlotScore] != work.Number(74.5) {
		t.Errorf("first is %s and %s has score %s; want PAY-30, which was moved there, and 74.5",
			got.Items[0].Key, got.Items[8].Key, got.Items[8].Outputs[work.SlotScore])
	}
}

func TestAnIssueThatTheIndexLosesForAMomentStays(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		p := peopled(d, many(30)...)
		c := reopen(t, p.site, d)
		last, err := c.Pull(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.site.Switch(func(s *jirasim.Switches) { s.Vanish = map[string]int{"PAY-7": 1} })
		if got := sinceOf(t, c, c.Cursor(), last); !slices.Equal(keys(got), keys(last)) {
			t.Errorf("the items are %v, want %v", keys(got), keys(last))
		}
	})
}

func TestASiteThatHasChangedAsksForAPull(t *testing.T) {
	p := peopled(jirasim.Cloud, many(3)...)
	c := reopen(t, p.site, jirasim.Cloud)
	if _, err := c.Pull(t.Context()); err != nil {
		t.Fatal(err)
	}
	cursor := c.Cursor()
	if !p.do(click{"POST", "api/3/field", `{"name":"Reach","type":"com.atlassian.jira.plugin.system.customfieldtypes:float"}`}) {
		t.Fatal("no field could be made")
	}
	if _, err := reopen(t, p.site, jirasim.Cloud).Since(t.Context(), cursor); !errors.Is(err, work.ErrCursor) {
		t.Errorf("Since() with a new field = %v, want the kind %q", err, work.ErrCursor)
	}
}

func TestRightsThatHaveChangedAreSeenBeforeLong(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		p := peopled(d, worked()...)
		c := reopen(t, p.site, d)
		last, err := c.Pull(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.site.Switch(func(s *jirasim.Switches) { s.Deny = map[string][]jirasim.Permission{"OPS": {jirasim.Edit}} })
		for range 3 {
			delta, err := c.Since(t.Context(), c.Cursor())
			if errors.Is(err, work.ErrCursor) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if last, err = delta.Apply(last); err != nil {
				t.Fatal(err)
			}
		}
		t.Error("three reads do not see that the account may not edit any more")
	})
}

// TestAServiceLevelBreaksInTime lets a service level run out without any edit.
func TestAServiceLevelBreaksInTime(t *testing.T) {
	level := func(breached bool) string {
		return fmt.Sprintf(`{"ongoingCycle":{"breached":%t,"paused":false,"breachTime":{"epochMillis":%d}}}`, breached, now.Add(time.Hour).UnixMilli())
	}
	v := testView(t)
	for _, breached := range []bool{false, true} {
		k := v.convert(parse(t, `{"customfield_10030":`+level(breached)+`}`))
		want := map[bool]int64{false: now.Add(time.Hour).UnixMilli()}[breached]
		if k.Breach != want {
			t.Errorf("breached %t: it is read again at %d, want %d", breached, k.Breach, want)
		}
	}
	r := &round{
		Connector: &Connector{begun: now.Add(59 * time.Minute)}, s: &site{cloud: true},
		l:     listing{ids: []string{"1"}, keys: []string{"PAY-1"}},
		known: map[string]known{"1": {ID: "1", Key: "PAY-1", Breach: now.Add(time.Hour).UnixMilli()}},
	}
	if !r.holds(0) {
		t.Error("an issue is read anew before its service level breaks")
	}
	if r.begun = now.Add(time.Hour); r.holds(0) {
		t.Error("an issue is not read anew when its service level breaks")
	}
}

// TestTenThousandIssuesAreReadSideBySide compares a pull with the same requests
// made one at a time, at 200 ms each.
func TestTenThousandIssuesAreReadSideBySide(t *testing.T) {
	const n = 10000
	took := map[int]time.Duration{}
	for _, parallel := range []int{1, 0} {
		synctest.Test(t, func(t *testing.T) {
			site := jirasim.New(seedOf(jirasim.Cloud, many(n)...), time.Now)
			site.Switch(func(s *jirasim.Switches) { s.Latency = 200 * time.Millisecond })
			c := reopen(t, site, jirasim.Cloud, func(_ *Wiring, _ *Options, r *rest.Options) {
				r.Budget = rest.NewBudget(Rules()...)
				r.Budget.Headers, r.Budget.Scope, r.Budget.Parallel = Headers, Scope, parallel
			})
			begun := time.Now()
			s, err := c.Pull(t.Context())
			if err != nil || len(s.Items) != n {
				t.Fatalf("Pull() gives %d items, %v", len(s.Items), err)
			}
			took[parallel] = time.Since(begun)
		})
	}
	t.Logf("one request at a time %v, side by side %v", took[1], took[0])
	if took[1] < 4*took[0] {
		t.Errorf("one request at a time takes %v, side by side %v; want a fourth at most", took[1], took[0])
	}
}

// TestAnErrorNamesItsSourceOnce has every request of an incremental read refused
// in turn.
func TestAnErrorNamesItsSourceOnce(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		p := peopled(d, worked()...)
		c := reopen(t, p.site, d)
		if _, err := c.Pull(t.Context()); err != nil {
			t.Fatal(err)
		}
		cursor := c.Cursor()
		p.do(habits["rename"](func(values ...string) string { return values[0] }, "PAY-1", ""))
		for _, path := range []string{"/rest/api/2/myself", "/rest/api/2/field", "/rest/api/2/priority", "/rest/api/2/search*", "/rest/api/3/issue/bulkfetch"} {
			if d == jirasim.DataCenter && strings.Contains(path, "bulkfetch") {
				continue
			}
			p.site.Fail(path, 403, 1)
			delta, err := reopen(t, p.site, d).Since(t.Context(), cursor)
			if !errors.Is(err, work.ErrForbidden) || strings.Count(err.Error(), "source jira") != 1 || len(delta.Order) > 0 {
				t.Errorf("%s refused: Since() gives %d places, %v; want none and one sentence of the kind %q", path, len(delta.Order), err, work.ErrForbidden)
			}
		}
	})
}
