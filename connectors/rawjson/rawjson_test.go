package rawjson_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/rawjson"
)

func TestGet(t *testing.T) {
	const raw = ` {"a" : {"b":[1, {"c":"}]\""}],"d":null} , "\u0065":"x","f":-1.5e3,"g":{}} `
	tests := []struct {
		name, want string
		path       []string
	}{
		{"an object", `{"b":[1, {"c":"}]\""}],"d":null}`, []string{"a"}},
		{"further down", `[1, {"c":"}]\""}]`, []string{"a", "b"}},
		{"a name with an escape", `"x"`, []string{"e"}},
		{"a number", `-1.5e3`, []string{"f"}},
		{"null", `null`, []string{"a", "d"}},
		{"what is not there", ``, []string{"b"}},
		{"in what is no object", ``, []string{"f", "b"}},
		{"in an empty object", ``, []string{"g", "b"}},
		{"the whole", raw, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(rawjson.Get([]byte(raw), tt.path...)); got != tt.want {
				t.Errorf("Get(%v) = %s, want %s", tt.path, got, tt.want)
			}
		})
	}
}

// decoded is what the parts of a value come to when each is read by this package.
func decoded(raw []byte) any {
	switch rawjson.Kind(raw) {
	case '{':
		out := map[string]any{}
		for name, value := range rawjson.Members(raw) {
			out[string(name)] = decoded(value)
		}
		return out
	case '[':
		out := []any{}
		for value := range rawjson.Elements(raw) {
			out = append(out, decoded(value))
		}
		return out
	case '"':
		text, _ := rawjson.Text(raw)
		return text
	case 't', 'f':
		is, _ := rawjson.Truth(raw)
		return is
	case 'n':
		return nil
	}
	x, ok := rawjson.Number(raw)
	if !ok {
		return math.Inf(1) // beyond all bounds
	}
	return x
}

// FuzzParts holds the parts of any JSON against what encoding/json decodes. Names
// that decode alike are taken once by both, the last of them.
func FuzzParts(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-0.5e+3,true,false,null,"x\"y"],"b":{"a":{}, "c" : [ ] }}`, " [ ] ", `{"a":1,"\u0061":2}`, `"\ud83d"`, "\"\xff\"", `[[[]],{"":""}]`, `"\\"`, `{"a\\":"\\\""}`, `-0`, `1E2`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := decoded(raw)
		var want any
		if json.Unmarshal(raw, &want) != nil {
			return // it holds that nothing lies outside: there was no panic
		}
		equal := cmp.Comparer(func(a, b float64) bool { return a == b })
		if diff := cmp.Diff(want, got, equal); diff != "" {
			t.Errorf("the parts of %q differ from what it decodes to (-want +got):\n%s", raw, diff)
		}
	})
}

func TestPartsAreNotCopied(t *testing.T) {
	raw := []byte(`{"a":["x"]}`)
	value := rawjson.Get(raw, "a")
	raw[7] = 'y'
	if !bytes.Contains(value, []byte("y")) {
		t.Errorf("Get() = %s, a copy", value)
	}
	all := maps.Collect(func(yield func(string, string) bool) {
		for name, value := range rawjson.Members(raw) {
			if !yield(string(name), string(value)) {
				return
			}
		}
	})
	if names := slices.Collect(maps.Keys(all)); !slices.Equal(names, []string{"a"}) {
		t.Errorf("Members() gives %v, want a alone", names)
	}
}

func TestOnlyOneKindIsRead(t *testing.T) {
	for _, raw := range []string{``, ` `, `null`, `{}`, `[]`, `"1"`, `1`, `true`, `0x1`, `Inf`, `1_0`, `1e999`} {
		_, text := rawjson.Text([]byte(raw))
		_, number := rawjson.Number([]byte(raw))
		_, truth := rawjson.Truth([]byte(raw))
		if text != (raw == `"1"`) || number != (raw == `1`) || truth != (raw == `true`) {
			t.Errorf("%q is a text: %t, a number: %t, true or false: %t", raw, text, number, truth)
		}
		if rawjson.Null([]byte(raw)) != slices.Contains([]string{``, ` `, `null`}, raw) {
			t.Errorf("Null(%q) = %t", raw, rawjson.Null([]byte(raw)))
		}
	}
}
