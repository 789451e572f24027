package config

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"stackrank/internal/plan"
	"stackrank/internal/rest"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// schema is a JSON Schema; encoding/json writes its keys in order.
type schema map[string]any

// Schema gives the JSON Schema (draft 2020-12) of a configuration with these
// kinds of sources, for editors and for checks before a roll-out. It is made from
// the structs that Load fills. Load checks more: names that lead nowhere,
// backlogs that clash, expressions.
func Schema(kinds Kinds) ([]byte, error) {
	root := block("", reflect.ValueOf(defaultConfig()))
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Configuration of stackrank"
	sources, _ := root["properties"].(schema)["sources"].(schema)
	sources["items"] = sourceSchema(kinds)
	return json.MarshalIndent(root, "", "  ")
}

// sourceSchema chooses the keys of a source by its kind.
func sourceSchema(kinds Kinds) schema {
	names := sortedKeys(kinds)
	var choices []schema
	for _, kind := range names {
		one := block("sources[]", reflect.ValueOf(defaultSource()), reflect.ValueOf(kinds[kind]()).Elem())
		choices = append(choices, schema{
			"if":   schema{"properties": schema{"kind": schema{"const": kind}}, "required": []string{"kind"}},
			"then": one,
		})
	}
	return schema{
		"type": "object", "required": []string{"name", "kind"},
		"properties": schema{"kind": schema{"enum": names}},
		"allOf":      choices,
	}
}

// block describes the keys of one block that fills several structs. The values
// hold the defaults.
func block(path string, values ...reflect.Value) schema {
	properties, required := schema{}, []string{}
	for _, v := range values {
		names, byName := fields(v.Type())
		for _, name := range names {
			if properties[name] != nil {
				continue
			}
			f := byName[name]
			properties[name] = keySchema(join(path, name), f, v.FieldByIndex(f.Index))
			if f.Tag.Get("need") != "" {
				required = append(required, name)
			}
		}
	}
	out := schema{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// keySchema describes one key: its value, and what the field's tags say.
func keySchema(path string, f reflect.StructField, v reflect.Value) schema {
	s := valueSchema(path, v)
	if doc := docOf(path, f); doc != "" {
		s["description"] = doc
	}
	if words := strings.Fields(f.Tag.Get("enum")); len(words) > 0 {
		s["enum"] = words
	}
	if pattern := f.Tag.Get("pattern"); pattern != "" {
		s["pattern"] = pattern
	}
	if f.Tag.Get("need") != "" && v.Kind() == reflect.Slice {
		s["minItems"] = 1
	}
	if d, ok := defaultOf(v); ok {
		s["default"] = d
	}
	return s
}

// docOf gives the description of a key: the tag of its field, or the table of
// the settings that the ranking and the plan own.
func docOf(path string, f reflect.StructField) string {
	if doc := f.Tag.Get("doc"); doc != "" {
		return doc
	}
	return docs[path]
}

// defaultOf gives the default of a key as the file would write it. A zero is
// what a key means that is left out, and is not told.
func defaultOf(v reflect.Value) (any, bool) {
	if v.IsZero() {
		return nil, false
	}
	switch value := v.Interface().(type) {
	case time.Duration:
		return value.String(), true
	case encoding.TextMarshaler:
		text, err := value.MarshalText()
		return string(text), err == nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return nil, false // its keys tell
	default:
		return v.Interface(), true
	}
}

// valueSchema describes a value by its type. The path leads to the descriptions
// of the keys below it.
func valueSchema(path string, v reflect.Value) schema {
	t := v.Type()
	if s := special(t); s != nil {
		return s
	}
	if words := wordsOf(t); words != nil {
		return schema{"type": "string", "enum": words}
	}
	if readsItself(t) {
		return schema{"type": []string{"string", "number", "boolean"}} // only the type itself knows more
	}
	switch t.Kind() {
	case reflect.Struct:
		return block(path, v)
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": valueSchema(path+".*", element(t))}
	case reflect.Slice:
		return schema{"type": "array", "items": valueSchema(path+"[]", element(t))}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Int:
		return schema{"type": "integer"}
	case reflect.Float64:
		return schema{"type": "number"}
	default:
		return schema{"type": "string"}
	}
}

// element gives what a new element of a list or map holds before it is read.
func element(t reflect.Type) reflect.Value {
	switch t.Elem() {
	case reflect.TypeFor[Backlog]():
		return reflect.ValueOf(defaultBacklog())
	case reflect.TypeFor[prioritize.Stakeholder]():
		return reflect.ValueOf(defaultStakeholder())
	}
	return reflect.New(t.Elem()).Elem()
}

// special describes the types whose form in the file their Go kind does not
// tell, nil for all others.
func special(t reflect.Type) schema {
	const number = `([0-9]+\.?[0-9]*|\.[0-9]+)`
	switch t {
	case reflect.TypeFor[time.Duration]():
		return schema{"anyOf": []schema{{"const": 0}, {
			"type":    "string",
			"pattern": fmt.Sprintf(`^(%s(ns|us|µs|ms|s|m|h))+$|^%s[dw]$|^0$`, number, number),
		}}}
	case reflect.TypeFor[prioritize.Days]():
		return schema{"type": "string", "pattern": "^" + number + "[hdw]$"}
	case reflect.TypeFor[Schedule](), reflect.TypeFor[Zone](), reflect.TypeFor[plan.Window]():
		return schema{"type": "string"}
	case reflect.TypeFor[rest.Secret]():
		return schema{"type": "string", "pattern": "^(env|file):."}
	case reflect.TypeFor[State]():
		return schema{"type": "string", "pattern": "^(sqlite:///.|postgres(ql)?://)"}
	case reflect.TypeFor[plan.Top]():
		return schema{"anyOf": []schema{{"const": "all"}, {"type": "integer", "minimum": 1}}}
	case reflect.TypeFor[plan.Tier]():
		return schema{"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": schema{"type": "integer", "minimum": 1}}
	}
	return nil
}

// wordsOf gives the words of a type that has a few, nil for all others.
func wordsOf(t reflect.Type) []any {
	switch t {
	case reflect.TypeFor[prioritize.Curve]():
		return []any{prioritize.CurveOrdinal, prioritize.CurveScore, prioritize.CurveCount, prioritize.CurveMoney}
	case reflect.TypeFor[work.ClassName]():
		return words(prioritize.Classes())
	case reflect.TypeFor[plan.Apply]():
		return []any{plan.ApplyNever, plan.ApplyApproved, plan.ApplyAuto}
	case reflect.TypeFor[plan.Hold]():
		return []any{plan.HoldActive, plan.HoldSprint, plan.HoldEpic}
	case reflect.TypeFor[plan.OnLeave]():
		return []any{plan.LeaveLabels, plan.LeaveClear, plan.LeaveKeep}
	case reflect.TypeFor[plan.OnConflict]():
		return []any{plan.ConflictKeep, plan.ConflictOverwrite, plan.ConflictReport}
	case reflect.TypeFor[plan.PinExpiry]():
		return []any{plan.ExpiryAsk, plan.ExpiryRelease}
	}
	return nil
}

// words gives a list as the schema holds it.
func words[T any](list []T) []any {
	out := make([]any, len(list))
	for i, w := range list {
		out[i] = w
	}
	return out
}
