package jirasim

import (
	"net/http"
	"strings"
	"time"
)

// authenticate tells who calls. A request without credentials is anonymous,
// which Jira serves as far as anonymous people may go; wrong ones are refused.
func (s *Site) authenticate(c *call) *answer {
	header := c.r.Header.Get("Authorization")
	if header == "" {
		c.anonymous = !c.inSession()
		return nil
	}
	if s.switches.ScopedToken && s.cloud() && !c.scoped {
		a := reply(http.StatusUnauthorized, map[string]any{"code": http.StatusUnauthorized, "message": "Unauthorized; scope does not match"})
		return &a
	}
	if token, ok := strings.CutPrefix(header, "Bearer "); ok {
		if token == s.seed.Token && (!s.cloud() || c.scoped) {
			return nil
		}
		a := clientUnknown()
		return &a
	}
	if user, token, ok := c.r.BasicAuth(); ok && token == s.seed.Token && s.isMe(user) {
		return nil
	}
	return s.loginFailed()
}

// isMe says whether a login name is the acting user's.
func (s *Site) isMe(user string) bool {
	return strings.EqualFold(user, s.seed.User.Email) || !s.cloud() && strings.EqualFold(user, s.seed.User.Name)
}

// clientUnknown is the answer of the gateway in front of Cloud, and of Data
// Center to a wrong personal access token.
func clientUnknown() answer {
	return reply(http.StatusUnauthorized, map[string]any{
		"message": "Client must be authenticated to access this resource.", "status-code": http.StatusUnauthorized,
	})
}

// loginFailed is the answer to wrong credentials: JSON on Cloud, a page on
// Data Center.
func (s *Site) loginFailed() *answer {
	a := refuse(http.StatusUnauthorized, "Login failed")
	if !s.cloud() {
		a = html(http.StatusUnauthorized, `<html><head><title>Unauthorized (401)</title></head><body><h1>Unauthorized (401)</h1><p>Basic Authentication Failure - Reason : AUTHENTICATED_FAILED</p></body></html>`).
			with("X-Seraph-LoginReason", "AUTHENTICATED_FAILED").
			with("WWW-Authenticate", `OAuth realm="jira"`)
	}
	return &a
}

// unauthenticated is the answer where an anonymous caller cannot be served.
func (s *Site) unauthenticated() answer {
	if s.cloud() {
		return clientUnknown()
	}
	return refuse(http.StatusUnauthorized, "You are not authenticated. Authentication required to perform this operation.")
}

// sees says whether the caller may know of an issue.
func (c *call) sees(i *issue) bool {
	return i != nil && !c.anonymous && c.s.allowed(i.facts.project.also, Browse)
}

// loginPage is what a gateway in front of a site answers when its own session
// is over.
const loginPage = `<!DOCTYPE html><html><head><title>Log in</title></head><body><form action="/login"><input name="username"><input name="password" type="password"></form></body></html>`

// interrupted gives the answer of whatever stands before the site: a login
// page, a redirect, or a failure that Fail promised.
func (s *Site) interrupted(c *call, template string) *answer {
	if s.switches.LoginPage {
		a := html(http.StatusOK, loginPage)
		return &a
	}
	if to := s.switches.RedirectTo; to != "" {
		a := answer{status: http.StatusFound}.with("Location", strings.TrimSuffix(to, "/")+c.r.URL.RequestURI())
		return &a
	}
	for _, f := range s.failures {
		if f.left != 0 && f.fits(c.r.Method, c.path, template) {
			f.left--
			a := s.failed(f.status)
			return &a
		}
	}
	return nil
}

// failed gives an answer with a status as the site words it.
func (s *Site) failed(status int) answer {
	switch status {
	case http.StatusUnauthorized:
		return *s.loginFailed()
	case http.StatusNotFound:
		return notFound()
	case http.StatusTooManyRequests:
		if s.cloud() {
			return *s.throttled("jira-burst-based", time.Second)
		}
		return html(status, tooMany).with("Retry-After", "0")
	}
	return refuse(status, http.StatusText(status))
}

// fits says whether a failure is meant for a request. Templates name the
// method first.
func (f *failure) fits(method, path, template string) bool {
	_, route, _ := strings.Cut(template, " ")
	for _, candidate := range []string{path, route, method + " " + path, template} {
		if candidate == f.path {
			return true
		}
		if start, wild := strings.CutSuffix(f.path, "*"); wild && strings.HasPrefix(candidate, start) {
			return true
		}
	}
	return false
}
