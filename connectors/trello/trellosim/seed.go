package trellosim

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Seed is what a site starts with: boards, in the order in which they were
// read. The zero Seed is a site without boards. A seed may serve several
// sites; they do not change it.
type Seed struct {
	Key, Token string // credentials to accept; empty: the defaults
	Member     string // id of the member who acts; empty: the first member of the first board
	Bare       bool   // leaves out the number fields "Score" and "Rank" that boards otherwise get where they lack them

	boards []export
}

func (s Seed) key() string   { return cmp.Or(s.Key, DefaultKey) }
func (s Seed) token() string { return cmp.Or(s.Token, DefaultToken) }

// Read adds the boards in r: one or more documents as Trello's "Export as
// JSON" writes them, one behind the other, of any age. Keys that it does not
// know are kept and answered; cards and lists without pos, as in the exports
// of 2012, get positions in the order of the file. On an error nothing is
// added.
func (s *Seed) Read(r io.Reader) error {
	dec := json.NewDecoder(r)
	var read []export
	for {
		var e export
		err := dec.Decode(&e)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("board export: %w", err)
		}
		if err := e.check(); err != nil {
			return fmt.Errorf("board export %q: %w", e.Name, err)
		}
		read = append(read, e)
	}
	if len(read) == 0 {
		return errors.New("board export: empty, want a JSON object")
	}
	s.boards = append(s.boards, read...)
	return nil
}

// export is a board export.
type export struct {
	board
	lists      []list
	cards      []card
	labels     []label
	fields     []customField
	checklists []checklist
	actions    []action
	pluginData []object
	webhooks   []webhook
}

// UnmarshalJSON reads the board's own keys and what hangs on it.
func (e *export) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &e.board); err != nil {
		return err
	}
	parts := struct {
		Lists        *[]list        `json:"lists"`
		Cards        *[]card        `json:"cards"`
		Labels       *[]label       `json:"labels"`
		CustomFields *[]customField `json:"customFields"`
		Checklists   *[]checklist   `json:"checklists"`
		Actions      *[]action      `json:"actions"`
		PluginData   *[]object      `json:"pluginData"`
		Webhooks     *[]webhook     `json:"webhooks"`
	}{&e.lists, &e.cards, &e.labels, &e.fields, &e.checklists, &e.actions, &e.pluginData, &e.webhooks}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	for name := range map[string]bool{
		"lists": true, "cards": true, "labels": true, "customFields": true,
		"checklists": true, "actions": true, "pluginData": true, "webhooks": true,
	} {
		delete(e.rest, name)
	}
	return nil
}

// check finds what no board can be without.
func (e *export) check() error {
	if !objectID.MatchString(e.ID) {
		return fmt.Errorf("id %q: want 24 hexadecimal digits", e.ID)
	}
	for i, c := range e.cards {
		if !objectID.MatchString(c.ID) {
			return fmt.Errorf("cards[%d].id %q: want 24 hexadecimal digits", i, c.ID)
		}
		if !objectID.MatchString(c.IDList) {
			return fmt.Errorf("cards[%d].idList %q: want 24 hexadecimal digits", i, c.IDList)
		}
	}
	for i, l := range e.lists {
		if !objectID.MatchString(l.ID) {
			return fmt.Errorf("lists[%d].id %q: want 24 hexadecimal digits", i, l.ID)
		}
	}
	return nil
}
