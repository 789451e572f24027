package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Flaw says in a few words what is wrong with JSON that parses and yet cannot
// be trusted: a name that an object gives twice, of which one value would be
// lost, or a text that is broken. It looks at most depth levels down, and at
// texts only where it looks at everything, which depth 0 means. It gives ""
// for sound JSON.
func Flaw(raw []byte, depth int) string {
	if depth == 0 && Sound(raw) {
		return "" // which takes one pass, and is all but always so
	}
	return flaw(raw, depth)
}

func flaw(raw []byte, depth int) string {
	if name, twice := twice(raw, depth); twice {
		return fmt.Sprintf("gives %.80q twice", name)
	}
	if depth == 0 && (!utf8.Valid(raw) || halfPair(raw)) {
		return "holds a text that is broken"
	}
	return ""
}

// around is an object or array that is open.
type around struct {
	object bool
	few    [][]byte        // the first names given so far, as they are written
	names  map[string]bool // all of them, once they are many
}

// manyNames is from how many names on a map finds one faster than a walk.
const manyNames = 12

// twice finds a name that one object gives twice. The JSON is valid.
func twice(raw []byte, depth int) (string, bool) {
	var open []around
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{', '[':
			open = opened(open, raw[i] == '{')
		case '}', ']':
			open = open[:len(open)-1]
		case '"':
			end := textEnd(raw, i)
			if n := len(open); n > 0 && open[n-1].object && (depth == 0 || n <= depth) && isName(raw[end:]) {
				name := nameOf(raw[i:end])
				if open[n-1].gives(name) {
					return string(name), true
				}
			}
			i = end - 1
		}
	}
	return "", false
}

// opened goes one level down. A level that was open before leaves its memory.
func opened(open []around, object bool) []around {
	if len(open) == cap(open) {
		return append(open, around{object: object})
	}
	open = open[:len(open)+1]
	a := &open[len(open)-1]
	a.object, a.few, a.names = object, a.few[:0], nil
	return open
}

// gives reports whether the object has given the name before.
func (a *around) gives(name []byte) bool {
	if a.names == nil {
		for _, n := range a.few {
			if bytes.Equal(n, name) {
				return true
			}
		}
		if a.few = append(a.few, name); len(a.few) < manyNames {
			return false
		}
		a.names = make(map[string]bool, 4*manyNames)
		for _, n := range a.few {
			a.names[string(n)] = true
		}
		return false
	}
	before := a.names[string(name)]
	a.names[string(name)] = true
	return before
}

// textEnd gives the place behind the text that begins at i.
func textEnd(raw []byte, i int) int {
	for i++; i < len(raw) && raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(raw))
}

// isName reports whether what follows a text makes it the name of a member.
func isName(after []byte) bool {
	for _, c := range after {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c == ':'
		}
	}
	return false
}

// nameOf gives the name that a text in quotes stands for.
func nameOf(quoted []byte) []byte {
	var s string
	if bytes.IndexByte(quoted, '\\') < 0 || json.Unmarshal(quoted, &s) != nil {
		return bytes.Trim(quoted, `"`)
	}
	return []byte(s)
}

// halfPair reports whether an escape stands for half of a surrogate pair, which
// decoders replace without a word.
func halfPair(raw []byte) bool {
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		if raw[i] != 'u' {
			continue
		}
		switch unit(raw[i+1:]) {
		case low:
			return true
		case high:
			if i+6 >= len(raw) || raw[i+5] != '\\' || raw[i+6] != 'u' || unit(raw[i+7:]) != low {
				return true
			}
			i += 6
		}
	}
	return false
}

// The halves of a surrogate pair, by the two digits that begin them.
const (
	high = "high"
	low  = "low"
)

// unit tells which half of a pair four hexadecimal digits are, "" for neither.
func unit(digits []byte) string {
	if len(digits) < 4 || digits[0]|0x20 != 'd' {
		return ""
	}
	switch digits[1] | 0x20 {
	case '8', '9', 'a', 'b':
		return high
	case 'c', 'd', 'e', 'f':
		return low
	}
	return ""
}
