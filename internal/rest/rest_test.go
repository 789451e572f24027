package rest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"stackrank/internal/work"
)

// fake is a network made of a function.
type fake func(*http.Request) (*http.Response, error)

func (f fake) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// reply makes an answer; the header comes as name, value, name, value.
func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// replies answers with each in turn, then with the last again, and counts.
func replies(n *int, all ...func() (*http.Response, error)) fake {
	var mu sync.Mutex
	return func(*http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		i := min(*n, len(all)-1)
		*n++
		return all[i]()
	}
}

func answers(status int, body string, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return reply(status, body, header...), nil }
}

func breaks(err error) func() (*http.Response, error) {
	return func() (*http.Response, error) { return nil, err }
}

func at(t testing.TB, base string) *url.URL {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const site = "https://acme.example"

// over gives a client whose network is f.
func over(t testing.TB, f http.RoundTripper, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{Source: "platform", Base: at(t, site), Transport: f}
	for _, c := range change {
		c(&o)
	}
	return NewClient(o)
}

// send makes one request and gives the body of its answer.
func send(t testing.TB, c *Client, method, path, body string) (string, error) {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, site+path, r)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, c.HTTP(), req)
}

func do(t testing.TB, hc *http.Client, req *http.Request) (string, error) {
	t.Helper()
	resp, err := hc.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("the body of an answer was not in memory: %v", err)
	}
	return string(b), nil
}

// logged gives a logger that writes JSON into the buffer.
func logged(b *bytes.Buffer) *zap.Logger {
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(b), zap.DebugLevel))
}

func TestStatusDecidesTheKind(t *testing.T) {
	want := map[int]error{
		400: work.ErrInvalid, 401: work.ErrAuth, 403: work.ErrForbidden, 404: work.ErrNotFound, 405: work.ErrInvalid,
		408: work.ErrUnavailable, 409: work.ErrConflict, 410: work.ErrNotFound, 412: work.ErrConflict, 413: work.ErrInvalid,
		415: work.ErrInvalid, 422: work.ErrInvalid, 429: work.ErrThrottled, 449: work.ErrInvalid,
		500: work.ErrUnavailable, 501: work.ErrUnavailable, 503: work.ErrUnavailable, 504: work.ErrUnavailable,
		300: work.ErrUnexpected, 304: work.ErrUnexpected,
	}
	for status, kind := range want {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			n := 0
			c := over(t, replies(&n, answers(status, "no")), func(o *Options) { o.Attempts = 1 })
			_, err := send(t, c, "GET", "/x", "")
			for _, k := range []error{work.ErrAuth, work.ErrForbidden, work.ErrNotFound, work.ErrConflict, work.ErrThrottled, work.ErrInvalid, work.ErrUnavailable, work.ErrUnexpected} {
				if got := errors.Is(err, k); got != errors.Is(kind, k) {
					t.Errorf("errors.Is(%v, %v) = %v, want kind %v", err, k, got, kind)
				}
			}
		})
	}
}

func TestEveryAnswerUnder2xxPasses(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
	}{{200, `{"a":1}`}, {201, `[]`}, {202, ""}, {204, ""}, {207, `{"entries":[]}`}} {
		n := 0
		got, err := send(t, over(t, replies(&n, answers(tt.status, tt.body))), "PUT", "/x", "{}")
		if err != nil || got != tt.body {
			t.Errorf("%d: got %q, %v; want %q", tt.status, got, err, tt.body)
		}
	}
}

func TestDescribeAndKindSpeakForTheService(t *testing.T) {
	n := 0
	c := over(t, replies(&n, answers(403, `{"error":"TOO_MANY"}`)), func(o *Options) {
		o.Describe = func(status int, _ http.Header, body []byte) (string, string) {
			return "TOO_MANY", strconv.Itoa(status) + " " + string(body)
		}
		o.Kind = func(e *Error) error {
			if e.Code == "TOO_MANY" {
				return work.ErrInvalid
			}
			return nil
		}
		o.Route = func(*http.Request) string { return "GET /cards/{id}" }
	})
	_, err := send(t, c, "GET", "/cards/5?fields=name", "")
	if !errors.Is(err, work.ErrInvalid) || errors.Is(err, work.ErrForbidden) {
		t.Errorf("kind of %v: want the connector's ErrInvalid alone", err)
	}
	want := `source platform: GET /cards/{id}: 403 Forbidden: TOO_MANY: 403 {"error":"TOO_MANY"}`
	if got := Trim(err).Error(); got != want {
		t.Errorf("text = %s\nwant   %s", got, want)
	}
}

func TestVetRefusesWhatOnlyLooksLikeSuccess(t *testing.T) {
	n := 0
	c := over(t, replies(&n, answers(200, `[]`, "X-Seraph-LoginReason", "AUTHENTICATION_DENIED")), func(o *Options) {
		o.Vet = func(r *http.Response) error {
			if _, err := io.ReadAll(r.Body); err != nil {
				return err
			}
			if r.Header.Get("X-Seraph-LoginReason") == "AUTHENTICATION_DENIED" {
				return work.ErrAuth
			}
			return nil
		}
	})
	if _, err := send(t, c, "GET", "/x", ""); !errors.Is(err, work.ErrAuth) || n != 1 {
		t.Errorf("got %v after %d requests, want ErrAuth after one", err, n)
	}
}

func TestVetLeavesTheBody(t *testing.T) {
	n := 0
	c := over(t, replies(&n, answers(200, `[1]`)), func(o *Options) {
		o.Vet = func(r *http.Response) error { _, err := io.ReadAll(r.Body); return err }
	})
	if got, err := send(t, c, "GET", "/x", ""); err != nil || got != "[1]" {
		t.Errorf("got %q, %v; want [1]", got, err)
	}
}

func TestHeadersOfARequest(t *testing.T) {
	var got http.Header
	c := over(t, fake(func(r *http.Request) (*http.Response, error) { got = r.Header; return reply(200, "{}"), nil }),
		func(o *Options) {
			o.Agent = "stackrank/1"
			o.Authorize = func(h http.Header) { h.Set("Authorization", "Bearer t") }
		})
	req, _ := http.NewRequestWithContext(t.Context(), "GET", site, nil)
	if _, err := do(t, c.HTTP(), req); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Accept": "application/json", "User-Agent": "stackrank/1", "Authorization": "Bearer t"} {
		if got.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, got.Get(name), want)
		}
	}
	if len(req.Header) != 0 {
		t.Errorf("the caller's request was changed: %v", req.Header)
	}
}

func TestStatsCountRequestsByRouteAndOutcome(t *testing.T) {
	n := 0
	c := over(t, replies(&n, answers(200, "{}"), answers(200, "{}"), answers(404, ""), breaks(errors.New("cut"))), func(o *Options) {
		o.Route = func(r *http.Request) string { return r.Method + " /issue/{id}" }
		o.Attempts = 1
	})
	for _, path := range []string{"/issue/1", "/issue/2", "/issue/3", "/issue/4"} {
		_, _ = send(t, c, "GET", path, "")
	}
	got := c.Stats()
	want := map[string]int{"GET /issue/{id} 200": 2, "GET /issue/{id} 404": 1, "GET /issue/{id} 0": 1}
	for call, n := range got.Requests {
		if want[call.String()] != n {
			t.Errorf("%s: %d, want %d", call, n, want[call.String()])
		}
	}
	if got.Total() != 4 || len(got.Requests) != 3 {
		t.Errorf("stats = %v, want %v", got.Requests, want)
	}
}

func TestDefaults(t *testing.T) {
	o := Options{}.withDefaults()
	if o.Timeout != time.Minute || o.Attempts != 5 || o.Backoff != 2*time.Second || o.MaxWait != 2*time.Minute || o.MaxBody != 64<<20 {
		t.Errorf("defaults = %+v, want those that Options documents", o)
	}
}

func packed(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
