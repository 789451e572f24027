package config

import (
	"fmt"
	"net"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"stackrank/internal/work"
)

// check reports what no single value shows: keys that are missing, names that
// lead nowhere, and backlogs that are in each other's way.
func (r *reader) check(c Config) {
	r.need("", reflect.ValueOf(c))
	r.checkListen(c.Daemon.Listen)
	sources := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		path := index("sources", i)
		r.checkName(path, s.Name, sources[:i])
		sources[i] = s.Name
		r.checkSource(path, s)
	}
	backlogs := make([]string, len(c.Backlogs))
	for i, b := range c.Backlogs {
		path := index("backlogs", i)
		r.checkName(path, b.Name, backlogs[:i])
		backlogs[i] = b.Name
		r.checkBacklog(path, b, sources)
	}
	r.checkClashes(c.Backlogs)
}

// need reports the keys of a block that must be there and hold nothing.
func (r *reader) need(path string, v reflect.Value) {
	names, byName := fields(v.Type())
	for _, name := range names {
		value := v.FieldByIndex(byName[name].Index)
		at := join(path, name)
		switch {
		case byName[name].Tag.Get("need") == "" || !value.IsZero() && !empty(value):
		case r.given(at):
			r.addOnce(at, "empty")
		default:
			r.addOnce(at, "missing")
		}
	}
}

func empty(v reflect.Value) bool { return v.Kind() == reflect.Slice && v.Len() == 0 }

func (r *reader) checkName(path, name string, before []string) {
	path = join(path, "name")
	switch {
	case name == "":
	case !work.IsName(name):
		r.add(path, "%q: want small letters, digits and hyphens", name)
	case slices.Contains(before, name):
		r.add(path, "%q is taken: names are given once", name)
	}
}

// checkListen takes HOST:PORT with an empty host for all addresses and port 0
// for any that is free.
func (r *reader) checkListen(listen string) {
	_, port, err := net.SplitHostPort(listen)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		r.addOnce("daemon.listen", "want HOST:PORT such as 127.0.0.1:8484")
	}
}

func (r *reader) checkSource(path string, s Source) {
	r.need(path, reflect.ValueOf(s))
	if _, ok := r.kinds[s.Kind]; !ok && s.Kind != "" {
		kinds := sortedKeys(r.kinds)
		r.addOnce(join(path, "kind"), "%q: want %s%s", shown(s.Kind), orList(kinds), suggest(s.Kind, kinds))
	}
	for _, signal := range sortedKeys(s.Signals) {
		if s.Signals[signal] == "" {
			r.addOnce(join(path, "signals."+string(signal)), "empty: want the name or the id of a field")
		}
	}
	r.checkLimits(join(path, "limits"), s.Limits)
	if s.TLS.CA != "" && (!strings.HasPrefix(s.TLS.CA, "file:") || s.TLS.CA == "file:") {
		r.addOnce(join(path, "tls.ca"), "want file:PATH")
	}
	r.validate(path, s.Options)
}

func (r *reader) checkLimits(path string, l Limits) {
	if l.Requests < 0 {
		r.addOnce(join(path, "requests"), "want 1 or more, or 0 for the service's published limit")
	}
	if l.Parallel < 0 {
		r.addOnce(join(path, "parallel"), "want 1 or more, or 0 for the default")
	}
	switch {
	case l.Requests > 0 && l.Per == 0:
		r.addOnce(join(path, "per"), "missing: requests are counted in a time such as 10s")
	case l.Requests == 0 && l.Per > 0:
		r.addOnce(join(path, "requests"), "missing: per alone limits nothing")
	}
}

// validate asks settings that can judge themselves. What the decoder has
// reported already is not told again.
func (r *reader) validate(path string, settings any) {
	if v, ok := settings.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			r.addErrors(path, err)
		}
	}
}

func (r *reader) checkBacklog(path string, b Backlog, sources []string) {
	r.need(path, reflect.ValueOf(b))
	for i, name := range b.Sources {
		at := index(join(path, "sources"), i)
		switch {
		case name == "" && r.has(at):
		case !slices.Contains(sources, name):
			r.add(at, "%q: no such source%s", name, suggest(name, sources))
		case slices.Contains(b.Sources[:i], name):
			r.add(at, "%q is there twice", name)
		}
	}
	for _, name := range sortedKeys(b.Write.To) {
		at := join(path, "write.to."+name)
		switch {
		case slices.Contains(b.Sources, name):
		case slices.Contains(sources, name):
			r.add(at, "%q is no source of this backlog: add it under sources", name)
		default:
			r.add(at, "%q: no such source%s", name, suggest(name, b.Sources))
		}
	}
	r.validate(join(path, "policy"), b.Policy)
	r.validate(join(path, "write"), b.Write)
}

// claim is something of a source that only one backlog may write.
type claim struct {
	source, thing string // thing: a field, labels or order
	path, prefix  string // prefix: of labels
	backlog       string
}

// checkClashes reports backlogs that would undo each other's writes: two that
// write one field, two that keep the order, and two whose labels the prefix does
// not tell apart.
func (r *reader) checkClashes(backlogs []Backlog) {
	var held []claim
	for i, b := range backlogs {
		first := len(held)
		for _, source := range sortedKeys(b.Write.To) {
			for _, mine := range claims(index("backlogs", i), source, b) {
				if k := slices.IndexFunc(held[:first], mine.clashes); k >= 0 {
					r.add(mine.path, "backlog %s writes %s of source %s already", held[k].backlog, mine.what(), source)
				}
				held = append(held, mine)
			}
		}
	}
}

func claims(path, source string, b Backlog) []claim {
	to := b.Write.To[source]
	base := claim{source: source, path: join(path, "write.to."+source), backlog: b.Name}
	var out []claim
	add := func(key, thing, prefix string) {
		c := base
		c.path, c.thing, c.prefix = join(c.path, key), thing, prefix
		out = append(out, c)
	}
	if to.Score != "" {
		add("score", fieldOf(to.Score), "")
	}
	if to.Rank != "" {
		add("rank", fieldOf(to.Rank), "")
	}
	if to.Labels {
		add("labels", "labels", b.Write.LabelPrefix)
	}
	if to.Order {
		add("order", "the order", "")
	}
	return out
}

// fieldOf names a field: services tell names apart without regard to case.
func fieldOf(name string) string { return fmt.Sprintf("field %q", strings.ToLower(name)) }

func (c claim) clashes(other claim) bool {
	if c.source != other.source || c.thing != other.thing {
		return false
	}
	return strings.HasPrefix(c.prefix, other.prefix) || strings.HasPrefix(other.prefix, c.prefix)
}

func (c claim) what() string {
	if c.prefix != "" {
		return fmt.Sprintf("labels that %q does not tell apart", c.prefix)
	}
	return c.thing
}

