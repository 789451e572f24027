package config

import (
	"encoding"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fields gives the keys of a settings struct in the order of its fields: the
// names of its yaml tags. A field without a tag, or with "-", is no key.
func fields(t reflect.Type) (names []string, byName map[string]reflect.StructField) {
	byName = map[string]reflect.StructField{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		names = append(names, name)
		byName[name] = f
	}
	return names, byName
}

// readsItself reports whether values of the type are read by a method of their
// own, so that their fields are no keys.
func readsItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) || p.Implements(reflect.TypeFor[yaml.Unmarshaler]())
}

// scalars gives the paths of all keys outside lists and maps that hold one
// value.
func scalars(path string, t reflect.Type) []string {
	switch {
	case readsItself(t):
		return []string{path}
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		return nil
	case t.Kind() != reflect.Struct:
		return []string{path}
	}
	var out []string
	names, byName := fields(t)
	for _, name := range names {
		out = append(out, scalars(join(path, name), byName[name].Type)...)
	}
	return out
}

// blocks gives, for every key below the type, the paths of the blocks that have
// it: "backlogs[].policy" for hysteresis.
func blocks(path string, t reflect.Type, into map[string][]string) {
	if readsItself(t) {
		return
	}
	switch t.Kind() {
	case reflect.Slice:
		blocks(path+"[]", t.Elem(), into)
	case reflect.Map:
		blocks(path+".*", t.Elem(), into)
	case reflect.Struct:
		names, byName := fields(t)
		for _, name := range names {
			if !slices.Contains(into[name], path) {
				into[name] = append(into[name], path)
			}
			blocks(join(path, name), byName[name].Type, into)
		}
	}
}

// home says where else a key that has no place in a block belongs, "" when
// there is no such place or more than one.
func (r *reader) home(key string) string {
	all := map[string][]string{}
	blocks("", reflect.TypeFor[Config](), all)
	var kinds []string
	for _, kind := range sortedKeys(r.kinds) {
		own := reflect.TypeOf(r.kinds[kind]()).Elem()
		blocks("sources[]", own, all)
		if _, byName := fields(own); byName[key].Name != "" {
			kinds = append(kinds, kind)
		}
	}
	switch {
	case len(all[key]) != 1:
		return ""
	case len(kinds) > 0:
		return "; it belongs to sources of kind " + orList(kinds)
	case all[key][0] == "":
		return "; it belongs at the top, in no block"
	default:
		return "; it belongs under " + all[key][0]
	}
}
