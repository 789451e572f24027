package connectortest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Answer is a good answer of a service, taken apart so that bad ones can be made
// of it. It is not changed by that.
type Answer struct{ root *tree }

// tree is a JSON value that keeps the order of its keys.
type tree struct {
	open byte     // '{', '[', or 0 for a scalar
	text string   // a scalar as it is written
	keys []string // of an object
	kids []*tree
}

// TakeApart reads an answer.
func TakeApart(body []byte) (Answer, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	root, err := readTree(d)
	return Answer{root}, err
}

func readTree(d *json.Decoder) (*tree, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	open, isDelim := token.(json.Delim)
	if !isDelim {
		text, err := json.Marshal(token)
		return &tree{text: string(text)}, err
	}
	t := &tree{open: byte(open)}
	for d.More() {
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			t.keys = append(t.keys, key.(string))
		}
		kid, err := readTree(d)
		if err != nil {
			return nil, err
		}
		t.kids = append(t.kids, kid)
	}
	_, err = d.Token()
	return t, err
}

// find goes down by keys and indices; nil where there is nothing.
func (t *tree) find(path []string) *tree {
	for _, step := range path {
		i := slices.Index(t.keys, step)
		if t.open == '[' {
			var err error
			if i, err = strconv.Atoi(step); err != nil {
				i = -1
			}
		}
		if i < 0 || i >= len(t.kids) {
			return nil
		}
		t = t.kids[i]
	}
	return t
}

// Text gives the value at a path as it is written, "" where there is none.
func (a Answer) Text(path ...string) string {
	t := a.root.find(path)
	if t == nil {
		return ""
	}
	return string(t.write(nil, nil))
}

// Count gives how many members the object or array at a path has.
func (a Answer) Count(path ...string) int {
	t := a.root.find(path)
	if t == nil {
		return 0
	}
	return len(t.kids)
}

// place is one member of an object or array.
type place struct {
	in   *tree
	at   int
	path []string
}

// places gives every member below t.
func (t *tree) places(path []string) []place {
	var out []place
	for i, kid := range t.kids {
		step := strconv.Itoa(i)
		if t.open == '{' {
			step = t.keys[i]
		}
		below := append(slices.Clone(path), step)
		out = append(out, place{t, i, below})
		out = append(out, kid.places(below)...)
	}
	return out
}

// write renders the value, with one member written as the change says.
func (t *tree) write(b []byte, c *change) []byte {
	if t.open == 0 {
		return append(b, t.text...)
	}
	b = append(b, t.open)
	begin := len(b)
	for i, kid := range t.kids {
		var key string
		if t.open == '{' {
			text, _ := json.Marshal(t.keys[i]) // a text can always be encoded
			key = string(text) + ":"
		}
		members := []string{""}
		changed := c != nil && c.in == t && c.at == i
		if changed {
			members = c.members
		}
		for _, m := range members {
			if len(b) > begin {
				b = append(b, ',')
			}
			b = append(b, key...)
			if changed {
				b = append(b, m...)
			} else {
				b = kid.write(b, c)
			}
		}
	}
	return append(b, t.open+2) // '}' and ']' stand two behind '{' and '['
}

// change writes other members in the place of one.
type change struct {
	place
	members []string
}

// Mutant is an answer made bad.
type Mutant struct {
	Body []byte
	Op   string   // what was done: swap, null, drop, number, double, deepen, bytes or cut
	Path []string // where
	Item bool     // one member of an array was dropped, which leaves no trace
	Good bool     // it is JSON still
}

// String names the mutant in a message.
func (m Mutant) String() string { return fmt.Sprintf("%s at %s", m.Op, strings.Join(m.Path, ".")) }

// ops are the ways to make one member bad. The result is what stands in its
// place; ok is false where the way does not suit the member.
var ops = []struct {
	name string
	do   func(rng *rand.Rand, p place) (members []string, ok bool)
}{
	{"swap", swap}, {"swap", swap}, {"swap", swap},
	{"null", func(_ *rand.Rand, p place) ([]string, bool) { return []string{"null"}, p.kid().text != "null" }},
	{"drop", func(*rand.Rand, place) ([]string, bool) { return nil, true }},
	{"number", number}, {"double", double}, {"deepen", deepen}, {"bytes", badBytes},
}

func (p place) kid() *tree { return p.in.kids[p.at] }

// kind tells the type of a JSON text by its first character.
func kind(text string) byte {
	switch c := text[0]; c {
	case '"', '{', '[', 'n':
		return c
	case 't', 'f':
		return 't'
	}
	return '0'
}

// strangers are values of every type but null.
var strangers = []string{`"x"`, `"7"`, `7`, `-1`, `true`, `false`, `{}`, `{"a":1}`, `[]`, `["a"]`, `[null]`}

// swap puts a value of another type in the place; a number becomes the text
// of it, and the text of a number the number, as some services have it.
func swap(rng *rand.Rand, p place) ([]string, bool) {
	text := string(p.kid().write(nil, nil))
	other := strangers[rng.IntN(len(strangers))]
	if bare := strings.Trim(text, `"`); kind(other) == '"' && kind(text) == '0' || kind(other) == '0' && json.Valid([]byte(bare)) {
		other = map[byte]string{'"': bare, '0': `"` + text + `"`}[kind(text)]
	}
	return []string{other}, other != "" && kind(other) != kind(text)
}

func number(rng *rand.Rand, p place) ([]string, bool) {
	huge := []string{"1e400", "-1e400", "1" + strings.Repeat("0", 30), "-0", "NaN", "1e-400"}[rng.IntN(6)]
	text := p.kid().text
	if text == "" {
		return nil, false
	}
	bare := strings.Trim(text, `"`)
	if _, err := strconv.ParseFloat(bare, 64); err != nil {
		return nil, false
	}
	if text[0] == '"' { // a number written as text stays text
		huge = `"` + huge + `"`
	}
	return []string{huge}, true
}

// double writes a key twice, with two values.
func double(rng *rand.Rand, p place) ([]string, bool) {
	was := string(p.kid().write(nil, nil))
	other := strangers[rng.IntN(len(strangers))]
	if p.in.open != '{' || other == was {
		return nil, false
	}
	if rng.IntN(2) == 0 {
		return []string{was, other}, true
	}
	return []string{other, was}, true
}

// deepen puts the member below thousands of levels, which may be more than any
// reader takes.
func deepen(rng *rand.Rand, p place) ([]string, bool) {
	levels := 1 + rng.IntN(12000)
	was := string(p.kid().write(nil, nil))
	return []string{strings.Repeat("[", levels) + was + strings.Repeat("]", levels)}, true
}

// badBytes breaks a text: bytes that are no UTF-8, or half of a surrogate pair.
func badBytes(rng *rand.Rand, p place) ([]string, bool) {
	text := p.kid().text
	if len(text) < 2 || text[0] != '"' || strings.Contains(text, `\`) {
		return nil, false
	}
	bad := []string{"\xff", "\xc3", "\xe2\x80", `\ud83d`}[rng.IntN(4)]
	at := 1 + rng.IntN(len(text)-1)
	return []string{text[:at] + bad + text[at:]}, true
}

// Mutate makes one member below the path bad, or, where cut is set, cuts the
// whole answer short. The same rng gives the same mutant.
func (a Answer) Mutate(rng *rand.Rand, cut bool, below ...string) Mutant {
	if cut {
		body := a.root.write(nil, nil)
		return Mutant{Body: body[:rng.IntN(len(body))], Op: "cut"}
	}
	all := a.root.find(below).places(below)
	for {
		p, op := all[rng.IntN(len(all))], ops[rng.IntN(len(ops))]
		members, ok := op.do(rng, p)
		if !ok {
			continue
		}
		body := a.root.write(nil, &change{p, members})
		return Mutant{Body: body, Op: op.name, Path: p.path, Item: op.name == "drop" && p.in.open == '[', Good: json.Valid(body)}
	}
}
