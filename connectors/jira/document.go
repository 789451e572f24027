package jira

import (
	"encoding/json"
	"fmt"
	"strings"

	"stackrank/connectors/rawjson"
)

// node is a part of a rich text in the Atlassian Document Format, in which
// version 3 of the API gives what version 2 gives as text. Only what makes up
// its lines is read.
type node struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	Content []node `json:"content"`
	Marks   []struct {
		Type string `json:"type"`
	} `json:"marks"`
	Attrs struct {
		Title string `json:"title"` // of a part that can be folded
	} `json:"attrs"`
}

// plainText reads a rich text of either version: documents become lines, with
// marks for headings, lists and emphasis. It is "" where there is none.
func plainText(raw json.RawMessage) (string, error) {
	if empty(raw) {
		return "", nil
	}
	if text, ok := rawjson.Text(raw); ok {
		return text, nil
	}
	var doc node
	if err := json.Unmarshal(raw, &doc); err != nil {
		return "", fmt.Errorf("neither a text nor a document: %w", err)
	}
	var b strings.Builder
	doc.write(&b)
	return b.String(), nil
}

// opening holds the parts that begin a line, and with what.
var opening = map[string]string{
	"paragraph": "", "heading": "## ", "listItem": "- ", "taskItem": "- ", "decisionItem": "- ", "codeBlock": "",
	"tableHeader": "", "tableCell": "",
}

func (n *node) write(b *strings.Builder) {
	begin, block := opening[n.Type]
	b.WriteString(begin)
	switch {
	case n.Type == "hardBreak":
		b.WriteByte('\n')
	case n.Attrs.Title != "":
		b.WriteString("## " + n.Attrs.Title + "\n")
	case n.strong():
		b.WriteString("*" + n.Text + "*")
	default:
		b.WriteString(n.Text)
	}
	for i := range n.Content {
		n.Content[i].write(b)
	}
	if block {
		b.WriteByte('\n')
	}
}

func (n *node) strong() bool {
	for _, m := range n.Marks {
		if m.Type == "strong" {
			return n.Text != ""
		}
	}
	return false
}
