package connectortest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"stackrank/internal/work"
)

// Victim is what a bad answer was made of.
type Victim struct {
	Ref   work.Ref // of the item that was made bad; zero: the frame around all items
	Names []string // what an error may call it: its id, its key, its title
	Depth int      // steps of the path to one of its fields, which the service may leave out
}

// Faults says what is wrong with the outcome of a pull whose answer was made
// bad, given the pull that nothing disturbed. What it holds a connector to: no
// broken answer is taken for a whole one, no item comes twice, the items beside
// a bad one come as ever, and a bad one is told of, by a finding or by an
// error that names it. Only what was left out leaves no trace, and may then be
// missing, but not different.
func (m Mutant) Faults(v Victim, base, got work.Snapshot, err error) []string {
	switch {
	case err != nil:
		return m.wrongError(v, err)
	case !m.Good:
		return mended(base, got)
	}
	out := doubles(got)
	told := m.Item || newFinding(base, got)
	if v.Ref.IsZero() {
		if !told && !m.onlyLost(base.Items, got.Items) {
			out = append(out, "the items differ, and no finding says so:\n"+firstDifference(base.Items, got.Items))
		}
		return out
	}
	out = append(out, beside(v, base, got)...)
	was, is := one(base, v.Ref), one(got, v.Ref)
	switch {
	case told || reflect.DeepEqual(was, is):
	case was == nil || is == nil:
		out = append(out, "the bad item is lost, or there where it was not, and no finding says so")
	case !m.excused(v, was, is):
		out = append(out, "the bad item differs, and no finding says so:\n"+differences(*was, *is))
	}
	return out
}

// mended judges a pull that gave no error though an answer was no JSON: asking
// for the same in another way may have mended it.
func mended(base, got work.Snapshot) []string {
	diff := firstDifference(base.Items, got.Items)
	if diff == "" || len(base.Items) == len(got.Items) && newFinding(base, got) {
		return nil
	}
	return []string{"an answer that is no JSON was taken for one: " + diff}
}

// doubles gives the items that came twice.
func doubles(s work.Snapshot) []string {
	var out []string
	seen := map[work.Ref]bool{}
	for _, it := range s.Items {
		if seen[it.Ref] {
			out = append(out, fmt.Sprintf("%s came twice", it.Ref))
		}
		seen[it.Ref] = true
	}
	return out
}

// wrongError judges an error: one line, and of a single bad field the item's name.
func (m Mutant) wrongError(v Victim, err error) []string {
	text := err.Error()
	var out []string
	if text == "" || strings.ContainsAny(text, "\n\r\x1b") || len(text) > 1000 {
		out = append(out, fmt.Sprintf("the error is no sentence: %.1200q", text))
	}
	named := slices.ContainsFunc(v.Names, func(n string) bool { return n != "" && strings.Contains(text, n) })
	if m.Good && !v.Ref.IsZero() && !named {
		out = append(out, fmt.Sprintf("one bad item costs the whole pull, and the error does not name it: %s", text))
	}
	return out
}

// beside gives what became of the items that were left alone.
func beside(v Victim, base, got work.Snapshot) []string {
	others := func(s work.Snapshot) []work.Item {
		out := slices.Clone(s.Items)
		return slices.DeleteFunc(out, func(it work.Item) bool { return it.Ref == v.Ref })
	}
	a, b := others(base), others(got)
	if one(got, v.Ref) == nil { // its id may be the member that is bad
		b = slices.DeleteFunc(b, func(it work.Item) bool { return one(base, it.Ref) == nil })
	}
	if len(a) != len(b) {
		return []string{fmt.Sprintf("%d items beside the bad one, want %d", len(b), len(a))}
	}
	for i := range a {
		if !reflect.DeepEqual(settled(a[i]), settled(b[i])) {
			return []string{"an item beside the bad one differs:\n" + differences(a[i], b[i])}
		}
	}
	return nil
}

// settled gives the item without its place, which the bad item may have changed.
func settled(it work.Item) work.Item {
	it.Native, it.Position = 0, 0
	return it
}

func one(s work.Snapshot, ref work.Ref) *work.Item {
	for _, it := range s.Items {
		if it.Ref == ref {
			it = settled(it)
			return &it
		}
	}
	return nil
}

// newFinding reports whether the second pull says something that the first did not.
func newFinding(base, got work.Snapshot) bool {
	return slices.ContainsFunc(got.Findings, func(f work.Finding) bool {
		return !slices.ContainsFunc(base.Findings, func(o work.Finding) bool { return reflect.DeepEqual(f, o) })
	})
}

// excused reports whether a difference needs no finding: what is not there can
// be missing, and a number of another size is a number.
func (m Mutant) excused(v Victim, was, is *work.Item) bool {
	switch m.Op {
	case "drop", "null":
		return less(reflect.ValueOf(*was), reflect.ValueOf(*is), len(m.Path) <= v.Depth)
	case "number":
		return true
	}
	return false
}

// onlyLost is excused for all items, in their order.
func (m Mutant) onlyLost(a, b []work.Item) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := settled(a[i]), settled(b[i])
		if !reflect.DeepEqual(x, y) && !m.excused(Victim{}, &x, &y) {
			return false
		}
	}
	return true
}

// less reports whether b is a with some of it left out. A yes that became a no
// is something left out only where a whole field was.
func less(a, b reflect.Value, whole bool) bool {
	if reflect.DeepEqual(a.Interface(), b.Interface()) {
		return true
	}
	if b.IsZero() {
		return whole || a.Kind() != reflect.Bool
	}
	switch a.Kind() {
	case reflect.Map:
		return submap(a, b)
	case reflect.Slice:
		return subset(a, b)
	case reflect.Struct:
		return a.Type() != reflect.TypeFor[time.Time]() && lessFields(a, b, whole)
	}
	return false
}

func lessFields(a, b reflect.Value, whole bool) bool {
	for i := range a.NumField() {
		if !a.Type().Field(i).IsExported() || !less(a.Field(i), b.Field(i), whole) {
			return false
		}
	}
	return true
}

func submap(a, b reflect.Value) bool {
	for _, k := range b.MapKeys() {
		x, y := a.MapIndex(k), b.MapIndex(k)
		if !x.IsValid() {
			return false
		}
		if same := reflect.DeepEqual(x.Interface(), y.Interface()); !same && (x.Kind() != reflect.Struct || !lessFields(x, y, true)) {
			return false // a signal of zero is no signal left out, an attribute of no may be
		}
	}
	return true
}

func subset(a, b reflect.Value) bool {
	for i := range b.Len() {
		found := false
		for j := range a.Len() {
			found = found || reflect.DeepEqual(a.Index(j).Interface(), b.Index(i).Interface())
		}
		if !found {
			return false
		}
	}
	return true
}

func firstDifference(a, b []work.Item) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d items, want %d", len(b), len(a))
	}
	for i := range a {
		if !reflect.DeepEqual(settled(a[i]), settled(b[i])) {
			return differences(a[i], b[i])
		}
	}
	return ""
}

// differences shows the members that are not the same.
func differences(a, b work.Item) string {
	var out []string
	x, y := reflect.ValueOf(settled(a)), reflect.ValueOf(settled(b))
	for i := range x.NumField() {
		if !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			out = append(out, fmt.Sprintf("  %s: %.300v, want %.300v", x.Type().Field(i).Name, y.Field(i).Interface(), x.Field(i).Interface()))
		}
	}
	return strings.Join(out, "\n")
}
