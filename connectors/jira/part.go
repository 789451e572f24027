package jira

import (
	"iter"
	"math"

	"stackrank/connectors/rawjson"
)

// part is an object within an issue, of which single members are read. One that
// is missing or null reads as nothing; one of another type makes the part odd,
// and all that it is a part of.
type part struct {
	raw []byte
	odd *bool
}

// partOf begins with a value that should be an object.
func partOf(raw []byte) part {
	p := part{raw, new(bool)}
	p.expect('{')
	return p
}

// isOdd reports whether something read so far was of another type than it should be.
func (p part) isOdd() bool { return *p.odd }

// expect holds that the value, if there is one, begins with a sign.
func (p part) expect(sign byte) {
	*p.odd = *p.odd || !rawjson.Null(p.raw) && rawjson.Kind(p.raw) != sign
}

// part gives an object in it.
func (p part) part(name string) part {
	in := part{rawjson.Get(p.raw, name), p.odd}
	in.expect('{')
	return in
}

func (p part) text(name string) string {
	raw := rawjson.Get(p.raw, name)
	text, ok := rawjson.Text(raw)
	*p.odd = *p.odd || !ok && !rawjson.Null(raw)
	return text
}

func (p part) id(name string) flexID {
	id, ok := readID(rawjson.Get(p.raw, name))
	*p.odd = *p.odd || !ok
	return id
}

// truth reads true or false, and whether either is told.
func (p part) truth(name string) (is, told bool) {
	raw := rawjson.Get(p.raw, name)
	is, told = rawjson.Truth(raw)
	*p.odd = *p.odd || !told && !rawjson.Null(raw)
	return is, told
}

// whole reads a whole number, and whether one is told.
func (p part) whole(name string) (n int, told bool) {
	raw := rawjson.Get(p.raw, name)
	x, told := rawjson.Number(raw)
	whole := told && x == math.Trunc(x) && math.Abs(x) <= math.MaxInt32
	*p.odd = *p.odd || !whole && !rawjson.Null(raw)
	return int(x), whole
}

// list gives the elements of an array in it.
func (p part) list(name string) iter.Seq[[]byte] {
	in := part{rawjson.Get(p.raw, name), p.odd}
	in.expect('[')
	return rawjson.Elements(in.raw)
}
