package rest

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"stackrank/internal/work"
)

// textLimit is the most characters of a foreign text in an error: enough for
// every sentence of a service, too few for a page.
const textLimit = 300

// shortestSecret is the fewest bytes that are taken for a secret: anything
// shorter stands in every text by chance.
const shortestSecret = 4

// reporter makes the errors of one source and keeps secrets out of them.
type reporter struct {
	source string
	route  func(*http.Request) string
	hide   *strings.Replacer
}

func newReporter(o Options) *reporter {
	return &reporter{source: o.Source, route: o.Route, hide: hider(o)}
}

// name gives the method and the route of a request.
func (r *reporter) name(req *http.Request) (method, route string) {
	method = req.Method
	if method == "" {
		method = http.MethodGet
	}
	if r.route != nil {
		route = strings.TrimPrefix(r.route(req), method+" ")
	}
	return method, r.text(cmp.Or(route, req.URL.Path))
}

// fail starts the error of a request. Of err it keeps the chain and a safe text.
func (r *reporter) fail(req *http.Request, kind, err error, message string) *Error {
	e := &Error{Source: r.source, Kinded: kind, Message: r.text(message)}
	e.Method, e.Route = r.name(req)
	if err != nil {
		e.Err = &plain{text: r.text(err.Error()), err: err, apart: true}
	}
	return e
}

// interrupted is the error of a caller that gave up. Where his time ran out it
// keeps what went wrong last; where he cancelled it is of no kind.
func (r *reporter) interrupted(req *http.Request, err error, last *Error) *Error {
	e := r.fail(req, nil, nil, "stopped")
	if last != nil && !errors.Is(err, context.Canceled) {
		kept := *last
		e = &kept
	}
	if e.Kinded == nil && !errors.Is(err, context.Canceled) {
		e.Kinded = work.ErrUnavailable
	}
	e.Err, e.stopped = err, true
	return e
}

// ended gives the end of a context as one of the two errors of package context.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); isContext(cause) {
		return cause
	}
	return ctx.Err()
}

// isContext reports whether err is the end of a context.
func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// text makes a foreign text safe: no secret, one line, bounded.
func (r *reporter) text(s string) string {
	// Once more when it is clean: what was stripped may have hidden a secret.
	return cut(r.hide.Replace(clean(r.hide.Replace(s))))
}

// hider replaces each secret, as it is and in the forms that it takes in
// addresses and headers.
func hider(o Options) *strings.Replacer {
	var words []string
	for _, s := range o.Secrets {
		words = append(words, forms(s.Reveal())...)
	}
	if o.Authorize != nil {
		h := http.Header{}
		o.Authorize(h)
		for _, values := range h {
			for _, v := range values {
				_, credential, _ := strings.Cut(v, " ")
				words = append(append(words, forms(v)...), forms(credential)...)
			}
		}
	}
	// The longest first: a replacer prefers the earlier of two that fit.
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, w := range words {
		if len(w) >= shortestSecret {
			pairs = append(pairs, w, mask)
		}
	}
	return strings.NewReplacer(pairs...)
}

// forms gives the ways in which services write a text back.
func forms(s string) []string {
	inJSON, _ := json.Marshal(s) // a string always can be
	return []string{
		s, url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s),
		inside(string(inJSON)), inside(strconv.Quote(s)),
		base64.StdEncoding.EncodeToString([]byte(s)),
	}
}

// inside drops the quotes around a text.
func inside(quoted string) string { return quoted[1 : len(quoted)-1] }

// address finds what may hold a password or a query.
var address = regexp.MustCompile(`\b([a-zA-Z][a-zA-Z0-9+.-]*://)(?:[^\s/?#"'<>]*@)?([^\s?#"'<>]*)(?:[?#][^\s"'<>]*)?`)

// oneLine strips control characters and the queries and passwords of addresses,
// joins lines, and cuts the text.
func oneLine(s string) string { return cut(clean(s)) }

func clean(s string) string {
	if len(s) > refusalLimit {
		s = s[:refusalLimit]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	s = strings.Join(strings.Fields(s), " ")
	return address.ReplaceAllString(s, "$1$2")
}

func cut(s string) string {
	if utf8.RuneCountInString(s) <= textLimit {
		return s
	}
	return string([]rune(s)[:textLimit-1]) + "…"
}
