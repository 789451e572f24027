package rest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"stackrank/internal/work"
)

// Error says why a request gave no data. Its texts are free of secrets, query
// strings and control characters.
type Error struct {
	Source     string
	Method     string
	Route      string        // the request without ids, as Options.Route names it
	Status     int           // of the answer; 0: there was none
	Code       string        // the service's own word for the failure; "" where it gives none
	Message    string        // one sentence, from the service or about its answer
	RetryAfter time.Duration // least wait that the service asked for or that its limit implies; 0: none
	Header     http.Header   // of the answer: rate limits, reasons of a refused log-in, trace ids; no cookies
	Err        error         // what lies beneath: trouble of the network, the end of the caller's context
	Kinded     error         // the kind, one of package work; nil: the caller gave up

	attempts int  // 0 or 1: the first
	final    bool // a repeat cannot help
	broken   bool // an answer of 2xx arrived in a form that a repeat may mend
	stopped  bool // the caller gave up
}

// Error gives one sentence: the source, the request, the answer and, where it
// was repeated in vain, how often.
func (e *Error) Error() string {
	var parts []string
	if e.Source != "" {
		parts = append(parts, "source "+e.Source)
	}
	if call := strings.TrimSpace(e.Method + " " + e.Route); call != "" {
		parts = append(parts, call)
	}
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))))
	}
	for _, s := range []string{e.Code, e.Message} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	if e.RetryAfter > 0 {
		parts = append(parts, fmt.Sprintf("try again in %s", max(e.RetryAfter.Round(time.Second), time.Second)))
	}
	for i, p := range parts[:max(0, len(parts)-1)] {
		parts[i] = strings.TrimSuffix(p, ".") // a sentence of the service that goes on here
	}
	text := strings.Join(parts, ": ")
	if e.attempts > 1 {
		text = strings.TrimSuffix(text, ".") + fmt.Sprintf(" (%d attempts)", e.attempts)
	}
	return text
}

// GoString gives the sentence, so that %#v does not walk the fields.
func (e *Error) GoString() string { return fmt.Sprintf("rest.Error(%q)", e.Error()) }

// Unwrap gives what lies beneath.
func (e *Error) Unwrap() error { return e.Err }

// Is files the failure under one of the kinds in package work.
func (e *Error) Is(kind error) bool {
	if e.Kinded != nil {
		return errors.Is(e.Kinded, kind)
	}
	return e.Status != 0 && kind == kindOf(e.Status)
}

// kinds files single statuses; kindOf files the rest.
var kinds = map[int]error{
	http.StatusUnauthorized:               work.ErrAuth,
	http.StatusPaymentRequired:            work.ErrForbidden,
	http.StatusForbidden:                  work.ErrForbidden,
	http.StatusNotFound:                   work.ErrNotFound,
	http.StatusProxyAuthRequired:          work.ErrUnavailable,
	http.StatusRequestTimeout:             work.ErrUnavailable,
	http.StatusConflict:                   work.ErrConflict,
	http.StatusGone:                       work.ErrNotFound,
	http.StatusPreconditionFailed:         work.ErrConflict,
	http.StatusTooEarly:                   work.ErrUnavailable,
	http.StatusTooManyRequests:            work.ErrThrottled,
	http.StatusUnavailableForLegalReasons: work.ErrForbidden,
}

// kindOf gives the kind of a refusal by its status alone.
func kindOf(status int) error {
	switch kind := kinds[status]; {
	case kind != nil:
		return kind
	case status >= 500:
		return work.ErrUnavailable
	case status >= 400:
		return work.ErrInvalid
	}
	return work.ErrUnexpected
}

// final statuses do not change by asking again.
var finals = map[int]bool{
	http.StatusProxyAuthRequired:       true,
	http.StatusNotImplemented:          true,
	http.StatusHTTPVersionNotSupported: true,
}
