package jira

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// full writes everything that one item can get.
func full(it work.Item) work.Change {
	c := scored(it, 74.5)
	c.Edits = append(c.Edits,
		work.Edit{Op: work.Set, Slot: work.SlotRank, New: work.Number(3)},
		work.Edit{Op: work.Add, Slot: work.SlotLabel, New: work.Text("stackrank-now")},
		work.Edit{Op: work.Remove, Slot: work.SlotLabel, Old: work.Text("stackrank-old")})
	return c
}

// spy keeps what was sent.
type spy struct {
	next http.RoundTripper
	sent *[]string
	mu   *sync.Mutex // guards sent, since pages are read side by side
}

func (s spy) RoundTrip(r *http.Request) (*http.Response, error) {
	line := r.Method + " " + r.URL.RequestURI()
	if r.Body != nil && r.Method == http.MethodPut {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		line += " " + strings.TrimSpace(string(b))
		r.Body = io.NopCloser(strings.NewReader(string(b)))
	}
	s.mu.Lock()
	*s.sent = append(*s.sent, line)
	s.mu.Unlock()
	return s.next.RoundTrip(r)
}

func spied(sent *[]string) change {
	return func(_ *Wiring, _ *Options, r *rest.Options) { r.Transport = spy{r.Transport, sent, new(sync.Mutex)} }
}

func TestEditsOfAnItemAreOneQuietRequest(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		var sent []string
		r := start(t, seedOf(d, issueOf(10001, "PAY-1", `"labels":["theirs","stackrank-old"]`)), spied(&sent))
		it := r.pull(t).Items[0]
		sent = nil
		if err := r.Apply(t.Context(), full(it)); err != nil {
			t.Fatal(err)
		}
		want := []string{`PUT /rest/api/2/issue/10001?notifyUsers=false {"fields":{"customfield_10050":74.5,"customfield_10051":3},` +
			`"update":{"labels":[{"add":"stackrank-now"},{"remove":"stackrank-old"}]}}`}
		if diff := cmp.Diff(want, sent); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"stackrank-now", "theirs"}, r.pull(t).Items[0].Labels); diff != "" {
			t.Errorf("labels (-want +got):\n%s", diff)
		}
	})
}

func TestApplyWithoutAPull(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, issueOf(10001, "PAY-1")))
	ch := scored(work.Item{Ref: work.Ref{Source: "jira", ID: "10001"}, Key: "PAY-1"}, 5)
	if err := r.Apply(t.Context(), ch); err != nil {
		t.Fatal(err)
	}
	if got := r.pull(t).Items[0].Outputs[work.SlotScore]; got != work.Number(5) {
		t.Errorf("score = %s, want 5", got)
	}
}

func TestAnEmptyChangeAsksNothing(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, issueOf(10001, "PAY-1")))
	it := r.pull(t).Items[0]
	before := r.site.Stats().Total
	if err := r.Apply(t.Context(), work.Change{Ref: it.Ref, Key: it.Key}); err != nil || r.site.Stats().Total != before {
		t.Errorf("Apply() of nothing = %v after %d requests, want none", err, r.site.Stats().Total-before)
	}
}

func denied(key string, p ...jirasim.Permission) func(*jirasim.Switches) {
	return func(s *jirasim.Switches) { s.Deny = map[string][]jirasim.Permission{key: p} }
}

func TestQuietWritesNeverFallBackToMail(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		var sent []string
		r := start(t, seedOf(d, issueOf(10001, "PAY-1"), issueOf(10002, "OPS-2")), spied(&sent))
		r.site.Switch(denied("PAY", jirasim.AdministerProjects))
		r.site.Switch(func(s *jirasim.Switches) { s.Deny[""] = []jirasim.Permission{jirasim.Administer} })
		s := r.pull(t)
		if s.Items[0].Refused == "" || s.Items[1].Refused != "" {
			t.Errorf("refused: %q and %q, want a reason for PAY alone", s.Items[0].Refused, s.Items[1].Refused)
		}
		before := string(r.site.Dump())
		err := r.Apply(t.Context(), full(s.Items[0]))
		if !errors.Is(err, work.ErrForbidden) || !strings.Contains(err.Error(), "notify: allow") || !strings.Contains(err.Error(), "Administer projects") {
			t.Errorf("Apply() = %v, want the kind %q and both ways out", err, work.ErrForbidden)
		}
		for _, line := range sent {
			if strings.HasPrefix(line, "PUT") && !strings.Contains(line, "notifyUsers=false") {
				t.Errorf("sent without asking for silence: %s", line)
			}
		}
		if diff := cmp.Diff(before, string(r.site.Dump())); diff != "" {
			t.Errorf("a refused write changed the site:\n%s", diff)
		}
		if err := r.Apply(t.Context(), full(s.Items[1])); err != nil {
			t.Errorf("Apply() in the other project = %v", err)
		}
	})
}

func TestAllowedMailIsTheSecondChoice(t *testing.T) {
	var sent []string
	r := start(t, seedOf(jirasim.Cloud, many(3)...), spied(&sent), func(_ *Wiring, o *Options, _ *rest.Options) { o.Notify = Allow })
	items := r.pull(t).Items
	r.site.Switch(denied("", jirasim.AdministerProjects, jirasim.Administer))
	sent = nil
	for _, it := range items {
		if err := r.Apply(t.Context(), scored(it, 3)); err != nil {
			t.Fatal(err)
		}
	}
	var paths []string
	for _, line := range sent {
		paths = append(paths, strings.SplitN(line, " ", 3)[1])
	}
	want := []string{"/rest/api/2/issue/10001?notifyUsers=false", "/rest/api/2/issue/10001", "/rest/api/2/issue/10002", "/rest/api/2/issue/10003"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestRefusedEdits(t *testing.T) {
	label := func(l string) work.Change {
		return work.Change{Key: "PAY-1", Edits: []work.Edit{{Op: work.Add, Slot: work.SlotLabel, New: work.Text(l)}}}
	}
	set := func(s work.Slot, v work.Value) work.Change {
		return work.Change{Key: "PAY-1", Edits: []work.Edit{{Op: work.Set, Slot: s, New: v}}}
	}
	tests := []struct {
		name     string
		only     jirasim.Deployment
		switches func(*jirasim.Switches)
		change   work.Change
		kind     error
		says     string
	}{
		{"a label with a blank", "", nil, label("stackrank-do now"), work.ErrInvalid, "no blanks"},
		{"a label that is not ours", "", nil, label("urgent"), work.ErrInvalid, "not ours"},
		{"a label without end", "", nil, label("stackrank-" + strings.Repeat("x", 250)), work.ErrInvalid, "255"},
		{"a text for a number", "", nil, set(work.SlotScore, work.Text("high")), work.ErrInvalid, "takes numbers"},
		{"a slot that nobody asked for", "", nil, set("colour", work.Text("red")), work.ErrInvalid, "no field for colour"},
		{"a field on no screen", jirasim.DataCenter, func(s *jirasim.Switches) { s.OffScreen = map[string]bool{scoreField: true} },
			set(work.SlotScore, work.Number(1)), work.ErrInvalid, `add the field "Priority Score" to the Edit screen of project PAY`},
		{"no right to edit", "", denied("PAY", jirasim.Edit), set(work.SlotScore, work.Number(1)), work.ErrForbidden, "Edit issues in project PAY"},
		{"a conflict that stays", "", func(s *jirasim.Switches) { s.Conflicts = 99 }, set(work.SlotScore, work.Number(1)), work.ErrConflict, "somebody else"},
		{"an issue that is hidden", "", denied("PAY", jirasim.Browse), set(work.SlotScore, work.Number(1)), work.ErrNotFound, "PAY-1 is deleted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			deployments(t, func(t *testing.T, d jirasim.Deployment) {
				if tt.only != "" && d != tt.only {
					return
				}
				r := start(t, seedOf(d, many(2)...))
				tt.change.Ref = r.pull(t).Items[0].Ref
				if tt.switches != nil {
					r.site.Switch(tt.switches)
				}
				before := string(r.site.Dump())
				err := r.Apply(t.Context(), tt.change)
				if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("Apply() = %v, want the kind %q and %q in the text", err, tt.kind, tt.says)
				}
				if diff := cmp.Diff(before, string(r.site.Dump())); diff != "" {
					t.Errorf("a refused write changed the site:\n%s", diff)
				}
			})
		})
	}
}

func TestAFieldOnNoScreenCostsNothingElse(t *testing.T) {
	r := start(t, seedOf(jirasim.DataCenter, many(1)...))
	it := r.pull(t).Items[0]
	r.site.Switch(func(s *jirasim.Switches) { s.OffScreen = map[string]bool{scoreField: true} })
	err := r.Apply(t.Context(), full(it))
	if !errors.Is(err, work.ErrInvalid) || !strings.Contains(err.Error(), `add the field "Priority Score" to the Edit screen`) {
		t.Errorf("Apply() = %v, want the field named", err)
	}
	got := r.pull(t).Items[0]
	for _, e := range full(it).Edits {
		switch {
		case e.Slot == work.SlotScore:
			if !got.Outputs[work.SlotScore].IsZero() {
				t.Errorf("the field on no screen holds %s", got.Outputs[work.SlotScore])
			}
		case e.Op == work.Set:
			if got.Outputs[e.Slot] != e.New {
				t.Errorf("%s is %s, want %s", e.Slot, got.Outputs[e.Slot], e.New)
			}
		case e.Op == work.Add:
			if !got.HasLabel(e.Label()) {
				t.Errorf("label %s is missing", e.Label())
			}
		}
	}
}

func TestWithoutScheduleIssuesItemsAreFixed(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		r := start(t, seedOf(d, issueOf(10001, "PAY-1"), issueOf(10002, "OPS-2")))
		r.site.Switch(denied("PAY", jirasim.Schedule))
		s := r.pull(t)
		if !strings.Contains(s.Items[0].Fixed, "Schedule issues in project PAY") || s.Items[0].Refused != "" {
			t.Errorf("PAY-1: fixed %q, refused %q; want only a reason why it cannot be moved", s.Items[0].Fixed, s.Items[0].Refused)
		}
		if s.Items[1].Fixed != "" {
			t.Errorf("OPS-2: fixed %q, want it free", s.Items[1].Fixed)
		}
	})
}

func TestAConflictIsTriedOnceMore(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(1)...))
	it := r.pull(t).Items[0]
	r.site.Switch(func(s *jirasim.Switches) { s.Conflicts = 1 })
	if err := r.Apply(t.Context(), scored(it, 9)); err != nil {
		t.Errorf("Apply() after one conflict = %v", err)
	}
}

func TestTextFieldsHoldNumbersToo(t *testing.T) {
	seed := seedOf(jirasim.Cloud, issueOf(1, "PAY-1"), issueOf(2, "OPS-2"))
	seed.Fields = append(seed.Fields,
		jirasim.Field{ID: "customfield_10060", Name: "Place", Type: "string", Custom: jirasim.TextType},
		jirasim.Field{ID: "customfield_10061", Name: "Own", Type: "number", Custom: jirasim.NumberType, Project: "PAY"},
		jirasim.Field{ID: "customfield_10062", Name: "Own", Type: "number", Custom: jirasim.NumberType, Project: "OPS"})
	r := start(t, seed, func(w *Wiring, _ *Options, _ *rest.Options) {
		w.Targets = map[work.Slot]string{work.SlotRank: "Place", work.SlotScore: "Own"}
	})
	for _, it := range r.pull(t).Items {
		if err := r.Apply(t.Context(), full(it)); err != nil {
			t.Fatal(err)
		}
	}
	for _, it := range r.pull(t).Items {
		if it.Outputs[work.SlotRank] != work.Number(3) || it.Outputs[work.SlotScore] != work.Number(74.5) {
			t.Errorf("%s holds %v, want what was written", it.Key, it.Outputs)
		}
	}
}

func TestAFieldOfOneProjectIsLackingElsewhere(t *testing.T) {
	seed := seedOf(jirasim.Cloud, issueOf(1, "PAY-1"), issueOf(2, "OPS-2"))
	seed.Fields = append(seed.Fields, jirasim.Field{ID: "customfield_10061", Name: "Own", Type: "number", Custom: jirasim.NumberType, Project: "PAY"})
	r := start(t, seed, func(w *Wiring, _ *Options, _ *rest.Options) {
		w.Targets = map[work.Slot]string{work.SlotScore: "Own"}
	})
	items := r.pull(t).Items
	if len(items[0].Lacks) != 0 || len(items[1].Lacks) != 1 || items[1].Lacks[0] != work.SlotScore {
		t.Errorf("PAY-1 lacks %v, OPS-2 lacks %v; want the score of OPS-2 alone", items[0].Lacks, items[1].Lacks)
	}
}
