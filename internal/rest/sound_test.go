package rest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// judged is what Sound has to give: the library and Flaw know it in two passes.
func judged(raw []byte) bool { return json.Valid(raw) && flaw(raw, 0) == "" }

func TestSound(t *testing.T) {
	names := make([]string, 60)
	for i := range names {
		names[i] = `"` + strings.Repeat("n", i+1) + `":0`
	}
	many := "{" + strings.Join(names, ",") + "}"
	for _, raw := range []string{
		`{"a":[1,-0.5e+3,true,false,null,"x"],"b":{"a":{}}}`, " [ ] \n", `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `[{"a":1},{"a":2}]`,
		`01`, `-`, `1.`, `.5`, `1e`, `1e+`, `+1`, `nul`, `nulll`, `tru`, `falsey`, `"`, `"a`, `"\x"`, `"\u12"`, `"\u12G4"`, `"\ud83d\ude00"`, `"\ud83d"`,
		`"\ude00"`, `"\ud83d\u0041"`, "\"\xff\"", "\"\x01\"", "\"ü\"", `[1,]`, `[,1]`, `[1 2]`, `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1,}`, `{"a" : 1 , "b":[ ] }`,
		`{}{}`, `{} x`, ``, ` `, `{`, `[`, `]`, `}`, `[}`, `{]`, "\ufeff{}", many, many[:len(many)-1] + `,"nn":1}`,
	} {
		if got, want := Sound([]byte(raw)), judged([]byte(raw)); got != want {
			t.Errorf("Sound(%q) = %t, want %t", raw, got, want)
		}
	}
}

// FuzzSound holds Sound against what takes two passes. It may give up on JSON
// that is sound only for its size.
func FuzzSound(f *testing.F) {
	for _, s := range []string{`{"a":"\ud83d\ude00","a":"\\"}`, `[{"\"":1},"\ud83d"]`, `{"a":{"b":[]}, "b" : -1.5E-7}`, "\"\xff\"", `[true,false,null,"\u00e9/\/"]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, want := Sound(raw), judged(raw)
		large := bytes.Count(raw, []byte("[")) > deepest || bytes.Count(raw, []byte("{")) > deepest/2 || bytes.Count(raw, []byte(":")) > mostNames
		if got != want && (got || !large) {
			t.Errorf("Sound(%q) = %t, want %t", raw, got, want)
		}
	})
}

func TestSoundGivesUpOnWhatIsDeeperThanAnswersAre(t *testing.T) {
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if !Sound(nested(deepest)) || Sound(nested(deepest+1)) {
		t.Errorf("Sound() of %d levels = %t, of one more %t; want true and false", deepest, Sound(nested(deepest)), Sound(nested(deepest+1)))
	}
}
