package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"stackrank/internal/plan"
	"stackrank/prioritize"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema(boxes())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("s.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("s.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// An editor with the schema must not reject what Load accepts.
func TestTheSchemaAcceptsWhatLoadAccepts(t *testing.T) {
	s := compiled(t)
	files := []string{small, "log: {}\nstate: sqlite:///a.db\ndaemon: {}\n" + small, small + `
    schedule: "@every 15m"
    timezone: UTC
    policy: {urgency: {horizon: 36h, boost: 0}, anchors: {}, require: [], value: {demand: 1}}
    write: {freeze: ["22:00-06:00"], hold: [], tiers: [], top: all, pin_for: 0, plan_ttl: 1.5w, on_leave: clear, pin_expiry: release}
`}
	for _, text := range files {
		if got := faults(t, text); got != nil {
			t.Errorf("Load refuses:\n%s", strings.Join(got, "\n"))
		}
		var doc any
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s\n%v", text, err)
		}
	}
}

// The schema finds what a form can show; the rest is left to Load.
func TestTheSchemaRefusesBadFiles(t *testing.T) {
	s := compiled(t)
	found := []string{
		"unknown-key", "unknown-key-in-source", "unknown-key-of-kind-block", "unknown-key-in-policy", "unknown-key-in-target",
		"key-of-another-kind", "text-for-number", "number-for-text", "text-for-boolean", "list-for-block", "text-for-list",
		"block-for-text", "fraction-for-whole-number", "bad-duration", "number-for-duration", "bad-span", "missing-sources",
		"missing-backlogs", "empty-sources", "missing-name-and-kind", "unknown-kind", "bad-source-name", "literal-secret",
		"bad-state", "bad-log-level", "bad-word-of-kind", "bad-word-of-write", "bad-word-in-list", "bad-top", "tier-with-two-names",
	}
	for _, name := range found {
		data, err := os.ReadFile(filepath.Join("testdata", "bad", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := yaml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		if s.Validate(doc) == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

func TestEveryKeyIsDescribed(t *testing.T) {
	text, err := Schema(boxes())
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	described := 0
	var walk func(path string, node any)
	walk = func(path string, node any) {
		m, _ := node.(map[string]any)
		properties, _ := m["properties"].(map[string]any)
		for name, p := range properties {
			key, _ := p.(map[string]any)
			if doc, _ := key["description"].(string); strings.HasSuffix(doc, ".") {
				described++
			} else if path != ".sources[]" { // the choice of a kind, described in each
				t.Errorf("%s.%s has no description", path, name)
			}
			walk(path+"."+name, p)
		}
		walkIn := map[string]string{"items": "[]", "additionalProperties": ".*", "then": "/then"}
		for name, step := range walkIn {
			if child, ok := m[name]; ok {
				walk(path+step, child)
			}
		}
		choices, _ := m["allOf"].([]any)
		for _, c := range choices {
			walk(path, c)
		}
	}
	walk("", root)
	if described < 60 {
		t.Errorf("only %d keys are described", described)
	}
	for path := range docs {
		if !strings.Contains(string(text), `"`+docs[path]+`"`) {
			t.Errorf("the description of %s belongs to no key", path)
		}
	}
}

// The words of the schema are those that the rules accept, and all of them.
func TestTheWordsOfTheSchemaAreAccepted(t *testing.T) {
	tests := []struct {
		key  string
		of   reflect.Type
		with func(r *plan.Rules, word string)
	}{
		{"apply", reflect.TypeFor[plan.Apply](), func(r *plan.Rules, w string) { r.Apply = plan.Apply(w) }},
		{"hold", reflect.TypeFor[plan.Hold](), func(r *plan.Rules, w string) { r.Hold = []plan.Hold{plan.Hold(w)} }},
		{"on_leave", reflect.TypeFor[plan.OnLeave](), func(r *plan.Rules, w string) { r.OnLeave = plan.OnLeave(w) }},
		{"on_conflict", reflect.TypeFor[plan.OnConflict](), func(r *plan.Rules, w string) { r.OnConflict = plan.OnConflict(w) }},
		{"pin_expiry", reflect.TypeFor[plan.PinExpiry](), func(r *plan.Rules, w string) { r.PinExpiry = plan.PinExpiry(w) }},
	}
	for _, tt := range tests {
		t.Run(tt.key, func(t *testing.T) {
			r := plan.Default()
			var words []string
			for _, w := range wordsOf(tt.of) {
				words = append(words, fmt.Sprint(w))
				tt.with(&r, fmt.Sprint(w))
				if err := r.Validate(); err != nil {
					t.Errorf("%v: %v", w, err)
				}
			}
			tt.with(&r, "zzz")
			if err := r.Validate(); err == nil || !strings.HasSuffix(err.Error(), "want "+strings.Join(words, ", ")) {
				t.Errorf("the rules say %v, the schema %v", err, words)
			}
		})
	}
}

func TestTheCurvesOfTheSchemaAreAccepted(t *testing.T) {
	for _, curve := range wordsOf(reflect.TypeFor[prioritize.Curve]()) {
		if got := faults(t, small+fmt.Sprintf("    policy: {anchors: {demand: {curve: %v}}}\n", curve)); got != nil {
			t.Errorf("curve %v: %v", curve, got)
		}
	}
}
