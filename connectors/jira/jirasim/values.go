package jirasim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The limits of texts. Source: Jira's own refusals.
const (
	longestSummary = 255
	longestLabel   = 255
)

// normal checks a value that a client sends for a field and gives it as Jira
// keeps it, or the fault in Jira's words.
func (ch *change) normal(f *field, raw json.RawMessage) (json.RawMessage, string) {
	if f.schema.Custom == SprintType {
		return ch.sprint(raw)
	}
	if isNull(raw) {
		return ch.cleared(f)
	}
	if f.schema.Custom == EpicLinkType {
		return ch.epicLink(raw)
	}
	switch f.schema.Type {
	case "number":
		return number64(raw)
	case "string":
		return ch.text(f, raw)
	case "date", "datetime":
		return date(f, raw)
	case "array":
		return ch.array(f, raw)
	case "any", "timetracking":
		return raw, ""
	}
	return ch.entry(f, raw)
}

// cleared gives what an empty field holds; some may not be empty.
func (ch *change) cleared(f *field) (json.RawMessage, string) {
	switch {
	case f.id == "summary":
		return nil, "You must specify a summary of the issue."
	case f.id == "issuetype":
		return nil, "The issue type selected is invalid."
	case f.id == "labels" || f.schema.Type == "array" && !f.custom:
		return json.RawMessage("[]"), ""
	}
	return json.RawMessage("null"), ""
}

// number64 keeps numbers as Jira gives them back: always with a fraction.
func number64(raw json.RawMessage) (json.RawMessage, string) {
	n, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return nil, "Operation value must be a number"
	}
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return json.RawMessage(text), ""
}

// text checks a text; rich text is a document in version 3 and nothing else.
func (ch *change) text(f *field, raw json.RawMessage) (json.RawMessage, string) {
	if ch.c.s.rich(f.id) && ch.c.version == "3" {
		if !isDocument(raw) {
			return nil, "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
		}
		return quote(documentText(raw)), ""
	}
	if raw[0] != '"' {
		return nil, "Operation value must be a string"
	}
	text := textOf(raw)
	if f.id == "summary" {
		switch {
		case strings.TrimSpace(text) == "":
			return nil, "You must specify a summary of the issue."
		case strings.ContainsAny(text, "\n\r"):
			return nil, "The summary is invalid because it contains newline characters."
		case utf8.RuneCountInString(text) > longestSummary:
			return nil, "Summary can't exceed 255 characters."
		}
	}
	return raw, ""
}

// date checks days and times.
func date(f *field, raw json.RawMessage) (json.RawMessage, string) {
	text := textOf(raw)
	if f.schema.Type == "date" {
		if _, err := time.Parse("2006-01-02", text); err != nil {
			if f.id == "duedate" {
				return nil, `The duedate must be of the format "yyyy-MM-dd"`
			}
			return nil, fmt.Sprintf("Error parsing date string: %s", text)
		}
		return raw, ""
	}
	if timeOf(raw).IsZero() {
		return nil, fmt.Sprintf("Error parsing time: %s", text)
	}
	return raw, ""
}

// array checks a list element by element.
func (ch *change) array(f *field, raw json.RawMessage) (json.RawMessage, string) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, "data was not an array"
	}
	value := json.RawMessage("[]")
	for _, one := range list {
		element, fault := ch.element(f, one)
		if fault != "" {
			return nil, fault
		}
		value = withElement(value, element, true)
	}
	return value, ""
}

// element checks one element of a list.
func (ch *change) element(f *field, raw json.RawMessage) (json.RawMessage, string) {
	if f.schema.Items != "string" {
		return ch.entry(f, raw)
	}
	label := textOf(raw)
	switch {
	case len(raw) == 0 || raw[0] != '"':
		return nil, "string expected at index 0"
	case strings.ContainsAny(label, " \t\n\r"):
		return nil, fmt.Sprintf("The label '%s' contains spaces which is invalid.", label)
	case label == "" || utf8.RuneCountInString(label) > longestLabel:
		return nil, fmt.Sprintf("The label '%s' exceeds the maximum length for single label of 255 characters.", label)
	}
	return quote(label), ""
}

// withElement gives a list with one element more, or without it.
func withElement(list, element json.RawMessage, add bool) json.RawMessage {
	var values []json.RawMessage
	if !isNull(list) {
		_ = json.Unmarshal(list, &values)
	}
	own := entityOf(element)
	same := func(v json.RawMessage) bool { return entityOf(v).id == own.id }
	switch {
	case !add:
		values = slices.DeleteFunc(values, same)
	case !slices.ContainsFunc(values, same):
		values = append(values, element)
	}
	if len(values) == 0 {
		return json.RawMessage("[]")
	}
	if element[0] == '"' { // labels are kept in order
		slices.SortFunc(values, func(a, b json.RawMessage) int { return strings.Compare(textOf(a), textOf(b)) })
	}
	return encode(values)
}

// entry finds what an object such as {"id": "3"} or {"name": "High"} means.
func (ch *change) entry(f *field, raw json.RawMessage) (json.RawMessage, string) {
	if len(raw) == 0 || raw[0] != '{' {
		return nil, fmt.Sprintf("data was not an object for field '%s'", f.id)
	}
	e := entityOf(raw)
	kind := f.schema.Type
	if kind == "array" {
		kind = f.schema.Items
	}
	catalog, project := &ch.c.s.catalog, ch.issue.facts.project.also
	switch kind {
	case "priority":
		return ch.known(catalog.priorities, e, "The priority selected is invalid.")
	case "issuetype":
		return ch.known(catalog.kinds, e, "The issue type selected is invalid.")
	case "user":
		return ch.c.person(raw)
	case "version":
		return ch.known(ofProject(catalog.versions, project), e, fmt.Sprintf("Version name '%s' is not valid", first(e.name, e.id)))
	case "component":
		return ch.known(ofProject(catalog.components, project), e, fmt.Sprintf("Component name '%s' is not valid", first(e.name, e.id)))
	case "option":
		return option(f, e)
	case "issuelink":
		return ch.parent(e)
	}
	return raw, ""
}

func ofProject(list []thing, project string) []thing {
	return slices.DeleteFunc(slices.Clone(list), func(t thing) bool { return t.project != project })
}

// known gives the catalog's entry for what a client named.
func (ch *change) known(list []thing, e entity, fault string) (json.RawMessage, string) {
	for _, word := range []string{e.id, e.name} {
		if t := find(list, word); t != nil {
			return t.raw, ""
		}
	}
	return nil, fault
}

// option finds a choice of a select field.
func option(f *field, e entity) (json.RawMessage, string) {
	for n, name := range f.options {
		if e.name == name || e.id == f.optionID(n) {
			return f.option(n), ""
		}
	}
	return nil, fmt.Sprintf("Option value '%s' is not valid", first(e.name, e.id))
}

// optionID gives the id of a choice by its place.
func (f *field) optionID(n int) string {
	return strconv.FormatInt(f.schema.CustomID*100+int64(n), 10)
}

// option gives a choice as issues hold it.
func (f *field) option(n int) json.RawMessage {
	id := f.optionID(n)
	return encode(map[string]string{"self": selfMark + "/rest/api/2/customFieldOption/" + id, "id": id, "value": f.options[n]})
}

// parent finds the issue that shall be the parent.
func (ch *change) parent(e entity) (json.RawMessage, string) {
	i := ch.c.s.lookup(first(e.name, e.id))
	if i == nil {
		return nil, "Could not find issue by id or key."
	}
	return brief(i), ""
}

// brief is an issue as links and parents show it.
func brief(i *issue) json.RawMessage {
	fields := map[string]json.RawMessage{}
	for _, name := range []string{"summary", "status", "priority", "issuetype"} {
		if raw, ok := i.fields[name]; ok {
			fields[name] = raw
		}
	}
	id := strconv.FormatInt(i.id, 10)
	return encode(map[string]any{"id": id, "key": i.key, "self": selfMark + "/rest/api/2/issue/" + id, "fields": fields})
}

// sprint finds the sprint that a number means.
func (ch *change) sprint(raw json.RawMessage) (json.RawMessage, string) {
	if isNull(raw) {
		return json.RawMessage("null"), ""
	}
	id, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return nil, "Number value expected as the Sprint id."
	}
	for _, s := range ch.c.s.catalog.sprints {
		if s.ID == id && !ch.c.s.cloud() {
			return encode([]string{sprintText(s, "")}), ""
		}
		if s.ID == id {
			return encode([]any{map[string]any{"id": s.ID, "name": s.Name, "state": s.State, "boardId": s.Board, "goal": s.Goal}}), ""
		}
	}
	return nil, fmt.Sprintf("Sprint with id %d does not exist.", id)
}
