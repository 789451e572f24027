package rest

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestFlaw(t *testing.T) {
	tests := []struct {
		name, raw string
		depth     int
		want      string
	}{
		{"sound", `{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"a"}`, 0, ""},
		{"a name twice", `{"a":1,"b":2,"a":3}`, 0, `gives "a" twice`},
		{"a name twice, written in two ways", `{"a":1,"\u0061":3}`, 0, `gives "a" twice`},
		{"far down", `{"a":[[{"b":{"c":1 , "c" : 2}}]]}`, 0, `gives "c" twice`},
		{"deeper than is looked", `{"a":{"c":1,"c":2}}`, 1, ""},
		{"as deep as is looked", `{"c":1,"d":{},"c":2}`, 1, `gives "c" twice`},
		{"signs in a text are none", `{"a":"{\"a\":1,","b":"}]"}`, 0, ""},
		{"bytes that are no UTF-8", "{\"a\":\"\xff\"}", 0, "holds a text that is broken"},
		{"a pair", `{"a":"\ud83d\ude00"}`, 0, ""},
		{"a pair in capitals", `{"a":"\uD83D\uDE00"}`, 0, ""},
		{"half a pair", `{"a":"\ud83d"}`, 0, "holds a text that is broken"},
		{"the other half", `{"a":"x\ude00"}`, 0, "holds a text that is broken"},
		{"half a pair before another escape", `{"a":"\ud83d\u0061"}`, 0, "holds a text that is broken"},
		{"a backslash before a u", `{"a":"\\ud83d"}`, 0, ""},
		{"a scalar", `7`, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Flaw([]byte(tt.raw), tt.depth); got != tt.want {
				t.Errorf("Flaw(%s, %d) = %q, want %q", tt.raw, tt.depth, got, tt.want)
			}
		})
	}
}

// What encoding/json writes has no flaw, whatever was read; and where a text
// was replaced in reading, there is one.
func FuzzFlaw(f *testing.F) {
	for _, s := range []string{`{"a":"\ud83d\ude00","a":"\\"}`, `[{"\"":1},"\ud83d"]`, `{"a":{"b":[]}}`, "\"\xff\"", `"\\\ud83d"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		var v any
		if json.Unmarshal(raw, &v) != nil {
			return
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		flaw := Flaw(raw, 0)
		if got := Flaw(again, 0); got != "" {
			t.Errorf("%s, which encoding/json wrote, %s", again, got)
		}
		replaced := strings.Count(string(again), "\ufffd") > strings.Count(strings.ReplaceAll(strings.ToLower(string(raw)), `\ufffd`, "\ufffd"), "\ufffd")
		if replaced && flaw == "" {
			t.Errorf("%q reads as %s and has no flaw", raw, again)
		}
	})
}
