// Package rest owns one HTTP request done well, for the clients of all
// services: the credential goes to the configured host alone, answers are
// bounded, failures become errors of a kind, safe calls are repeated, and a
// budget keeps the rate below the service's limits. It knows no service.
//
// A request passes these steps, each in a file of its own, and its answer
// passes them back:
//
//	guard → repeat → pace → count → sign → answer → network
package rest

import (
	"cmp"
	"crypto/x509"
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"
)

// Options says how the requests of one source are made. The zero value of a
// field is its documented default.
type Options struct {
	Source     string                                                              // name in errors and logs
	Base       *url.URL                                                            // credentials go to this scheme and host only; requests elsewhere are refused
	Authorize  func(h http.Header)                                                 // sets the credential; nil: requests are anonymous
	Secrets    []Secret                                                            // replaced by ••• in every error text and log, from four characters on
	Budget     *Budget                                                             // shared by all sources of one credential; nil: no limit
	Wider      *Budget                                                             // shared with other credentials too, as that of an API key is; it only counts, the service's words are for Budget; nil: none
	Idempotent func(*http.Request) bool                                            // says of a POST that it may be sent twice (a search); GET, HEAD, PUT and DELETE may
	Describe   func(status int, h http.Header, body []byte) (code, message string) // reads the service's error body, nil where it is an HTML page; nil: its text
	Kind       func(*Error) error                                                  // overrides the kind of a refusal, and so whether it is repeated; nil result: by status
	Vet        func(*http.Response) error                                          // a last look at an answer under 2xx, whose body it may read; its error is a refusal of that kind; nil: every answer passes
	Route      func(*http.Request) string                                          // names a request for counters without ids: "PUT /rest/api/2/issue/{id}"; nil: its path
	Timeout    time.Duration                                                       // one attempt with its body; default 60 s
	Attempts   int                                                                 // tries of a safe call; default 5
	Backoff    time.Duration                                                       // wait after the first failure, then doubling up to 30 s; default 2 s
	MaxWait    time.Duration                                                       // longest wait that a service may ask for before giving up with ErrThrottled; default 2 min
	MaxBody    int64                                                               // bytes of an answer, unpacked; default 64 MiB
	Agent      string                                                              // User-Agent; default "stackrank"
	Roots      *x509.CertPool                                                      // private certificate authorities; nil: the system's
	Log        *zap.Logger                                                         // nil: none
	Transport  http.RoundTripper                                                   // the network; nil: a transport with the proxy of the environment
}

func (o Options) withDefaults() Options {
	o.Timeout = cmp.Or(o.Timeout, time.Minute)
	o.Attempts = cmp.Or(o.Attempts, 5)
	o.Backoff = cmp.Or(o.Backoff, 2*time.Second)
	o.MaxWait = cmp.Or(o.MaxWait, 2*time.Minute)
	o.MaxBody = cmp.Or(o.MaxBody, 64<<20)
	o.Agent = cmp.Or(o.Agent, "stackrank")
	if o.Budget == nil {
		o.Budget = NewBudget()
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Transport == nil {
		o.Transport = network(o.Roots)
	}
	return o
}

// Client makes the requests of one source. It is safe for concurrent use.
type Client struct {
	guard *guard // the chain begins here
	count *count
}

// NewClient builds the chain. It contacts nothing.
func NewClient(o Options) *Client {
	o = o.withDefaults()
	r := newReporter(o)
	count := &count{reporter: r, log: o.Log, calls: map[Call]int{}}
	count.next = &sign{authorize: o.Authorize, agent: o.Agent, next: &answer{reporter: r, opts: o, next: o.Transport}}
	pace := &pace{reporter: r, budget: o.Budget, tell: true, most: o.MaxWait, waited: count.wait, next: count}
	if o.Wider != nil {
		wide := *pace
		wide.budget, wide.tell = o.Wider, false
		pace.next = &wide
	}
	repeat := &repeat{reporter: r, opts: o, next: pace}
	return &Client{guard: &guard{reporter: r, base: o.Base, next: repeat}, count: count}
}

// HTTP gives the client that a service's library is made with. Whatever is no
// complete answer under 2xx comes back as an error that holds an *Error. The
// body of an answer is in memory, so that leaving it open leaks nothing.
func (c *Client) HTTP() *http.Client {
	return &http.Client{Transport: c.guard, CheckRedirect: c.guard.checkRedirect}
}

// Stats gives what was requested so far.
func (c *Client) Stats() Stats { return c.count.stats() }

// Clock gives the time of day by the clock of the service, to the second and the
// time that an answer takes, from its last answer on; false: no answer told it.
func (c *Client) Clock() (time.Time, bool) { return c.count.clock() }
