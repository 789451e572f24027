package jira

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"stackrank/connectors/prose"
	"stackrank/internal/work"
)

// description is the field of the free text about an issue.
const description = "description"

// told is what the free texts of an issue tell. The texts themselves are read
// when their page comes, and dropped.
type told struct {
	read     bool     // there was a field to read
	criteria bool     // one of them says when the work is done
	odd      []string // fields that hold no text
}

// listen reads and drops the free texts among the fields: the description, and
// the fields that are made for nothing but criteria.
func (iss *rawIssue) listen(criteria []field) {
	iss.hear(description, prose.Criteria)
	for _, f := range criteria {
		iss.hear(f.ID, func(text string) bool { return strings.TrimSpace(text) != "" })
	}
}

func (iss *rawIssue) hear(id string, says func(text string) bool) {
	raw, given := iss.Fields[id]
	if !given {
		return
	}
	delete(iss.Fields, id)
	text, err := plainText(raw)
	if err != nil {
		iss.told.odd = append(iss.told.odd, id)
		return
	}
	iss.told.read = true
	iss.told.criteria = iss.told.criteria || says(text)
}

// texts keeps what the free texts of the issue tell.
func (v *view) texts(iss rawIssue, it *work.Item) {
	for _, id := range iss.told.odd {
		v.bad(iss, id)
	}
	if iss.told.read && len(iss.told.odd) == 0 || iss.told.criteria {
		it.Attrs[work.AttrCriteria] = work.Yes(iss.told.criteria)
	}
}

// comment is one of the comments that an answer holds.
type comment struct {
	Created json.RawMessage `json:"created"`
	Body    json.RawMessage `json:"body"`
}

// comments reads the comments of an issue: when each came, and whether the last
// is a question. The answer can hold fewer than there are; then nobody knows
// which one is the last.
func (v *view) comments(iss rawIssue, it *work.Item) {
	var c struct {
		Comments []comment `json:"comments"`
		Total    int       `json:"total"`
	}
	v.decode(iss, heavy, &c)
	var last comment
	var latest time.Time
	for _, one := range c.Comments {
		t, err := parseTime(one.Created)
		if err != nil {
			v.bad(iss, heavy)
			continue
		}
		it.Events = append(it.Events, work.Event{Signal: work.Comments, At: t, Amount: 1})
		if !t.Before(latest) {
			last, latest = one, t
		}
	}
	if empty(last.Body) || c.Total > len(c.Comments) {
		return
	}
	text, err := plainText(last.Body)
	if err != nil {
		v.bad(iss, heavy)
		return
	}
	it.Attrs[work.AttrQuestion] = work.Yes(prose.Question(text))
}

// criteriaNames are what sites call a field for criteria.
var criteriaNames = []string{
	"acceptance criteria", "acceptance criterion", "definition of done", "akzeptanzkriterien", "abnahmekriterien",
}

// criteriaFields gives the text fields that are made for criteria.
func (c catalogue) criteriaFields() []field {
	return c.where(func(f field) bool {
		named := slices.Contains(criteriaNames, plain(f.Name)) || slices.Contains(criteriaNames, plain(f.Untranslated))
		return named && f.Schema.Type == "string" && f.number() != f.ID
	})
}
