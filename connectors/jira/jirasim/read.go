package jirasim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Read adds the issues of one export to the seed. It takes a page of search
// results ({"issues": […]}, with its names and schema as further knowledge of
// fields), an array of issues, one issue, or JSON Lines of any of them, and
// tells them apart by content. Lines end at \n only: texts may hold U+2028.
// Every field is kept as it stands; bytes that are not UTF-8 become U+FFFD, as
// Jira never sends such.
func (s *Seed) Read(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read issues: %w", err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ToValidUTF8(data, []byte("\ufffd"))
	if json.Valid(data) {
		return s.add(data)
	}
	lines := bytes.Split(data, []byte("\n"))
	for n, line := range lines {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := s.add(line); err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return nil
}

// page is what tells a page of search results from an issue.
type page struct {
	Issues []json.RawMessage      `json:"issues"`
	Names  map[string]string      `json:"names"`
	Schema map[string]fieldSchema `json:"schema"`
	Fields json.RawMessage        `json:"fields"`
}

// fieldSchema is Jira's description of a field's type.
type fieldSchema struct {
	Type     string `json:"type"`
	Items    string `json:"items,omitempty"`
	System   string `json:"system,omitempty"`
	Custom   string `json:"custom,omitempty"`
	CustomID int64  `json:"customId,omitempty"`
}

// add adds what one JSON text holds.
func (s *Seed) add(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] == '[' {
		var issues []json.RawMessage
		if err := json.Unmarshal(data, &issues); err != nil {
			return fmt.Errorf("array of issues: %w", err)
		}
		return s.addIssues(issues)
	}
	var p page
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("neither an issue nor a page of issues: %w", err)
	}
	if p.Issues == nil {
		return s.addIssues([]json.RawMessage{data})
	}
	s.addNames(p)
	return s.addIssues(p.Issues)
}

func (s *Seed) addIssues(issues []json.RawMessage) error {
	for _, raw := range issues {
		var p page
		if err := json.Unmarshal(raw, &p); err != nil {
			return fmt.Errorf("issue: %w", err)
		}
		if p.Fields == nil {
			return fmt.Errorf("issue without fields: %.60s", raw)
		}
		s.Issues = append(s.Issues, bytes.Clone(raw))
	}
	return nil
}

// addNames keeps what a page says about its custom fields.
func (s *Seed) addNames(p page) {
	for _, id := range slices.Sorted(maps.Keys(p.Names)) {
		known := slices.ContainsFunc(s.Fields, func(f Field) bool { return f.ID == id })
		if known || !strings.HasPrefix(id, customPrefix) {
			continue
		}
		sc := p.Schema[id]
		s.Fields = append(s.Fields, Field{ID: id, Name: p.Names[id], Type: sc.Type, Items: sc.Items, Custom: sc.Custom})
	}
}
