package jira

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"stackrank/connectors"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// refsOf names the issues 10001 to 10000+n.
func refsOf(n int) []work.Ref {
	out := make([]work.Ref, n)
	for i := range out {
		out[i] = work.Ref{Source: "jira", ID: fmt.Sprint(10001 + i)}
	}
	return out
}

func lookAt(t *testing.T, c connectors.Looker, refs ...work.Ref) []connectors.Sight {
	t.Helper()
	out, err := c.Look(t.Context(), refs)
	if err != nil || len(out) != len(refs) {
		t.Fatalf("Look() gives %d sights, %v; want %d", len(out), err, len(refs))
	}
	return out
}

// TestALookTakesFewRequests looks at 250 issues of which some are gone, whose
// names a search of Data Center refuses.
func TestALookTakesFewRequests(t *testing.T) {
	for d, most := range map[jirasim.Deployment]map[int]int{ // by how many are gone
		jirasim.Cloud:      {0: 3 + 1, 2: 3 + 1 + 1, 200: 3 + 3 + 1},
		jirasim.DataCenter: {0: 3 + 1, 2: 3 + 1 + 2*14, 200: 500},
	} {
		for gone, most := range most {
			t.Run(fmt.Sprintf("%v, %d gone", d, gone), func(t *testing.T) {
				p := peopled(d, many(250)...)
				c := reopen(t, p.site, d)
				if _, err := c.Pull(t.Context()); err != nil {
					t.Fatal(err)
				}
				for i := range gone {
					if !p.do(click{http.MethodDelete, fmt.Sprintf("api/2/issue/%d", 10001+i*7%250), ""}) {
						t.Fatalf("issue %d cannot be deleted", i)
					}
				}
				before := p.site.Stats().Total
				missing := 0
				for _, s := range lookAt(t, c, refsOf(250)...) {
					if errors.Is(s.Err, work.ErrNotFound) {
						missing++
					} else if s.Err != nil {
						t.Errorf("%s: %v", s.Ref, s.Err)
					}
				}
				if got := p.site.Stats().Total - before; missing != gone || got > most {
					t.Errorf("%d are gone after %d requests, want %d and at most %d", missing, got, gone, most)
				}
			})
		}
	}
}

// TestAnIndexThatIsBehindTakesNothingAway looks at issues that the index has not
// seen yet, or has lost for a moment.
func TestAnIndexThatIsBehindTakesNothingAway(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		p := peopled(d, many(6)...)
		p.site.Switch(func(s *jirasim.Switches) {
			s.Vanish = map[string]int{"PAY-1": 9, "PAY-3": 9, "PAY-4": 9}
		})
		for _, s := range lookAt(t, reopen(t, p.site, d), refsOf(6)...) {
			if s.Err != nil || s.Item.Status != work.Open {
				t.Errorf("%s is %s, %v", s.Ref, s.Item.Status, s.Err)
			}
		}
	})
}

func TestAnIssueThatMovedSaysWhyItTakesNoWrites(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		p := peopled(d, many(5)...)
		c := reopen(t, p.site, d)
		if _, err := c.Pull(t.Context()); err != nil {
			t.Fatal(err)
		}
		rights := fmt.Sprint(c.rights)
		p.site.Switch(func(s *jirasim.Switches) {
			s.Deny = map[string][]jirasim.Permission{"OPS": {jirasim.Edit}}
		})
		if _, ok := p.site.MoveIssue("PAY-2", "OPS"); !ok {
			t.Fatal("the issue cannot be moved")
		}
		out := lookAt(t, c, refsOf(5)...)
		if it := out[1].Item; it.Key != "OPS-1" || it.Refused == "" {
			t.Errorf("the issue is %s and refused for %q; want OPS-1, which the account may not edit", it.Key, it.Refused)
		}
		if it := out[2].Item; it.Refused != "" {
			t.Errorf("%s is refused for %q", it.Key, it.Refused)
		}
		if after := fmt.Sprint(c.rights); after != rights {
			t.Errorf("the rights of the pull were %s and are %s", rights, after)
		}
	})
}

func TestAHiddenIssueIsGone(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		p := peopled(d, append(many(2), issueOf(10009, "OPS-9"))...)
		p.site.Switch(func(s *jirasim.Switches) {
			s.Deny = map[string][]jirasim.Permission{"OPS": {jirasim.Browse}}
		})
		out := lookAt(t, reopen(t, p.site, d), work.Ref{Source: "jira", ID: "10009"}, refsOf(1)[0])
		if !errors.Is(out[0].Err, work.ErrNotFound) || out[1].Err != nil {
			t.Errorf("Look() = %v and %v; want the kind %q and nothing", out[0].Err, out[1].Err, work.ErrNotFound)
		}
	})
}

// TestOneIssueThatCannotBeReadCostsNoOther has one issue refused, or given in a
// form that tells nothing.
func TestOneIssueThatCannotBeReadCostsNoOther(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		p := peopled(jirasim.DataCenter, many(3)...)
		p.site.Fail("/rest/api/2/issue/10002", 403, -1)
		out := lookAt(t, reopen(t, p.site, jirasim.DataCenter), refsOf(3)...)
		if out[0].Err != nil || !errors.Is(out[1].Err, work.ErrForbidden) || out[2].Err != nil {
			t.Errorf("Look() = %v, want the second refused", out)
		}
	})
	for name, fields := range map[string]string{
		"no status":        `"labels":[]`,
		"a strange status": `"labels":[],"status":{"statusCategory":{"key":"limbo"}}`,
		"strange labels":   `"labels":{"a":1},"status":{"statusCategory":{"key":"new"}}`,
		"a strange score":  `"labels":[],"status":{"statusCategory":{"key":"new"}},"customfield_10002":{"a":1}`,
		"a field twice":    `"labels":[],"labels":["stackrank-now"],"status":{"statusCategory":{"key":"new"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if it, err := lookedAt(t, fields); !errors.Is(err, work.ErrUnexpected) {
				t.Errorf("the item is %+v, %v; want the kind %q", it, err, work.ErrUnexpected)
			}
		})
	}
	t.Run("no labels", func(t *testing.T) {
		if it, err := lookedAt(t, `"status":{"statusCategory":{"key":"new"}}`); err != nil || it.Refused != unlabelled {
			t.Errorf("the item is refused for %q, %v", it.Refused, err)
		}
	})
}

// lookedAt makes an item of the answer to a look.
func lookedAt(t *testing.T, fields string) (work.Item, error) {
	t.Helper()
	c, s := testConnector(t), testSite(t)
	w, err := c.resolve(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.newLook(s, w).item(parse(t, `{`+fields+`}`))
}

// TestAnOutageInTheMiddleLeavesTheRestOpen fails the second hundred of three.
func TestAnOutageInTheMiddleLeavesTheRestOpen(t *testing.T) {
	p := peopled(jirasim.Cloud, many(250)...)
	asked := 0
	c := reopen(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/rest/api/3/issue/bulkfetch" {
			if asked++; asked > 1 {
				http.Error(w, "down", http.StatusServiceUnavailable)
				return
			}
		}
		p.site.ServeHTTP(w, q)
	}), jirasim.Cloud, func(_ *Wiring, _ *Options, r *rest.Options) { r.Attempts = 2 })
	out := lookAt(t, c, refsOf(250)...)
	open := slices.DeleteFunc(slices.Clone(out), func(s connectors.Sight) bool { return s.Err == nil })
	if len(open) != 150 || asked != 3 {
		t.Errorf("%d are open after %d requests, want 150 after 3", len(open), asked)
	}
	for _, s := range open {
		if !errors.Is(s.Err, work.ErrUnavailable) {
			t.Errorf("%s: %v", s.Ref, s.Err)
		}
	}
}
