package work

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Slot names a place in an item that stackrank maintains.
type Slot string

// The slots. A label is a slot of its own kind: it is added and removed, never set.
const (
	SlotScore Slot = "score" // 0…100, one decimal
	SlotRank  Slot = "rank"  // place in the backlog, from 1
	SlotLabel Slot = "label" // one label with our prefix
)

// valueDecimals is the precision that both trackers keep for certain.
// Jira's number fields take at least four decimals; Trello stores text.
const valueDecimals = 4

// Value is nothing, a number or a text. Numbers are rounded on construction, so
// that == says whether two values are the same.
type Value struct {
	kind valueKind
	num  float64
	text string
}

type valueKind uint8

const (
	kindNone valueKind = iota
	kindNumber
	kindText
)

// Number rounds f to four decimals. NaN and the infinities are no numbers and
// give the empty value.
func Number(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	p := math.Pow10(valueDecimals)
	if r := math.Round(f*p) / p; !math.IsInf(r, 0) {
		f = r
	}
	return Value{kind: kindNumber, num: f + 0} // + 0 turns -0 into 0
}

// Text holds s; the empty text is the empty value.
func Text(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{kind: kindText, text: s}
}

// IsZero reports whether the value is nothing.
func (v Value) IsZero() bool { return v.kind == kindNone }

// Float gives the number and whether there is one.
func (v Value) Float() (float64, bool) { return v.num, v.kind == kindNumber }

// String gives the shortest decimal form of a number, the text, or "".
func (v Value) String() string {
	if v.kind == kindNumber {
		return strconv.FormatFloat(v.num, 'f', -1, 64)
	}
	return v.text
}

// MarshalJSON writes null, a number or a string.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case kindNumber:
		return []byte(v.String()), nil
	case kindText:
		return json.Marshal(v.text)
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads null, a number or a string.
func (v *Value) UnmarshalJSON(b []byte) error {
	var x any
	if err := json.Unmarshal(b, &x); err != nil {
		return err
	}
	switch x := x.(type) {
	case nil:
		*v = Value{}
	case float64:
		*v = Number(x)
	case string:
		*v = Text(x)
	default:
		return fmt.Errorf("value %s: want null, a number or a text", b)
	}
	return nil
}
