package jirasim

import (
	"bytes"
	"encoding/json"
	"strings"
)

// node is a part of an Atlassian Document.
type node struct {
	Type    string         `json:"type"`
	Version int            `json:"version,omitempty"`
	Text    string         `json:"text,omitempty"`
	Content []node         `json:"content,omitempty"`
	Attrs   map[string]any `json:"attrs,omitempty"`
}

// isDocument says whether a value is rich text as version 3 gives it.
func isDocument(raw json.RawMessage) bool {
	if len(raw) == 0 || raw[0] != '{' || !bytes.Contains(raw, []byte(`"doc"`)) {
		return false
	}
	var d node
	return json.Unmarshal(raw, &d) == nil && d.Type == "doc"
}

// documentText gives a document as version 2 would: its text, a blank line
// between blocks.
func documentText(raw json.RawMessage) string {
	var d node
	if json.Unmarshal(raw, &d) != nil {
		return ""
	}
	var blocks []string
	for _, n := range d.Content {
		var b strings.Builder
		n.write(&b)
		blocks = append(blocks, b.String())
	}
	return strings.Join(blocks, "\n\n")
}

func (n node) write(b *strings.Builder) {
	switch n.Type {
	case "text":
		b.WriteString(n.Text)
	case "hardBreak":
		b.WriteByte('\n')
	case "mention", "emoji", "status":
		if text, ok := n.Attrs["text"].(string); ok {
			b.WriteString(text)
		}
	}
	for at, child := range n.Content {
		if at > 0 && child.Type == "listItem" || at > 0 && child.Type == "paragraph" {
			b.WriteByte('\n')
		}
		child.write(b)
	}
}

// document gives a text as version 3 does: a paragraph for each block of
// lines, a break for each line in it.
func document(text string) json.RawMessage {
	d := node{Type: "doc", Version: 1, Content: []node{}}
	for block := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if strings.Trim(block, "\n") == "" {
			continue
		}
		d.Content = append(d.Content, paragraph(strings.Trim(block, "\n")))
	}
	return encode(d)
}

func paragraph(block string) node {
	p := node{Type: "paragraph"}
	for line := range strings.SplitSeq(block, "\n") {
		if len(p.Content) > 0 {
			p.Content = append(p.Content, node{Type: "hardBreak"})
		}
		if line != "" {
			p.Content = append(p.Content, node{Type: "text", Text: line})
		}
	}
	return p
}
