package jirasim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// bulkField is one entry of a bulk edit's input; which parts it has depends on
// the kind of field.
type bulkField struct {
	FieldID  string          `json:"fieldId"`
	Value    json.RawMessage `json:"value"`
	Text     string          `json:"text"`
	URL      string          `json:"url"`
	Priority string          `json:"priorityId"`
	Kind     string          `json:"issueTypeId"`
	Date     struct {
		Text string `json:"formattedDate"`
	} `json:"date"`
	DateTime struct {
		Text string `json:"formattedDateTime"`
	} `json:"dateTime"`
	Rich struct {
		Document json.RawMessage `json:"adfValue"`
	} `json:"richText"`
	Mode       string       `json:"bulkEditMultiSelectFieldOption"`
	Option     *bulkChoice  `json:"option"`
	User       *bulkChoice  `json:"user"`
	Version    *bulkChoice  `json:"version"`
	Options    []bulkChoice `json:"options"`
	Users      []bulkChoice `json:"users"`
	Versions   []bulkChoice `json:"versions"`
	Components []bulkChoice `json:"components"`
	Labels     []bulkChoice `json:"labels"`
}

// bulkChoice names one thing; which part it has depends on what it is.
type bulkChoice struct {
	Option    json.RawMessage `json:"optionId"`
	Account   string          `json:"accountId"`
	Version   string          `json:"versionId"`
	Component json.RawMessage `json:"componentId"`
	Name      string          `json:"name"`
}

// value gives the choice as an edit has it; none, or "-1", is null.
func (b *bulkChoice) value() json.RawMessage {
	if b == nil {
		return json.RawMessage("null")
	}
	id := first(plain(b.Option), b.Version, plain(b.Component))
	switch {
	case id == "-1" || id == "" && b.Account == "" && b.Name == "":
		return json.RawMessage("null")
	case b.Account != "":
		return encode(map[string]string{"accountId": b.Account})
	case id != "":
		return encode(map[string]string{"id": id})
	}
	return quote(b.Name)
}

func choices(list []bulkChoice) []json.RawMessage {
	out := []json.RawMessage{}
	for _, b := range list {
		out = append(out, b.value())
	}
	return out
}

// bulkValueOf gives a field's new value by the kind of input.
var bulkValueOf = map[string]func(bulkField) json.RawMessage{
	"clearableNumberFields":                   func(f bulkField) json.RawMessage { return orNull(f.Value) },
	"singleLineTextFields":                    func(f bulkField) json.RawMessage { return quoteOrNull(f.Text) },
	"urlFields":                               func(f bulkField) json.RawMessage { return quoteOrNull(f.URL) },
	"datePickerFields":                        func(f bulkField) json.RawMessage { return bulkDay(f.Date.Text) },
	"dateTimePickerFields":                    func(f bulkField) json.RawMessage { return quoteOrNull(f.DateTime.Text) },
	"richTextFields":                          func(f bulkField) json.RawMessage { return orNull(f.Rich.Document) },
	"singleSelectFields":                      func(f bulkField) json.RawMessage { return f.Option.value() },
	"singleSelectClearableUserPickerFields":   func(f bulkField) json.RawMessage { return f.User.value() },
	"singleVersionPickerFields":               func(f bulkField) json.RawMessage { return f.Version.value() },
	"multipleSelectFields":                    func(f bulkField) json.RawMessage { return encode(choices(f.Options)) },
	"multipleSelectClearableUserPickerFields": func(f bulkField) json.RawMessage { return encode(choices(f.Users)) },
	"priority":                                func(f bulkField) json.RawMessage { return encode(map[string]string{"id": f.Priority}) },
	"issueType":                               func(f bulkField) json.RawMessage { return encode(map[string]string{"id": f.Kind}) },
}

// bulkSetOf gives what is added to a list, removed from it or put in its
// place, by the kind of input.
var bulkSetOf = map[string]func(bulkField) []json.RawMessage{
	"labelsFields":                func(f bulkField) []json.RawMessage { return choices(f.Labels) },
	"multipleVersionPickerFields": func(f bulkField) []json.RawMessage { return choices(f.Versions) },
	"multiselectComponents":       func(f bulkField) []json.RawMessage { return choices(f.Components) },
}

// bulkObjects are the inputs that hold one entry and no list, with the field
// that they are for where the entry does not say so.
var bulkObjects = map[string]string{"priority": "priority", "issueType": "issuetype", "multiselectComponents": "components"}

func orNull(raw json.RawMessage) json.RawMessage {
	if isNull(raw) {
		return json.RawMessage("null")
	}
	return raw
}

func quoteOrNull(text string) json.RawMessage {
	if text == "" {
		return json.RawMessage("null")
	}
	return quote(text)
}

// bulkDay reads a day as bulk edits have it: "24/Dec/26" or "24-12-2026". What
// is no day is passed on, to be refused where it is set.
func bulkDay(text string) json.RawMessage {
	for _, layout := range []string{"2/Jan/06", "02-01-2006"} {
		if day, err := time.Parse(layout, text); err == nil {
			return quote(day.Format(time.DateOnly))
		}
	}
	return quoteOrNull(text)
}

// bulkValues turns the input of a bulk edit into an edit of one issue, and
// gives the ids of its fields.
func bulkValues(input map[string]json.RawMessage) (issueEdit, []string, string) {
	edit := issueEdit{Fields: map[string]json.RawMessage{}, Update: map[string][]map[string]json.RawMessage{}}
	for key, raw := range input {
		if isNull(raw) {
			continue
		}
		entries, ok := bulkEntries(key, raw)
		if !ok {
			return edit, nil, fmt.Sprintf("The field input '%s' is invalid.", key)
		}
		for _, f := range entries {
			if fault := f.into(&edit, key); fault != "" {
				return edit, nil, fault
			}
		}
	}
	fields := slices.Sorted(maps.Keys(edit.Fields))
	return edit, append(fields, slices.Sorted(maps.Keys(edit.Update))...), ""
}

// bulkEntries reads the entries of one kind of input.
func bulkEntries(key string, raw json.RawMessage) ([]bulkField, bool) {
	if id, object := bulkObjects[key]; object {
		f := bulkField{FieldID: id}
		err := json.Unmarshal(raw, &f)
		return []bulkField{f}, err == nil
	}
	var entries []bulkField
	known := bulkValueOf[key] != nil || bulkSetOf[key] != nil
	ok := known && json.Unmarshal(raw, &entries) == nil
	return entries, ok
}

// into adds one entry to an edit, or gives what is wrong with it.
func (f bulkField) into(edit *issueEdit, key string) string {
	if f.FieldID == "" {
		return fmt.Sprintf("The field input '%s' names no field.", key)
	}
	if of := bulkValueOf[key]; of != nil {
		edit.Fields[f.FieldID] = of(f)
		return ""
	}
	values := bulkSetOf[key](f)
	switch f.Mode {
	case "REPLACE":
		edit.Fields[f.FieldID] = encode(values)
	case "REMOVE_ALL":
		edit.Fields[f.FieldID] = json.RawMessage("[]")
	case "ADD", "REMOVE":
		for _, v := range values {
			edit.Update[f.FieldID] = append(edit.Update[f.FieldID], map[string]json.RawMessage{strings.ToLower(f.Mode): v})
		}
	default:
		return fmt.Sprintf("The option '%s' of the field input '%s' is invalid.", f.Mode, key)
	}
	return ""
}

// bulkFieldsShown is how many fields one page lists. Source: Jira Cloud
// platform, "Get bulk editable fields".
const bulkFieldsShown = 50

// bulkFields lists the fields that a bulk edit can set on all of some issues.
func (c *call) bulkFields() answer {
	query := c.r.URL.Query()
	words := lists(query["issueIdsOrKeys"])
	if len(words) == 0 {
		return refuseBulk(http.StatusBadRequest, badPayload)
	}
	if !c.s.allowed("", BulkChange) {
		return refuseBulk(http.StatusForbidden, "You do not have the necessary permissions to perform bulk changes.")
	}
	fields := c.editableTogether(c.seen(words), strings.ToLower(query.Get("searchText")))
	if after := query.Get("startingAfter"); after != "" {
		at := slices.IndexFunc(fields, func(f *field) bool { return f.id == after })
		fields = fields[at+1:]
	}
	if len(fields) == 0 {
		return refuseBulk(http.StatusNotFound, "No editable fields were found for the given issues.")
	}
	shown := []map[string]any{}
	for _, f := range fields[:min(len(fields), bulkFieldsShown)] {
		shown = append(shown, c.bulkField(f))
	}
	out := map[string]any{"fields": shown}
	if len(fields) > bulkFieldsShown {
		out["startingAfter"] = fields[bulkFieldsShown-1].id
	}
	return reply(http.StatusOK, out)
}

// editableTogether gives the fields that all of some issues have, and whose
// names hold a text.
func (c *call) editableTogether(issues []*issue, text string) []*field {
	var out []*field
	for _, f := range c.s.sortedFields() {
		foreign := slices.ContainsFunc(issues, func(i *issue) bool { return !c.belongs(i, f.id) })
		if len(issues) > 0 && !f.fixed && !foreign && f.id != "parent" && strings.Contains(strings.ToLower(f.name), text) {
			out = append(out, f)
		}
	}
	return out
}

// bulkField describes one field for a bulk edit.
func (c *call) bulkField(f *field) map[string]any {
	out := map[string]any{"id": f.id, "name": f.name, "isRequired": f.id == "issuetype", "type": first(f.schema.Custom, f.id)}
	options := []map[string]string{}
	switch {
	case f.id == "priority":
		for _, t := range c.s.catalog.priorities {
			options = append(options, map[string]string{"id": t.id, "priority": t.name})
		}
	case len(f.options) > 0:
		for n, name := range f.options {
			options = append(options, map[string]string{"id": f.optionID(n), "value": name})
		}
	case f.schema.Type == "user":
		out["searchUrl"] = selfMark + "/rest/api/2/user/assignable/multiProjectSearch?query="
	}
	if len(options) > 0 {
		out["fieldOptions"] = options
	}
	if f.schema.Type == "array" && (f.id == "labels" || f.schema.Items == "version" || f.schema.Items == "component") {
		out["multiSelectFieldOptions"] = []string{"ADD", "REMOVE", "REPLACE", "REMOVE_ALL"}
	}
	return out
}
