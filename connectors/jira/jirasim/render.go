package jirasim

import (
	"bytes"
	"encoding/json"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// selection is what of an issue a client asked for.
type selection struct {
	idOnly     bool
	all        bool // every field
	navigable  bool // every field but the bulky ones
	only       map[string]bool
	without    map[string]bool
	properties []string
	allProps   bool
	expand     []string
	agile      bool // with the fields that Jira Software adds
}

// bulky are the fields that *navigable leaves out.
var bulky = map[string]bool{"comment": true, "attachment": true, "worklog": true}

// selection reads the lists of fields, expansions and properties of a request.
// None asked for means the route's own default.
func (c *call) selection(expand, fields []string, preset string) selection {
	fields, expand = lists(fields), lists(expand)
	if len(fields) == 0 {
		fields = []string{preset}
	}
	want := selection{only: map[string]bool{}, without: map[string]bool{}, expand: expand}
	want.idOnly = len(fields) == 1 && fields[0] == "id" && len(expand) == 0
	for _, name := range fields {
		switch {
		case name == "*all":
			want.all = true
		case name == "*navigable":
			want.navigable = true
		case strings.HasPrefix(name, "-"):
			want.without[name[1:]] = true
		default:
			want.only[name] = true
		}
	}
	if len(want.only) == 0 && !want.all && !want.navigable {
		want.all = true
	}
	return want
}

// has says whether a field is wanted.
func (w selection) has(id string) bool {
	if w.without[id] {
		return false
	}
	return w.all || w.only[id] || w.navigable && !bulky[id]
}

func (w selection) expands(what string) bool { return slices.Contains(w.expand, what) }

// render writes one issue as a client asked for it.
func (c *call) render(b *bytes.Buffer, i *issue, want selection) {
	id := strconv.FormatInt(i.id, 10)
	if want.idOnly && len(want.properties) == 0 {
		b.WriteString(`{"id":"` + id + `"}`)
		return
	}
	b.WriteString(`{"expand":"renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations","id":"` + id +
		`","self":"` + selfMark + want.base() + id + `","key":`)
	b.Write(quote(i.key))
	b.WriteString(`,"fields":{`)
	comma := ""
	for _, name := range slices.Sorted(maps.Keys(i.fields)) {
		if !want.has(name) || !c.belongs(i, name) {
			continue
		}
		b.WriteString(comma)
		b.Write(quote(name))
		b.WriteByte(':')
		b.Write(c.value(i, name))
		comma = ","
	}
	if want.agile {
		c.renderAgile(b, i, want, comma)
	}
	b.WriteByte('}')
	c.renderExtras(b, i, want)
	b.WriteByte('}')
}

// belongs says whether the issue's project has the field.
func (c *call) belongs(i *issue, name string) bool {
	f := c.s.fields[name]
	return f == nil || f.project == "" || f.project == i.facts.project.also
}

// renderExtras writes what a client asked for beside the fields.
func (c *call) renderExtras(b *bytes.Buffer, i *issue, want selection) {
	if len(want.properties) > 0 || want.allProps {
		props := map[string]json.RawMessage{}
		for key, value := range i.props {
			if want.allProps || slices.Contains(want.properties, key) {
				props[key] = value
			}
		}
		extra(b, "properties", props)
	}
	if want.expands("names") {
		extra(b, "names", c.fieldNames())
	}
	if want.expands("schema") {
		extra(b, "schema", c.fieldSchemas())
	}
	if want.expands("changelog") {
		extra(b, "changelog", c.s.changelogPage(i.history))
	}
	if want.expands("renderedFields") {
		extra(b, "renderedFields", c.rendered(i, want))
	}
	if want.expands("operations") {
		extra(b, "operations", map[string]any{"linkGroups": []any{}})
	}
	if want.expands("transitions") {
		extra(b, "transitions", c.s.transitionsOf(i))
	}
	if want.expands("editmeta") {
		extra(b, "editmeta", map[string]any{"fields": c.editable(i)})
	}
}

// rendered gives the rich texts among the wanted fields as HTML; other fields
// have no rendering of their own and are null.
func (c *call) rendered(i *issue, want selection) map[string]any {
	out := map[string]any{}
	for name, raw := range i.fields {
		if !want.has(name) || !c.belongs(i, name) {
			continue
		}
		out[name] = nil
		if text := textOf(raw); c.s.rich(name) && text != "" {
			out[name] = "<p>" + strings.ReplaceAll(template.HTMLEscapeString(text), "\n", "<br/>\n") + "</p>"
		}
	}
	return out
}

func extra(b *bytes.Buffer, key string, value any) {
	b.WriteString(`,"` + key + `":`)
	b.Write(encode(value))
}

func (c *call) fieldNames() map[string]string {
	out := map[string]string{}
	for id, f := range c.s.fields {
		out[id] = f.name
	}
	return out
}

func (c *call) fieldSchemas() map[string]fieldSchema {
	out := map[string]fieldSchema{}
	for id, f := range c.s.fields {
		out[id] = f.schema
	}
	return out
}

// historiesShown is how many entries an expanded changelog holds.
// Source: Jira Cloud platform, "Bulk fetch issues".
const historiesShown = 40

// changelogPage is a changelog as it comes inside an issue: on Cloud the newest
// entries, newest first; on Data Center all of them, oldest first.
func (s *Site) changelogPage(all []history) map[string]any {
	shown := []json.RawMessage{}
	for _, h := range all {
		shown = append(shown, h.raw)
	}
	if s.cloud() {
		slices.Reverse(shown)
		shown = shown[:min(len(shown), historiesShown)]
	}
	return map[string]any{"startAt": 0, "maxResults": len(shown), "total": len(all), "histories": shown}
}

// value gives a field's value as the called version has it: rich text is a
// document in version 3 and a text in the others.
func (c *call) value(i *issue, name string) json.RawMessage {
	raw := i.fields[name]
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	if c.version != "3" {
		return raw
	}
	if name == "comment" {
		return documentsInComments(raw)
	}
	if !c.s.rich(name) || raw[0] != '"' {
		return raw
	}
	if doc, ok := i.adf[name]; ok {
		return doc
	}
	return richOrNull(raw)
}

// richOrNull gives a text as a document; an empty one is null.
func richOrNull(raw json.RawMessage) json.RawMessage {
	text := textOf(raw)
	if text == "" {
		return json.RawMessage("null")
	}
	return document(text)
}

// rich says whether a field holds rich text.
func (s *Site) rich(id string) bool {
	f := s.fields[id]
	return id == "description" || id == "environment" || f != nil && f.schema.Custom == TextAreaType
}

// documentsInComments turns the bodies of comments into documents.
func documentsInComments(raw json.RawMessage) json.RawMessage {
	var p map[string]json.RawMessage
	var list []map[string]json.RawMessage
	if json.Unmarshal(raw, &p) != nil || json.Unmarshal(p["comments"], &list) != nil || len(list) == 0 {
		return raw
	}
	for _, comment := range list {
		comment["body"] = bodyAs("3", comment["body"])
	}
	p["comments"] = encode(list)
	return encode(p)
}

// bodyAs gives a comment's body as a version has it.
func bodyAs(version string, body json.RawMessage) json.RawMessage {
	switch {
	case version == "3" && len(body) > 0 && body[0] == '"':
		return richOrNull(body)
	case version != "3" && isDocument(body):
		return quote(documentText(body))
	}
	return body
}
