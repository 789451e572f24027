package config

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// set puts a value, written as YAML on one line, at a path of keys and indices
// of a YAML text and leaves every other byte alone. Keys that are missing are
// made, each block behind its last line; what stands in braces stays in braces.
func set(text string, path []string, value string) (string, error) {
	var doc yaml.Node
	if strangeBreaks(text) {
		return "", ErrShape
	}
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) == 0 {
		return "", ErrShape
	}
	e := editor{lines: strings.SplitAfter(text, "\n"), step: 2}
	n, key, rest := doc.Content[0], (*yaml.Node)(nil), path
	for len(rest) > 0 {
		k, v := step(n, rest[0])
		if v == nil {
			break
		}
		if k != nil && key != nil && n.Style&yaml.FlowStyle == 0 && k.Line > key.Line && k.Column > key.Column {
			e.step = k.Column - key.Column
		}
		n, key, rest = v, k, rest[1:]
	}
	if len(rest) == 0 {
		return e.replace(n, value)
	}
	return e.add(key, n, rest, value)
}

// strangeBreaks reports whether YAML breaks lines in the text elsewhere than after
// a line feed, so that its counts of lines are not ours.
func strangeBreaks(text string) bool {
	return strings.ContainsAny(strings.ReplaceAll(text, "\r\n", "\n"), "\r\x00\u0085\u2028\u2029")
}

// step gives the value at a key or an index of a node, and the key; nil where
// there is none or the way leads through an alias.
func step(n *yaml.Node, key string) (k, v *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i < len(n.Content) {
			return nil, n.Content[i]
		}
	}
	return nil, nil
}

// editor changes the lines of a YAML text, each with its line break.
type editor struct {
	lines []string
	step  int // columns by which blocks are indented
}

// spot is a place between two characters.
type spot struct{ line, column int } // line from 0; column in bytes of the line

// start gives where a node begins. The columns of the library count characters.
func (e *editor) start(n *yaml.Node) spot {
	line := []rune(e.lines[n.Line-1])
	return spot{n.Line - 1, len(string(line[:min(n.Column-1, len(line))]))}
}

// replace puts a value in the place of a plain scalar or of a list in brackets.
func (e *editor) replace(n *yaml.Node, value string) (string, error) {
	from := e.start(n)
	rest := e.lines[from.line][from.column:]
	switch {
	case n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value != "" && strings.HasPrefix(rest, n.Value):
		return e.cut(from, spot{from.line, from.column + len(n.Value)}, value), nil
	case n.Kind == yaml.SequenceNode && strings.HasPrefix(rest, "["):
		if end, ok := e.closing(from); ok {
			return e.cut(from, spot{end.line, end.column + 1}, value), nil
		}
	}
	return "", ErrShape
}

// add makes the missing keys below a node, whose own key is given.
func (e *editor) add(key, n *yaml.Node, keys []string, value string) (string, error) {
	if n.Kind != yaml.MappingNode || n.Anchor != "" {
		return "", ErrShape
	}
	if n.Style&yaml.FlowStyle == 0 {
		if len(n.Content) == 0 {
			return "", ErrShape
		}
		column := n.Content[0].Column - 1
		at := e.end(n.Content[len(n.Content)-2].Line-1, column)
		return e.insert(at, column, keys, value), nil
	}
	from := e.start(n)
	end, ok := e.closing(from)
	if !ok || !strings.HasPrefix(e.lines[from.line][from.column:], "{") {
		return "", ErrShape
	}
	if len(n.Content) > 0 {
		more := ", "
		if strings.HasSuffix(strings.TrimRight(e.until(end), " \r\n"), ",") {
			more = "" // a comma may stand behind the last
		}
		return e.cut(end, end, more+inline(keys, value)), nil
	}
	if key == nil || key.Line != n.Line || from.line != end.line || !startsLine(e.lines[from.line], key.Column-1) {
		return e.cut(from, spot{end.line, end.column + 1}, "{"+inline(keys, value)+"}"), nil
	}
	return e.unfold(from, end, key.Column-1+e.step, keys, value), nil
}

// startsLine reports whether nothing but blanks, or the dash of a list, stands
// before a column, so that a block may follow below it.
func startsLine(line string, column int) bool {
	return strings.Trim(line[:min(column, len(line))], " -") == ""
}

// unfold takes empty braces away and puts a block below their line.
func (e *editor) unfold(from, end spot, column int, keys []string, value string) string {
	line := e.lines[from.line]
	head, tail := strings.TrimRight(line[:from.column], " "), line[end.column+1:]
	e.lines[from.line] = head + tail
	return e.insert(from.line+1, column, keys, value)
}

// inline writes keys and a value in braces: "demand: {half: 3}" without the
// outermost ones.
func inline(keys []string, value string) string {
	if len(keys) == 1 {
		return yamlText(keys[0]) + ": " + value
	}
	return yamlText(keys[0]) + ": {" + inline(keys[1:], value) + "}"
}

// insert puts a block of keys before a line.
func (e *editor) insert(at, column int, keys []string, value string) string {
	end := "\n"
	if strings.HasSuffix(e.lines[0], "\r\n") {
		end = "\r\n"
	}
	if at > 0 && !strings.HasSuffix(e.lines[at-1], "\n") {
		e.lines[at-1] += end
	}
	var block []string
	for i, k := range keys {
		line := strings.Repeat(" ", column+i*e.step) + yamlText(k) + ":"
		if i == len(keys)-1 {
			line += " " + value
		}
		block = append(block, line+end)
	}
	return strings.Join(slices.Insert(e.lines, at, block...), "")
}

// end gives the line behind a block whose last key stands in the given line and
// column: behind all that is indented further, and behind comments that are
// indented as far.
func (e *editor) end(last, column int) int {
	end := last + 1
	for i := last + 1; i < len(e.lines); i++ {
		text := strings.TrimLeft(e.lines[i], " ")
		indent := len(e.lines[i]) - len(text)
		switch {
		case strings.TrimSpace(text) == "":
		case indent > column, indent == column && (text[0] == '#' || strings.HasPrefix(text, "- ")):
			end = i + 1
		default:
			return end
		}
	}
	return end
}

// until gives all that stands before a spot.
func (e *editor) until(at spot) string {
	return strings.Join(e.lines[:at.line], "") + e.lines[at.line][:at.column]
}

// cut replaces what stands between two spots.
func (e *editor) cut(from, to spot, by string) string {
	return e.until(from) + by + e.lines[to.line][to.column:] + strings.Join(e.lines[to.line+1:], "")
}

// closing finds the bracket or brace that closes the one at a spot.
func (e *editor) closing(from spot) (spot, bool) {
	var b brackets
	i := from.column
	for n := from.line; n < len(e.lines); n++ {
		for line := e.lines[n]; i < len(line); {
			next, closed := b.take(line, i)
			if closed {
				return spot{n, i}, true
			}
			i = next
		}
		i = 0
	}
	return spot{}, false
}

// brackets counts those that are open. Quotes count where a text begins, comments
// where a blank stands before them.
type brackets struct {
	depth  int
	before byte // the last byte that was no blank; 0: none
}

// take looks at one byte of a line and gives the next to look at, and whether
// this one closes the outermost bracket.
func (b *brackets) take(line string, i int) (next int, closed bool) {
	switch c := line[i]; c {
	case ' ', '\n', '\r':
		return i + 1, false
	case '#':
		if i == 0 || line[i-1] == ' ' {
			return len(line), false
		}
	case '"', '\'':
		if strings.IndexByte("[{,:", b.before) >= 0 {
			b.before = c
			return i + quoted(line[i:]) + 1, false
		}
	case '[', '{':
		b.depth++
	case ']', '}':
		b.depth--
	}
	b.before = line[i]
	return i + 1, b.depth == 0
}

// quoted gives how many bytes the text in quotes takes that a line begins with,
// the last of them left out.
func quoted(line string) int {
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '\\' && line[0] == '"':
			i++
		case line[i] != line[0]:
		case line[0] == '\'' && i+1 < len(line) && line[i+1] == '\'':
			i++
		default:
			return i
		}
	}
	return len(line) - 1
}
