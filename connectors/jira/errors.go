package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// stage is how far a caller had come when Jira refused; the mend depends on it.
type stage int

const (
	atDoor  stage = iota // finding the site
	atLogin              // signing in
	atQuery              // reading the issues of the query
	atIssue              // writing one issue
	atOrder              // changing the order
)

// explain adds to a failure what a person can do about it. The kind stays.
func (c *Connector) explain(at stage, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, done := errors.AsType[mendable](err); done {
		return err
	}
	name := "source " + c.wiring.Source + ": "
	if _, told := errors.AsType[*rest.Error](err); !told && !strings.HasPrefix(err.Error(), name) {
		err = fmt.Errorf("%s%w", name, err)
	}
	if fix := c.fix(at, err); fix != "" {
		return mendable{err, fix}
	}
	return err
}

// mendable is a failure with what a person can do about it.
type mendable struct {
	error
	fix string
}

func (m mendable) Error() string { return strings.TrimSuffix(m.error.Error(), ".") + "; " + m.fix }

func (m mendable) Unwrap() error { return m.error }

func (c *Connector) fix(at stage, err error) string {
	switch {
	case errors.Is(err, work.ErrAuth):
		return c.fixLogin(err)
	case errors.Is(err, work.ErrThrottled):
		return "wait, or lower limits.requests of the source"
	}
	fixes := map[stage]func(error) string{atDoor: c.fixDoor, atLogin: c.fixDoor, atQuery: fixQuery, atOrder: fixOrder}
	if f := fixes[at]; f != nil {
		return f(err)
	}
	return ""
}

func (c *Connector) fixLogin(err error) string {
	if e, ok := errors.AsType[*rest.Error](err); ok && e.Header.Get("X-Authentication-Denied-Reason") != "" {
		return "Jira asks for a CAPTCHA: sign in once in a browser as that user, then correct auth"
	}
	switch {
	case scoped(c.base):
		return "check auth.token and its scopes: read:jira-work, write:jira-work, read:jira-user and for the order write:issue:jira-software"
	case c.opts.Auth.User == "":
		return "check auth.token: it may have expired or been revoked; an API token of Jira Cloud needs auth.user, the e-mail address, beside it"
	}
	return "check auth.user and auth.token: the token may have expired; a scoped token needs the url https://api.atlassian.com/ex/jira/CLOUD-ID, and a personal access token no auth.user"
}

func (c *Connector) fixDoor(err error) string {
	switch {
	case errors.Is(err, work.ErrNotFound):
		return fmt.Sprintf("is %s the address of a Jira site? A Data Center site may need its context path, as in https://host/jira, a scoped token https://api.atlassian.com/ex/jira/CLOUD-ID", c.base)
	case errors.Is(err, work.ErrUnexpected):
		return fmt.Sprintf("is %s the address of a Jira site, and not of a page or proxy before it?", c.base)
	case errors.Is(err, work.ErrUnavailable):
		return fmt.Sprintf("check the url %s and the way to it", c.base)
	case errors.Is(err, work.ErrForbidden):
		return "give the account access to Jira"
	}
	return ""
}

func fixQuery(err error) string {
	switch {
	case errors.Is(err, work.ErrInvalid):
		return "correct jql: try it in Jira's own search with the same account"
	case errors.Is(err, work.ErrForbidden):
		return "give the account the permission Browse projects in the projects of the query"
	case gone(err):
		return "Jira has removed this search: it is Jira Cloud, yet its serverInfo does not say so; check what answers in its place"
	case errors.Is(err, work.ErrUnavailable):
		return "try again later"
	}
	return ""
}

func fixOrder(err error) string {
	switch {
	case errors.Is(err, work.ErrForbidden):
		return "give the account Schedule issues and Edit issues in the projects whose issues move, or set order: false"
	case errors.Is(err, work.ErrNotFound):
		return "Jira Software is missing, or one of the issues is gone: set order: false, or read again"
	}
	return ""
}

func gone(err error) bool {
	e, ok := errors.AsType[*rest.Error](err)
	return ok && e.Status == http.StatusGone
}

// tooLarge reports whether a good answer was refused for its size, so that
// asking for less will help.
func tooLarge(err error) bool {
	e, ok := errors.AsType[*rest.Error](err)
	return ok && (e.Status == http.StatusRequestEntityTooLarge ||
		e.Status == http.StatusOK && errors.Is(e, work.ErrUnexpected))
}

// hidden reports whether an error says no more than that something is not there
// for this account.
func hidden(err error) bool {
	return errors.Is(err, work.ErrNotFound) || errors.Is(err, work.ErrForbidden) || errors.Is(err, work.ErrInvalid)
}
