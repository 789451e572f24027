package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"stackrank/internal/work"
)

// refusalLimit bounds how much of a refusal is read.
const refusalLimit = 256 << 10

// answer makes one attempt: it reads the answer whole within the time and size
// allowed, and turns everything that is no data into an *Error.
type answer struct {
	*reporter
	opts    Options
	next    http.RoundTripper
	buffers sync.Pool // of *bytes.Buffer, that bodies are read into
}

func (a *answer) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), a.opts.Timeout)
	defer cancel()
	resp, err := a.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, a.cut(ctx, req, err)
	}
	defer func() { _ = resp.Body.Close() }()
	resp.Request = req
	switch {
	case isRedirect(resp.StatusCode):
		return whole(resp, nil, false), nil
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return nil, a.refusal(req, resp)
	}
	body, err := a.read(ctx, req, resp)
	if err != nil {
		return nil, err
	}
	return a.vet(req, resp, body)
}

// read gives the whole body, or the reason why there is none.
func (a *answer) read(ctx context.Context, req *http.Request, resp *http.Response) ([]byte, error) {
	limit := a.opts.MaxBody
	if resp.ContentLength > limit && req.Method != http.MethodHead {
		return nil, a.tooLarge(req, resp)
	}
	body, err := a.readWhole(resp, limit)
	switch {
	case int64(len(body)) > limit:
		return nil, a.tooLarge(req, resp)
	case err == nil && !resp.Uncompressed && resp.ContentLength > int64(len(body)) && req.Method != http.MethodHead:
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		e := a.cut(ctx, req, err)
		e.Status = resp.StatusCode
		return nil, e
	}
	return body, nil
}

// vet refuses answers under 2xx that are no data.
func (a *answer) vet(req *http.Request, resp *http.Response, body []byte) (*http.Response, error) {
	if isHTML(resp.Header, body) {
		e := a.fail(req, work.ErrUnexpected, nil, fmt.Sprintf(
			"%s instead of data: a log-in page or a proxy stands before the service; check address and credential", page(body)))
		e.Status, e.Header = resp.StatusCode, a.harmless(resp.Header)
		return nil, e
	}
	sound := Sound(body)
	if flaw := unsound(resp.Header, body, sound); flaw != "" {
		e := a.fail(req, work.ErrUnexpected, nil, flaw)
		e.Status, e.Header, e.broken = resp.StatusCode, a.harmless(resp.Header), true
		return nil, e
	}
	if a.opts.Vet == nil {
		return whole(resp, body, sound), nil
	}
	if err := a.opts.Vet(whole(resp, body, sound)); err != nil {
		e := a.fail(req, kindIn(err), err, "")
		e.Status, e.Header = resp.StatusCode, a.harmless(resp.Header)
		return nil, e
	}
	return whole(resp, body, sound), nil
}

// unsound says what is wrong with JSON as a whole; "" where nothing is.
func unsound(h http.Header, body []byte, sound bool) string {
	if sound || !isJSON(h) || len(bytes.TrimSpace(body)) == 0 {
		return ""
	}
	if !json.Valid(body) {
		return "the answer is cut short, or no JSON at all"
	}
	if flaw := Flaw(body, 1); flaw != "" {
		return "the answer " + flaw
	}
	return ""
}

// refusal turns an answer of another status into an error.
func (a *answer) refusal(req *http.Request, resp *http.Response) *Error {
	// A cut refusal is a refusal still: what arrived is enough.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, refusalLimit))
	isPage, text := isHTML(resp.Header, body), body
	e := a.fail(req, nil, nil, "")
	e.Status, e.Header, e.final = resp.StatusCode, a.harmless(resp.Header), finals[resp.StatusCode]
	e.RetryAfter, _ = retryAfter(resp.Header, time.Now())
	if isPage {
		text = nil
	}
	if a.opts.Describe != nil {
		code, message := a.opts.Describe(resp.StatusCode, resp.Header, text)
		e.Code, e.Message = a.text(code), a.text(message)
	}
	switch {
	case e.Message != "" || e.Code != "":
	case isPage:
		e.Message = a.text(page(body))
	default:
		e.Message = a.text(string(text))
	}
	if a.opts.Kind != nil {
		e.Kinded = a.opts.Kind(e)
	}
	if e.Kinded == nil {
		e.Kinded = kindOf(e.Status)
	}
	return e
}

func (a *answer) tooLarge(req *http.Request, resp *http.Response) *Error {
	e := a.fail(req, work.ErrUnexpected, nil, fmt.Sprintf("an answer of more than %d bytes", a.opts.MaxBody))
	e.Status, e.Header = resp.StatusCode, a.harmless(resp.Header)
	return e
}

// cut is the error of an attempt that the network ended, or the time allowed
// for it, or the caller.
func (a *answer) cut(ctx context.Context, req *http.Request, err error) *Error {
	if req.Context().Err() != nil {
		return a.interrupted(req, ended(req.Context()), nil)
	}
	if ctx.Err() != nil {
		return a.fail(req, work.ErrUnavailable, os.ErrDeadlineExceeded, fmt.Sprintf("no complete answer within %s", a.opts.Timeout))
	}
	e := a.fail(req, work.ErrUnavailable, err, "no complete answer")
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		e.Message, e.final = "certificate not trusted; name its authority in tls.ca", true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		e.Message, e.final = "no TLS at this address; correct the port, or write http:// if the service has none", true
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		e.Message, e.final = "no such host; check the address of the source", true
	}
	return e
}

// kindIn gives the kind that err has, or ErrUnexpected.
func kindIn(err error) error {
	for _, kind := range []error{
		work.ErrAuth, work.ErrForbidden, work.ErrNotFound, work.ErrConflict,
		work.ErrThrottled, work.ErrInvalid, work.ErrUnavailable,
	} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return work.ErrUnexpected
}

// isJSON reports whether an answer says that it is JSON.
func isJSON(h http.Header) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind == "application/json" || strings.HasSuffix(kind, "+json")
}

// isHTML tells a page from data: by its type or by its first character. An
// empty body is no page, whatever its type.
func isHTML(h http.Header, body []byte) bool {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(body) == 0 {
		return false
	}
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return body[0] == '<' || kind == "text/html" || kind == "application/xhtml+xml"
}

var title = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// page names an HTML page by its title.
func page(body []byte) string {
	m := title.FindSubmatch(body)
	if m == nil || len(bytes.TrimSpace(m[1])) == 0 {
		return "an HTML page"
	}
	// Not quoted by %q: that would hide a secret in it from the replacer.
	return "an HTML page (“" + strings.TrimSpace(html.UnescapeString(string(m[1]))) + "”)"
}

// harmless keeps the headers that help to understand a failure: rate limits,
// the reasons of a refused log-in, trace ids.
func (r *reporter) harmless(h http.Header) http.Header {
	kept := http.Header{}
	for name, values := range h {
		if !safeHeader.MatchString(name) {
			continue
		}
		for _, v := range values {
			kept.Add(name, r.text(v))
		}
	}
	return kept
}

var safeHeader = regexp.MustCompile(`(?i)^(retry-after|date|content-type|x-seraph-loginreason|x-authentication-denied-reason|atl-traceid|x-arequestid|(x-)?(beta-)?(ratelimit|rate-limit).*|beta-retry-after)$`)
