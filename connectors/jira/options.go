package jira

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// Options are the keys of a source of kind "jira" that this connector alone
// understands.
type Options struct {
	URL    string `yaml:"url"`    // https://site.atlassian.net, https://host/context, or https://api.atlassian.com/ex/jira/CLOUD-ID for scoped tokens
	Auth   Auth   `yaml:"auth"`   // the credential; never sent to another host
	JQL    string `yaml:"jql"`    // what the backlog holds; an ORDER BY in it counts only where no rank field is known
	Notify Notify `yaml:"notify"` // zero: quiet
}

// Auth is the credential of a source. With a user it is sent as Basic (a Cloud
// API token, or a password of a Data Center account), without one as Bearer (a
// Data Center personal access token).
type Auth struct {
	User  string      `yaml:"user"`
	Token rest.Secret `yaml:"token"`
}

// Notify says whether a write may mail the watchers of an issue.
type Notify string

// The two ways. Quiet never mails: where Jira refuses a quiet write, the item
// is not written. Allow asks Jira for a quiet write first and repeats it with
// mail where the account lacks the right to be quiet.
const (
	Quiet Notify = "quiet"
	Allow Notify = "allow"
)

// storyPoints is the name under which a signal asks the connector to find the
// field of story points by itself.
const storyPoints = "story_points"

// Wiring says what the backlog wants from the source.
type Wiring struct {
	Source      string                 // configured name, the Source of every Ref
	Signals     map[work.Signal]string // a field's name or id, or story_points
	Targets     map[work.Slot]string   // score and rank: a field's name or id
	Labels      bool                   // labels are written
	Order       bool                   // the native order is changed
	LabelPrefix string                 // tells our labels from others'
	Zone        *time.Location         // in which a day ends; nil: UTC
	Log         *zap.Logger            // nil: none
}

// Validate gives every problem of the options, joined, each beginning with the
// key that it concerns.
func (o Options) Validate() error {
	var errs []error
	if _, err := parseBase(o.URL); err != nil {
		errs = append(errs, fmt.Errorf("url: %w", err))
	}
	if o.Auth.Token.IsZero() {
		errs = append(errs, errors.New("auth.token: empty; give env:NAME or file:PATH"))
	}
	if filter, _ := splitJQL(o.JQL); filter == "" {
		errs = append(errs, errors.New("jql: empty; name at least a project, such as project = PAY AND statusCategory != Done"))
	}
	switch o.Notify {
	case "", Quiet, Allow:
	default:
		errs = append(errs, fmt.Errorf("notify: %q; want quiet or allow", string(o.Notify)))
	}
	return errors.Join(errs...)
}

// parseBase reads the address of a site. What people copy from the address bar
// beyond it is refused rather than guessed at.
func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("%s; want https://host, as in https://acme.atlassian.net", shown(s))
	}
	if u.User != nil {
		return nil, errors.New("holds a user or password; these belong under auth")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s; want the address of the site alone, without what follows ? or #", shown(s))
	}
	for _, page := range []string{"/browse/", "/rest/", "/secure/", "/projects/", "/issues/"} {
		if strings.Contains(u.Path+"/", page) {
			return nil, fmt.Errorf("%q is the address of a page; want that of the site, as in %s://%s", s, u.Scheme, u.Host)
		}
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

// shown quotes an address for a message unless it may hold a credential, as one
// with a user, a query or a fragment may.
func shown(address string) string {
	if strings.ContainsAny(address, "@?#") {
		return "an address that may hold a credential"
	}
	return strconv.Quote(address)
}

// authorize gives the function that signs a request.
func (a Auth) authorize() func(http.Header) {
	value := "Bearer " + a.Token.Reveal()
	if a.User != "" {
		value = "Basic " + base64.StdEncoding.EncodeToString([]byte(a.User+":"+a.Token.Reveal()))
	}
	return func(h http.Header) { h.Set("Authorization", value) }
}

// scoped reports whether the base is Atlassian's gateway for scoped tokens.
func scoped(base *url.URL) bool {
	return strings.EqualFold(base.Host, "api.atlassian.com") && strings.HasPrefix(base.Path, "/ex/jira/")
}
