package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	trello "github.com/adlio/trello"
	jira "github.com/andygrunwald/go-jira"

	"stackrank/internal/work"
)

// library is one of the two trackers' clients, reduced to a read and a write.
type library struct {
	name  string
	read  func(ctx context.Context, c *Client, base string) error
	write func(ctx context.Context, c *Client, base string) error
}

func libraries(t *testing.T) []library {
	goJira := func(method string) func(context.Context, *Client, string) error {
		return func(ctx context.Context, c *Client, base string) error {
			jc, err := jira.NewClient(c.HTTP(), base)
			if err != nil {
				t.Fatal(err)
			}
			req, err := jc.NewRequestWithContext(ctx, method, "rest/api/2/issue/PAY-1", map[string]int{"score": 1})
			if err != nil {
				t.Fatal(err)
			}
			var v any
			_, err = jc.Do(req, &v)
			return err
		}
	}
	typed := func(ctx context.Context, c *Client, base string) error {
		jc, err := jira.NewClient(c.HTTP(), base)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = jc.Issue.GetWithContext(ctx, "PAY-1", nil)
		return err
	}
	client := func(ctx context.Context, c *Client, base string) *trello.Client {
		tc := trello.NewClient("", "")
		tc.BaseURL = base + "/1"
		tc.Client = c.Bind(ctx)
		return tc.WithContext(ctx)
	}
	return []library{
		{"go-jira", goJira("GET"), goJira("PUT")},
		{"go-jira's own calls", typed, goJira("PUT")},
		{
			"adlio/trello",
			func(ctx context.Context, c *Client, base string) error {
				_, err := client(ctx, c, base).GetCard("5f", trello.Arguments{"fields": "name"})
				return err
			},
			func(ctx context.Context, c *Client, base string) error {
				var v any
				return client(ctx, c, base).Put("cards/5f", trello.Arguments{"pos": "top"}, &v)
			},
		},
		{
			"adlio/trello, wrapped once more",
			func(ctx context.Context, c *Client, base string) error {
				_, err := client(ctx, c, base).GetBoard("5f", trello.Defaults())
				return err
			},
			func(ctx context.Context, c *Client, base string) error {
				tc := client(ctx, c, base)
				card := &trello.Card{ID: "5f"}
				card.SetClient(tc)
				_, err := card.AddComment("hello")
				return err
			},
		},
	}
}

func TestBothLibrariesReportOneKindOfError(t *testing.T) {
	home := ""
	failures := []struct {
		name string
		h    http.HandlerFunc
		kind error
	}{
		{"401", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "invalid token", http.StatusUnauthorized) }, work.ErrAuth},
		{"403", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "plan", http.StatusForbidden) }, work.ErrForbidden},
		{"404", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "gone", http.StatusNotFound) }, work.ErrNotFound},
		{"409", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "conflict", http.StatusConflict) }, work.ErrConflict},
		{"429", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "slow down", http.StatusTooManyRequests) }, work.ErrThrottled},
		{"500", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusInternalServerError) }, work.ErrUnavailable},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>log in</html>") }, work.ErrUnexpected},
		{"a foreign redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example/", http.StatusTemporaryRedirect)
		}, work.ErrUnexpected},
		{"a circle", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, home+r.URL.Path, http.StatusTemporaryRedirect)
		}, work.ErrUnexpected},
		{"a cut body", raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), work.ErrUnavailable},
	}
	for _, f := range failures {
		for _, lib := range libraries(t) {
			t.Run(f.name+" "+lib.name, func(t *testing.T) {
				srv := httptest.NewServer(f.h)
				defer srv.Close()
				home = srv.URL
				c := NewClient(Options{Source: "s", Base: at(t, srv.URL), Attempts: 1})
				for _, call := range []func(context.Context, *Client, string) error{lib.read, lib.write} {
					err := call(t.Context(), c, srv.URL)
					e, ok := errors.AsType[*Error](err)
					if !ok || e.Source != "s" || !errors.Is(err, f.kind) {
						t.Errorf("error = %v, want an *Error of kind %v", err, f.kind)
					}
					if got := Trim(err); got.Error() != e.Error() || !errors.Is(got, f.kind) {
						t.Errorf("Trim = %v, want %v", got, e)
					}
				}
			})
		}
	}
}

func TestBothLibrariesStopWithTheContext(t *testing.T) {
	for _, lib := range libraries(t) {
		t.Run(lib.name, func(t *testing.T) {
			var n atomic.Int32
			begun := make(chan struct{}, 9)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n.Add(1)
				begun <- struct{}{}
				_, _ = io.ReadAll(r.Body)
				<-r.Context().Done()
			}))
			defer srv.Close()
			c := NewClient(Options{Base: at(t, srv.URL)})
			for _, call := range []func(context.Context, *Client, string) error{lib.read, lib.write} {
				ctx, cancel := context.WithCancel(t.Context())
				go func() { <-begun; cancel() }()
				if err := Trim(call(ctx, c, srv.URL)); !errors.Is(err, context.Canceled) {
					t.Errorf("error = %v, want context.Canceled", err)
				}
				before := n.Load()
				if err := call(ctx, c, srv.URL); !errors.Is(err, context.Canceled) || n.Load() != before {
					t.Errorf("after the end: %v and %d more requests", err, n.Load()-before)
				}
			}
		})
	}
}

func TestAnEmptyAnswerIsNullWhenBound(t *testing.T) {
	for _, status := range []int{200, 201, 202, 204} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		defer srv.Close()
		tc := trello.NewClient("", "")
		tc.BaseURL = srv.URL
		tc.Client = NewClient(Options{Base: at(t, srv.URL)}).Bind(t.Context())
		got := any("untouched")
		if err := tc.Delete("cards/5f", trello.Defaults(), &got); err != nil || got != nil {
			t.Errorf("%d: got %v, %v; want null", status, got, err)
		}
	}
}

func TestAnAnswerIsTheSameWhenBound(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "fields=name" || r.Header.Get("Authorization") != "OAuth x" {
			t.Errorf("request %s with %v, want the query and the credential in the header", r.URL, r.Header)
		}
		_, _ = io.WriteString(w, `{"id":"5f","name":"a"}`)
	}))
	defer srv.Close()
	tc := trello.NewClient("", "")
	tc.BaseURL = srv.URL
	tc.Client = NewClient(Options{Base: at(t, srv.URL), Authorize: func(h http.Header) { h.Set("Authorization", "OAuth x") }}).Bind(t.Context())
	card, err := tc.GetCard("5f", trello.Arguments{"fields": "name"})
	if err != nil || card.Name != "a" {
		t.Errorf("got %v, %v", card, err)
	}
}

func TestBoundRequestsKeepTheirOwnContext(t *testing.T) {
	c := over(t, fake(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, stop := context.WithTimeout(t.Context(), time.Nanosecond)
	defer stop()
	for _, tt := range []struct {
		ctx  context.Context
		want error
	}{{cancelled, context.Canceled}, {late, context.DeadlineExceeded}} {
		if _, err := do(t, c.Bind(t.Context()), request("/x").WithContext(tt.ctx)); !errors.Is(err, tt.want) {
			t.Errorf("error = %v, want %v", err, tt.want)
		}
	}
}

func TestAnAnswerThatIsNoJSONIsNotRepeatedInFull(t *testing.T) {
	for _, lib := range libraries(t) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "not JSON but private "+strings.Repeat("x", 5000))
		}))
		defer srv.Close()
		err := Trim(lib.read(t.Context(), NewClient(Options{Base: at(t, srv.URL)}), srv.URL))
		if !errors.Is(err, work.ErrUnexpected) || strings.Contains(err.Error(), "private") || len(err.Error()) > 200 {
			t.Errorf("%s: %v, want ErrUnexpected without the answer", lib.name, err)
		}
	}
}
