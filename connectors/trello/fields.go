package trello

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	adlio "github.com/adlio/trello"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// fieldDef is a custom field of a board.
type fieldDef struct {
	ID, Name, Type string            // Type: number, text, checkbox, date or list
	options        map[string]string // of a list: id to text
}

// The types that take a score or a place, better first.
var writable = []string{"number", "text"}

// readFields gives the custom fields of a board; available is false where the
// board's plan or its Power-Ups do not offer them.
func (c *Connector) readFields(ctx context.Context, boardID string) (defs []fieldDef, available bool, err error) {
	var raw []json.RawMessage
	err = c.api.get(ctx, "boards/"+boardID+"/customFields", adlio.Arguments{}, &raw)
	if errors.Is(err, work.ErrForbidden) {
		return nil, false, nil
	}
	if err == nil && raw == nil {
		err = fmt.Errorf("%w: null in place of custom fields", work.ErrUnexpected)
	}
	if err != nil {
		return nil, false, fmt.Errorf("custom fields: %w", err)
	}
	for _, r := range raw {
		d, err := readField(r)
		if err != nil {
			return nil, false, fmt.Errorf("custom field %.80q: %w: %w", d.Name, work.ErrUnexpected, err)
		}
		defs = append(defs, d)
	}
	return defs, true, nil
}

// readField reads a definition, on which the values on all cards depend. The
// library reads positions as integers, and one fraction would cost it the whole
// list.
func readField(raw json.RawMessage) (fieldDef, error) {
	o, err := readObject(raw)
	if err != nil {
		return fieldDef{}, err
	}
	d := fieldDef{ID: field[string](o, "id"), Name: field[string](o, "name"), Type: field[string](o, "type")}
	type option struct {
		ID    string `json:"id"`
		Alias string `json:"_id"` // the name of the id on some routes
		Value struct {
			Text *string `json:"text"`
		} `json:"value"`
	}
	for _, opt := range each[option](o, "options") {
		if d.options == nil {
			d.options = map[string]string{}
		}
		id := cmp.Or(opt.ID, opt.Alias)
		if id == "" || opt.Value.Text == nil {
			o.odd = append(o.odd, "options")
			continue
		}
		d.options[id] = *opt.Value.Text
	}
	o.want("id", "name", "type")
	if len(o.odd) > 0 {
		return d, fmt.Errorf("its %s is missing, or in no form that Trello documents", o.odd[0])
	}
	if flaw := rest.Flaw(raw, 0); flaw != "" {
		return d, fmt.Errorf("it %s", flaw)
	}
	return d, nil
}

// findField finds the field that a person means by a name or an id. Names need
// not be unique: a letter-by-letter match comes first, then the better type,
// then the order of the board.
func findField(defs []fieldDef, want string) (fieldDef, bool) {
	want = strings.TrimSpace(want)
	best, found := fieldDef{}, false
	bestCost := math.MaxInt
	for _, d := range defs {
		if cost, ok := matchCost(d, want); ok && cost < bestCost {
			best, bestCost, found = d, cost, true
		}
	}
	return best, found
}

func matchCost(d fieldDef, want string) (int, bool) {
	const perMatch = 10
	kind := slices.Index(writable, d.Type)
	if kind < 0 {
		kind = len(writable)
	}
	switch name := strings.TrimSpace(d.Name); {
	case d.ID == want:
		return 0, true
	case name == want:
		return perMatch + kind, true
	case strings.EqualFold(name, want):
		return 2*perMatch + kind, true
	}
	return 0, false
}

// number reads a value as a number: as text that parses, a ticked box as 1, and
// the chosen option of a list by its text.
func (d fieldDef) number(v fieldValue) (float64, bool) {
	switch d.Type {
	case "checkbox":
		if v.text == "true" {
			return 1, true
		}
		return 0, v.text == "false"
	case "number", "text":
		return parseNumber(v.text)
	case "list":
		return parseNumber(d.options[v.option])
	}
	return 0, false
}

// parseNumber reads a decimal number. What else ParseFloat takes (NaN,
// infinities, hexadecimal, underscores) is no number that a person enters.
func parseNumber(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "xX_pP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// output reads a value of ours. A text that we wrote as a number reads as one.
func (d fieldDef) output(v fieldValue) work.Value {
	if f, ok := parseNumber(v.text); ok {
		return work.Number(f)
	}
	return work.Text(v.text)
}

// fieldItem is the value of one custom field in a request.
type fieldItem struct {
	Field string `json:"idCustomField"`
	Value any    `json:"value"`
}

// encode gives the request form of a value; nothing clears the field. Trello
// wants numbers as text.
func (d fieldDef) encode(v work.Value) (fieldItem, error) {
	if v.IsZero() {
		return fieldItem{Field: d.ID, Value: ""}, nil
	}
	if _, ok := v.Float(); !ok && d.Type == "number" {
		return fieldItem{}, fmt.Errorf("%w: custom field %q takes numbers, not %q", work.ErrInvalid, d.Name, v)
	}
	return fieldItem{Field: d.ID, Value: map[string]string{d.Type: v.String()}}, nil
}
