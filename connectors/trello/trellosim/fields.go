package trellosim

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// Limits of a board. Source: the limits object of live boards in 2026.
const (
	maxFields  = 50
	maxOptions = 50
	maxLabels  = 1000
)

// addField makes a custom field at the end of a board's fields.
func (w *world) addField(b *board, name, kind string) *customField {
	pos := float64(step)
	for _, have := range w.fieldsOf(b.ID) {
		pos = max(pos, have.Pos+step)
	}
	f := &customField{ID: w.newID(), IDModel: b.ID, Name: name, Type: kind, Pos: pos}
	f.Display.CardFront = true
	sum := sha256.Sum256([]byte(name + kind))
	f.FieldGroup = hex.EncodeToString(sum[:])
	w.fields[f.ID] = f
	return f
}

// fieldsAllowed refuses writes to custom fields on a board that has none.
func (q *request) fieldsAllowed(board string) error {
	if q.mode(board) != FieldsOn {
		return forbidden("Custom fields are not available on this board")
	}
	return nil
}

func (w *world) getField(q *request) (any, error) {
	f, err := w.field(q, "id")
	if err != nil {
		return nil, err
	}
	fields, _ := q.params.list("fields")
	return pick(f.show(), fields), nil
}

// createField makes a field; the service requires all parameters but
// display_cardFront.
func (w *world) createField(q *request) (any, error) {
	b := w.findBoard(q.params.or("idModel", ""))
	if b == nil || q.denied(b.ID) {
		return nil, invalidValue("idModel")
	}
	if q.params.or("modelType", "") != "board" {
		return nil, invalidValue("modelType")
	}
	if err := q.fieldsAllowed(b.ID); err != nil {
		return nil, err
	}
	name, kind := q.params.or("name", ""), q.params.or("type", "")
	if name == "" || tooLong(name) {
		return nil, invalidValue("name")
	}
	if !slices.Contains([]string{"checkbox", "date", "list", "number", "text"}, kind) {
		return nil, invalidValue("type")
	}
	if q.params.or("pos", "") == "" {
		return nil, invalidValue("pos")
	}
	others := w.fieldsOf(b.ID)
	if len(others) >= maxFields {
		return nil, forbidden("Custom field limit exceeded")
	}
	pos, err := q.params.wished(fieldRow(others), "bottom", step)
	if err != nil {
		return nil, err
	}
	f := w.addField(b, name, kind)
	f.Pos = pos
	f.Display.CardFront = q.params.or("display_cardFront", "true") == "true"
	w.addOptions(q, f)
	w.touchBoard(b.ID)
	w.record("createCustomField", object{"board": w.boardRef(b.ID), "customField": f.ref()})
	return f.show(), nil
}

func (f *customField) ref() object {
	return object{"id": f.ID, "name": f.Name, "type": f.Type}
}

func fieldRow(fields []*customField) []float64 {
	out := make([]float64, len(fields))
	for i, f := range fields {
		out[i] = f.Pos
	}
	return out
}

// addOptions takes the options given with a new list field.
func (w *world) addOptions(q *request, f *customField) {
	given, ok := q.params["options"].([]any)
	if !ok || f.Type != "list" {
		return
	}
	for _, g := range given {
		o, ok := g.(object)
		if !ok {
			continue
		}
		value, ok := o["value"].(object)
		if !ok {
			continue
		}
		f.Options = append(f.Options, option{
			ID: w.newID(), IDCustomField: f.ID, Value: optionValue{Text: textOf(value["text"])},
			Color: params(o).or("color", "none"), Pos: float64(len(f.Options)+1) * step,
		})
	}
}

// updateField takes name, pos and display/cardFront, the latter nested too.
func (w *world) updateField(q *request) (any, error) {
	f, err := w.field(q, "id")
	if err != nil {
		return nil, err
	}
	if err := q.fieldsAllowed(f.IDModel); err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(w.fieldsOf(f.IDModel), func(o *customField) bool { return o == f })
	pos, err := q.params.wished(fieldRow(others), strconv.FormatFloat(f.Pos, 'f', -1, 64), step)
	if err != nil {
		return nil, err
	}
	front := q.params.or("display/cardFront", "")
	if display, ok := q.params["display"].(object); ok {
		front = textOf(display["cardFront"])
	}
	f.Pos, f.Name = pos, q.params.or("name", f.Name)
	if front != "" {
		f.Display.CardFront = front == "true"
	}
	w.touchBoard(f.IDModel)
	w.record("updateCustomField", object{"board": w.boardRef(f.IDModel), "customField": f.ref()})
	return f.show(), nil
}

// deleteField removes a field with its values on every card.
func (w *world) deleteField(q *request) (any, error) {
	f, err := w.field(q, "id")
	if err != nil {
		return nil, err
	}
	if err := q.fieldsAllowed(f.IDModel); err != nil {
		return nil, err
	}
	delete(w.fields, f.ID)
	for _, c := range w.boardCards(f.IDModel) {
		c.Items = slices.DeleteFunc(slices.Clone(c.Items), func(i fieldItem) bool { return i.IDCustomField == f.ID })
	}
	w.touchBoard(f.IDModel)
	return object{"limits": object{}}, nil
}

// getOptions names the id _id, unlike the other routes: so does the service.
func (w *world) getOptions(q *request) (any, error) {
	f, err := w.field(q, "id")
	if err != nil {
		return nil, err
	}
	out := []object{}
	for _, o := range f.Options {
		out = append(out, object{"_id": o.ID, "color": o.Color, "pos": o.Pos, "value": object{"text": o.Value.Text}})
	}
	return out, nil
}

func (w *world) option(q *request) (*customField, int, error) {
	f, err := w.field(q, "id")
	if err != nil {
		return nil, 0, err
	}
	at := slices.IndexFunc(f.Options, func(o option) bool { return o.ID == q.id("idCustomFieldOption") })
	if at < 0 {
		return nil, 0, notFound()
	}
	return f, at, nil
}

func (w *world) getOption(q *request) (any, error) {
	f, at, err := w.option(q)
	if err != nil {
		return nil, err
	}
	return f.Options[at].show(f.ID), nil
}

func (w *world) createOption(q *request) (any, error) {
	f, err := w.field(q, "id")
	if err != nil {
		return nil, err
	}
	if err := q.fieldsAllowed(f.IDModel); err != nil {
		return nil, err
	}
	value, ok := q.params["value"].(object)
	if !ok || f.Type != "list" {
		return nil, invalidValue("value")
	}
	if len(f.Options) >= maxOptions {
		return nil, forbidden("Custom field option limit exceeded")
	}
	last := 0.0
	for _, o := range f.Options {
		last = max(last, o.Pos)
	}
	o := option{
		ID: w.newID(), IDCustomField: f.ID, Value: optionValue{Text: textOf(value["text"])},
		Color: q.params.or("color", "none"), Pos: last + step,
	}
	f.Options = append(f.Options, o)
	return o.show(f.ID), nil
}

func (w *world) deleteOption(q *request) (any, error) {
	f, at, err := w.option(q)
	if err != nil {
		return nil, err
	}
	f.Options = slices.Delete(slices.Clone(f.Options), at, at+1)
	return object{}, nil
}
