package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"stackrank/prioritize"
)

// ErrShape says that a file is written in a way in which one value cannot be set
// without touching others.
var ErrShape = errors.New("the file shares or folds this part, so that it cannot be changed in place")

// SetAnchors gives the text of a configuration file with the given fields of the
// anchors of one backlog set, everything else left as it stands: comments, order
// of keys, layout and all other anchors. A field that is zero is left alone.
//
// The new text is read again; where it does not mean what was asked for, the
// error is ErrShape.
func SetAnchors(file string, data []byte, kinds Kinds, backlog string, anchors map[string]prioritize.Anchor) ([]byte, error) {
	before, err := read(file, data, nil, kinds)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(before.Backlogs, func(b Backlog) bool { return b.Name == backlog })
	if i < 0 {
		return nil, fmt.Errorf("configuration %s: there is no backlog %q", file, backlog)
	}
	if len(settings(anchors)) == 0 {
		return data, nil
	}
	out := string(data)
	for _, e := range settings(anchors) {
		path := append([]string{"backlogs", strconv.Itoa(i), "policy", "anchors"}, e.path...)
		if out, err = set(out, path, e.value); err != nil {
			return nil, fmt.Errorf("configuration %s: backlogs[%d].policy.anchors: %w", file, i, err)
		}
	}
	wanted := before.Backlogs[i].Policy
	wanted.Anchors = merged(wanted.Anchors, anchors)
	before.Backlogs[i].Policy = wanted
	after, err := read(file, []byte(out), nil, kinds)
	if err != nil || !reflect.DeepEqual(before, after) {
		return nil, fmt.Errorf("configuration %s: backlogs[%d].policy.anchors: %w", file, i, ErrShape)
	}
	return []byte(out), nil
}

// AnchorLines gives anchors as they stand in a file, for people who write them in
// by hand.
func AnchorLines(anchors map[string]prioritize.Anchor) string {
	out, last := "anchors:\n", ""
	for _, e := range settings(anchors) {
		if e.path[0] != last {
			last = e.path[0]
			out += "  " + yamlText(last) + ":\n"
		}
		out += "    " + e.path[1] + ": " + e.value + "\n"
	}
	return out
}

// setting is one value of an anchor as the file writes it.
type setting struct {
	path  []string // anchor, field
	value string
}

// settings lists the fields that are set, by anchor and in the order of the
// struct.
func settings(anchors map[string]prioritize.Anchor) []setting {
	var out []setting
	names, byName := fields(reflect.TypeFor[prioritize.Anchor]())
	for _, anchor := range sortedKeys(anchors) {
		v := reflect.ValueOf(anchors[anchor])
		for _, name := range names {
			if f := v.FieldByIndex(byName[name].Index); !f.IsZero() {
				out = append(out, setting{[]string{anchor, name}, written(f.Interface())})
			}
		}
	}
	return out
}

// written gives a value of an anchor as YAML.
func written(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []float64:
		each := make([]string, len(v))
		for i, x := range v {
			each[i] = written(x)
		}
		return "[" + strings.Join(each, ", ") + "]"
	}
	return yamlText(fmt.Sprint(v))
}

// yamlText gives a text as a scalar of YAML on one line, in quotes where it needs
// them.
func yamlText(s string) string {
	b, err := yaml.Marshal(s)
	text := strings.TrimSuffix(string(b), "\n")
	if err != nil || strings.ContainsAny(text, "\n{}[],:#") {
		return strconv.Quote(s)
	}
	return text
}

// merged lays the fields that are set over those that are there.
func merged(under, over map[string]prioritize.Anchor) map[string]prioritize.Anchor {
	out := map[string]prioritize.Anchor{}
	for _, name := range sortedKeys(under) {
		out[name] = under[name]
	}
	for _, name := range sortedKeys(over) {
		a := out[name]
		to, from := reflect.ValueOf(&a).Elem(), reflect.ValueOf(over[name])
		for i := range from.NumField() {
			if !from.Field(i).IsZero() {
				to.Field(i).Set(from.Field(i))
			}
		}
		out[name] = a
	}
	return out
}
