package config

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"stackrank/prioritize"
)

// reader decodes a checked tree of YAML into settings and files every problem.
type reader struct {
	*problems
	kinds Kinds
}

// decode puts the value of n into the settings at into, which hold the
// defaults. Blocks keep the defaults of the keys that they leave out; lists and
// maps are replaced whole. What does not fit is filed under path.
func (r *reader) decode(path string, n *yaml.Node, into reflect.Value) {
	if isNull(n) {
		r.add(path, "empty: give a value, or leave the key out")
		return
	}
	switch target := into.Addr().Interface().(type) {
	case yaml.Unmarshaler:
		if err := target.UnmarshalYAML(n); err != nil {
			r.addDecoding(path, err)
		}
		return
	case encoding.TextUnmarshaler:
		r.decodeText(path, n, target)
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		r.decodeBlock(path, n, into)
	case reflect.Map:
		r.decodeMap(path, n, into)
	case reflect.Slice:
		r.decodeList(path, n, into)
	default:
		if err := setScalar(n, into); err != nil {
			r.add(path, "%s", err)
		}
	}
}

// decodeText hands a scalar to a type that reads itself from text.
func (r *reader) decodeText(path string, n *yaml.Node, target encoding.TextUnmarshaler) {
	if n.Kind != yaml.ScalarNode || isForeign(n) {
		r.add(path, "want a text, found %s", describe(n))
		return
	}
	if err := target.UnmarshalText([]byte(n.Value)); err != nil {
		r.add(path, "%s", err)
	}
}

// addDecoding files an error of a type that decodes itself. The library's own
// errors quote what they found, so only their kind is told.
func (r *reader) addDecoding(path string, err error) {
	if _, ok := errors.AsType[*yaml.TypeError](err); ok {
		r.add(path, "not of the form that is wanted here")
		return
	}
	r.add(path, "%s", err)
}

// decodeBlock fills the struct into and reports keys that it does not have.
func (r *reader) decodeBlock(path string, n *yaml.Node, into reflect.Value) {
	switch target := into.Addr().Interface().(type) {
	case *Source:
		r.decodeSource(path, n, target)
		return
	case *Backlog:
		*target = defaultBacklog()
	case *prioritize.Stakeholder:
		*target = defaultStakeholder()
	}
	r.decodeKeys(path, n, into)
}

// decodeSource fills what all sources have and, from the same block, what the
// kind of this one has. Under a kind that nobody knows no key can be judged.
func (r *reader) decodeSource(path string, n *yaml.Node, into *Source) {
	*into = defaultSource()
	options, ok := r.kinds[kindOf(n)]
	if !ok {
		r.decodeKeys(path, known(n, reflect.TypeFor[Source]()), reflect.ValueOf(into).Elem())
		return
	}
	into.Options = options()
	r.decodeKeys(path, n, reflect.ValueOf(into).Elem(), reflect.ValueOf(into.Options).Elem())
}

// kindOf gives the value of the key kind, "" when there is none.
func kindOf(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == "kind" {
			return n.Content[i+1].Value
		}
	}
	return ""
}

// known gives the block n without the keys that t lacks.
func known(n *yaml.Node, t reflect.Type) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return n
	}
	_, byName := fields(t)
	out := *n
	out.Content = nil
	for i := 0; i < len(n.Content); i += 2 {
		if _, ok := byName[n.Content[i].Value]; ok {
			out.Content = append(out.Content, n.Content[i], n.Content[i+1])
		}
	}
	return &out
}

// decodeKeys fills several structs from one block, each with its own keys; the
// first that has a key gets it.
func (r *reader) decodeKeys(path string, n *yaml.Node, into ...reflect.Value) {
	if n.Kind != yaml.MappingNode {
		r.add(path, "want keys with values, found %s", describe(n))
		return
	}
	var known []string
	owner, words := map[string]reflect.Value{}, map[string][]string{}
	for _, v := range into {
		names, byName := fields(v.Type())
		for _, name := range names {
			if _, taken := owner[name]; !taken {
				known = append(known, name)
				owner[name] = v.FieldByIndex(byName[name].Index)
				words[name] = strings.Fields(byName[name].Tag.Get("enum"))
			}
		}
	}
	r.eachKey(path, n, func(key string, value *yaml.Node) {
		target, ok := owner[key]
		if !ok {
			r.unknownKey(path, key, known)
			return
		}
		r.decode(join(path, key), value, target)
		r.checkWord(join(path, key), words[key], target)
	})
}

// eachKey gives every key once, with its place recorded. Keys that are no text
// and keys that come twice are filed.
func (r *reader) eachKey(path string, n *yaml.Node, do func(key string, value *yaml.Node)) {
	first := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || isNull(key) {
			r.addAt(place{line: key.Line}, path, "a key that is "+describe(key)+": want a text")
			continue
		}
		name := join(path, key.Value)
		if line, twice := first[key.Value]; twice {
			r.addAt(place{line: key.Line}, join(path, shown(key.Value)), fmt.Sprintf("given twice, first in line %d", line))
			continue
		}
		first[key.Value] = key.Line
		if _, overridden := r.at[name]; !overridden {
			r.at[name] = place{line: key.Line}
		}
		do(key.Value, value)
	}
}

// checkWord holds a text against the words that its key may have, if it has any.
func (r *reader) checkWord(path string, words []string, v reflect.Value) {
	if len(words) > 0 && !slices.Contains(words, v.String()) && !r.has(path) {
		r.add(path, "%q: want %s%s", shown(v.String()), orList(words), suggest(v.String(), words))
	}
}

// orList gives "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func (r *reader) unknownKey(path, key string, known []string) {
	at := r.at[join(path, key)]
	hint := cmp.Or(suggest(key, known), r.home(key))
	r.addAt(at, join(path, shown(key)), "unknown key"+hint)
}

// shown gives a word of the file as it may stand in a message. The longest key
// there is has 13 letters; what is much longer may be a secret that lacks its
// key.
func shown(word string) string {
	const longest = 18
	return clip(word, longest)
}

// named gives a name that people chose, which may be longer.
func named(name string) string {
	const longest = 40
	return clip(name, longest)
}

func clip(s string, longest int) string {
	if len(s) > longest || strings.ContainsFunc(s, unicode.IsControl) {
		return hidden
	}
	return s
}

func (r *reader) decodeMap(path string, n *yaml.Node, into reflect.Value) {
	if n.Kind != yaml.MappingNode {
		r.add(path, "want keys with values, found %s", describe(n))
		return
	}
	out := reflect.MakeMap(into.Type())
	r.eachKey(path, n, func(key string, value *yaml.Node) {
		elem := reflect.New(into.Type().Elem()).Elem()
		r.decode(join(path, key), value, elem)
		out.SetMapIndex(reflect.ValueOf(key).Convert(into.Type().Key()), elem)
	})
	into.Set(out)
}

func (r *reader) decodeList(path string, n *yaml.Node, into reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		r.add(path, "want a list, found %s", describe(n))
		return
	}
	out := reflect.MakeSlice(into.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		at := index(path, i)
		r.at[at] = place{line: c.Line}
		r.decode(at, c, out.Index(i))
	}
	into.Set(out)
}

// join gives the path of a key in a block.
func join(path, key string) string {
	key = named(key)
	if path == "" {
		return key
	}
	return path + "." + key
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// sortedKeys gives the keys of a map in order, so that messages are always the
// same.
func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
