package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"stackrank/connectors"
	"stackrank/internal/work"
)

const (
	surveyProjects = 50 // projects that are looked at
	surveyCounted  = 20 // of which the open issues are counted
	surveySample   = 100
)

type project struct {
	ID   flexID `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

// Survey looks at what the site has for a first configuration: projects with
// their open issues, boards, and fields with how often they are filled in among
// the issues that were changed last.
func (c *Connector) Survey(ctx context.Context) (connectors.Survey, error) {
	s, err := c.enter(ctx)
	if err != nil {
		return connectors.Survey{}, err
	}
	out := connectors.Survey{Site: s.address}
	found, err := c.projects(ctx, s)
	if err != nil {
		return out, c.explain(atQuery, err)
	}
	for i, p := range found {
		place := connectors.Place{ID: p.Key, Name: p.Name, Kind: "project", URL: s.address + "/browse/" + p.Key, Open: -1}
		if i < surveyCounted {
			if place.Open, err = c.count(ctx, s, openIn(p.Key)); err != nil {
				return out, c.explain(atQuery, err)
			}
		}
		out.Places = append(out.Places, place)
	}
	if err := c.surveyBoards(ctx, &out, found); err != nil {
		return out, c.explain(atQuery, err)
	}
	if out.Open, err = c.countOpen(ctx, s); err != nil {
		return out, c.explain(atQuery, err)
	}
	out.Fields, err = c.surveyFields(ctx, s, found)
	return out, c.explain(atQuery, err)
}

// countOpen counts what of the query is open; -1 where there is no query.
func (c *Connector) countOpen(ctx context.Context, s *site) (int, error) {
	filter, _ := splitJQL(c.opts.JQL)
	if filter == "" {
		return -1, nil
	}
	return c.count(ctx, s, "("+filter+") AND statusCategory != Done")
}

// openIn selects the open issues of projects.
func openIn(keys ...string) string {
	quoted := make([]string, len(keys))
	for i, k := range keys {
		quoted[i] = fmt.Sprintf("%q", k)
	}
	return "project in (" + strings.Join(quoted, ", ") + ") AND statusCategory != Done"
}

func (c *Connector) projects(ctx context.Context, s *site) ([]project, error) {
	var list []project
	if s.cloud {
		var page struct {
			Values []project `json:"values"`
		}
		if err := c.call(ctx, http.MethodGet, "rest/api/2/project/search?maxResults=50", nil, &page); err != nil {
			return nil, err
		}
		list = page.Values
	} else if err := c.call(ctx, http.MethodGet, "rest/api/2/project", nil, &list); err != nil {
		return nil, err
	}
	return list[:min(len(list), surveyProjects)], nil
}

// count gives how many issues a query selects, about.
func (c *Connector) count(ctx context.Context, s *site, jql string) (int, error) {
	if s.cloud {
		var a struct {
			Count int `json:"count"`
		}
		err := c.call(ctx, http.MethodPost, "rest/api/3/search/approximate-count", map[string]string{"jql": jql}, &a)
		return a.Count, err
	}
	p, err := c.search(ctx, s, query{JQL: jql, Fields: []string{"key"}, Max: 1, Start: new(int)})
	if err != nil || p.Total == nil {
		return -1, err
	}
	return *p.Total, nil
}

func (c *Connector) surveyBoards(ctx context.Context, out *connectors.Survey, found []project) error {
	for _, p := range found[:min(len(found), surveyCounted)] {
		list, err := c.boardList(ctx, p.Key)
		if err != nil {
			return err
		}
		for _, b := range list {
			out.Places = append(out.Places, connectors.Place{
				ID: fmt.Sprint(b.ID), Name: b.Name, Kind: "board", Parent: p.Key, Open: -1,
			})
		}
	}
	return nil
}

// surveyFields looks at a sample. Its fields are those that could feed a signal
// or take an output.
func (c *Connector) surveyFields(ctx context.Context, s *site, found []project) ([]connectors.Field, error) {
	var out []connectors.Field
	var ids []string
	for _, f := range s.fields {
		if kind := fieldKind(f); kind != "" {
			name := f.Name
			if _, err := s.fields.find(name); err != nil {
				name = f.ID // two fields have this name, and a configuration may name one of them
			}
			out = append(out, connectors.Field{
				ID: f.ID, Name: name, Kind: kind, Signal: ownSignal(s, f),
				Writable: (kind == "number" || kind == "text") && strings.HasPrefix(f.ID, "customfield_"),
			})
			ids = append(ids, f.ID)
		}
	}
	filter, _ := splitJQL(c.opts.JQL)
	if filter == "" {
		if len(found) == 0 {
			return out, nil
		}
		keys := make([]string, len(found))
		for i, p := range found {
			keys[i] = p.Key
		}
		filter = openIn(keys...)
	}
	q := query{JQL: orderedBy(filter, "updated DESC"), Fields: ids, Max: surveySample}
	if !s.cloud {
		q.Start = new(int)
	}
	p, err := c.search(ctx, s, q)
	if err != nil {
		return nil, err
	}
	tallyFields(out, *p.Issues)
	return out, c.markEstimate(ctx, out, *p.Issues)
}

// markEstimate marks the field that the board of the sample's fullest project
// estimates by: it may have any name.
func (c *Connector) markEstimate(ctx context.Context, fields []connectors.Field, sample []json.RawMessage) error {
	var l listing
	for _, raw := range sample {
		if iss, err := readIssue(raw, true); err == nil {
			l.ids, l.keys = append(l.ids, string(iss.ID)), append(l.keys, iss.Key)
		}
	}
	projects := l.projects()
	if len(projects) == 0 {
		return nil
	}
	b, err := c.boardOf(ctx, projects[0])
	if err != nil {
		return err
	}
	for i := range fields {
		if fields[i].Kind == "number" && fields[i].ID == b.Estimation.Field.ID {
			fields[i].Signal = work.Effort
		}
	}
	return nil
}

func tallyFields(fields []connectors.Field, sample []json.RawMessage) {
	seen := make([]map[string]bool, len(fields))
	for _, raw := range sample {
		iss, err := readIssue(raw, true)
		if err != nil {
			continue
		}
		for i := range fields {
			fields[i].Sample++
			value := iss.Fields.get(fields[i].ID)
			if !filled(value) {
				continue
			}
			fields[i].Filled++
			if seen[i] == nil {
				seen[i] = map[string]bool{}
			}
			seen[i][meaning(value)] = true
			fields[i].Distinct = len(seen[i])
		}
	}
}

// meaning reduces a value to what tells it from others: the name of a choice,
// what an object counts, or else the value itself.
func meaning(raw json.RawMessage) string {
	text := strings.TrimSpace(string(raw))
	if !strings.HasPrefix(text, "{") {
		return text
	}
	if x, ok, err := counted(raw); ok && err == nil {
		return fmt.Sprint(x)
	}
	var p option
	if json.Unmarshal(raw, &p) == nil && p.Name != "" {
		return p.Name
	}
	return text
}

// filled reports whether a field says anything: it has a value, and where it
// counts something, more than nothing.
func filled(raw json.RawMessage) bool {
	if empty(raw) || slices.Contains([]string{`""`, "[]", "{}"}, strings.TrimSpace(string(raw))) {
		return false
	}
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "{") {
		if x, ok, err := counted(raw); ok && err == nil {
			return x != 0
		}
		var p option
		return json.Unmarshal(raw, &p) != nil || !unset[plain(p.Name)]
	}
	return true
}

// fieldKind gives the kind of a field that is of use, "" for all others.
func fieldKind(f field) string {
	switch f.ID {
	case "priority", "votes":
		return f.ID
	case "watches", "comment":
		return "number"
	}
	switch f.Schema.Custom {
	case typeRank, typeSprint, typeEpicLink, typeEpicName:
		return ""
	case typeSLA:
		return "sla"
	}
	switch f.Schema.Type {
	case "number":
		return "number"
	case "date", "datetime":
		return "date"
	case "option":
		return "select"
	case "string":
		if strings.HasPrefix(f.ID, "customfield_") {
			return "text"
		}
	}
	return ""
}

// ownSignal gives the signal that a field feeds without being named.
func ownSignal(s *site, f field) work.Signal {
	switch f.ID {
	case "priority":
		return work.Priority
	case "votes":
		return work.Votes
	case "watches":
		return work.Watchers
	case "comment":
		return work.Comments
	}
	if f.Schema.Custom == typeSLA {
		return work.Breached
	}
	if slices.ContainsFunc(s.fields.pointFields(""), func(p field) bool { return p.ID == f.ID }) {
		return work.Effort
	}
	return ""
}
