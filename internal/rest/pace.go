package rest

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"stackrank/internal/work"
)

// pace waits until the budget has room for a request, and tells the budget what
// the answer says about the service's own limits.
type pace struct {
	*reporter
	budget *Budget
	tell   bool // the budget hears what the answers say
	most   time.Duration
	waited func(time.Duration)
	next   http.RoundTripper
}

func (p *pace) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	release, err := p.budget.Wait(req.Context(), req, p.most)
	p.waited(time.Since(start))
	if err != nil {
		closeBody(req)
		return nil, p.noRoom(req, err)
	}
	defer release()
	resp, err := p.next.RoundTrip(req)
	if !p.tell {
		return resp, err
	}
	if resp != nil {
		p.budget.Observe(req, resp.Header)
	}
	if e, ok := errors.AsType[*Error](err); ok {
		if errors.Is(e, work.ErrThrottled) {
			e.RetryAfter = p.budget.Refused(req, e)
		} else {
			p.budget.Observe(req, e.Header)
		}
	}
	return resp, err
}

// noRoom is the error of a request that the budget did not let out.
func (p *pace) noRoom(req *http.Request, err error) *Error {
	held, ok := errors.AsType[*HeldError](err)
	if !ok {
		e := p.interrupted(req, err, nil)
		if e.Kinded != nil {
			e.Kinded, e.Message = work.ErrThrottled, "not sent: no room in the rate budget in the time left"
		}
		return e
	}
	e := p.fail(req, work.ErrThrottled, nil, fmt.Sprintf(
		"not sent: the service asked to wait another %s, longer than %s", held.For.Round(time.Second), p.most))
	e.RetryAfter, e.final = held.For, true
	return e
}
