package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// call makes one request and decodes the answer into what into points to,
// which may be nil.
func (c *Connector) call(ctx context.Context, method, path string, body, into any) error {
	req, err := c.client.NewRequestWithContext(ctx, method, path, body)
	if err != nil {
		return fmt.Errorf("%w: %s %s: %w", work.ErrInvalid, method, path, err)
	}
	resp, err := c.client.Do(req, nil) // the library would copy the answer twice to decode it
	if err != nil {
		return rest.Trim(err)
	}
	raw, sound, err := rest.Body(resp.Response)
	if err != nil || into == nil {
		return rest.Trim(err)
	}
	return rest.Trim(decodeAnswer(raw, sound, into))
}

// page is an answer that holds issues. They are looked at one by one, and what
// is sound needs no second look.
type page interface {
	read(raw []byte, sound bool) error
}

// decodeAnswer decodes an answer and refuses one that cannot be trusted.
func decodeAnswer(raw []byte, sound bool, into any) error {
	if p, listing := into.(page); listing && (sound || json.Valid(raw)) {
		return p.read(raw, sound)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return err
	}
	if _, any := into.(*json.RawMessage); any || sound {
		return nil
	}
	if flaw := rest.Flaw(raw, 0); flaw != "" {
		return fmt.Errorf("%w: the answer %s", work.ErrUnexpected, flaw)
	}
	return nil
}

// send is call for answers of which the status matters: it gives the body too.
func (c *Connector) send(ctx context.Context, method, path string, body any) (int, []byte, error) {
	req, err := c.client.NewRequestWithContext(ctx, method, path, body)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %s %s: %w", work.ErrInvalid, method, path, err)
	}
	resp, err := c.client.Do(req, nil)
	if err != nil {
		return 0, nil, rest.Trim(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, b, rest.Trim(err)
}

// sleep waits for n of the connector's pauses, or for the end of ctx.
func (c *Connector) sleep(ctx context.Context, n int) error {
	timer := time.NewTimer(time.Duration(n) * c.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// site is what stays true of a Jira site while the connector lives.
type site struct {
	cloud      bool
	address    string // as people open it; a scoped token goes elsewhere
	version    string
	account    string
	fields     catalogue
	ranks      []field            // the rank fields; a site can have several
	priorities map[string]float64 // 0…1 by id and by name
}

type serverInfo struct {
	BaseURL    string `json:"baseUrl"`
	Version    string `json:"version"`
	Deployment string `json:"deploymentType"` // "Cloud", "DataCenter", "Server"; old ones give none
}

// enter signs in, which every pull does anew: to a caller whom it does not
// know, Jira Cloud answers a search with 200 and no issues.
func (c *Connector) enter(ctx context.Context) (*site, error) {
	var account string
	s, err := c.know(ctx, c.signIn(&account))
	if err != nil {
		return nil, err
	}
	s.account = account
	return s, nil
}

// signIn asks who the account is, and takes the service's time from the answer.
func (c *Connector) signIn(account *string) func(context.Context) error {
	return func(ctx context.Context) error {
		me, answer, err := c.client.User.GetSelfWithContext(ctx)
		if err != nil {
			return c.explain(atLogin, rest.Trim(err))
		}
		if me.AccountID == "" && me.Name == "" && me.Key == "" {
			return c.explain(atLogin, fmt.Errorf("%w: Jira does not say who the account is", work.ErrUnexpected))
		}
		*account = cmp.Or(me.DisplayName, me.AccountID+me.Name)
		c.begun, _ = http.ParseTime(answer.Header.Get("Date")) // zero where it is not told
		return nil
	}
}

// know gives the site, asking for it the first time, and makes further calls
// beside its own.
func (c *Connector) know(ctx context.Context, also ...func(context.Context) error) (*site, error) {
	if c.site != nil {
		return c.site, together(ctx, also...)
	}
	var info serverInfo
	if err := c.call(ctx, http.MethodGet, "rest/api/2/serverInfo", nil, &info); err != nil {
		return nil, c.explain(atDoor, err)
	}
	if info.Version == "" && info.Deployment == "" {
		return nil, c.explain(atDoor, fmt.Errorf("%w: the answer names no version of Jira", work.ErrUnexpected))
	}
	s := &site{cloud: info.Deployment == "Cloud", address: c.address(info.BaseURL), version: info.Version}
	learn := func(what func(context.Context, *site) error) func(context.Context) error {
		return func(ctx context.Context) error { return c.explain(atDoor, what(ctx, s)) }
	}
	if err := together(ctx, append(also, learn(c.learnFields), learn(c.learnPriorities))...); err != nil {
		return nil, err
	}
	c.site = s
	return s, nil
}

// address gives the site as people open it: what Jira says of itself, unless
// that is no web address.
func (c *Connector) address(said string) string {
	if u, err := url.Parse(said); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		return strings.TrimRight(said, "/")
	}
	return c.base.String()
}

func (c *Connector) learnFields(ctx context.Context, s *site) error {
	if err := c.call(ctx, http.MethodGet, "rest/api/2/field", nil, &s.fields); err != nil {
		return err
	}
	if len(s.fields) == 0 || slices.ContainsFunc(s.fields, func(f field) bool { return f.ID == "" }) {
		return fmt.Errorf("%w: Jira lists no fields, or one without an id", work.ErrUnexpected)
	}
	s.fields.arrange()
	s.ranks = s.fields.ofType(typeRank)
	return nil
}

func (c *Connector) learnPriorities(ctx context.Context, s *site) error {
	var levels []option
	if err := c.call(ctx, http.MethodGet, "rest/api/2/priority", nil, &levels); err != nil {
		return err
	}
	if levels == nil || slices.ContainsFunc(levels, func(p option) bool { return p.ID == "" || p.Name == "" }) {
		return fmt.Errorf("%w: Jira lists no priorities, or one without id or name", work.ErrUnexpected)
	}
	s.priorities = shares(levels)
	return nil
}

// option is a value that has an id and a name: a priority, a component, a
// security level, an entry of a select field.
type option struct {
	ID    flexID `json:"id"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// unset are the names of priorities that mean that nobody has set one.
var unset = map[string]bool{"none": true, "unprioritized": true, "unprioritised": true, "not set": true, "undefined": true}

// lowest is the share of the lowest priority: low is known, and so not zero.
const lowest = 0.05

// shares spreads the priorities from 1 for the first of the site's order to
// lowest for the last. A level that means "not set" has no share.
func shares(levels []option) map[string]float64 {
	var ranked []option
	for _, l := range levels {
		if !unset[plain(l.Name)] {
			ranked = append(ranked, l)
		}
	}
	out := make(map[string]float64, 2*len(ranked))
	for i, l := range ranked {
		x := 1.0
		if n := len(ranked); n > 1 {
			x = max(lowest, 1-float64(i)/float64(n-1))
		}
		out[string(l.ID)] = x
		if _, taken := out[l.Name]; !taken {
			out[l.Name] = x
		}
	}
	return out
}

// board is the part of a board's configuration that says what it works with.
type board struct {
	Estimation struct {
		Field struct {
			ID string `json:"fieldId"`
		} `json:"field"`
	} `json:"estimation"`
	Ranking struct {
		Field json.Number `json:"rankCustomFieldId"`
	} `json:"ranking"`
}
