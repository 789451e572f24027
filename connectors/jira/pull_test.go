package jira

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

type change = func(*Wiring, *Options, *rest.Options)

func TestPullGivesEveryIssueInRankOrder(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		for _, n := range []int{0, 1, 100, 101, 1234} {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				issues := many(n)
				rng := rand.New(rand.NewPCG(uint64(n), 1))
				rng.Shuffle(n, func(i, j int) { issues[i], issues[j] = issues[j], issues[i] })
				var want []string
				for _, s := range issues {
					want = append(want, strings.SplitN(strings.SplitN(s, `"key":"`, 2)[1], `"`, 2)[0])
				}
				seed := seedOf(d, issues...)
				s := start(t, seed).pull(t)
				if got := keys(s); !slices.Equal(got, want) {
					t.Errorf("%d keys in order %.200v…, want %d: %.200v…", len(got), got, len(want), want)
				}
			})
		}
	})
}

func TestCloudPullAsksLittle(t *testing.T) {
	for _, n := range []int{0, 1, 100, 250, 5000, 5100} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := start(t, seedOf(jirasim.Cloud, many(n)...))
			if got := len(r.pull(t).Items); got != n {
				t.Fatalf("%d items, want %d", got, n)
			}
			if got, most := r.site.Stats().Total, (n+99)/100+max(1, (n+4999)/5000)+7; got > most {
				t.Errorf("%d requests, want at most %d: %v", got, most, r.site.Stats().Requests)
			}
			if w := r.site.Stats().Writes; w != 0 {
				t.Errorf("%d writes in a pull", w)
			}
		})
	}
}

func TestPullSurvivesShortPages(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		r := start(t, seedOf(d, many(57)...))
		r.site.Switch(func(s *jirasim.Switches) { s.PageCap = 10 })
		want := make([]string, 57)
		for i := range want {
			want[i] = fmt.Sprintf("PAY-%d", i+1)
		}
		if diff := cmp.Diff(want, keys(r.pull(t))); diff != "" {
			t.Errorf("keys (-want +got):\n%s", diff)
		}
	})
}

func TestPullEndsWhenTokensRepeat(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(57)...))
	r.site.Switch(func(s *jirasim.Switches) { s.PageCap, s.RepeatToken = 10, 1000000 })
	if _, err := r.Pull(t.Context()); !errors.Is(err, work.ErrUnexpected) {
		t.Errorf("Pull() = %v, want the kind %q", err, work.ErrUnexpected)
	}
}

func TestPullSeesWhatWasJustWritten(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(30)...))
	r.site.Switch(func(s *jirasim.Switches) { s.SearchLag = time.Hour })
	first := r.pull(t)
	it := first.Items[7]
	if err := r.Apply(t.Context(), scored(it, 74.5)); err != nil {
		t.Fatal(err)
	}
	run := work.Run{Items: []work.Ref{first.Items[29].Ref}, Before: first.Items[0].Ref}
	if _, err := r.Reorder(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	s := reopen(t, r.site, jirasim.Cloud)
	again, err := s.Pull(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Items[0].Key; got != "PAY-30" {
		t.Errorf("first is %s, want PAY-30, which was moved there", got)
	}
	if got := again.Items[8].Outputs[work.SlotScore]; got != work.Number(74.5) {
		t.Errorf("score of %s is %s, want the 74.5 that was written", again.Items[8].Key, got)
	}
}

func scored(it work.Item, score float64) work.Change {
	return work.Change{Ref: it.Ref, Key: it.Key, Edits: []work.Edit{
		{Op: work.Set, Slot: work.SlotScore, Old: it.Outputs[work.SlotScore], New: work.Number(score)},
	}}
}

func TestOrderOfTheBacklog(t *testing.T) {
	rank := func(v string) string { return `"` + rankField + `":"` + v + `"` }
	other := func(v string) string { return `"customfield_10262":"` + v + `"` }
	two := func(board string) func(*jirasim.Seed) {
		return func(s *jirasim.Seed) {
			s.Fields = append(s.Fields, jirasim.Field{ID: "customfield_10262", Name: "Rang", Type: "any", Custom: jirasim.RankType})
			s.Boards = []jirasim.Board{{ID: 1, Name: "B", Type: "scrum", Project: "PAY", Rank: board}}
		}
	}
	tests := []struct {
		name   string
		alter  func(*jirasim.Seed)
		issues []string
		jql    string
		want   string
		order  bool
		code   string
	}{
		{"suffixes order by their bytes", nil, []string{
			issueOf(1, "PAY-1", rank("0|i000ct:4")), issueOf(2, "PAY-2", rank("0|i000ct:")), issueOf(3, "PAY-3", rank("0|i0000t:zz"))},
			"", "PAY-3 PAY-2 PAY-1", true, ""},
		{"with two buckets Jira's own list decides", nil, []string{
			issueOf(1, "PAY-1", rank("2|hzzzzz:")), issueOf(2, "PAY-2", rank("0|zzzzzz:")), issueOf(3, "PAY-3", rank("0|aaaaaa:"))},
			"", "PAY-3 PAY-2 PAY-1", true, ""},
		{"of two rank fields the board's counts", two("customfield_10262"), []string{
			issueOf(1, "PAY-1", rank("0|a:"), other("0|c:")), issueOf(2, "PAY-2", rank("0|b:"), other("0|b:")), issueOf(3, "PAY-3", rank("0|c:"), other("0|a:"))},
			"", "PAY-3 PAY-2 PAY-1", true, ""},
		{"two rank fields and no board leave the query's order", two(""), []string{
			issueOf(1, "PAY-1", rank("0|a:"), other("0|c:")), issueOf(2, "PAY-2", rank("0|b:"), other("0|b:"))},
			"project = PAY ORDER BY key DESC", "PAY-2 PAY-1", false, "many-rank-fields"},
		{"without a rank field the query's order holds", nil, many(3),
			"project = PAY ORDER BY key DESC", "PAY-3 PAY-2 PAY-1", false, "no-rank-field"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			deployments(t, func(t *testing.T, d jirasim.Deployment) {
				seed := seedOf(d, tt.issues...)
				if tt.alter != nil {
					tt.alter(&seed)
				}
				r := start(t, seed, func(_ *Wiring, o *Options, r *rest.Options) {
					if tt.code == "no-rank-field" {
						r.Transport = rewrite{r.Transport, "/rest/api/2/field", jirasim.RankType, "com.example:other"}
					}
					if tt.jql != "" {
						o.JQL = tt.jql
					}
				})
				if tt.code == "many-rank-fields" {
					r.site.Fail("/rest/agile/1.0/board", http.StatusForbidden, -1)
				}
				s := r.pull(t)
				if got := strings.Join(keys(s), " "); got != tt.want {
					t.Errorf("order %s, want %s", got, tt.want)
				}
				if got := r.Caps().Order; got != tt.order {
					t.Errorf("Caps().Order = %v, want %v", got, tt.order)
				}
				if tt.code != "" && !slices.ContainsFunc(s.Findings, func(f work.Finding) bool { return f.Code == tt.code }) {
					t.Errorf("findings %v, want %s", s.Findings, tt.code)
				}
			})
		})
	}
}

func TestStoryPointsComeFromTheBoardsField(t *testing.T) {
	seed := seedOf(jirasim.Cloud, issueOf(1, "PAY-1", `"`+pointField+`":3`, `"customfield_10077":8`))
	seed.Fields = append(seed.Fields, jirasim.Field{ID: "customfield_10077", Name: "Size", Type: "number", Custom: jirasim.NumberType})
	seed.Boards[0].Estimate = "customfield_10077"
	if got := start(t, seed).pull(t).Items[0].Signals[work.Effort]; got != 8 {
		t.Errorf("effort = %v, want the 8 of the field that the board estimates by", got)
	}
}

func TestFieldsThatAreNotThere(t *testing.T) {
	tests := []struct {
		name   string
		change change
		says   string
	}{
		{"a signal's field", func(w *Wiring, _ *Options, _ *rest.Options) { w.Signals["revenue"] = "ARR at risk" }, `"ARR at risk"`},
		{"a target's field", func(w *Wiring, _ *Options, _ *rest.Options) { w.Targets[work.SlotScore] = "Score" }, "did you mean \"Priority Score\""},
		{"a target that is no number", func(w *Wiring, _ *Options, _ *rest.Options) { w.Targets[work.SlotScore] = "labels" }, "number field"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, seedOf(jirasim.Cloud, many(3)...), tt.change)
			s, err := r.Pull(t.Context())
			if !errors.Is(err, work.ErrInvalid) || !strings.Contains(err.Error(), tt.says) || len(s.Items) > 0 {
				t.Errorf("Pull() = %d items, %v; want an error of kind %q that says %s", len(s.Items), err, work.ErrInvalid, tt.says)
			}
		})
	}
}

func TestNoTwoFieldsOfOneNameAreGuessedBetween(t *testing.T) {
	s := testSite(t)
	_, err := s.fields.find("Twice")
	if err == nil || !strings.Contains(err.Error(), "customfield_10050 and customfield_10051") {
		t.Errorf("find() = %v, want an error that names both ids", err)
	}
	if n, err := s.fields.find("Impact"); err != nil || len(n.byPrj) != 2 {
		t.Errorf("find() of a name that each project has = %v, %v, want both fields", n.byPrj, err)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*jirasim.Site)
		alter change
		kind  error
		says  string
	}{
		{"a path that is no site", nil, func(_ *Wiring, o *Options, _ *rest.Options) { o.URL += "/jira" }, work.ErrNotFound, "context path"},
		{"a log-in page", func(s *jirasim.Site) { s.Switch(func(w *jirasim.Switches) { w.LoginPage = true }) }, nil, work.ErrUnexpected, "the address of a Jira site"},
		{"a redirect elsewhere", func(s *jirasim.Site) {
			s.Switch(func(w *jirasim.Switches) { w.RedirectTo = "https://sso.example" })
		}, nil, work.ErrUnexpected, "redirect"},
		{"a wrong token", nil, func(_ *Wiring, o *Options, _ *rest.Options) { o.Auth.Token = rest.SecretOf("wrong") }, work.ErrAuth, "auth.token"},
		{"a query that Jira does not take", nil, func(_ *Wiring, o *Options, _ *rest.Options) { o.JQL = "proiect = PAY" }, work.ErrInvalid, "correct jql"},
		{"no query", nil, func(_ *Wiring, o *Options, _ *rest.Options) { o.JQL = "ORDER BY key" }, work.ErrInvalid, "jql is empty"},
		{"a search that is gone", func(s *jirasim.Site) { s.Fail("/rest/api/2/search*", http.StatusGone, -1) }, nil, work.ErrNotFound, "search"},
		{"too many requests", func(s *jirasim.Site) { s.Fail("/rest/api/2/field", http.StatusTooManyRequests, -1) }, nil, work.ErrThrottled, "limits"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			deployments(t, func(t *testing.T, d jirasim.Deployment) {
				if tt.alter == nil {
					tt.alter = func(*Wiring, *Options, *rest.Options) {}
				}
				r := start(t, seedOf(d, many(3)...), tt.alter, func(_ *Wiring, _ *Options, o *rest.Options) { o.Attempts = 1 })
				if tt.spoil != nil {
					tt.spoil(r.site)
				}
				s, err := r.Pull(t.Context())
				if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) || len(s.Items) > 0 {
					t.Fatalf("Pull() = %d items, %v; want the kind %q and %q in the text", len(s.Items), err, tt.kind, tt.says)
				}
				if text := err.Error(); strings.Contains(text, secret) || strings.Contains(text, "\n") || !strings.HasPrefix(text, "source jira: ") {
					t.Errorf("%q: want one line that begins with the source and holds no secret", text)
				}
			})
		})
	}
}

func TestAnAnswerForNobodyIsNoBacklog(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(3)...), func(_ *Wiring, o *Options, r *rest.Options) {
		r.Transport = unsigned{r.Transport}
	})
	if s, err := r.Pull(t.Context()); !errors.Is(err, work.ErrAuth) {
		t.Errorf("Pull() = %d items, %v, want the kind %q", len(s.Items), err, work.ErrAuth)
	}
}

// rewrite puts one text for another into the answers of a path.
type rewrite struct {
	next            http.RoundTripper
	path, old, with string
}

func (w rewrite) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(r)
	if err != nil || r.URL.Path != w.path {
		return resp, err
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	b = bytes.ReplaceAll(b, []byte(w.old), []byte(w.with))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return resp, nil
}

// unsigned takes the credential off a request, as a proxy in between may.
type unsigned struct{ next http.RoundTripper }

func (u unsigned) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	return u.next.RoundTrip(r)
}

func TestLargeAnswersAreAskedForInParts(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		var issues []string
		for i := range 40 {
			text := strings.Repeat("x", 1000*(i%7))
			issues = append(issues, issueOf(100+i, fmt.Sprintf("PAY-%d", i+1),
				`"comment":{"total":1,"comments":[{"id":"1","body":"`+text+`","created":"2026-10-01T08:00:00.000+0000"}]}`))
		}
		issues = append(issues, issueOf(200, "PAY-99", `"comment":{"total":1,"comments":[{"id":"1","body":"`+strings.Repeat("y", 90000)+`","created":"2026-10-01T08:00:00.000+0000"}]}`))
		r := start(t, seedOf(d, issues...), func(_ *Wiring, _ *Options, o *rest.Options) { o.MaxBody = 40000 })
		if got := len(r.pull(t).Items); got != 41 {
			t.Errorf("%d items, want 41", got)
		}
	})
}

func TestProgressReachesItsTotal(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(250)...))
	var seen [][2]int
	r.OnProgress(func(done, total int) { seen = append(seen, [2]int{done, total}) })
	r.pull(t)
	rising := slices.IsSortedFunc(seen, func(a, b [2]int) int { return a[0] - b[0] })
	if len(seen) != 3 || !rising || seen[2] != [2]int{250, 250} { // pages come in any order
		t.Errorf("progress %v, want three steps that rise to 250 of 250", seen)
	}
}

func TestPullStopsWhenToldTo(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(3)...))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Pull(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Pull() = %v, want context.Canceled", err)
	}
}

func TestContextPathOfDataCenter(t *testing.T) {
	dc := seedOf(jirasim.DataCenter, many(3)...)
	dc.Context = "/jira"
	r := start(t, dc, func(_ *Wiring, o *Options, _ *rest.Options) { o.URL += "/jira/" })
	if got := r.pull(t).Items[0].URL; got != "http://jira.example/jira/browse/PAY-1" {
		t.Errorf("URL = %s, want it below the context path", got)
	}
}

func TestScopedTokensGoToTheGatewayAndLinksToTheSite(t *testing.T) {
	seed := seedOf(jirasim.Cloud, many(3)...)
	seed.CloudID = "0a1b2c3d"
	r := start(t, seed, func(_ *Wiring, o *Options, r *rest.Options) {
		o.URL += "/ex/jira/0a1b2c3d"
		r.Transport = rewrite{r.Transport, "/ex/jira/0a1b2c3d/rest/api/2/serverInfo", "/ex/jira/0a1b2c3d", ""}
	})
	s := r.pull(t)
	if got := s.Items[0].URL; got != "http://jira.example/browse/PAY-1" {
		t.Errorf("URL = %s, want the site that Jira names and not the gateway", got)
	}
	if err := r.Apply(t.Context(), scored(s.Items[0], 7)); err != nil {
		t.Errorf("Apply() through the gateway = %v", err)
	}
}

func TestPermissionsOfManyProjectsAreOneRequest(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, issueOf(1, "PAY-1"), issueOf(2, "OPS-2")))
	r.pull(t)
	got := r.site.Stats().Requests
	if got["POST /rest/api/3/permissions/check"] != 1 || got["GET /rest/api/2/mypermissions"] != 0 {
		t.Errorf("requests %v, want one for the permissions in both projects", got)
	}
}
