// Package rest owns one HTTP request done well, for the clients of all
// services: the credential goes to the configured host alone, answers are
// bounded, failures become errors of a kind, safe calls are repeated, and a
// budget keeps the rate below the service's limits. It knows no service.
package rest

import (
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
	Secrets    []Secret                                                            // replaced by ••• in every error text and log
	Budget     *Budget                                                             // shared by all sources of one credential; nil: no limit
	Idempotent func(*http.Request) bool                                            // says of a POST that it may be sent twice (a search); GET, HEAD, PUT and DELETE may
	Describe   func(status int, h http.Header, body []byte) (code, message string) // reads the service's error body; nil: its text
	Kind       func(*Error) error                                                  // overrides the kind of a failure; nil result: by status
	Route      func(*http.Request) string                                          // names a request for counters without ids: "PUT /rest/api/2/issue/{id}"; nil: its path
	Timeout    time.Duration                                                       // one attempt with its body; default 60 s
	Attempts   int                                                                 // tries of a safe call; default 5
	Backoff    time.Duration                                                       // wait after the first failure, then doubling; default 2 s
	MaxWait    time.Duration                                                       // longest wait for a Retry-After before giving up with ErrThrottled; default 2 min
	MaxBody    int64                                                               // bytes of an answer; default 64 MiB
	Agent      string                                                              // User-Agent
	Roots      *x509.CertPool                                                      // private certificate authorities; nil: the system's
	Log        *zap.Logger                                                         // nil: none
	Transport  http.RoundTripper                                                   // the network; nil: a transport with the proxy of the environment
}
