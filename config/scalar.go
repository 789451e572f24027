package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// setScalar sets a text, number, boolean or duration. Its errors never show the
// value: a secret may stand in the wrong place.
func setScalar(n *yaml.Node, into reflect.Value) error {
	if into.Type() == reflect.TypeFor[time.Duration]() {
		d, err := parseDuration(n)
		into.SetInt(int64(d))
		return err
	}
	form, ok := forms[into.Kind()]
	switch {
	case !ok:
		return fmt.Errorf("a setting of type %s cannot be read", into.Type())
	case n.Kind == yaml.ScalarNode && slices.Contains(form.tags, n.ShortTag()):
		return form.set(n, into)
	case n.Kind == yaml.ScalarNode && into.Kind() == reflect.String && !isForeign(n):
		return fmt.Errorf("want a text, found %s: put it in quotes", describe(n))
	default:
		return fmt.Errorf("want %s, found %s", form.name, describe(n))
	}
}

// form says how scalars of one kind look in YAML and are read.
type form struct {
	name string
	tags []string
	set  func(n *yaml.Node, into reflect.Value) error
}

var forms = map[reflect.Kind]form{
	reflect.String:  {"a text", []string{"!!str"}, setString},
	reflect.Bool:    {"true or false", []string{"!!bool"}, setBool},
	reflect.Int:     {"a whole number", []string{"!!int"}, setInt},
	reflect.Float64: {"a number", []string{"!!int", "!!float"}, setFloat},
}

func setString(n *yaml.Node, into reflect.Value) error {
	into.SetString(n.Value)
	return nil
}

func setBool(n *yaml.Node, into reflect.Value) error {
	if n.Decode(into.Addr().Interface()) != nil {
		return errors.New("want true or false")
	}
	return nil
}

func setInt(n *yaml.Node, into reflect.Value) error {
	i, err := strconv.ParseInt(n.Value, 0, 0)
	if err != nil {
		return errors.New("want a whole number of a size that a computer can count to")
	}
	into.SetInt(i)
	return nil
}

func setFloat(n *yaml.Node, into reflect.Value) error {
	var f float64
	if n.Decode(&f) != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return errors.New("want a finite number")
	}
	into.SetFloat(f)
	return nil
}

// parseDuration reads "24h", "90s", "14d" and "2w"; days and weeks are calendar
// time of 24 hours a day. Zero is a duration, less than zero is none.
func parseDuration(n *yaml.Node) (time.Duration, error) {
	fault := errors.New("want a duration such as 30s, 24h or 14d")
	if n.Kind != yaml.ScalarNode || isForeign(n) {
		return 0, fault
	}
	text := n.Value
	for unit, hours := range map[string]float64{"d": 24, "w": 7 * 24} {
		count, ok := strings.CutSuffix(text, unit)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(count, 64)
		d := f * hours * float64(time.Hour)
		if err != nil || strings.Trim(count, "0123456789.") != "" || d >= math.MaxInt64 {
			return 0, fault
		}
		return time.Duration(d), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fault
	}
	return d, nil
}

// tagNames says what a tag of YAML is to a reader.
var tagNames = map[string]string{
	"!!str": "a text", "!!int": "a whole number", "!!float": "a decimal number", "!!bool": "true or false",
	"!!null": "nothing", "!!timestamp": "a date", "!!map": "keys with values", "!!seq": "a list",
}

func describe(n *yaml.Node) string {
	if name, ok := tagNames[n.ShortTag()]; ok {
		return name
	}
	return "a value with a tag"
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// isForeign reports whether a scalar carries a tag of its own, such as !secret.
func isForeign(n *yaml.Node) bool { return tagNames[n.ShortTag()] == "" }
