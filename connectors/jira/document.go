package jira

import (
	"encoding/json"
	"errors"
	"strings"

	"stackrank/connectors/rawjson"
)

// plainText reads a rich text of either version: in version 2 of the API it is
// text, in version 3 a document of the Atlassian Document Format, which becomes
// lines, with marks for headings, lists and emphasis. It is "" where there is none.
func plainText(raw json.RawMessage) (string, error) {
	if empty(raw) {
		return "", nil
	}
	if text, ok := rawjson.Text(raw); ok {
		return text, nil
	}
	var d document
	if d.write(raw); d.odd {
		return "", errNoText
	}
	return d.lines.String(), nil
}

var errNoText = errors.New("neither a text nor a document")

// document is what was read of one so far.
type document struct {
	lines strings.Builder
	odd   bool // a part of it has not the form of one
}

// opening holds the parts that begin a line, and with what.
var opening = map[string]string{
	"paragraph": "", "heading": "## ", "listItem": "- ", "taskItem": "- ", "decisionItem": "- ", "codeBlock": "",
	"tableHeader": "", "tableCell": "",
}

// write adds the lines of a part. Only what makes them up is read.
func (d *document) write(raw []byte) {
	d.expect(raw, '{')
	var kind, text string
	var content, marks, attrs []byte
	for name, value := range rawjson.Members(raw) {
		switch string(name) {
		case "type":
			kind = d.text(value)
		case "text":
			text = d.text(value)
		case "content":
			content = value
		case "marks":
			marks = value
		case "attrs":
			attrs = value
		}
	}
	begin, block := opening[kind]
	d.lines.WriteString(begin)
	d.own(kind, text, d.title(attrs), d.strong(marks))
	d.expect(content, '[')
	for part := range rawjson.Elements(content) {
		d.write(part)
	}
	if block {
		d.lines.WriteByte('\n')
	}
}

// own writes what a part says itself.
func (d *document) own(kind, text, title string, strong bool) {
	switch {
	case kind == "hardBreak":
		d.lines.WriteByte('\n')
	case title != "":
		d.lines.WriteString("## " + title + "\n")
	case strong && text != "":
		d.lines.WriteString("*" + text + "*")
	default:
		d.lines.WriteString(text)
	}
}

// title gives what is written above a part that can be folded.
func (d *document) title(attrs []byte) string {
	d.expect(attrs, '{')
	return d.text(rawjson.Get(attrs, "title"))
}

// strong reports whether a text is emphasised.
func (d *document) strong(marks []byte) bool {
	strong := false
	d.expect(marks, '[')
	for mark := range rawjson.Elements(marks) {
		d.expect(mark, '{')
		strong = d.text(rawjson.Get(mark, "type")) == "strong" || strong
	}
	return strong
}

// text reads a text, if there is one.
func (d *document) text(raw []byte) string {
	text, ok := rawjson.Text(raw)
	d.odd = d.odd || !ok && !rawjson.Null(raw)
	return text
}

// expect holds that a value, if there is one, begins with a sign.
func (d *document) expect(raw []byte, sign byte) {
	d.odd = d.odd || !rawjson.Null(raw) && rawjson.Kind(raw) != sign
}
