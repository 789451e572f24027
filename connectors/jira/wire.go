package jira

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"stackrank/connectors/rawjson"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// rawIssue is an issue as every read gives it. Fields stay undecoded, so that
// one odd value costs one field and never the page.
type rawIssue struct {
	ID     flexID
	Key    string     // its id, where the answer gives none that can be read
	Fields values     // nil: there are none; dropped once it is converted
	flaws  []string   // what is wrong with the issue as a whole
	made   *converted // nil: it was not converted yet
}

// values are the fields of an issue as the answer has them, of which they are
// parts.
type values []value

type value struct{ id, raw []byte }

// get gives a field; nil where it is not among them.
func (v values) get(id string) json.RawMessage {
	for i := range v {
		if string(v[i].id) == id {
			return v[i].raw
		}
	}
	return nil
}

// readIssue reads one entry of a list of issues. Only one without an id is an
// error: it is nobody's. What is sound is not looked through for flaws.
func readIssue(raw json.RawMessage, sound bool) (rawIssue, error) { return readInto(nil, raw, sound) }

// readInto is readIssue, with room for the fields.
func readInto(room *values, raw json.RawMessage, sound bool) (rawIssue, error) {
	var iss rawIssue
	var fields json.RawMessage
	for name, value := range rawjson.Members(raw) {
		switch string(name) {
		case "id":
			iss.ID, _ = readID(value)
		case "key":
			iss.Key, _ = rawjson.Text(value)
		case "fields":
			fields = value
		}
	}
	if !isID(iss.ID) {
		return rawIssue{}, fmt.Errorf("%w: the list of issues holds an entry without a readable id, key %.80q", work.ErrUnexpected, iss.Key)
	}
	if iss.Key == "" {
		iss.Key = string(iss.ID)
		iss.flaws = append(iss.flaws, "has no readable key")
	}
	if rawjson.Kind(fields) == '{' {
		iss.Fields = fieldsOf(fields, room)
	} else if !empty(fields) {
		iss.flaws = append(iss.flaws, "has no readable fields")
	}
	if sound {
		return iss, nil
	}
	if flaw := rest.Flaw(raw, 0); flaw != "" {
		iss.flaws = append(iss.flaws, flaw)
	}
	return iss, nil
}

// idIn gives the id of an issue as readIssue does, where there is one, and with
// less work where the answer is sound: then there is one at most.
func idIn(raw json.RawMessage, sound bool) flexID {
	if sound {
		id, _ := readID(rawjson.Get(raw, "id"))
		return id
	}
	iss, _ := readIssue(raw, true) // no id where it cannot be read
	return iss.ID
}

// fieldsOf gives the fields in an object, in the room for them where there is one.
func fieldsOf(raw json.RawMessage, room *values) values {
	out := values{}
	if room != nil && *room != nil {
		out = (*room)[:0]
	}
	for id, raw := range rawjson.Members(raw) {
		out = append(out, value{id, raw})
	}
	if room != nil {
		*room = out
	}
	return out
}

// flexID is an id: text in REST answers, a number in some bodies of Jira Software.
type flexID string

// UnmarshalJSON reads a text, a whole number or null.
func (f *flexID) UnmarshalJSON(b []byte) error {
	id, ok := readID(b)
	if !ok {
		return fmt.Errorf("id %s: want text or a whole number", b)
	}
	*f = id
	return nil
}

// readID reads a text, a whole number or null.
func readID(raw json.RawMessage) (id flexID, ok bool) {
	if empty(raw) {
		return "", true
	}
	if text, ok := rawjson.Text(raw); ok {
		return flexID(text), true
	}
	digits := string(bytes.TrimSpace(raw))
	if !isDigits(digits) {
		return "", false
	}
	return flexID(digits), true
}

// isID reports whether an id is one that Jira gives: its ids are whole numbers of
// 64 bits, so that windows of them can be asked for.
func isID(id flexID) bool {
	n, err := strconv.ParseInt(string(id), 10, 64)
	return err == nil && n > 0 && isDigits(string(id))
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// searchPage is an answer of either search. Issues is a pointer because an
// answer without the key is not a search page, whatever else it is.
type searchPage struct {
	Issues *[]json.RawMessage `json:"issues"`
	Next   string             `json:"nextPageToken"` // Cloud: "" on the last page
	IsLast *bool              `json:"isLast"`        // Cloud; nil: not told
	Total  *int               `json:"total"`         // Data Center

	sound bool
}

func (p *searchPage) read(raw []byte, sound bool) error {
	p.sound = sound
	return readAnswer(raw, &p.Issues, map[string]any{"nextPageToken": &p.Next, "isLast": &p.IsLast, "total": &p.Total})
}

type bulkAnswer struct {
	Issues *[]json.RawMessage `json:"issues"`
	Errors []struct {
		ID flexID `json:"id"`
	} `json:"issueErrors"`

	sound bool
}

func (a *bulkAnswer) read(raw []byte, sound bool) error {
	a.sound = sound
	return readAnswer(raw, &a.Issues, map[string]any{"issueErrors": &a.Errors})
}

// readAnswer takes the issues of an answer apart, as parts of raw, and decodes
// what else of it counts.
func readAnswer(raw []byte, issues **[]json.RawMessage, others map[string]any) error {
	if rawjson.Kind(raw) != '{' {
		return json.Unmarshal(raw, &struct{}{})
	}
	for name, value := range rawjson.Members(raw) {
		switch into := others[string(name)]; {
		case into != nil:
			if err := json.Unmarshal(value, into); err != nil {
				return err
			}
		case string(name) != "issues" || empty(value):
		case rawjson.Kind(value) != '[':
			return json.Unmarshal(value, issues)
		default:
			list := make([]json.RawMessage, 0, readPage)
			for one := range rawjson.Elements(value) {
				list = append(list, one)
			}
			*issues = &list
		}
	}
	return nil
}

// empty reports whether a field has no value: absent, or null.
func empty(raw json.RawMessage) bool { return rawjson.Null(raw) }

// timeLayouts are the forms in which Jira gives moments: REST without a colon
// in the offset, sprints and Jira Software by RFC 3339.
var timeLayouts = []string{"2006-01-02T15:04:05-0700", time.RFC3339}

// parseTime reads a moment in one of the layouts, with or without fractions. A
// number is none: no read of issues gives moments so.
func parseTime(raw json.RawMessage) (time.Time, error) {
	s, ok := rawjson.Text(raw)
	if !ok || s == "" {
		return time.Time{}, fmt.Errorf("%.80s is no time", raw)
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%.80q is no time", s)
}

// endOfDay reads a day and gives the moment at which it ends in the zone.
func endOfDay(day string, zone *time.Location) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(day))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no day", day)
	}
	return work.EndOfDay(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)).UTC(), nil
}
