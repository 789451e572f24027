package jira

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// rawIssue is an issue as every read gives it. Fields stay undecoded, so that
// one odd value costs one field and never the page.
type rawIssue struct {
	ID     flexID
	Key    string // its id, where the answer gives none that can be read
	Fields map[string]json.RawMessage
	told   told     // by the free texts, which are no longer among the fields
	flaws  []string // what is wrong with the issue as a whole
}

// readIssue reads one entry of a list of issues. Only one without an id is an
// error: it is nobody's.
func readIssue(raw json.RawMessage) (rawIssue, error) {
	var parts struct {
		ID, Key json.RawMessage
		Fields  map[string]json.RawMessage
	}
	var iss rawIssue
	err := json.Unmarshal(raw, &parts) // fails on fields alone: the others take anything
	keyless := json.Unmarshal(parts.Key, &iss.Key) != nil || iss.Key == ""
	if json.Unmarshal(parts.ID, &iss.ID) != nil || !isID(iss.ID) {
		return rawIssue{}, fmt.Errorf("%w: the list of issues holds an entry without a readable id, key %.80q", work.ErrUnexpected, iss.Key)
	}
	if keyless {
		iss.Key = string(iss.ID)
		iss.flaws = append(iss.flaws, "has no readable key")
	}
	iss.Fields = parts.Fields
	if err != nil {
		iss.flaws = append(iss.flaws, "has no readable fields")
	}
	if flaw := rest.Flaw(raw, 0); flaw != "" {
		iss.flaws = append(iss.flaws, flaw)
	}
	return iss, nil
}

// flexID is an id: text in REST answers, a number in some bodies of Jira Software.
type flexID string

// UnmarshalJSON reads a text, a whole number or null.
func (f *flexID) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err == nil {
		*f = flexID(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil || !isDigits(n.String()) {
		return fmt.Errorf("id %s: want text or a whole number", b)
	}
	*f = flexID(n)
	return nil
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
}

type bulkAnswer struct {
	Issues *[]json.RawMessage `json:"issues"`
	Errors []struct {
		ID flexID `json:"id"`
	} `json:"issueErrors"`
}

// empty reports whether a field has no value: absent, or null.
func empty(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || string(raw) == "null"
}

// timeLayouts are the forms in which Jira gives moments: REST without a colon
// in the offset, sprints and Jira Software by RFC 3339.
var timeLayouts = []string{"2006-01-02T15:04:05-0700", time.RFC3339}

// parseTime reads a moment in one of the layouts, with or without fractions. A
// number is none: no read of issues gives moments so.
func parseTime(raw json.RawMessage) (time.Time, error) {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil || s == "" {
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
