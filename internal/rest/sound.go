package rest

import (
	"bytes"
	"unicode/utf8"
)

// Sound reports in one pass whether an answer is JSON that can be relied on: it
// is valid, no object gives a name twice, and no text is broken. It may call
// sound JSON unsound, where that is nested deeper than answers are; then
// json.Valid and Flaw decide, which say what is wrong besides.
func Sound(raw []byte) bool {
	s := scan{raw: raw}
	s.blank()
	if !s.value() {
		return false
	}
	for len(s.open) > 0 {
		if !s.next() {
			return false
		}
	}
	s.blank()
	return s.at == len(raw)
}

// deepest is how many levels Sound follows. Documents of the Atlassian format,
// the deepest that come, have some dozens.
const deepest = 500

// scan is a place in JSON, and what is open around it.
type scan struct {
	raw   []byte
	at    int
	open  []level
	names [][]byte // of all open objects, as they are written
}

// level is an open object or array.
type level struct {
	object bool
	begun  bool // it has a member or an element
	names  int  // where its names begin
}

// blank goes over white space.
func (s *scan) blank() {
	for s.at < len(s.raw) && s.raw[s.at] <= ' ' && (s.raw[s.at] == ' ' || s.raw[s.at] == '\n' || s.raw[s.at] == '\r' || s.raw[s.at] == '\t') {
		s.at++
	}
}

// sign goes over one sign where it is the next.
func (s *scan) sign(c byte) bool {
	if s.at < len(s.raw) && s.raw[s.at] == c {
		s.at++
		return true
	}
	return false
}

// next goes on to the end of the innermost level, or over its next member.
func (s *scan) next() bool {
	l := &s.open[len(s.open)-1]
	s.blank()
	if s.sign(l.closer()) {
		s.names, s.open = s.names[:l.names], s.open[:len(s.open)-1]
		return true
	}
	if l.begun {
		if !s.sign(',') {
			return false
		}
		s.blank()
	}
	l.begun = true
	return (!l.object || s.name(l)) && s.value()
}

func (l *level) closer() byte {
	if l.object {
		return '}'
	}
	return ']'
}

// name goes over a name that its object has not given before, up to the value.
func (s *scan) name(l *level) bool {
	from := s.at
	if !s.text() {
		return false
	}
	name := s.raw[from+1 : s.at-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		name = nameOf(s.raw[from:s.at])
	}
	for _, before := range s.names[l.names:] {
		if len(before) == len(name) && bytes.Equal(before, name) {
			return false
		}
	}
	s.names = append(s.names, name)
	if len(s.names)-l.names > mostNames {
		return false
	}
	s.blank()
	if !s.sign(':') {
		return false
	}
	s.blank()
	return true
}

// mostNames is how many names of one object Sound compares one with another.
const mostNames = 200

// value goes over a scalar, or into an object or array.
func (s *scan) value() bool {
	if s.at >= len(s.raw) {
		return false
	}
	switch s.raw[s.at] {
	case '{', '[':
		s.open = append(s.open, level{object: s.raw[s.at] == '{', names: len(s.names)})
		s.at++
		return len(s.open) <= deepest
	case '"':
		return s.text()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	return s.number()
}

func (s *scan) word(w string) bool {
	if len(s.raw)-s.at < len(w) || string(s.raw[s.at:s.at+len(w)]) != w {
		return false
	}
	s.at += len(w)
	return true
}

// number goes over a number.
// Source: RFC 8259, section 6.
func (s *scan) number() bool {
	s.sign('-')
	if !s.sign('0') && !s.digits() {
		return false
	}
	if s.sign('.') && !s.digits() {
		return false
	}
	if s.sign('e') || s.sign('E') {
		if !s.sign('+') {
			s.sign('-')
		}
		return s.digits()
	}
	return true
}

// digits goes over one digit or more.
func (s *scan) digits() bool {
	from := s.at
	for s.at < len(s.raw) && s.raw[s.at]-'0' < 10 {
		s.at++
	}
	return s.at > from
}

// text goes over a text that is not broken.
func (s *scan) text() bool {
	if !s.sign('"') {
		return false
	}
	raw, from, foreign := s.raw, s.at, false
	for i := s.at; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			s.at = i + 1
			return !foreign || utf8.Valid(raw[from:i])
		case c == '\\':
			n := escape(raw[i+1:])
			if n == 0 {
				return false
			}
			i += n
		case c < ' ':
			return false
		case c >= utf8.RuneSelf:
			foreign = true
		}
	}
	return false
}

// escape gives the length of an escape behind its backslash, a surrogate pair as
// one; 0 where it stands for no character.
func escape(raw []byte) int {
	if len(raw) == 0 {
		return 0
	}
	switch raw[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
	default:
		return 0
	}
	if !hexadecimal(raw[1:]) {
		return 0
	}
	switch unit(raw[1:]) {
	case low:
		return 0
	case high:
		if len(raw) < 7 || raw[5] != '\\' || raw[6] != 'u' || !hexadecimal(raw[7:]) || unit(raw[7:]) != low {
			return 0
		}
		return 11
	}
	return 5
}

// hexadecimal reports whether four such digits follow.
func hexadecimal(raw []byte) bool {
	if len(raw) < 4 {
		return false
	}
	for _, c := range raw[:4] {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}
