package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile is the largest configuration read, in bytes; maxNodes the most values
// it may grow to when aliases are written out. Both are far above any real
// file and keep a hostile one from filling the memory.
const (
	maxFile  = 1 << 20
	maxNodes = 100_000
)

// parse reads one YAML document whose root holds keys. It returns nil after
// filing a problem.
func parse(data []byte, p *problems) *yaml.Node {
	if len(data) > maxFile {
		p.add("", "larger than %d bytes: this is no configuration", maxFile)
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		p.addSyntax(data, err)
		return nil
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		p.addAt(place{line: second.Line}, "", "a second document begins here: want one in a file")
		return nil
	case !errors.Is(err, io.EOF):
		p.addSyntax(data, err)
		return nil
	}
	root, err := (&expander{active: map[*yaml.Node]bool{}}).expand(doc.Content[0])
	if at, ok := errors.AsType[*lineError](err); ok {
		p.addAt(place{line: at.line}, "", at.text)
		return nil
	}
	switch {
	case isNull(root):
		p.add("", "%s", emptyFile)
		return nil
	case root.Kind != yaml.MappingNode:
		p.addAt(place{line: root.Line}, "", "want keys such as sources and backlogs, found "+describe(root))
		return nil
	}
	return root
}

const emptyFile = "empty: want at least sources and backlogs"

// syntax takes the message of the YAML library apart. It may quote the name of
// an anchor, and a secret that begins with * looks like one.
var (
	syntax  = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)
	unknown = regexp.MustCompile(`unknown anchor .* referenced`)
)

func (p *problems) addSyntax(data []byte, err error) {
	if errors.Is(err, io.EOF) {
		p.add("", "%s", emptyFile)
		return
	}
	m := syntax.FindStringSubmatch(err.Error())
	if m == nil {
		p.add("", "no YAML that can be read")
		return
	}
	line, _ := strconv.Atoi(m[1])
	lines := strings.SplitAfter(string(data), "\n")
	if exact := firstBad(lines); exact > 0 {
		line = exact
	}
	// YAML also ends lines at a bare carriage return, so it can count more of them.
	if line > 0 && line <= len(lines) && strings.Contains(indentation(lines[line-1]), "\t") {
		p.addAt(place{line: line}, "", "a tab in the indentation: YAML wants spaces")
		return
	}
	text := unknown.ReplaceAllString(m[2], "an alias whose anchor is not defined before it (quote a text that begins with *)")
	p.addAt(place{line: line}, "", "YAML: "+text)
}

// firstBad gives the line that begins what cannot be read: no text that ends
// later is YAML. The library names the line before the beginning of the block
// around it. It gives 0 for a file so long that trying would take time.
func firstBad(lines []string) int {
	const longest = 500 // lines
	if len(lines) > longest {
		return 0
	}
	good := 0
	for n := range lines {
		decoder := yaml.NewDecoder(strings.NewReader(strings.Join(lines[:n], "")))
		var err error
		for err == nil {
			err = decoder.Decode(&yaml.Node{})
		}
		if errors.Is(err, io.EOF) {
			good = n
		}
	}
	return good + 1
}

func indentation(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// lineError is a fault of the YAML that is neither syntax nor a wrong value.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.text) }

// expander writes aliases and merge keys out, so that every value stands on its
// own and has one place.
type expander struct {
	active map[*yaml.Node]bool // anchors being written out
	nodes  int
}

func (e *expander) expand(n *yaml.Node) (*yaml.Node, error) {
	if e.nodes++; e.nodes > maxNodes {
		return nil, &lineError{n.Line, "aliases grow beyond all bounds"}
	}
	if n.Kind == yaml.AliasNode {
		if e.active[n.Alias] {
			return nil, &lineError{n.Line, "an alias that contains itself"}
		}
		n = n.Alias
	}
	e.active[n] = true
	defer delete(e.active, n)
	out := *n
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		var err error
		if out.Content[i], err = e.expand(c); err != nil {
			return nil, err
		}
	}
	if n.Kind == yaml.MappingNode {
		return &out, merge(&out)
	}
	return &out, nil
}

// merge replaces `<<` by the keys of its mappings that the block does not set
// itself; the first mapping of a list wins.
func merge(n *yaml.Node) error {
	var own, merged []*yaml.Node
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.ShortTag() != "!!merge" {
			own = append(own, key, value)
			continue
		}
		from := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			from = value.Content
		}
		for _, m := range from {
			if m.Kind != yaml.MappingNode {
				return &lineError{key.Line, "<<: want an alias of a block of keys"}
			}
			merged = append(merged, m.Content...)
		}
	}
	set := map[string]bool{}
	for i := 0; i < len(own); i += 2 {
		set[own[i].Value] = true
	}
	for i := 0; i < len(merged); i += 2 {
		if !set[merged[i].Value] {
			set[merged[i].Value] = true
			own = append(own, merged[i], merged[i+1])
		}
	}
	n.Content = own
	return nil
}
