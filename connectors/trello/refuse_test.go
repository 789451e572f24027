package trello

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

func TestEveryRefusalIsOneSentenceOfAKind(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tests := []struct {
		name    string
		arrange func(s *trellosim.Site, o *setup)
		kind    error
		says    []string
	}{
		{"a wrong key", func(_ *trellosim.Site, o *setup) { o.options.Auth.Key = rest.SecretOf(strings.Repeat("f", 32)) }, work.ErrAuth, []string{"invalid key", "https://trello.com/apps/admin"}},
		{"a wrong token", func(_ *trellosim.Site, o *setup) { o.options.Auth.Token = rest.SecretOf("ATTAwrong") }, work.ErrAuth, []string{"invalid token", "make a new one"}},
		{"a board that is not shared", func(s *trellosim.Site, _ *setup) { s.Switches().Membership(boardRef, false) }, work.ErrForbidden, []string{"invite it to the board"}},
		{"a board that is not there", func(_ *trellosim.Site, o *setup) { o.options.Boards = []string{"AAAAAAAA"} }, work.ErrNotFound, []string{"board AAAAAAAA", "gone"}},
		{"an HTML page with status 200", func(s *trellosim.Site, _ *setup) { s.FailHTML("/1/*", http.StatusOK, -1) }, work.ErrUnexpected, []string{"HTML"}},
		{"an HTML page with status 503", func(s *trellosim.Site, _ *setup) { s.FailHTML("/1/*", http.StatusServiceUnavailable, -1) }, work.ErrUnavailable, []string{"503"}},
		{"a redirect to another host", func(s *trellosim.Site, _ *setup) { s.Redirect("/1/*", "https://evil.example/1/boards", -1) }, work.ErrUnexpected, []string{"evil.example"}},
		{"a host that is not reached", func(_ *trellosim.Site, o *setup) { o.options.URL = gone.URL + "/1" }, work.ErrUnavailable, []string{"source roadmap"}},
		{"too many requests", func(s *trellosim.Site, _ *setup) { s.Fail("/1/*", http.StatusTooManyRequests, -1) }, work.ErrThrottled, []string{"API_TOKEN_LIMIT_EXCEEDED"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
			before := dump(t, site)
			c := connect(t, site, func(o *setup) { tt.arrange(site, o) })
			s, err := c.Pull(t.Context())
			if !errors.Is(err, tt.kind) || len(s.Items) > 0 {
				t.Fatalf("Pull() = %d items, %v; want the kind %q", len(s.Items), err, tt.kind)
			}
			text := err.Error()
			for _, want := range append(tt.says, "source roadmap") {
				if !strings.Contains(text, want) {
					t.Errorf("%q does not say %q", text, want)
				}
			}
			for _, secret := range []string{trellosim.DefaultKey, trellosim.DefaultToken, "ATTAwrong", "\n", "<html"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q holds %q", text, secret)
				}
			}
			if dump(t, site) != before {
				t.Error("the refused pull changed something")
			}
		})
	}
}

func TestATokenThatMayNotWriteIsSaid(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
	site.Switches().ReadOnlyToken(true)
	c := connect(t, site)
	pull(t, c)
	err := c.Apply(t.Context(), change(1, set(work.SlotScore, work.Number(1)), add("stackrank-now")))
	if !errors.Is(err, work.ErrAuth) || !strings.Contains(err.Error(), "scope=read,write") {
		t.Errorf("Apply() = %v, want ErrAuth, which ends the round, and the scope", err)
	}
	if strings.Contains(err.Error(), "Power-Up") {
		t.Errorf("%q blames the custom fields", err)
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	good := func() Options { return usual().options }
	tests := []struct {
		name   string
		change func(*Options)
		want   string // "" for none
	}{
		{"the defaults", func(*Options) {}, ""},
		{"a sandbox", func(o *Options) { o.URL = "http://127.0.0.1:8080/1" }, ""},
		{"a short link", func(o *Options) { o.Boards = []string{"nC8QJoZN"} }, ""},
		{"an id", func(o *Options) { o.Boards = []string{boardRef} }, ""},
		{"an address with name", func(o *Options) { o.Boards = []string{"https://trello.com/b/nC8QJoZN/road-map?x=1"} }, ""},
		{"no scheme", func(o *Options) { o.URL = "api.trello.com/1" }, "url: "},
		{"the address of the site", func(o *Options) { o.URL = "https://trello.com" }, "ends in /1"},
		{"credentials in the address", func(o *Options) { o.URL = "https://u:p@api.trello.com/1" }, "url: "},
		{"a key in the address", func(o *Options) { o.URL = "https://api.trello.com/1?key=x" }, "url: "},
		{"credentials in an address that cannot be read", func(o *Options) { o.URL = "https://u:hunter2@api.trello.com:port/1" }, "url: "},
		{"a token behind the address of a card", func(o *Options) { o.Boards = []string{"https://trello.com/c/nC8QJoZN?token=hunter2"} }, "boards[0]: "},
		{"a token behind a board named twice", func(o *Options) { o.Boards = []string{"nC8QJoZN", "https://trello.com/b/nC8QJoZN?token=hunter2"} }, "named twice"},
		{"no key", func(o *Options) { o.Auth.Key = rest.Secret{} }, "auth.key: "},
		{"no token", func(o *Options) { o.Auth.Token = rest.Secret{} }, "auth.token: "},
		{"no boards", func(o *Options) { o.Boards = nil }, "boards: "},
		{"a card in place of a board", func(o *Options) { o.Boards = []string{"https://trello.com/c/nC8QJoZN"} }, "boards[0]: "},
		{"a name in place of a board", func(o *Options) { o.Boards = []string{"nC8QJoZN", "Road map"} }, "boards[1]: "},
		{"a board twice", func(o *Options) { o.Boards = []string{"nC8QJoZN", "https://trello.com/b/nC8QJoZN"} }, "named twice"},
		{"an empty list", func(o *Options) { o.Lists = []string{"Next", " "} }, "lists[1]: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := good()
			tt.change(&o)
			err := o.Validate()
			if (tt.want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Validate() = %v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the problem repeats a credential: %v", err)
			}
		})
	}
	all := Options{URL: "x", Lists: []string{""}}.Validate()
	for _, key := range []string{"url: ", "auth.key: ", "auth.token: ", "boards: ", "lists[0]: "} {
		if !strings.Contains(all.Error(), key) {
			t.Errorf("%q does not report %q: every problem is reported at once", all, key)
		}
	}
}

func TestRoutesHoldNoIDs(t *testing.T) {
	tests := map[string]string{
		"GET /1/boards/nC8QJoZN":                                 "GET /1/boards/{id}",
		"GET /1/boards/" + boardRef + "/customFields":            "GET /1/boards/{id}/customFields",
		"GET /1/tokens/ATTAsecret":                               "GET /1/tokens/{token}",
		"POST /1/cards/" + boardRef + "/idLabels":                putLabel,
		"DELETE /1/cards/" + boardRef + "/idLabels/" + themLabel: dropLabel,
		"POST /1/cards/" + boardRef + "/actions/comments":        "POST /1/cards/{id}/actions/comments",
		"GET /1/members/me/boards":                               "GET /1/members/me/boards",
		"GET /proxy/1/lists/" + ideasList + "/cards":             "GET /proxy/1/lists/{id}/cards",
		"PUT /1/cards/" + boardRef + "/customFields":             putFields,
		"GET /1/webhooks/" + boardRef:                            "GET /1/webhooks/{id}",
	}
	for in, want := range tests {
		method, path, _ := strings.Cut(in, " ")
		if got := route(httptest.NewRequest(method, path, nil)); got != want {
			t.Errorf("route(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestRulesMatchTheRoutesThatTrelloCounts(t *testing.T) {
	tests := []struct {
		path string
		want string // names of the rules that count it
	}{
		{"/1/boards/x/cards", "token "}, {"/1/members/me", "token members "}, {"/1/members/me/boards", "token "}, {"/1/search", "token search "},
	}
	for _, tt := range tests {
		got := ""
		for _, r := range Rules() {
			if r.Match == nil {
				got += r.Name + " "
			} else if _, ok := r.Match(httptest.NewRequest(http.MethodGet, tt.path, nil)); ok {
				got += r.Name + " "
			}
		}
		if got != tt.want {
			t.Errorf("%s is counted by %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestRateHeaders(t *testing.T) {
	h := http.Header{}
	if _, _, ok := Headers(h); ok {
		t.Error("no headers were read as some")
	}
	h.Set("X-Rate-Limit-Api-Key-Remaining", "3")
	h.Set("X-Rate-Limit-Api-Key-Interval-Ms", "10000")
	h.Set("X-Rate-Limit-Api-Token-Remaining", "99")
	h.Set("X-Rate-Limit-Api-Token-Interval-Ms", "20000")
	if left, reset, ok := Headers(h); left != 3 || reset != 10*time.Second || !ok {
		t.Errorf("Headers() = %d, %v, %t; want 3 in 10 s: the tighter window counts", left, reset, ok)
	}
	h.Set("X-Rate-Limit-Api-Key-Remaining", "-1")
	h.Set("X-Rate-Limit-Api-Token-Interval-Ms", "soon")
	if _, _, ok := Headers(h); ok {
		t.Error("nonsense was read as headers")
	}
}

func TestScopeOfARefusal(t *testing.T) {
	tests := map[string]*rest.Error{
		ruleToken:   {Code: "API_TOKEN_LIMIT_EXCEEDED", Message: "Rate limit exceeded"},
		ruleMembers: {Code: "RATE_LIMIT_EXCEEDED", Message: "Exceeded rate limit to /1/member"},
	}
	for want, e := range tests {
		if got := Scope(e); got != want {
			t.Errorf("Scope(%v) = %q, want %q", e, got, want)
		}
	}
}

func TestOnlyWhatIsHarmlessIsRepeated(t *testing.T) {
	tests := map[string]bool{
		"GET /1/boards/x": true, "PUT /1/cards/x": true, "DELETE /1/cards/x/idLabels/y": true,
		"POST /1/cards/x/idLabels": true, "POST /1/labels": false,
	}
	for in, want := range tests {
		method, path, _ := strings.Cut(in, " ")
		if got := repeatable(httptest.NewRequest(method, path, nil)); got != want {
			t.Errorf("repeatable(%s) = %t, want %t", in, got, want)
		}
	}
}

func TestCredentialsTravelInAHeaderAlone(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if u := q.URL.String(); strings.Contains(u, trellosim.DefaultKey) || strings.Contains(u, trellosim.DefaultToken) {
			t.Errorf("the address %s holds a credential", q.URL.Path)
		}
		if want := fmt.Sprintf("OAuth oauth_consumer_key=%q, oauth_token=%q", trellosim.DefaultKey, trellosim.DefaultToken); q.Header.Get("Authorization") != want {
			t.Error("the request is not signed as Trello documents")
		}
		if strings.Contains(q.URL.Query().Get("fields"), "email") || q.URL.Query().Get("fields") == "all" {
			t.Errorf("%s asks for the secret mail addresses of cards", q.URL)
		}
		site.ServeHTTP(w, q)
	}))
	pull(t, c)
	if err := c.Apply(t.Context(), change(1, set(work.SlotScore, work.Number(1)), add("stackrank-now"))); err != nil {
		t.Error(err)
	}
}
