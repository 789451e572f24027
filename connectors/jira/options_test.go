package jira

import (
	"net/http"
	"strings"
	"testing"

	"stackrank/internal/rest"
)

func TestValidateGivesEveryProblem(t *testing.T) {
	good := Options{URL: "https://acme.atlassian.net", JQL: "project = PAY", Auth: Auth{Token: rest.SecretOf("x")}}
	tests := []struct {
		name  string
		alter func(*Options)
		want  []string // beginnings of lines
	}{
		{"nothing wrong", func(*Options) {}, nil},
		{"everything wrong", func(o *Options) { *o = Options{Notify: "loud"} }, []string{"url: ", "auth.token: ", "jql: ", "notify: "}},
		{"no scheme", func(o *Options) { o.URL = "acme.atlassian.net" }, []string{"url: "}},
		{"another scheme", func(o *Options) { o.URL = "ftp://acme" }, []string{"url: "}},
		{"the address of an issue", func(o *Options) { o.URL = "https://acme.atlassian.net/browse/PAY-1" }, []string{"url: "}},
		{"the address of a search", func(o *Options) { o.URL = "https://acme.atlassian.net/?jql=x" }, []string{"url: "}},
		{"a credential in the address", func(o *Options) { o.URL = "https://me:pw@acme.atlassian.net" }, []string{"url: "}},
		{"a credential in an address that cannot be read", func(o *Options) { o.URL = "https://me:pw@acme.atlassian.net:port" }, []string{"url: "}},
		{"a credential in a query", func(o *Options) { o.URL = "https://acme.atlassian.net?token=pw" }, []string{"url: "}},
		{"a credential without a scheme", func(o *Options) { o.URL = "me:pw@acme.atlassian.net" }, []string{"url: "}},
		{"a context path", func(o *Options) { o.URL = "https://acme.example/jira/" }, nil},
		{"the gateway for scoped tokens", func(o *Options) { o.URL = "https://api.atlassian.com/ex/jira/0a1b" }, nil},
		{"a query that is but an order", func(o *Options) { o.JQL = "order by rank" }, []string{"jql: "}},
		{"mail allowed", func(o *Options) { o.Notify = Allow }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := good
			tt.alter(&o)
			err := o.Validate()
			var lines []string
			if err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if len(lines) != len(tt.want) {
				t.Fatalf("Validate() = %q, want %d problems", lines, len(tt.want))
			}
			for i, w := range tt.want {
				if !strings.HasPrefix(lines[i], w) {
					t.Errorf("problem %q, want it to begin with %q", lines[i], w)
				}
			}
			if err != nil && strings.Contains(err.Error(), "pw") {
				t.Errorf("the problem repeats a credential: %v", err)
			}
		})
	}
}

func TestAuthorize(t *testing.T) {
	for name, tt := range map[string]struct {
		auth Auth
		want string
	}{
		"user and token":          {Auth{User: "po@acme.com", Token: rest.SecretOf("tok")}, "Basic cG9AYWNtZS5jb206dG9r"},
		"a personal access token": {Auth{Token: rest.SecretOf("tok")}, "Bearer tok"},
	} {
		h := http.Header{}
		tt.auth.authorize()(h)
		if got := h.Get("Authorization"); got != tt.want {
			t.Errorf("%s: Authorization = %q, want %q", name, got, tt.want)
		}
	}
}
