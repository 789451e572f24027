package trello

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	adlio "github.com/adlio/trello"

	"stackrank/connectors/rawjson"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// api makes Trello's calls through adlio/trello, and by itself where that
// library cannot: it sends no body and reads numbers too narrowly.
type api struct {
	base string // without a slash at the end
	http *http.Client
}

// client gives the library's client for one call. It is made anew for each,
// because its throttle knows nothing of other callers of the same token (the
// transport's budget does) and lets the first call of a client pass.
func (a *api) client(ctx context.Context) *adlio.Client {
	c := adlio.NewClient("", "") // the transport signs; a key set here would show in errors
	c.BaseURL = a.base
	hc := *a.http
	hc.Transport = bound{ctx: ctx, next: transportOf(a.http)}
	c.Client = &hc
	return c.WithContext(ctx)
}

func transportOf(hc *http.Client) http.RoundTripper {
	if hc.Transport != nil {
		return hc.Transport
	}
	return http.DefaultTransport
}

// bound puts a context under the requests of a library that sends its writes
// without one, and lets an empty answer decode. It lives as long as one call.
type bound struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip sends the request under the call's context.
func (b bound) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(r.WithContext(b.ctx))
	if err != nil || res.ContentLength != 0 || r.Method == http.MethodGet {
		return res, err
	}
	_ = res.Body.Close() // empty, as its length says
	res.Body = io.NopCloser(bytes.NewReader([]byte("null")))
	return res, nil
}

// get reads path into target.
func (a *api) get(ctx context.Context, path string, args adlio.Arguments, target any) error {
	return a.call(ctx, target, func(c *adlio.Client, raw *json.RawMessage) error {
		return c.Get(path, args, raw)
	})
}

// post writes by query and reads the answer into target.
func (a *api) post(ctx context.Context, path string, args adlio.Arguments, target any) error {
	return a.call(ctx, target, func(c *adlio.Client, raw *json.RawMessage) error {
		return c.Post(path, args, raw)
	})
}

// remove deletes what path names. Answers differ and say nothing.
func (a *api) remove(ctx context.Context, path string) error {
	return a.call(ctx, nil, func(c *adlio.Client, raw *json.RawMessage) error {
		return c.Delete(path, adlio.Arguments{}, raw)
	})
}

// with hands f a client of the library for one call that the library does well.
func (a *api) with(ctx context.Context, f func(*adlio.Client) error) error {
	if err := ctx.Err(); err != nil {
		return err // the library's throttle would let the request through
	}
	if err := f(a.client(ctx)); err != nil {
		return failure(err)
	}
	return nil
}

// call makes one call and decodes its answer; a nil target takes any answer.
func (a *api) call(ctx context.Context, target any, send func(*adlio.Client, *json.RawMessage) error) error {
	var raw json.RawMessage
	err := a.with(ctx, func(c *adlio.Client) error { return send(c, &raw) })
	if err != nil {
		return err
	}
	return decodeAnswer(raw, target)
}

// put sends body as JSON and reads the answer into target.
func (a *api) put(ctx context.Context, path string, body, target any) error {
	payload, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode a request: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, a.base+"/"+path, bytes.NewReader(payload))
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := a.http.Do(r)
	if err != nil {
		return failure(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end already
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return failure(err)
	}
	return decodeAnswer(raw, target)
}

func decodeAnswer(raw []byte, target any) error {
	if target == nil {
		return nil
	}
	if list, many := target.(*[]json.RawMessage); many && rawjson.Kind(raw) == '[' && json.Valid(raw) {
		*list, _ = listed(raw)
		return nil
	}
	if err := json.Unmarshal(raw, target); err != nil {
		return fmt.Errorf("%w: %w", work.ErrUnexpected, err)
	}
	switch target.(type) {
	case *[]json.RawMessage, *card, *oneCard: // their reader looks at each by itself
		return nil
	}
	if flaw := rest.Flaw(raw, 0); flaw != "" {
		return fmt.Errorf("%w: the answer %s", work.ErrUnexpected, flaw)
	}
	return nil
}

// failure reduces an error of a call to what happened. The library wraps the
// whole body into its message when that is no JSON.
func failure(err error) error {
	_, known := errors.AsType[*rest.Error](err)
	if known || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return rest.Trim(err)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w: the answer is no JSON: %w", work.ErrUnexpected, syntax)
	}
	return fmt.Errorf("%w: %w", work.ErrUnexpected, rest.Trim(err))
}
