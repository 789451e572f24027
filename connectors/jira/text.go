package jira

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"stackrank/connectors/prose"
	"stackrank/connectors/rawjson"
	"stackrank/internal/work"
)

// description is the field of the free text about an issue.
const description = "description"

// texts keeps what the free texts of the issue tell, not the texts themselves:
// whether one of them says when the work is done.
func (v *view) texts(iss rawIssue, it *work.Item) {
	read, odd, criteria := false, false, false
	hear := func(id string, says func(text string) bool) {
		raw := iss.Fields.get(id)
		if raw == nil {
			return
		}
		text, err := plainText(raw)
		if err != nil {
			odd = true
			v.bad(iss, id)
			return
		}
		read, criteria = true, criteria || says(text)
	}
	hear(description, prose.Criteria)
	for _, f := range v.want.criteria {
		hear(f.ID, func(text string) bool { return strings.TrimSpace(text) != "" })
	}
	if read && !odd || criteria {
		it.Attrs[work.AttrCriteria] = work.Yes(criteria)
	}
}

// comments reads the comments of an issue: when each came, and whether the last
// is a question. The answer can hold fewer than there are; then nobody knows
// which one is the last.
func (v *view) comments(iss rawIssue, it *work.Item) {
	all := partOf(iss.Fields.get(heavy))
	list := all.list("comments")
	total, _ := all.whole("total")
	if all.isOdd() {
		v.bad(iss, heavy)
	}
	var last json.RawMessage // the text of the last one
	var latest time.Time
	given := 0
	for one := range list {
		given++
		t, err := parseTime(rawjson.Get(one, "created"))
		if err != nil {
			v.bad(iss, heavy)
			continue
		}
		it.Events = append(it.Events, work.Event{Signal: work.Comments, At: t, Amount: 1})
		if !t.Before(latest) {
			last, latest = rawjson.Get(one, "body"), t
		}
	}
	if empty(last) || total > given {
		return
	}
	text, err := plainText(last)
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
