package connectortest

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
)

// Tape stands between a connector and a simulated service and keeps every
// answer, so that the same pull can be made thousands of times, each with
// another bad answer. A request that it has no answer for goes to the service.
// It serves requests side by side; its other methods are for the time between
// two pulls.
type Tape struct {
	service http.Handler

	mu   sync.Mutex // guards what follows while requests are served
	good map[string]Reply
	bad  map[string]Reply
}

// Reply is one answer. Kind is its content type; Times is how often a bad one is
// given before the good one comes again, 0 for always.
type Reply struct {
	Status int
	Kind   string
	Body   []byte
	Times  int
}

// NewTape gives an empty tape for a service.
func NewTape(service http.Handler) *Tape {
	return &Tape{service: service, good: map[string]Reply{}, bad: map[string]Reply{}}
}

// Requests gives what was asked so far, each request once, sorted. A request is
// its method, its address without the host, and its body.
func (p *Tape) Requests() []string { return slices.Sorted(maps.Keys(p.good)) }

// Good gives the answer of the service to a request.
func (p *Tape) Good(request string) Reply { return p.good[request] }

// Spoil gives a bad answer to a request from now on.
func (p *Tape) Spoil(request string, bad Reply) { p.bad[request] = bad }

// Heal ends all bad answers.
func (p *Tape) Heal() { clear(p.bad) }

// RoundTrip answers without a network.
func (p *Tape) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	request, sent := r.Method+" "+r.URL.RequestURI(), []byte(nil)
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		request += " " + string(sent)
	}
	a := p.answer(r, request, sent)
	return &http.Response{
		StatusCode: a.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {a.Kind}}, ContentLength: int64(len(a.Body)), Body: io.NopCloser(bytes.NewReader(a.Body)),
	}, nil
}

func (p *Tape) answer(r *http.Request, request string, sent []byte) Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	if bad, ok := p.bad[request]; ok {
		switch {
		case bad.Times == 1:
			delete(p.bad, request)
		case bad.Times > 1:
			bad.Times--
			p.bad[request] = bad
		}
		return bad
	}
	if a, known := p.good[request]; known {
		return a
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(sent))
	w := httptest.NewRecorder()
	p.service.ServeHTTP(w, r)
	a := Reply{Status: w.Code, Kind: w.Header().Get("Content-Type"), Body: w.Body.Bytes()}
	p.good[request] = a
	return a
}
