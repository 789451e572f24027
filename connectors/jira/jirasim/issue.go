package jirasim

import (
	"encoding/json"
	"maps"
	"time"
)

// customPrefix begins the id of every custom field.
const customPrefix = "customfield_"

// stamp is how Jira writes times: the offset has no colon.
const stamp = "2006-01-02T15:04:05.000-0700"

// issue is one version of an issue. Versions are never changed: a write puts
// a new one into the site, so that searches can lag behind.
type issue struct {
	id       int64
	key      string
	fields   map[string]json.RawMessage // as version 2 gives them; links begin with selfMark
	adf      map[string]json.RawMessage // rich text that came as a document, by field
	props    map[string]json.RawMessage
	history  []history       // oldest first
	remote   json.RawMessage // list of remote links
	watchers []string        // ids of the people who watch, the acting user aside
	facts    facts
}

// history is one entry of the changelog.
type history struct {
	id      int64
	created time.Time
	fields  []string // ids of the changed fields, or names where the entry has no id
	raw     json.RawMessage
}

// clone gives a version to be changed before it is shown to anybody.
func (i *issue) clone() *issue {
	c := *i
	c.fields = maps.Clone(i.fields)
	c.adf = maps.Clone(i.adf)
	c.props = maps.Clone(i.props)
	return &c
}

// set puts a value into a version that nobody has seen yet.
func (i *issue) set(field string, value json.RawMessage) {
	i.fields[field] = value
	delete(i.adf, field)
}

// record is an issue through time: what it is and what searches still show.
type record struct {
	now *issue // nil: deleted
	old []shown
}

// shown is a version that searches give until a moment. A nil issue is one
// that searches do not know yet.
type shown struct {
	issue *issue
	until time.Time
}

// searched gives the version that a search at a moment shows, or nil.
func (r *record) searched(at time.Time) *issue {
	for len(r.old) > 0 && !r.old[0].until.After(at) {
		r.old = r.old[1:]
	}
	if len(r.old) > 0 {
		return r.old[0].issue
	}
	return r.now
}

// put makes a version the present one; searches go on with the previous one
// for as long as they lag.
func (s *Site) put(i *issue) {
	i.facts = s.factsOf(i)
	r := s.records[i.id]
	if r == nil {
		r = &record{}
		s.records[i.id] = r
		s.ids = insertSorted(s.ids, i.id)
	}
	s.keep(r)
	r.now = i
	s.index(i)
}

// drop deletes an issue; searches may still show it.
func (s *Site) drop(i *issue) {
	r := s.records[i.id]
	s.keep(r)
	r.now = nil
	delete(s.byKey, i.key)
	for _, f := range s.ranks {
		f.remove(i.id)
	}
}

// keep lets searches show the present version for as long as they lag.
func (s *Site) keep(r *record) {
	if s.switches.SearchLag > 0 {
		r.old = append(r.old, shown{r.now, s.now().Add(s.switches.SearchLag)})
	}
}
