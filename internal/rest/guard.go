package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"stackrank/internal/work"
)

// maxRedirects is the bound that net/http itself sets.
const maxRedirects = 10

// guard lets requests go to the configured scheme and host alone, and follows
// redirects only where they stay there and keep a write a write.
type guard struct {
	*reporter
	base *url.URL
	next http.RoundTripper
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if !sameOrigin(g.base, req.URL) {
		closeBody(req)
		return nil, g.fail(req, work.ErrUnexpected, nil, fmt.Sprintf(
			"refused a request to %s: credentials go to %s alone", origin(req.URL), origin(g.base)))
	}
	resp, err := g.next.RoundTrip(req)
	if err != nil || !isRedirect(resp.StatusCode) {
		return resp, err
	}
	if why := g.refuse(req, resp); why != "" {
		e := g.fail(req, work.ErrUnexpected, nil, why)
		e.Status, e.Header = resp.StatusCode, g.harmless(resp.Header)
		return nil, e
	}
	return resp, nil
}

// refuse says why a redirect is not followed, or "".
func (g *guard) refuse(req *http.Request, resp *http.Response) string {
	to, err := resp.Location()
	switch {
	case err != nil:
		return "a redirect without a readable address"
	case !sameOrigin(g.base, to):
		return fmt.Sprintf("refused a redirect to %s: credentials go to %s alone; set the address of the source to where the service is, or log in",
			origin(to), origin(g.base))
	case req.Body != nil && req.Body != http.NoBody && req.GetBody == nil && resp.StatusCode != http.StatusSeeOther:
		return "refused a redirect of a request whose body cannot be sent again; check the address of the source"
	case changesMethod(req.Method, resp.StatusCode):
		return fmt.Sprintf("refused a redirect that would turn %s into GET and lose what it writes; check the address of the source", req.Method)
	}
	return ""
}

// changesMethod reports whether net/http would repeat a write as a GET. After
// 303 that is right: the write is done and its outcome stands elsewhere.
func changesMethod(method string, status int) bool {
	read := method == "" || method == http.MethodGet || method == http.MethodHead
	return !read && (status == http.StatusMovedPermanently || status == http.StatusFound)
}

// isRedirect reports whether net/http follows the status.
func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// checkRedirect is the guard of the http.Client itself: it bounds the number of
// redirects and refuses a foreign host once more.
func (g *guard) checkRedirect(req *http.Request, via []*http.Request) error {
	switch first := via[0]; {
	case len(via) >= maxRedirects:
		return g.fail(first, work.ErrUnexpected, nil, fmt.Sprintf("stopped after %d redirects", maxRedirects))
	case !sameOrigin(g.base, req.URL):
		return g.fail(first, work.ErrUnexpected, nil, "refused a redirect to "+origin(req.URL))
	}
	return nil
}

// sameOrigin compares scheme, host and port; a scheme's own port may be left out.
func sameOrigin(a, b *url.URL) bool {
	return a != nil && b != nil && a.Host != "" && origin(a) == origin(b)
}

// origin gives "https://host:port" in lower case, without a scheme's own port.
func origin(u *url.URL) string {
	if u == nil {
		return "no address"
	}
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return scheme + "://" + host
}

// closeBody keeps the promise of a RoundTripper to close the request's body.
func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
