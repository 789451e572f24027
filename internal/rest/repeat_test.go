package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"stackrank/internal/work"
)

var errCut = errors.New("connection reset by peer")

func TestWhatIsRepeated(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	search := func(o *Options) {
		o.Idempotent = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/search") }
	}
	tests := []struct {
		name, method, path string
		first              func() (*http.Response, error)
		want               int
	}{
		{"a read after a 503", "GET", "/x", answers(503, ""), 2},
		{"a write of an absolute value after a 502", "PUT", "/x", answers(502, ""), 2},
		{"a delete after a cut connection", "DELETE", "/x", breaks(errCut), 2},
		{"a POST after a 5xx may have been carried out", "POST", "/x", answers(500, ""), 1},
		{"a POST after a cut connection may have been carried out", "POST", "/x", breaks(errCut), 1},
		{"a POST that never left", "POST", "/x", breaks(dial), 2},
		{"a POST after a 429 was not carried out", "POST", "/x", answers(429, ""), 2},
		{"a search by POST after a 5xx", "POST", "/search", answers(500, ""), 2},
		{"a search by POST after a cut connection", "POST", "/search", breaks(errCut), 2},
		{"a request timed out by the service", "GET", "/x", answers(408, ""), 2},
		{"a refused credential is not tried again", "GET", "/x", answers(401, ""), 1},
		{"a CAPTCHA in HTML is not tried again", "GET", "/x", answers(403, "<html>", "X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE"), 1},
		{"a conflict is the caller's to solve", "PUT", "/x", answers(409, ""), 1},
		{"an invalid request stays invalid", "PUT", "/x", answers(400, ""), 1},
		{"a missing item stays missing", "GET", "/x", answers(404, ""), 1},
		{"a page of HTML stays one", "GET", "/x", answers(200, "<html>"), 1},
		{"a 429 in HTML is a 429", "GET", "/x", answers(429, "<html>", "Content-Type", "text/html"), 2},
		{"an unknown method of HTTP", "GET", "/x", answers(501, ""), 1},
		{"an unknown host", "GET", "/x", breaks(&net.DNSError{IsNotFound: true}), 1},
		{"JSON that ends too early", "GET", "/x", answers(200, `{"issues":[{"id":`), 2},
		{"JSON that ends too early after a POST that may have been carried out", "POST", "/x", answers(201, `{"id":`), 1},
		{"a body that was cut", "GET", "/x", func() (*http.Response, error) {
			r := reply(200, `{"a":`)
			r.ContentLength = 100
			return r, nil
		}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				var bodies []string
				inner := replies(&n, tt.first, answers(200, `{}`))
				c := over(t, fake(func(r *http.Request) (*http.Response, error) {
					if r.Body != nil {
						b, _ := io.ReadAll(r.Body)
						bodies = append(bodies, string(b))
					}
					return inner(r)
				}), search)
				body := ""
				if tt.method == "POST" || tt.method == "PUT" {
					body = `{"the":"body"}`
				}
				_, err := send(t, c, tt.method, tt.path, body)
				if n != tt.want {
					t.Errorf("%d requests, want %d (error %v)", n, tt.want, err)
				}
				if (err == nil) != (tt.want > 1) {
					t.Errorf("error = %v", err)
				}
				for i, got := range bodies {
					if got != body {
						t.Errorf("body %d = %q, want %q", i+1, got, body)
					}
				}
			})
		})
	}
}

func TestAWriteInDoubtSaysSo(t *testing.T) {
	n := 0
	_, err := send(t, over(t, replies(&n, breaks(errCut))), "POST", "/x", "{}")
	want := "source platform: POST /x: no complete answer; it may have been carried out and was not repeated: connection reset by peer"
	if got := Trim(err).Error(); got != want {
		t.Errorf("text = %s\nwant   %s", got, want)
	}
}

func TestABodyThatCanBeReadOnceIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bodies []string
		c := over(t, fake(func(r *http.Request) (*http.Response, error) {
			b, _ := io.ReadAll(r.Body)
			bodies = append(bodies, string(b))
			if len(bodies) < 3 {
				return reply(503, ""), nil
			}
			return reply(200, "{}"), nil
		}))
		req, _ := http.NewRequestWithContext(t.Context(), "PUT", site, io.MultiReader(strings.NewReader("on"), strings.NewReader("ce")))
		if _, err := do(t, c.HTTP(), req); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(bodies); got != "[once once once]" {
			t.Errorf("bodies = %s, want the whole body each time", got)
		}
	})
}

func TestBackoffDoublesWithJitterUpToItsCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []time.Time
		c := over(t, fake(func(*http.Request) (*http.Response, error) {
			sent = append(sent, time.Now())
			return reply(503, ""), nil
		}), func(o *Options) { o.Attempts = 8 })
		_, err := send(t, c, "GET", "/x", "")
		if !errors.Is(err, work.ErrUnavailable) || !strings.HasSuffix(err.Error(), "(8 attempts)") {
			t.Errorf("error = %v, want unavailable after 8 attempts", err)
		}
		for i, base := range []float64{2, 4, 8, 16, 30, 30, 30} {
			got := sent[i+1].Sub(sent[i]).Seconds()
			if got < 0.7*base || got > 1.3*base {
				t.Errorf("wait %d = %.2f s, want %.1f to %.1f", i+1, got, 0.7*base, 1.3*base)
			}
		}
	})
}

func TestRetryAfterIsTheLeastWait(t *testing.T) {
	tests := []struct {
		name   string
		status int
		header []string
		least  time.Duration
		most   time.Duration
	}{
		{"seconds on a 429", 429, []string{"Retry-After", "20"}, 20 * time.Second, 20 * time.Second},
		{"seconds on a 503", 503, []string{"Retry-After", "20"}, 20 * time.Second, 20 * time.Second},
		{"a date", 429, []string{"Retry-After", "Sat, 01 Jan 2000 00:00:20 GMT"}, 20 * time.Second, 20 * time.Second},
		{"a date by the service's clock", 429, []string{"Retry-After", "Sat, 01 Jan 2000 05:00:20 GMT", "Date", "Sat, 01 Jan 2000 05:00:00 GMT"}, 20 * time.Second, 20 * time.Second},
		{"less than the backoff", 429, []string{"Retry-After", "1"}, 1400 * time.Millisecond, 2600 * time.Millisecond},
		{"zero on a 429 is a backoff still", 429, []string{"Retry-After", "0"}, 1400 * time.Millisecond, 2600 * time.Millisecond},
		{"missing", 429, nil, 1400 * time.Millisecond, 2600 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				start := time.Now()
				_, err := send(t, over(t, replies(&n, answers(tt.status, "", tt.header...), answers(200, "{}"))), "GET", "/x", "")
				if took := time.Since(start); err != nil || took < tt.least || took > tt.most {
					t.Errorf("took %v, %v; want %v to %v", took, err, tt.least, tt.most)
				}
			})
		})
	}
}

func TestALongRetryAfterIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, start := 0, time.Now()
		c := over(t, replies(&n, answers(429, "", "Retry-After", "1800"), answers(200, "{}")))
		for range 2 { // the second is not even sent
			_, err := send(t, c, "GET", "/x", "")
			e, ok := errors.AsType[*Error](err)
			if !ok || !errors.Is(err, work.ErrThrottled) || e.RetryAfter != 30*time.Minute {
				t.Fatalf("error = %v, want ErrThrottled with half an hour", err)
			}
		}
		if n != 1 || time.Since(start) != 0 {
			t.Errorf("%d requests in %v, want one and no wait", n, time.Since(start))
		}
		time.Sleep(30 * time.Minute)
		if _, err := send(t, c, "GET", "/x", ""); err != nil {
			t.Errorf("after the wait: %v", err)
		}
	})
}

func TestCancellationIsPrompt(t *testing.T) {
	blocked := func(r *http.Request) (*http.Response, error) {
		resp := reply(200, "")
		resp.ContentLength = -1
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"a":`), waits{r.Context()}))
		return resp, nil
	}
	budget := func(o *Options) { o.Budget = NewBudget(Rule{Requests: 1, Per: time.Hour}) }
	tests := []struct {
		name   string
		net    fake
		change func(*Options)
		calls  int // made before the one that is cancelled
	}{
		{"before the answer", func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }, nil, 0},
		{"in the middle of a body", blocked, nil, 0},
		{"between two attempts", func(*http.Request) (*http.Response, error) { return reply(429, "", "Retry-After", "60"), nil }, nil, 0},
		{"while waiting for the budget", func(*http.Request) (*http.Response, error) { return reply(200, "{}"), nil }, budget, 1},
	}
	for _, tt := range tests {
		for _, byDeadline := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, " by deadline ", byDeadline), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c := over(t, tt.net, func(o *Options) {
						if tt.change != nil {
							tt.change(o)
						}
					})
					for range tt.calls {
						if _, err := send(t, c, "GET", "/x", ""); err != nil {
							t.Fatal(err)
						}
					}
					ctx, cancel := context.WithCancel(t.Context())
					want := context.Canceled
					if byDeadline {
						ctx, cancel = context.WithTimeout(t.Context(), 3*time.Second)
						want = context.DeadlineExceeded
					} else {
						time.AfterFunc(3*time.Second, cancel)
					}
					defer cancel()
					start := time.Now()
					req, _ := http.NewRequestWithContext(ctx, "GET", site, nil)
					_, err := do(t, c.HTTP(), req)
					if took := time.Since(start); took > 3*time.Second {
						t.Errorf("returned after %v, want 3 s at most", took)
					}
					if !errors.Is(err, want) || !errors.Is(Trim(err), want) {
						t.Errorf("error = %v, want %v", err, want)
					}
					if _, ok := errors.AsType[*Error](err); !ok {
						t.Errorf("error = %v, want an *Error", err)
					}
					if kinded := errors.Is(err, work.ErrUnavailable) || errors.Is(err, work.ErrThrottled); kinded != byDeadline {
						t.Errorf("error = %v has a kind: %v; want one for lack of time alone", err, kinded)
					}
				})
			})
		}
	}
}

// waits is a body that brings nothing more until its request ends.
type waits struct{ ctx context.Context }

func (w waits) Read([]byte) (int, error) { <-w.ctx.Done(); return 0, w.ctx.Err() }

func TestAnAttemptHasItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := over(t, fake(func(r *http.Request) (*http.Response, error) {
			if n++; n == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return reply(200, "{}"), nil
		}), func(o *Options) { o.Timeout = 10 * time.Second })
		start := time.Now()
		if _, err := send(t, c, "GET", "/x", ""); err != nil || n != 2 {
			t.Errorf("%d attempts, %v; want a second that succeeds", n, err)
		}
		if took := time.Since(start); took < 11*time.Second || took > 13*time.Second {
			t.Errorf("took %v, want 10 s and a backoff", took)
		}
	})
}

func TestAnAttemptOutOfTimeIsNotTheCallersDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := over(t, fake(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }),
			func(o *Options) { o.Attempts = 2 })
		_, err := send(t, c, "GET", "/x", "")
		if errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, os.ErrDeadlineExceeded) || !errors.Is(err, work.ErrUnavailable) {
			t.Errorf("error = %v, want unavailable, and not the caller's deadline", err)
		}
	})
}

func TestAConnectionOutOfTimeIsNotTheCallersDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		dial := &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
		_, err := send(t, over(t, replies(&n, breaks(dial))), "GET", "/x", "")
		if errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, work.ErrUnavailable) || n != 5 {
			t.Errorf("got %v after %d attempts, want unavailable after 5, and not the caller's deadline", err, n)
		}
	})
}

func TestADeadlineWhileWaitingKeepsWhatWentWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		_, err := do(t, over(t, replies(&n, answers(429, "busy", "Retry-After", "60"))).HTTP(), request("/x").WithContext(ctx))
		if !errors.Is(err, work.ErrThrottled) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "busy") {
			t.Errorf("error = %v, want what the service said and the deadline", err)
		}
		if time.Since(start) != 0 {
			t.Errorf("waited %v for what cannot come in time", time.Since(start))
		}
	})
}

func TestRepeatsAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		n := 0
		c := over(t, replies(&n, answers(503, "busy"), answers(200, "{}")), func(o *Options) { o.Log = logged(&log) })
		if _, err := send(t, c, "GET", "/x?jql=private", ""); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"source":"platform"`, `"attempt":1`, `"error":"source platform: GET /x: 503 Service Unavailable: busy"`} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("log lacks %s:\n%s", want, log.String())
			}
		}
		if strings.Contains(log.String(), "private") {
			t.Errorf("log holds the query:\n%s", log.String())
		}
	})
}
