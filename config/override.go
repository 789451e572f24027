package config

import (
	"reflect"
	"strings"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// Variable gives the environment variable that overrides the key at a path:
// STACKRANK_DAEMON_LISTEN for daemon.listen.
func Variable(path string) string {
	return "STACKRANK_" + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// override is a value that stands above the file.
type override struct {
	path, value string
	from        string // as a message names it
}

// overrides gives what flags and the environment set, a flag before a variable.
// A variable that is empty is not set.
func overrides(v *viper.Viper) []override {
	env := viper.New()
	var out []override
	for _, path := range scalars("", reflect.TypeFor[Config]()) {
		// BindEnv fails only without a key.
		_ = env.BindEnv(path, Variable(path))
		switch {
		case v.IsSet(path):
			out = append(out, override{path, v.GetString(path), "flag --" + strings.ReplaceAll(path, ".", "-")})
		case env.IsSet(path):
			out = append(out, override{path, env.GetString(path), "environment variable " + Variable(path)})
		}
	}
	return out
}

// lay puts the value of o into the tree as if the file had it there.
func (r *reader) lay(root *yaml.Node, o override) {
	block := root
	keys := strings.Split(o.path, ".")
	for _, key := range keys[:len(keys)-1] {
		if block = child(block, key); block.Kind != yaml.MappingNode {
			return // the block is of a wrong type and is reported as such
		}
	}
	*child(block, keys[len(keys)-1]) = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: o.value}
	r.at[o.path] = place{from: o.from}
}

// child gives the value of a key, made as an empty block where it is missing.
func child(block *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(block.Content); i += 2 {
		if block.Content[i].Value == key {
			return block.Content[i+1]
		}
	}
	name := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}
	value := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	block.Content = append(block.Content, name, value)
	return value
}
