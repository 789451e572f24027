package trello

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"stackrank/internal/work"
)

func FuzzReadCard(f *testing.F) {
	f.Add([]byte(`{"id":"5efd2601abcdef0000000001","name":"a","pos":1.5,"due":"2026-12-01T10:00:00.000Z","labels":[{"id":"x","name":"y","color":null}]}`))
	f.Add([]byte(`{"id":"5efd2601abcdef0000000001","badges":{"votes":1e400,"comments":null,"checkItems":"3"},"customFieldItems":[{"idCustomField":"f","value":{"number":3}},{"idCustomField":"g","idValue":"o","value":null},7]}`))
	f.Add([]byte(`{"id":"5efd2601abcdef0000000001","attachments":[{"url":null},{"url":"https://a/browse/A-1"}],"labels":{},"closed":0}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`[]`))
	b := &board{name: "b", votes: true, fields: []fieldDef{{ID: "f", Name: "F", Type: "number"}, {ID: "g", Name: "G", Type: "list", options: map[string]string{"o": "3"}}}}
	b.targets = map[work.Slot]fieldDef{work.SlotScore: b.fields[0]}
	b.signals = map[work.Signal]fieldDef{work.Effort: b.fields[1]}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := readCard(raw)
		if err != nil {
			return
		}
		if c.id == "" {
			t.Fatal("a card without id was read")
		}
		notes := newNotes("s")
		it := b.item("s", c, list{ID: "l"}, notes)
		for s, v := range it.Signals {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("signal %s is %g", s, v)
			}
		}
		if len(c.odd) > 0 && len(notes.all()) == 0 {
			t.Fatalf("odd fields %v make no finding", c.odd)
		}
		if it.Ref.ID != c.id || it.Status != work.Open {
			t.Fatalf("item %+v of card %+v", it, c)
		}
	})
}

func FuzzReadField(f *testing.F) {
	f.Add([]byte(`{"id":"f","name":"F","type":"list","pos":1.5,"options":[{"_id":"o","value":{"text":"High"}}]}`), "12.5")
	f.Add([]byte(`{"id":"f","name":"F","type":"number"}`), "NaN")
	f.Add([]byte(`{"id":"f","name":"F","type":"checkbox"}`), "true")
	f.Fuzz(func(t *testing.T, raw []byte, text string) {
		d, err := readField(raw)
		if err != nil {
			return
		}
		v := fieldValue{field: d.ID, kind: d.Type, text: text, option: text}
		if n, ok := d.number(v); ok && (math.IsNaN(n) || math.IsInf(n, 0)) {
			t.Fatalf("number(%q) = %g", text, n)
		}
		if _, found := findField([]fieldDef{d}, d.ID); !found && d.ID == strings.TrimSpace(d.ID) {
			t.Fatalf("field %q is not found by its id", d.ID)
		}
	})
}

func FuzzWrittenValuesAreReadBack(f *testing.F) {
	f.Add(74.5, "")
	f.Add(0.0, "first")
	f.Add(-1e300, " ")
	f.Fuzz(func(t *testing.T, n float64, text string) {
		if !utf8.ValidString(text) {
			return
		}
		for _, kind := range writable {
			d := fieldDef{ID: "f", Name: "F", Type: kind}
			for _, v := range []work.Value{work.Number(n), work.Text(text)} {
				it, err := d.encode(v)
				if err != nil || v.IsZero() {
					continue
				}
				raw, err := json.Marshal(map[string]any{"id": cardID(1), "customFieldItems": []fieldItem{it}})
				if err != nil {
					t.Fatal(err)
				}
				c, err := readCard(raw)
				if err != nil || len(c.values) != 1 {
					t.Fatalf("%s reads as %+v, %v", raw, c, err)
				}
				got := d.output(c.values[0])
				if _, isNumber := v.Float(); isNumber && got != v {
					t.Fatalf("wrote %v to a %s field, read %v", v, kind, got)
				}
				if got.String() != v.String() {
					if _, ok := parseNumber(text); !ok {
						t.Fatalf("wrote %q, read %q", v, got)
					}
				}
			}
		}
	})
}

func TestNumbers(t *testing.T) {
	tests := []struct {
		text string
		want float64
		ok   bool
	}{
		{"100.32", 100.32, true}, {"-1", -1, true}, {" 3 ", 3, true}, {"1e3", 1000, true}, {"0", 0, true},
		{"", 0, false}, {"NaN", 0, false}, {"Inf", 0, false}, {"-infinity", 0, false}, {"0x10", 0, false},
		{"1_000", 0, false}, {"1,5", 0, false}, {"3 days", 0, false}, {"1e999", 0, false},
	}
	for _, tt := range tests {
		if got, ok := parseNumber(tt.text); got != tt.want || ok != tt.ok {
			t.Errorf("parseNumber(%q) = %g, %t; want %g, %t", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

func TestCreation(t *testing.T) {
	tests := map[string]time.Time{
		"69a48a326523bfba0a21ef06": time.Date(2026, 3, 1, 18, 49, 22, 0, time.UTC),
		"":                         {}, "abc": {}, "zzzzzzzz6523bfba0a21ef06": {}, "000000006523bfba0a21ef06": {},
	}
	for id, want := range tests {
		if got := createdAt(id); !got.Equal(want) {
			t.Errorf("createdAt(%q) = %v, want %v", id, got, want)
		}
	}
}

func TestFieldsByName(t *testing.T) {
	defs := []fieldDef{
		{ID: "1", Name: "score", Type: "number"}, {ID: "2", Name: "Score", Type: "text"},
		{ID: "3", Name: " Score ", Type: "number"}, {ID: "4", Name: "Score", Type: "number"}, {ID: "5", Name: "4", Type: "number"},
	}
	tests := []struct{ name, want, id string }{
		{"an id is taken first", "4", "4"},
		{"a number goes before a text, and the first of equals before the second", "Score", "3"},
		{"case counts only where some name matches letter by letter", "SCORE", "1"},
		{"blanks around a name do not count", " score", "1"},
		{"nothing else matches", "Scor", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := findField(defs, tt.want); got.ID != tt.id {
				t.Errorf("findField(%q) = %q, want %q", tt.want, got.ID, tt.id)
			}
		})
	}
}
