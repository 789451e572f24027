package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"stackrank/internal/work"
)

// signed gives a client of a real server that signs with a secret.
func signed(t *testing.T, base string) *Client {
	t.Helper()
	return NewClient(Options{
		Source: "platform", Base: at(t, base), Secrets: []Secret{SecretOf("hunter2")},
		Authorize: func(h http.Header) { h.Set("Authorization", "Bearer hunter2") },
	})
}

func TestCredentialsNeverReachAnotherHost(t *testing.T) {
	var reached atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
			t.Run(fmt.Sprint(status, " ", method), func(t *testing.T) {
				home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("Authorization") != "Bearer hunter2" {
						t.Error("the credential did not reach its own host")
					}
					w.Header().Set("Location", other.URL+"/login?back=hunter2")
					w.WriteHeader(status)
				}))
				defer home.Close()
				c := signed(t, home.URL)
				for _, hc := range []*http.Client{c.HTTP(), c.Bind(t.Context())} {
					req, _ := http.NewRequestWithContext(t.Context(), method, home.URL+"/x", strings.NewReader("{}"))
					_, err := do(t, hc, req)
					if !errors.Is(err, work.ErrUnexpected) {
						t.Errorf("error = %v, want ErrUnexpected", err)
					}
					if text := Trim(err).Error(); strings.Contains(text, "hunter2") || !strings.Contains(text, origin(at(t, other.URL))) {
						t.Errorf("error = %s, want the other host without the query", text)
					}
				}
			})
		}
	}
	if reached.Load() != 0 {
		t.Errorf("the other host was asked %d times", reached.Load())
	}
}

func TestRequestsElsewhereAreNotSent(t *testing.T) {
	tests := []struct {
		name, base, to string
		ok             bool
	}{
		{"the host itself", "https://acme.example/jira", "https://acme.example/rest", true},
		{"letters in another case", "https://acme.example", "https://ACME.example/x", true},
		{"the scheme's own port", "https://acme.example", "https://acme.example:443/x", true},
		{"another host", "https://acme.example", "https://evil.example/x", false},
		{"a host that only begins alike", "https://acme.example", "https://acme.example.evil/x", false},
		{"another port", "https://acme.example", "https://acme.example:8443/x", false},
		{"without encryption", "https://acme.example", "http://acme.example/x", false},
		{"the host as a user name", "https://acme.example", "https://acme.example@evil.example/x", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			c := NewClient(Options{Base: at(t, tt.base), Transport: replies(&n, answers(200, "{}"))})
			req, err := http.NewRequestWithContext(t.Context(), "GET", tt.to, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = do(t, c.HTTP(), req)
			if sent := n == 1; sent != tt.ok || (err == nil) != tt.ok {
				t.Errorf("sent: %v, error %v; want sent: %v", sent, err, tt.ok)
			}
			if !tt.ok && !errors.Is(err, work.ErrUnexpected) {
				t.Errorf("error = %v, want ErrUnexpected", err)
			}
		})
	}
}

func TestWithoutABaseNothingIsSent(t *testing.T) {
	for _, base := range []*url.URL{nil, {}} {
		n := 0
		req, _ := http.NewRequestWithContext(t.Context(), "GET", site, nil)
		_, err := do(t, NewClient(Options{Base: base, Transport: replies(&n, answers(200, "{}"))}).HTTP(), req)
		if n != 0 || !errors.Is(err, work.ErrUnexpected) {
			t.Errorf("base %v: %d requests, %v; want none and ErrUnexpected", base, n, err)
		}
	}
}

func TestRedirectsOnTheHost(t *testing.T) {
	tests := []struct {
		name, method string
		status       int
		location     string
		want         string // what arrives at the end; "": refused
	}{
		{"a read is followed", "GET", 302, "/to", "GET /to "},
		{"a task begun by a POST is followed to its outcome", "POST", 303, "/to", "GET /to "},
		{"a write that stays one is followed with its body", "PUT", 307, "/to", "PUT /to body"},
		{"a write that moved for good is followed with its body", "PUT", 308, "/to", "PUT /to body"},
		{"a write that would become a read is refused", "PUT", 301, "/to", ""},
		{"a POST that would become a read is refused", "POST", 302, "/to", ""},
		{"an address that cannot be read is refused", "GET", 302, "http://[::1", ""},
		{"a redirect to nowhere is refused", "GET", 302, "", ""},
		{"a circle is left after ten hops", "GET", 302, "/from", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, hops := "", 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/from" {
					hops++
					w.Header()["Location"] = []string{tt.location}
					if tt.location == "" {
						w.Header().Del("Location")
					}
					w.WriteHeader(tt.status)
					return
				}
				if r.Header.Get("Authorization") != "Bearer hunter2" {
					t.Error("the second hop was not signed")
				}
				b, _ := io.ReadAll(r.Body)
				got = r.Method + " " + r.URL.Path + " " + string(b)
				_, _ = io.WriteString(w, "{}")
			}))
			defer srv.Close()
			var body io.Reader
			if tt.method != "GET" {
				body = strings.NewReader("body")
			}
			req, _ := http.NewRequestWithContext(t.Context(), tt.method, srv.URL+"/from", body)
			_, err := do(t, signed(t, srv.URL).HTTP(), req)
			if got != tt.want || hops > maxRedirects {
				t.Errorf("arrived: %q after %d hops, want %q (error %v)", got, hops, tt.want, err)
			}
			if _, ok := errors.AsType[*Error](err); tt.want == "" && (!ok || !errors.Is(err, work.ErrUnexpected)) {
				t.Errorf("error = %v, want an *Error of kind ErrUnexpected", err)
			}
		})
	}
}

func TestAWriteWhoseBodyIsGoneIsNotRedirected(t *testing.T) {
	n := 0
	c := over(t, replies(&n, answers(307, "", "Location", "/to"), answers(200, "{}")))
	req, _ := http.NewRequestWithContext(context.Background(), "PUT", site+"/from", io.MultiReader(strings.NewReader("once")))
	if _, err := do(t, c.HTTP(), req); !errors.Is(err, work.ErrUnexpected) || n != 1 {
		t.Errorf("got %v after %d requests, want ErrUnexpected after one", err, n)
	}
}
