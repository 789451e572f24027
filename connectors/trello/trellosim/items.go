package trellosim

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func invalidItem() *refusal {
	return jsonRefusal(http.StatusBadRequest, object{"message": "Invalid custom field item value.", "error": "ERROR"})
}

func (w *world) getItems(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	return q.showItems(c), nil
}

// setItem sets or clears one value.
func (w *world) setItem(q *request) (any, error) {
	c, err := w.card(q, "idCard")
	if err != nil {
		return nil, err
	}
	f := w.fields[q.id("idCustomField")]
	if f == nil {
		return nil, notFound()
	}
	if err := q.fieldsAllowed(c.IDBoard); err != nil {
		return nil, err
	}
	next := c.copy()
	item, err := w.putItem(&next, f, q.params)
	if err != nil {
		return nil, err
	}
	w.commitItems(q, c, next, f)
	return item.show(), nil
}

// setItems sets several values of one card, all or none.
func (w *world) setItems(q *request) (any, error) {
	c, err := w.card(q, "idCard")
	if err != nil {
		return nil, err
	}
	if err := q.fieldsAllowed(c.IDBoard); err != nil {
		return nil, err
	}
	given, err := q.params.objects("customFieldItems")
	if err != nil {
		return nil, err
	}
	next, out := c.copy(), []object{}
	var touched []*customField
	for _, g := range given {
		f := w.fields[g.or("idCustomField", "")]
		if f == nil {
			return nil, invalidValue("idCustomField")
		}
		item, err := w.putItem(&next, f, g)
		if err != nil {
			return nil, err
		}
		touched = append(touched, f)
		out = append(out, item.show())
	}
	w.commitItems(q, c, next, touched...)
	return out, nil
}

// objects gives a parameter that must be an array of objects, as JSON or as
// JSON in a text.
func (p params) objects(name string) ([]params, error) {
	raw, err := json.Marshal(p[name])
	if err != nil {
		return nil, invalidValue(name)
	}
	if text, ok := p[name].(string); ok {
		raw = []byte(text)
	}
	var out []params
	if err := json.Unmarshal(raw, &out); err != nil || len(out) == 0 {
		return nil, invalidValue(name)
	}
	return out, nil
}

// putItem sets the value that p gives for a field on a card, or removes it.
// A wrong type is refused.
func (w *world) putItem(c *card, f *customField, p params) (fieldItem, error) {
	if f.IDModel != c.IDBoard {
		return fieldItem{}, invalidValue("idCustomField")
	}
	item := fieldItem{IDCustomField: f.ID, IDModel: c.ID}
	clear, err := item.take(f, p)
	if err != nil {
		return item, err
	}
	at := slices.IndexFunc(c.Items, func(i fieldItem) bool { return i.IDCustomField == f.ID })
	switch {
	case clear && at >= 0:
		item.ID = c.Items[at].ID
		c.Items = slices.Delete(c.Items, at, at+1)
	case clear:
		item.ID = w.newID()
	case at >= 0:
		item.ID = c.Items[at].ID
		c.Items[at] = item
	default:
		item.ID = w.newID()
		c.Items = append(c.Items, item)
	}
	return item, nil
}

// take reads the value for a field: an option by idValue, anything else as an
// object with one text.
func (i *fieldItem) take(f *customField, p params) (clear bool, err error) {
	if f.Type == "list" {
		return i.takeOption(f, p)
	}
	value, given := p["value"]
	if !given {
		return false, invalidItem()
	}
	value = parsed(value)
	entry, ok := value.(object)
	if value == nil || value == "" || ok && len(entry) == 0 {
		return true, nil
	}
	if !ok || len(entry) != 1 || !fitsType(f.Type, entry) {
		return false, invalidItem()
	}
	i.Value = entry
	return false, nil
}

func (i *fieldItem) takeOption(f *customField, p params) (clear bool, err error) {
	id, given := p.text("idValue")
	known := slices.ContainsFunc(f.Options, func(o option) bool { return o.ID == id })
	if !given || id != "" && !known {
		return false, invalidItem()
	}
	i.IDValue = id
	return id == "", nil
}

// parsed reads a JSON object that came as text in a query or form.
func parsed(value any) any {
	text, ok := value.(string)
	if !ok || !strings.HasPrefix(text, "{") {
		return value
	}
	var inner object
	if err := json.Unmarshal([]byte(text), &inner); err != nil {
		return value
	}
	return inner
}

// fitsType says whether a value is of a field's type. All values are texts,
// numbers too.
func fitsType(kind string, value object) bool {
	key := map[string]string{"checkbox": "checked"}[kind]
	if key == "" {
		key = kind
	}
	text, ok := value[key].(string)
	if !ok {
		return false
	}
	switch kind {
	case "number":
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
	case "checkbox":
		return text == "true" || text == "false"
	case "date":
		_, ok := parseDate(text)
		return ok
	}
	return !tooLong(text)
}

// commitItems stores a card with changed values and writes an action for each
// field.
func (w *world) commitItems(q *request, c *card, next card, fields ...*customField) {
	old := map[string]object{}
	for _, i := range c.Items {
		old[i.IDCustomField] = i.show()
	}
	w.commit(q, c, next)
	for _, f := range fields {
		item, before := object{"id": nil, "idCustomField": f.ID, "idModel": c.ID, "value": nil}, object{"value": nil}
		for _, i := range c.Items {
			if i.IDCustomField == f.ID {
				item = i.show()
			}
		}
		if was, ok := old[f.ID]; ok {
			before = object{"value": was["value"]}
			if v, ok := was["idValue"]; ok {
				before = object{"idValue": v}
			}
		}
		data := object{"board": w.boardRef(c.IDBoard), "card": w.cardRef(c)}
		data["customField"], data["customFieldItem"], data["old"] = f.ref(), item, before
		w.record("updateCustomFieldItem", data)
	}
}
