package jira

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// click is what a person's click sends.
type click struct{ method, path, body string }

// chooser chooses one of the values.
type chooser func(values ...string) string

// habits are what people do to an issue; other is a second one.
var habits = map[string]func(draw chooser, issue, other string) click{
	"rename":     edits(`"summary":"x"`, `"summary":"y\u0007"`),
	"describe":   edits(`"description":"## Acceptance criteria\n* it works"`, `"description":null`),
	"label":      edits(`"labels":["a"]`, `"labels":[]`),
	"prioritise": edits(`"priority":{"id":"1"}`, `"priority":{"id":"4"}`),
	"estimate":   edits(`"`+pointField+`":5`, `"`+pointField+`":null`),
	"schedule":   edits(`"duedate":"2026-12-24"`, `"duedate":null`),
	"comment": func(_ chooser, issue, _ string) click {
		return click{http.MethodPost, "api/2/issue/" + issue + "/comment", `{"body":"And now?"}`}
	},
	"vote": func(_ chooser, issue, _ string) click {
		return click{http.MethodPost, "api/2/issue/" + issue + "/votes", ""}
	},
	"unvote": func(_ chooser, issue, _ string) click {
		return click{http.MethodDelete, "api/2/issue/" + issue + "/votes", ""}
	},
	"watch": func(_ chooser, issue, _ string) click {
		return click{http.MethodPost, "api/2/issue/" + issue + "/watchers", ""}
	},
	"unwatch": func(_ chooser, issue, _ string) click {
		return click{http.MethodDelete, "api/2/issue/" + issue + "/watchers?{me}", ""}
	},
	"transition": func(draw chooser, issue, _ string) click {
		return click{http.MethodPost, "api/2/issue/" + issue + "/transitions", `{"transition":{"id":"` + draw("11", "21", "31") + `"}}`}
	},
	"rank": func(draw chooser, issue, other string) click {
		return click{http.MethodPut, "agile/1.0/issue/rank", `{"issues":["` + issue + `"],"` + draw("rankBeforeIssue", "rankAfterIssue") + `":"` + other + `"}`}
	},
	"link": func(_ chooser, issue, other string) click {
		return click{http.MethodPost, "api/2/issueLink", `{"type":{"name":"Blocks"},"inwardIssue":{"key":"` + issue + `"},"outwardIssue":{"key":"` + other + `"}}`}
	},
	"delete": func(_ chooser, issue, _ string) click { return click{http.MethodDelete, "api/2/issue/" + issue, ""} },
	"create": func(draw chooser, _, _ string) click {
		return click{http.MethodPost, "api/2/issue", `{"fields":{"project":{"key":"` + draw("PAY", "OPS") + `"},"summary":"new","issuetype":{"id":"10001"}}}`}
	},
	"move": func(draw chooser, issue, _ string) click { return click{"MOVE", issue, draw("OPS", "PAY")} },
	"start": func(_ chooser, _, _ string) click {
		return click{http.MethodPost, "agile/1.0/sprint/1", `{"state":"active","startDate":"2026-11-24T10:00:00.000Z","endDate":"2026-12-24T10:00:00.000Z"}`}
	},
	"end": func(_ chooser, _, _ string) click {
		return click{http.MethodPost, "agile/1.0/sprint/2", `{"state":"closed"}`}
	},
	"plan": func(draw chooser, issue, _ string) click {
		return click{http.MethodPost, "agile/1.0/sprint/" + draw("1", "2") + "/issue", `{"issues":["` + issue + `"]}`}
	},
}

// edits gives the habit of setting one field of an issue.
func edits(values ...string) func(chooser, string, string) click {
	return func(draw chooser, issue, _ string) click {
		return click{http.MethodPut, "api/2/issue/" + issue, `{"fields":{` + draw(values...) + `}}`}
	}
}

// crew are people who work on a simulated site.
type crew struct {
	site *jirasim.Site
	me   string // how the deployment names a user in a query
	at   time.Time
}

func peopled(d jirasim.Deployment, issues ...string) *crew {
	seed := seedOf(d, issues...)
	seed.Fields = append(seed.Fields, jirasim.Field{ID: "customfield_10020", Name: "Sprint", Type: "array", Items: "json", Custom: jirasim.SprintType})
	seed.Statuses = []jirasim.Status{{ID: "1", Name: "To Do", Category: "new"}, {ID: "2", Name: "Doing", Category: "indeterminate"}, {ID: "3", Name: "Done", Category: "done"}}
	seed.LinkTypes = []jirasim.LinkType{{ID: "1", Name: "Blocks", Inward: "is blocked by", Outward: "blocks"}}
	seed.Sprints = []jirasim.Sprint{
		{ID: 1, Name: "One", State: "future", Board: 1}, {ID: 2, Name: "Two", State: "active", Board: 1, Start: "2026-11-20T10:00:00.000Z", End: "2026-12-04T10:00:00.000Z"},
	}
	p := &crew{at: now, me: map[jirasim.Deployment]string{jirasim.Cloud: "accountId=u1", jirasim.DataCenter: "username=po"}[d]}
	p.site = jirasim.New(seed, func() time.Time { return p.at })
	return p
}

// do sends what a click sends and gives whether the site took it.
func (p *crew) do(c click) bool {
	if c.method == "MOVE" {
		_, ok := p.site.MoveIssue(c.path, c.body)
		return ok
	}
	r := httptest.NewRequest(c.method, "/rest/"+strings.ReplaceAll(c.path, "{me}", p.me), strings.NewReader(c.body))
	r.Header.Set("Content-Type", "application/json")
	user, token := p.site.Credentials()
	r.SetBasicAuth(user, token)
	w := httptest.NewRecorder()
	p.site.ServeHTTP(w, r)
	return w.Code < http.StatusMultipleChoices
}

// keys gives the keys of all issues there are.
func (p *crew) keys() []string {
	var out []string
	for _, part := range strings.Split(string(p.site.Dump()), `"key":"`)[1:] {
		if key, _, _ := strings.Cut(part, `"`); strings.HasPrefix(key, "PAY-") || strings.HasPrefix(key, "OPS-") {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// worked are issues for people to work on.
func worked() []string {
	var out []string
	for i := range 5 {
		out = append(out, issueOf(10001+i, fmt.Sprintf("PAY-%d", i+1), `"votes":{"votes":0,"hasVoted":false},"watches":{"watchCount":1,"isWatching":false}`))
	}
	return append(out,
		issueOf(10011, "OPS-1", `"votes":{"votes":1,"hasVoted":true},"watches":{"watchCount":1,"isWatching":true}`),
		issueOf(10012, "OPS-2", `"votes":{"votes":0,"hasVoted":false},"watches":{"watchCount":1,"isWatching":true}`),
		issueOf(10013, "OPS-3", `"votes":{"votes":3,"hasVoted":true},"watches":{"watchCount":0,"isWatching":false}`),
		issueOf(10014, "OPS-4", `"votes":{"votes":0,"hasVoted":false},"watches":{"watchCount":0,"isWatching":false}`),
		issueOf(10015, "OPS-5", `"status":{"id":"3","name":"Done","statusCategory":{"id":3,"key":"done"}}`),
	)
}

// TestSinceGivesWhatAPullGives lets people work on a backlog for a while and reads
// it now and then, whole and by what has changed.
func TestSinceGivesWhatAPullGives(t *testing.T) {
	names := slices.Sorted(maps.Keys(habits))
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		for _, name := range names {
			can := func(issue string) bool {
				first := func(values ...string) string { return values[0] }
				return peopled(d, worked()...).do(habits[name](first, issue, "PAY-3"))
			}
			if !can("PAY-1") && !can("OPS-1") {
				t.Errorf("nobody can %s", name)
			}
		}
	})
	for _, jql := range []string{"project in (PAY, OPS) AND statusCategory != Done", "project = PAY"} {
		deployments(t, func(t *testing.T, d jirasim.Deployment) {
			rapid.Check(t, func(rt *rapid.T) { live(t, rt, peopled(d, worked()...), d, jql, 0) })
		})
	}
	t.Run("an index that is behind", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			live(t, rt, peopled(jirasim.Cloud, worked()...), jirasim.Cloud, "project in (PAY, OPS) AND statusCategory != Done", 3*time.Minute)
		})
	})
}

// live draws one history and holds the reads along it.
// Searches are behind by the lag, which the reads that are compared wait for.
func live(t *testing.T, rt *rapid.T, p *crew, d jirasim.Deployment, jql string, lag time.Duration) {
	p.site.Switch(func(s *jirasim.Switches) { s.SearchLag = lag })
	names := slices.Sorted(maps.Keys(habits))
	wire := func(_ *Wiring, o *Options, _ *rest.Options) { o.JQL = jql }
	on, whole := reopen(t, p.site, d, wire), reopen(t, p.site, d, wire)
	last, err := on.Pull(t.Context())
	if err != nil {
		rt.Fatalf("Pull() = %v", err)
	}
	cursor := on.Cursor()
	for range rapid.IntRange(1, 4).Draw(rt, "reads") {
		for range rapid.IntRange(0, 5).Draw(rt, "edits") {
			p.at = p.at.Add(time.Duration(rapid.SampledFrom([]int{7, 999, 61_000, 4_000_000}).Draw(rt, "later")) * time.Millisecond)
			of := rapid.SampledFrom(p.keys())
			draw := func(values ...string) string { return rapid.SampledFrom(values).Draw(rt, "value") }
			p.do(habits[rapid.SampledFrom(names).Draw(rt, "habit")](draw, of.Draw(rt, "issue"), of.Draw(rt, "other")))
		}
		if rapid.Bool().Draw(rt, "fresh") {
			on = reopen(t, p.site, d, wire)
		}
		if lag > 0 && rapid.Bool().Draw(rt, "early") { // some of what was done is not to be seen yet
			delta, err := on.Since(t.Context(), cursor)
			if errors.Is(err, work.ErrCursor) {
				return
			}
			if err != nil {
				rt.Fatalf("Since() = %v", err)
			}
			cursor = on.Cursor()
			if last, err = delta.Apply(last); err != nil {
				rt.Fatalf("Apply() = %v", err)
			}
		}
		p.at = p.at.Add(lag)
		delta, err := on.Since(t.Context(), cursor)
		want, pullErr := whole.Pull(t.Context())
		if pullErr != nil {
			rt.Fatalf("Pull() = %v", pullErr)
		}
		if errors.Is(err, work.ErrCursor) && len(want.Items) == 0 {
			return
		}
		if err != nil {
			rt.Fatalf("Since() = %v", err)
		}
		cursor = on.Cursor()
		if last, err = delta.Apply(last); err != nil || len(delta.Kept) > 0 {
			rt.Fatalf("Apply() = %v, keeping %v", err, delta.Kept)
		}
		if diff := cmp.Diff(want, last, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b work.Value) bool { return a == b })); diff != "" {
			rt.Fatalf("Since() and Apply() (-pull +since):\n%s", diff)
		}
	}

}

// hundreds gives n issues with different numbers of votes and watchers in both
// projects; every third blocks the next one.
func hundreds(n int) []string {
	out := make([]string, n)
	key := func(i int) string { return fmt.Sprintf("%s-%d", []string{"PAY", "OPS"}[i%2], i+1) }
	for i := range out {
		more := []string{
			fmt.Sprintf(`"votes":{"votes":%d,"hasVoted":false},"watches":{"watchCount":%d,"isWatching":false}`, i*7919%13, i*31%5),
		}
		if i%3 == 0 && i+1 < n {
			more = append(more, fmt.Sprintf(`"issuelinks":[{"id":"%d","type":{"id":"1","name":"Blocks","inward":"is blocked by","outward":"blocks"},"outwardIssue":{"id":"%d","key":"%s","fields":{"status":{"id":"1","name":"To Do","statusCategory":{"id":2,"key":"new"}}}}}]`,
				90000+i, 10002+i, key(i+1)))
		}
		out[i] = issueOf(10001+i, key(i), more...)
	}
	return out
}

// TestSinceAsksLittle counts what a backlog of ten thousand issues takes when
// nothing, a few or many of them have changed, for a connector that is new
// and for one that knows the site.
func TestSinceAsksLittle(t *testing.T) {
	const n = 10000
	most := map[jirasim.Deployment]int{jirasim.Cloud: 8, jirasim.DataCenter: 18}
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		p := peopled(d, hundreds(n)...)
		c := reopen(t, p.site, d)
		last, err := c.Pull(t.Context())
		if err != nil || len(last.Items) != n {
			t.Fatalf("Pull() gives %d items, %v", len(last.Items), err)
		}
		cursor := c.Cursor()
		for i, changed := range []int{0, 0, 0, 3, 250} {
			p.at = p.at.Add(time.Hour)
			for k := range changed {
				name := []string{"rename", "vote", "rank"}[k%3]
				draw := func(values ...string) string { return values[i%len(values)] }
				if !p.do(habits[name](draw, fmt.Sprint(10001+k*37), fmt.Sprint(10002+k*39))) {
					t.Fatalf("issue %d: nobody can %s", k, name)
				}
			}
			if i != 1 {
				c = reopen(t, p.site, d)
			}
			before := p.site.Stats()
			delta, err := c.Since(t.Context(), cursor)
			if err != nil || len(delta.Order) != n || changed == 0 && len(delta.Items) != 0 || len(delta.Items) > 4*changed || len(delta.Kept) > 0 {
				t.Fatalf("Since() gives %d items, %d places, %v kept, %v", len(delta.Items), len(delta.Order), delta.Kept, err)
			}
			cursor = c.Cursor()
			if last, err = delta.Apply(last); err != nil {
				t.Fatal(err)
			}
			got := p.site.Stats().Total - before.Total
			if changed == 0 && got > most[d] {
				t.Errorf("%d requests, want at most %d: %v", got, most[d], p.site.Stats().Requests)
			}
			t.Logf("%d of %d changed: %d requests, %d items; the cursor takes %d bytes", changed, n, got, len(delta.Items), len(cursor))
		}
		want, err := reopen(t, p.site, d).Pull(t.Context())
		if diff := cmp.Diff(want, last, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b work.Value) bool { return a == b })); diff != "" || err != nil {
			t.Errorf("after all that, %v, and (-pull +since):\n%.3000s", err, diff)
		}
	})
}
