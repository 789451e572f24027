package rest

import (
	"context"
	"net/http"
)

// Bind gives a client for a library that does not pass a context on, or that
// cannot take an empty answer: every request stops with ctx as well as with its
// own context, and an empty body under 2xx reads as the JSON null.
func (c *Client) Bind(ctx context.Context) *http.Client {
	return &http.Client{Transport: &bound{ctx: ctx, next: c.guard}, CheckRedirect: c.guard.checkRedirect}
}

// bound belongs to one call of a library, so that holding its context is no
// more than passing it.
type bound struct {
	ctx  context.Context
	next http.RoundTripper
}

func (b *bound) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(b.ctx)
	defer cancel(nil)
	defer context.AfterFunc(req.Context(), func() { cancel(ended(req.Context())) })()
	resp, err := b.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	resp.Request = req
	if ok := resp.StatusCode >= 200 && resp.StatusCode <= 299; ok && resp.ContentLength == 0 && req.Method != http.MethodHead {
		whole(resp, []byte("null"), true)
	}
	return resp, nil
}
