package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"stackrank/internal/work"
)

// longestBackoff caps the doubling.
// Source: Atlassian's advice on rate limits: base 2 s, doubling, at most 30 s, jitter 0.7–1.3.
const longestBackoff = 30 * time.Second

// repeat sends a request again while that may help and can do no harm: a read,
// a write of an absolute value, or a request that was surely not carried out.
type repeat struct {
	*reporter
	opts Options
	next http.RoundTripper
}

func (r *repeat) RoundTrip(req *http.Request) (*http.Response, error) {
	defer closeBody(req)
	body, err := replayable(req)
	if err != nil {
		return nil, r.fail(req, work.ErrInvalid, err, "the body of the request cannot be read")
	}
	for attempt := 1; ; attempt++ {
		try, err := again(req, body)
		if err != nil {
			return nil, r.fail(req, work.ErrInvalid, err, "the body of the request cannot be read")
		}
		resp, err := r.next.RoundTrip(try)
		if err == nil {
			return resp, nil
		}
		e, ok := errors.AsType[*Error](err)
		if !ok {
			e = r.fail(req, work.ErrUnavailable, err, "")
		}
		e.attempts = attempt
		if !r.helps(req, e) {
			return nil, r.doubt(req, e)
		}
		wait := r.wait(attempt, e)
		r.opts.Log.Warn("request failed, trying again", zap.String("source", r.source), zap.Int("attempt", attempt),
			zap.Duration("wait", wait), zap.Error(e))
		if err := sleep(req.Context(), wait); err != nil {
			return nil, r.interrupted(req, err, e)
		}
	}
}

// helps reports whether the request may and should be sent again.
func (r *repeat) helps(req *http.Request, e *Error) bool {
	if e.final || e.stopped || e.attempts >= r.opts.Attempts || e.RetryAfter > r.opts.MaxWait {
		return false
	}
	switch {
	case errors.Is(e, work.ErrThrottled):
		return e.Status == http.StatusTooManyRequests || r.safe(req)
	case e.broken:
		return r.safe(req)
	case errors.Is(e, work.ErrUnavailable):
		return r.safe(req) || neverSent(e)
	}
	return false
}

// safe reports whether the request may be carried out twice.
func (r *repeat) safe(req *http.Request) bool {
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return r.opts.Idempotent != nil && r.opts.Idempotent(req)
}

// doubt says of a write that was not repeated that it may have been carried out.
func (r *repeat) doubt(req *http.Request, e *Error) *Error {
	if errors.Is(e, work.ErrUnavailable) && !r.safe(req) && !neverSent(e) {
		e.Message = strings.TrimPrefix(e.Message+"; ", "; ") + "it may have been carried out and was not repeated"
	}
	return e
}

// neverSent reports whether there was not even a connection.
func neverSent(e *Error) bool {
	op, ok := errors.AsType[*net.OpError](e)
	return ok && op.Op == "dial"
}

// wait gives the time to the next attempt: doubling, with jitter, and never
// less than the service asked for.
func (r *repeat) wait(attempt int, e *Error) time.Duration {
	d := r.opts.Backoff
	for n := 1; n < attempt && d < longestBackoff; n++ {
		d = min(2*d, longestBackoff)
	}
	d = time.Duration(float64(d) * (0.7 + 0.6*rand.Float64()))
	return max(d, e.RetryAfter)
}

// replayable gives a function that opens the body anew, nil where there is none.
func replayable(req *http.Request) (func() (io.ReadCloser, error), error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	if req.GetBody != nil {
		return req.GetBody, nil
	}
	b, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }, nil
}

// again gives the request with a fresh body.
func again(req *http.Request, body func() (io.ReadCloser, error)) (*http.Request, error) {
	if body == nil {
		return req, nil
	}
	fresh, err := body()
	if err != nil {
		return nil, err
	}
	try := req.WithContext(req.Context())
	try.Body = fresh
	return try, nil
}

// sleep waits, or gives up at once when the caller does, or when his time would
// run out before.
func sleep(ctx context.Context, d time.Duration) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return context.DeadlineExceeded
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ended(ctx)
	}
}
