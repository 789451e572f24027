package jirasim

import (
	"fmt"
	"maps"
	"slices"
)

// lacking lists where an answer falls short of a recorded one: a key that is
// not there, or a value of another JSON type. Null was recorded for many types,
// so it fits any answer; of a list every recorded entry counts, since entries of one
// list may differ, and the answer's entries are taken together. Further keys may
// be there.
func lacking(at string, recorded, got any) []string {
	switch want := recorded.(type) {
	case nil:
		return nil
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %s, want an object", at, kind(got))}
		}
		var out []string
		for _, key := range slices.Sorted(maps.Keys(want)) {
			value, there := have[key]
			if !there {
				out = append(out, at+"/"+key+" is missing")
				continue
			}
			out = append(out, lacking(at+"/"+key, want[key], value)...)
		}
		return out
	case []any:
		have, ok := got.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %s, want an array", at, kind(got))}
		}
		if len(want) == 0 || len(have) == 0 {
			return nil
		}
		return lacking(at+"/0", merged(want), merged(have))
	}
	if kind(recorded) != kind(got) {
		return []string{fmt.Sprintf("%s is %s, want %s", at, kind(got), kind(recorded))}
	}
	return nil
}

// merged takes the entries of a list together: objects by all their keys, the
// first value that is not null counting.
func merged(list []any) any {
	all := map[string]any{}
	for _, entry := range list {
		object, ok := entry.(map[string]any)
		if !ok {
			return entry
		}
		for key, value := range object {
			if all[key] == nil {
				all[key] = value
			}
		}
	}
	return all
}

// kind names the JSON type of a decoded value.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case string:
		return "a text"
	case bool:
		return "true or false"
	}
	return "a number"
}
