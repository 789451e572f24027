package rest

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

// served gives a client of a real server, with one attempt.
func served(t *testing.T, h http.HandlerFunc, change ...func(*Options)) (*Client, *httptest.Server) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	o := Options{Source: "platform", Base: at(t, srv.URL), Attempts: 1}
	for _, c := range change {
		c(&o)
	}
	return NewClient(o), srv
}

func get(t *testing.T, c *Client, srv *httptest.Server) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, c.HTTP(), req)
}

// raw answers with bytes of one's own and closes the connection.
func raw(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, answer)
		_ = conn.Close()
	}
}

func TestWhatIsNoCompleteAnswer(t *testing.T) {
	short := func(o *Options) { o.MaxBody = 100 }
	long := `"` + strings.Repeat("a", 200) + `"`
	tests := []struct {
		name   string
		h      http.HandlerFunc
		change func(*Options)
		kind   error
		text   string
	}{
		{"fewer bytes than announced", raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2"), nil, work.ErrUnavailable, "unexpected EOF"},
		{"a chunk cut short", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n[1,2"), nil, work.ErrUnavailable, "unexpected EOF"},
		{"chunks without an end", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n"), nil, work.ErrUnavailable, "unexpected EOF"},
		{"no answer at all", raw(""), nil, work.ErrUnavailable, "EOF"},
		{"no HTTP", raw("SSH-2.0-OpenSSH\r\n\r\n"), nil, work.ErrUnavailable, "malformed HTTP"},
		{"packed data cut short", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed(t, long)[:20])
		}, nil, work.ErrUnavailable, "unexpected EOF"},
		{"a body over the limit, announced", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, long) }, short, work.ErrUnexpected, "more than 100 bytes"},
		{"a body over the limit, in chunks", func(w http.ResponseWriter, _ *http.Request) {
			for range 10 {
				_, _ = io.WriteString(w, long)
				w.(http.Flusher).Flush()
			}
		}, short, work.ErrUnexpected, "more than 100 bytes"},
		{"a body over the limit once it is unpacked", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed(t, strings.Repeat("a", 1<<20)))
		}, func(o *Options) { o.MaxBody = 10 << 10 }, work.ErrUnexpected, "more than 10240 bytes"},
		{"a log-in page by its type", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "please log in")
		}, nil, work.ErrUnexpected, "an HTML page instead of data"},
		{"a log-in page under a false type", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "\ufeff\n <!doctype html><title>\n Log in &amp; go </title>")
		}, nil, work.ErrUnexpected, `an HTML page (“Log in & go”) instead of data`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, srv := served(t, tt.h, func(o *Options) {
				if tt.change != nil {
					tt.change(o)
				}
			})
			_, err := get(t, c, srv)
			e, ok := errors.AsType[*Error](err)
			if !ok || !errors.Is(err, tt.kind) || !strings.Contains(e.Error(), tt.text) {
				t.Errorf("error = %v\nwant kind %v and %q", err, tt.kind, tt.text)
			}
		})
	}
}

func TestABodyAnnouncedAsTooLargeIsNotRead(t *testing.T) {
	c := over(t, fake(func(*http.Request) (*http.Response, error) {
		resp := reply(200, "")
		resp.ContentLength = 101
		resp.Body = unread{t}
		return resp, nil
	}), func(o *Options) { o.MaxBody = 100 })
	if _, err := send(t, c, "GET", "/x", ""); !errors.Is(err, work.ErrUnexpected) {
		t.Errorf("error = %v, want ErrUnexpected", err)
	}
}

// unread is a body that nobody may read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) { u.t.Error("the body was read"); return 0, io.EOF }
func (u unread) Close() error             { return nil }

func TestGzipIsUnpacked(t *testing.T) {
	c, srv := served(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip was not offered")
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed(t, `{"a":1}`))
	})
	if got, err := get(t, c, srv); err != nil || got != `{"a":1}` {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAnEmptyAnswerIsNoPage(t *testing.T) {
	for _, status := range []int{200, 201, 204} {
		c, srv := served(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
		})
		if got, err := get(t, c, srv); err != nil || got != "" {
			t.Errorf("%d: got %q, %v; want an empty answer", status, got, err)
		}
	}
}

func TestHeadHasALengthButNoBody(t *testing.T) {
	c, srv := served(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "1000") })
	req, _ := http.NewRequestWithContext(t.Context(), "HEAD", srv.URL, nil)
	if _, err := do(t, c.HTTP(), req); err != nil {
		t.Errorf("HEAD: %v", err)
	}
}

func TestARefusalInHTMLIsNamedByItsTitle(t *testing.T) {
	described := false
	c, srv := served(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(503)
		_, _ = io.WriteString(w, "<html><head><title>Down for maintenance</title></head>"+strings.Repeat("x", 1<<20))
	}, func(o *Options) {
		o.Describe = func(_ int, _ http.Header, body []byte) (string, string) { described = body == nil; return "", "" }
	})
	_, err := get(t, c, srv)
	want := `source platform: GET /x: 503 Service Unavailable: an HTML page (“Down for maintenance”)`
	if got := Trim(err).Error(); got != want || !described {
		t.Errorf("text = %s\nwant   %s; described without a page: %v", got, want, described)
	}
}

func TestCancellationInTheMiddleOfARealBody(t *testing.T) {
	begun := make(chan struct{})
	c, srv := served(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"issues":[`)
		w.(http.Flusher).Flush()
		close(begun)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-begun; cancel() }()
	req, _ := http.NewRequestWithContext(ctx, "GET", srv.URL, nil)
	start := time.Now()
	_, err := do(t, c.HTTP(), req)
	if !errors.Is(err, context.Canceled) || time.Since(start) > 5*time.Second {
		t.Errorf("got %v after %v, want a prompt end", err, time.Since(start))
	}
}

func TestAPrivateAuthorityIsTrustedWhenNamed(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	roots, err := Roots(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		roots *x509.CertPool
		ok    bool
	}{{roots, true}, {nil, false}} {
		_, err := get(t, NewClient(Options{Base: at(t, srv.URL), Roots: tt.roots}), srv)
		if (err == nil) != tt.ok {
			t.Errorf("trusted %v: %v", tt.ok, err)
		}
		if e, ok := errors.AsType[*Error](err); !tt.ok && (!ok || e.attempts != 1 || !strings.Contains(e.Error(), "tls.ca")) {
			t.Errorf("error = %v, want one attempt and the way out", err)
		}
	}
	if _, err := Roots([]byte("no PEM")); err == nil {
		t.Error("Roots took what is no certificate")
	}
}

func TestAnAddressWithoutTLSIsNotTriedAgain(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	srv.URL = strings.Replace(srv.URL, "http:", "https:", 1)
	_, err := get(t, NewClient(Options{Base: at(t, srv.URL)}), srv)
	if e, ok := errors.AsType[*Error](err); !ok || e.attempts != 1 || !strings.Contains(e.Error(), "no TLS") {
		t.Errorf("error = %v, want one attempt and the cause", err)
	}
}

func TestHarmlessHeadersAlone(t *testing.T) {
	c, srv := served(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		for name := range strings.FieldsSeq("Set-Cookie X-AUSERNAME X-Secret Authorization Location") {
			h.Set(name, "hunter2")
		}
		for name := range strings.FieldsSeq("X-Seraph-LoginReason RateLimit-Reason X-RateLimit-Remaining x-rate-limit-api-token-remaining Beta-RateLimit Retry-After X-Authentication-Denied-Reason") {
			h.Set(name, "7")
		}
		w.WriteHeader(400)
	})
	_, err := get(t, c, srv)
	e, _ := errors.AsType[*Error](err)
	if strings.Contains(fmt.Sprint(e.Header), "hunter2") {
		t.Errorf("headers hold what they should not: %v", e.Header)
	}
	for name := range strings.FieldsSeq("X-Seraph-LoginReason RateLimit-Reason X-RateLimit-Remaining x-rate-limit-api-token-remaining Beta-RateLimit Retry-After X-Authentication-Denied-Reason") {
		if e.Header.Get(name) != "7" {
			t.Errorf("header %s is missing: %v", name, e.Header)
		}
	}
}

func FuzzPageIsOneLine(f *testing.F) {
	f.Add([]byte("<title>a\nb</title>"), "text/html")
	f.Add([]byte("\ufeff<"), "")
	f.Add([]byte("{"), "application/json; charset")
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		_ = isHTML(http.Header{"Content-Type": {kind}}, body)
		checkLine(t, (&reporter{hide: strings.NewReplacer()}).text(page(body)))
	})
}
