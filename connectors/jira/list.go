package jira

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"stackrank/internal/work"
)

const (
	// listPage is the most issues that Cloud lists without fields.
	// Source: Jira Cloud platform REST API, "Search for issues using JQL enhanced search".
	listPage = 5000
	// serverPage is the most issues that a Data Center site gives unless its
	// administrator changed jira.search.views.default.max.
	serverPage = 1000
	// serverWindow is how far Data Center pages by position.
	// Source: Atlassian support, jira.search.platform.max.result.window.
	serverWindow = 10000
	// maxPages ends a search that never says that it is over, maxIdle one that
	// gives page after page with nothing new on it.
	maxPages = 10000
	maxIdle  = 10
)

// listing is what the query selects, by name alone.
type listing struct {
	ids    []string // in native order
	keys   []string
	whole  bool   // these are all; else there are more than one page holds
	total  int    // as Jira counts them; 0: not told
	ranked bool   // the order is that of the site's only rank field
	filter string // the query without its order
	terms  string // the order that was asked for
}

// named gives the ids by key.
func (l listing) named() map[string]string {
	out := make(map[string]string, len(l.ids))
	for i, k := range l.keys {
		out[k] = l.ids[i]
	}
	return out
}

// projects gives the keys of the projects in the listing, the fullest first.
func (l listing) projects() []string {
	count := map[string]int{}
	for i, k := range l.keys {
		if k != l.ids[i] { // else it came without a key
			count[projectOf(k)]++
		}
	}
	out := slices.Collect(maps.Keys(count))
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	return out
}

// projectOf gives the project of an issue key.
func projectOf(key string) string {
	if i := strings.LastIndexByte(key, '-'); i >= 0 {
		return key[:i]
	}
	return key
}

// list asks for the names of the issues in native order: by rank where the site
// has one rank field, else as the query itself says.
func (c *Connector) list(ctx context.Context, s *site) (listing, error) {
	filter, terms := splitJQL(c.opts.JQL)
	if filter == "" {
		return listing{}, fmt.Errorf("%w: jql is empty; name at least a project", work.ErrInvalid)
	}
	l := listing{filter: filter, terms: terms}
	if len(s.ranks) == 1 {
		l.terms, l.ranked = s.ranks[0].clause()+" ASC", true
	}
	err := c.listPage(ctx, s, &l)
	if l.ranked && errors.Is(err, work.ErrInvalid) {
		// "Not able to sort using field 'Rank'": a rank field without its index.
		l.terms, l.ranked = terms, false
		err = c.listPage(ctx, s, &l)
	}
	return l, err
}

// listPage reads one page as large as the site gives it; on Cloud, where pages of
// names alone hold thousands, all of them.
func (c *Connector) listPage(ctx context.Context, s *site, l *listing) error {
	q := query{JQL: orderedBy(l.filter, l.terms), Fields: []string{"key"}, Max: listPage}
	if s.cloud {
		return c.listAll(ctx, s, l, q)
	}
	q.Max, q.Start = serverPage, new(int)
	p, err := c.search(ctx, s, q)
	if err != nil {
		return err
	}
	l.ids, l.keys = nil, nil
	for _, raw := range *p.Issues {
		iss, err := readIssue(raw, p.sound)
		if err != nil {
			return err
		}
		l.add(iss)
	}
	l.whole = p.all()
	if p.Total != nil {
		l.total = *p.Total
	}
	if len(l.ids) > 0 {
		return nil
	}
	return c.confirmEmpty(ctx, s, q.JQL, p)
}

// listAll reads every page of the names.
func (c *Connector) listAll(ctx context.Context, s *site, l *listing, q query) error {
	names := newReading(nil, func(int, int) {})
	err := c.pages(ctx, s, q, func(p searchPage) (int, error) {
		fresh, err := names.take(*p.Issues, p.sound)
		return fresh, err
	})
	if err != nil {
		return err
	}
	l.ids, l.keys, l.whole = nil, nil, true
	for _, iss := range names.issues {
		l.add(iss)
	}
	if len(l.ids) > 0 {
		return nil
	}
	return c.confirmEmpty(ctx, s, q.JQL, searchPage{})
}

func (l *listing) add(iss rawIssue) {
	l.ids = append(l.ids, string(iss.ID))
	l.keys = append(l.keys, iss.Key)
}

// confirmEmpty holds a search that selects nothing against Jira's count. An empty
// backlog by mistake would be a wrong one.
func (c *Connector) confirmEmpty(ctx context.Context, s *site, jql string, p searchPage) error {
	var a struct {
		Count *int `json:"count"`
	}
	if a.Count = p.Total; s.cloud {
		body := map[string]string{"jql": jql}
		if err := c.call(ctx, http.MethodPost, "rest/api/3/search/approximate-count", body, &a); err != nil {
			return err
		}
	}
	switch {
	case a.Count == nil:
		return fmt.Errorf("%w: Jira gives no issue and does not say how many there are", work.ErrUnexpected)
	case *a.Count > 0:
		return fmt.Errorf("%w: the search gives no issue, and Jira counts %d; its index may be behind, try again in a minute", work.ErrUnexpected, *a.Count)
	}
	return nil
}

// query is the body of either search. Start is set for Data Center alone.
type query struct {
	JQL    string   `json:"jql"`
	Fields []string `json:"fields"`
	Max    int      `json:"maxResults"`
	Start  *int     `json:"startAt,omitempty"`
	Token  string   `json:"nextPageToken,omitempty"`

	Reconcile []int64 `json:"reconcileIssues,omitempty"` // Cloud: ids to be looked at past the index
}

// search reads one page. What is no search page is an error, never an empty backlog.
func (c *Connector) search(ctx context.Context, s *site, q query) (searchPage, error) {
	path := "rest/api/2/search"
	if s.cloud {
		path = "rest/api/2/search/jql"
	}
	var p searchPage
	if err := c.call(ctx, http.MethodPost, path, q, &p); err != nil {
		return p, err
	}
	switch {
	case p.Issues == nil:
		return p, fmt.Errorf("%w: the answer to the search holds no list of issues", work.ErrUnexpected)
	case p.IsLast != nil && !*p.IsLast && p.Next == "":
		return p, fmt.Errorf("%w: the search says that it goes on, and not where", work.ErrUnexpected)
	}
	return p, nil
}

// last reports whether Cloud has no further page.
func (p searchPage) last() bool { return p.Next == "" || p.IsLast != nil && *p.IsLast }

// allIDs gives the ids of everything that the query selects in the order of
// terms. Data Center pages by position up to its window only; what lies beyond
// is left out.
func (c *Connector) allIDs(ctx context.Context, s *site, filter, terms string) ([]string, error) {
	r := newReading(nil, func(int, int) {})
	q := query{JQL: orderedBy(filter, terms), Fields: []string{"key"}, Max: listPage}
	if !s.cloud {
		q.Max, q.Start = serverPage, new(int)
	}
	err := c.pages(ctx, s, q, func(p searchPage) (int, error) {
		fresh, err := r.take(*p.Issues, p.sound)
		return fresh, err
	})
	out := make([]string, len(r.issues))
	for i, iss := range r.issues {
		out[i] = string(iss.ID)
	}
	return out, err
}

// pages goes through a search page by page, by token on Cloud, by position on
// Data Center. It is told of each page how many of its issues were new.
func (c *Connector) pages(ctx context.Context, s *site, q query, each func(searchPage) (fresh int, err error)) error {
	sent, idle := map[string]bool{}, 0
	for range maxPages {
		p, err := c.search(ctx, s, q)
		if err != nil {
			return err
		}
		fresh, err := each(p)
		if err != nil {
			return err
		}
		if idle++; fresh > 0 {
			idle = 0
		}
		if idle > maxIdle {
			return fmt.Errorf("%w: the search goes on and on without a new issue", work.ErrUnexpected)
		}
		if s.cloud {
			if p.last() {
				return nil
			}
			if sent[p.Next] {
				return fmt.Errorf("%w: the search gives the same page again and again", work.ErrUnexpected)
			}
			sent[p.Next] = true
			q.Token = p.Next
			continue
		}
		start := *q.Start + len(*p.Issues)
		q.Start = &start
		q.Max = min(serverPage, serverWindow-start)
		if len(*p.Issues) == 0 || q.Max <= 0 {
			return nil
		}
	}
	return fmt.Errorf("%w: the search does not end", work.ErrUnexpected)
}
