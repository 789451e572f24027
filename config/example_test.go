package config_test

import (
	"bytes"
	"encoding"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"stackrank/config"
	"stackrank/connectors/jira"
	"stackrank/connectors/trello"
	"stackrank/internal/plan"
	"stackrank/prioritize"
)

var example = filepath.Join("..", "config.example.yaml")

func kinds() config.Kinds {
	return config.Kinds{
		"jira":   func() any { return &jira.Options{} },
		"trello": func() any { return &trello.Options{} },
	}
}

func loadExample(t *testing.T) config.Config {
	t.Helper()
	v := viper.New()
	v.SetConfigFile(example)
	c, err := config.Load(v, kinds())
	if err != nil {
		t.Fatalf("the example is refused:\n%v", err)
	}
	return c
}

func TestTheExampleLoads(t *testing.T) {
	c := loadExample(t)
	b := c.Backlogs[0]
	want := map[string]plan.Target{
		"platform": {Score: "Priority Score", Rank: "Stack Rank", Labels: true, Order: true},
		"roadmap":  {Score: "Score", Labels: true, Order: true},
	}
	if diff := cmp.Diff(want, b.Write.To); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]plan.Tier{{"now": 10}, {"next": 30}}, b.Write.Tiers); diff != "" {
		t.Errorf("tiers (-want +got):\n%s", diff)
	}
	winter := time.Date(2026, 1, 5, 23, 50, 0, 0, time.UTC)
	if got := b.Next(winter); !got.Equal(winter.Add(10*time.Minute)) || b.Timezone.String() != "Europe/Berlin" {
		t.Errorf("next run = %v in %v", got, b.Timezone)
	}
	if o, ok := c.Sources[0].Options.(*jira.Options); !ok || o.Auth.Token.Ref() != "env:JIRA_TOKEN" {
		t.Errorf("options = %+v", c.Sources[0].Options)
	}
}

// What the example calls a default is one: a file without these keys means the
// same.
func TestTheExampleShowsTheDefaults(t *testing.T) {
	b := loadExample(t).Backlogs[0]
	policy, rules := prioritize.Default(), plan.Default()
	policy.Anchors, policy.Stakeholders, policy.Evidence = b.Policy.Anchors, b.Policy.Stakeholders, b.Policy.Evidence
	policy.Signals, policy.Classes = b.Policy.Signals, b.Policy.Classes
	if diff := cmp.Diff(policy, b.Policy); diff != "" {
		t.Errorf("policy (-default +example):\n%s", diff)
	}
	rules.To, rules.Freeze = b.Write.To, b.Write.Freeze
	if !reflect.DeepEqual(rules, b.Write) {
		t.Errorf("write = %+v, the defaults are %+v", b.Write, rules)
	}
}

func TestTheExampleHasEveryKey(t *testing.T) {
	have := map[string]bool{}
	collect(tree(t), "", have)
	var want []string
	want = append(want, keys("", reflect.TypeFor[config.Config]())...)
	for kind, options := range kinds() {
		want = append(want, keys("sources[]", reflect.TypeOf(options()).Elem())...)
		if !have["sources[].kind="+kind] {
			t.Errorf("no source of kind %s", kind)
		}
	}
	if len(want) < 60 {
		t.Fatalf("only %d keys were found in the structs", len(want))
	}
	for _, key := range want {
		if !have[key] {
			t.Errorf("config.example.yaml lacks %s", key)
		}
	}
}

func tree(t *testing.T) *yaml.Node {
	t.Helper()
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}

// collect notes the path of every key, under .* too, where it may be one of a
// map, and the words that scalars hold.
func collect(n *yaml.Node, path string, have map[string]bool) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			collect(n.Content[i+1], strings.TrimPrefix(path+"."+n.Content[i].Value, "."), have)
			collect(n.Content[i+1], path+".*", have)
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			collect(c, path+"[]", have)
		}
	default:
		have[path+"="+n.Value] = true
	}
	have[path] = true
}

// keys gives the paths of all keys that a struct defines.
func keys(path string, t reflect.Type) []string {
	text, own := reflect.TypeFor[encoding.TextUnmarshaler](), reflect.TypeFor[yaml.Unmarshaler]()
	if p := reflect.PointerTo(t); p.Implements(text) || p.Implements(own) {
		return nil
	}
	switch t.Kind() {
	case reflect.Slice:
		return keys(path+"[]", t.Elem())
	case reflect.Map:
		return keys(path+".*", t.Elem())
	case reflect.Struct:
		var out []string
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			if name == "" || name == "-" {
				continue
			}
			key := strings.TrimPrefix(path+"."+name, ".")
			out = append(append(out, key), keys(key, f.Type)...)
		}
		return out
	}
	return nil
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := config.Schema(kinds())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("stackrank.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("stackrank.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheSchemaAcceptsTheExample(t *testing.T) {
	var doc any
	if err := tree(t).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if err := compile(t).Validate(doc); err != nil {
		t.Errorf("the schema refuses the example: %v", err)
	}
}

// Every block of the example refuses one key more, in the schema as in Load.
func TestTheSchemaRefusesUnknownKeysInEveryBlock(t *testing.T) {
	s := compile(t)
	free := []string{"signals", "value", "anchors", "to"} // maps whose names people choose
	tried := 0
	root := tree(t)
	var walk func(n *yaml.Node, name string)
	walk = func(n *yaml.Node, name string) {
		for i, c := range n.Content {
			below := name
			if n.Kind == yaml.MappingNode {
				below = n.Content[i&^1].Value
			}
			walk(c, below)
		}
		if n.Kind != yaml.MappingNode || slices.Contains(free, name) {
			return
		}
		tried++
		before := n.Content
		n.Content = append(slices.Clone(before), &yaml.Node{Kind: yaml.ScalarNode, Value: "zzz"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "1"})
		var doc any
		if err := root.Decode(&doc); err != nil {
			t.Fatal(err)
		}
		if s.Validate(doc) == nil {
			t.Errorf("the schema accepts an unknown key in line %d", n.Line)
		}
		n.Content = before
	}
	walk(root, "")
	if tried < 18 {
		t.Errorf("only %d blocks were tried", tried)
	}
}
