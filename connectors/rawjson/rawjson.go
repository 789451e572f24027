// Package rawjson owns looking into JSON without decoding it: where the parts of
// a value stand, and what the simple ones are. It does no more work than a look
// takes, since an answer is large and little of it counts.
//
// The JSON has to be valid, as package rest has judged it. Of other bytes the
// parts are anything, but none lies outside.
package rawjson

import (
	"bytes"
	"encoding/json"
	"iter"
	"strconv"
	"unicode/utf8"
)

// Kind gives the first sign of a value, which tells what it is: '{', '[', '"',
// 't', 'f', 'n', or what begins a number; 0 where there is nothing.
func Kind(raw []byte) byte {
	if i := blank(raw, 0); i < len(raw) {
		return raw[i]
	}
	return 0
}

// Members goes through an object: names without their escapes, and values.
// Of anything else there are none. The slices are parts of raw, apart from names
// with escapes in them.
func Members(raw []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		i := blank(raw, 0)
		if i >= len(raw) || raw[i] != '{' {
			return
		}
		for i = blank(raw, i+1); i < len(raw) && raw[i] == '"'; {
			end := textEnd(raw, i)
			name := plainName(raw[i:end])
			from := blank(raw, blank(raw, end)+1) // behind the colon
			to := skip(raw, from)
			if !yield(name, raw[min(from, to):to]) {
				return
			}
			if i = blank(raw, to); i >= len(raw) || raw[i] != ',' {
				return
			}
			i = blank(raw, i+1)
		}
	}
}

// Elements goes through an array. Of anything else there are none. The slices
// are parts of raw.
func Elements(raw []byte) iter.Seq[[]byte] {
	return func(yield func(value []byte) bool) {
		i := blank(raw, 0)
		if i >= len(raw) || raw[i] != '[' {
			return
		}
		for i = blank(raw, i+1); i < len(raw) && raw[i] != ']'; {
			to := skip(raw, i)
			if !yield(raw[i:to]) {
				return
			}
			if i = blank(raw, to); i >= len(raw) || raw[i] != ',' {
				return
			}
			i = blank(raw, i+1)
		}
	}
}

// Get gives the member of an object that has the name, the first if there are
// more, or what stands further down by the names that follow; nil where there is
// none.
func Get(raw []byte, names ...string) []byte {
	for _, want := range names {
		var found []byte
		for name, value := range Members(raw) {
			if string(name) == want {
				found = value
				break
			}
		}
		if found == nil {
			return nil
		}
		raw = found
	}
	return raw
}

// Text gives a text, as encoding/json reads it. It reports false for anything
// else, null too.
func Text(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		raw = bytes.TrimSpace(raw)
		if len(raw) < 2 || raw[0] != '"' {
			return "", false
		}
	}
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) && raw[len(raw)-1] == '"' {
		return string(inner), true
	}
	var s string
	return s, json.Unmarshal(raw, &s) == nil
}

// Number gives a number, as encoding/json reads it. It reports false for
// anything else, and for a number beyond all bounds.
func Number(raw []byte) (float64, bool) {
	raw = bytes.TrimSpace(raw)
	for _, c := range raw {
		if (c < '0' || c > '9') && c != '-' && c != '.' && c != '+' && c|0x20 != 'e' {
			return 0, false
		}
	}
	x, err := strconv.ParseFloat(string(raw), 64)
	return x, err == nil
}

// Truth gives true or false. It reports false for anything else.
func Truth(raw []byte) (is, ok bool) {
	kind := Kind(raw)
	return kind == 't', kind == 't' || kind == 'f'
}

// Null reports whether there is no value: nothing at all, or null.
func Null(raw []byte) bool {
	kind := Kind(raw)
	return kind == 0 || kind == 'n'
}

// blank gives the place of the first sign from i on that is no white space.
func blank(raw []byte, i int) int {
	for i < len(raw) && raw[i] <= ' ' {
		i++
	}
	return i
}

// skip gives the place behind the value at i.
func skip(raw []byte, i int) int {
	if i >= len(raw) {
		return len(raw)
	}
	switch raw[i] {
	case '"':
		return textEnd(raw, i)
	case '{', '[':
		return closing(raw, i)
	}
	for i < len(raw) && raw[i] != ',' && raw[i] != '}' && raw[i] != ']' && raw[i] > ' ' {
		i++
	}
	return i
}

// closing gives the place behind the object or array at i.
func closing(raw []byte, i int) int {
	for open := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = textEnd(raw, i) - 1
		case '{', '[':
			open++
		case '}', ']':
			if open--; open == 0 {
				return i + 1
			}
		}
	}
	return len(raw)
}

// textEnd gives the place behind the text at i.
func textEnd(raw []byte, i int) int {
	for i++; ; {
		n := bytes.IndexByte(raw[min(i, len(raw)):], '"')
		if n < 0 {
			return len(raw)
		}
		end, escapes := i+n, 0
		for end-escapes > i && raw[end-escapes-1] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return end + 1
		}
		i = end + 1
	}
}

// plainName gives the name that a text in quotes stands for.
func plainName(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return bytes.Trim(quoted, `"`)
	}
	s, _ := Text(quoted)
	return []byte(s)
}
