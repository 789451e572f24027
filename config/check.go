package config

import (
	"fmt"
	"net"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"stackrank/internal/work"
	"stackrank/prioritize"
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
		r.checkFed(join(path, "policy.value"), b, c.Sources)
		r.checkReads(join(path, "policy"), b, c.Sources)
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
		case slices.Contains(b.Sources[:i], name):
			r.addOnce(at, "%q is there twice", named(name))
		case !slices.Contains(sources, name):
			r.noSource(at, name, sources)
		}
	}
	for _, name := range sortedKeys(b.Write.To) {
		at := join(path+".write.to", name)
		switch {
		case slices.Contains(b.Sources, name):
		case slices.Contains(sources, name):
			r.addOnce(at, "%q is no source of this backlog: add it under sources", named(name))
		default:
			r.noSource(at, name, b.Sources)
		}
	}
	r.checkCriteria(join(path, "policy"), b.Policy)
	r.validate(join(path, "policy"), b.Policy)
	r.validate(join(path, "write"), b.Write)
}

// noSource reports a name that no source has. While a source lacks its name,
// nobody can tell.
func (r *reader) noSource(path, name string, sources []string) {
	if len(sources) > 0 && !slices.Contains(sources, "") {
		r.addOnce(path, "%q: no such source%s", named(name), suggest(name, sources))
	}
}

// checkCriteria reports what is required or anchored under a name that is likely
// to be a slip of the pen. The policy itself refuses the others.
func (r *reader) checkCriteria(path string, s prioritize.Settings) {
	known := append(sortedKeys(s.Value), string(work.Effort))
	for _, who := range s.Stakeholders {
		known = append(known, string(who.Signal))
	}
	report := func(at, name string, known ...string) {
		if meant := suggest(name, known); meant != "" && !slices.Contains(known, name) {
			r.addOnce(at, "%q: no criterion of that name in value%s", named(name), meant)
		}
	}
	for i, name := range s.Require {
		report(index(join(path, "require"), i), name, append(known, "due")...)
	}
	for _, name := range sortedKeys(s.Anchors) {
		report(join(path+".anchors", name), name, append(known, "total")...)
	}
}

// selfFed are the criteria that a tracker or the defaults feed without a field
// being named for them.
var selfFed = []string{
	"stakeholders", "demand", "revenue", string(work.Priority), string(work.Votes), string(work.Watchers),
	string(work.Comments), string(work.Repeats), string(work.Breached), string(work.Progress),
}

// checkFed reports criteria that weigh something although no source of the
// backlog and no formula can ever tell it. Files of evidence may hold anything.
func (r *reader) checkFed(path string, b Backlog, sources []Source) {
	if len(b.Policy.Evidence) > 0 {
		return
	}
	known := append(slices.Clone(selfFed), sortedKeys(b.Policy.Signals)...)
	for _, s := range sources {
		if slices.Contains(b.Sources, s.Name) {
			for _, signal := range sortedKeys(s.Signals) {
				known = append(known, string(signal))
			}
		}
	}
	for i, who := range b.Policy.Stakeholders {
		if who.Signal != "" && !slices.Contains(known, string(who.Signal)) {
			r.addOnce(index(join(above(path), "stakeholders"), i)+".signal", "%q: no source of this backlog names a field for it under signals%s",
				named(string(who.Signal)), suggest(string(who.Signal), known))
		}
	}
	for _, name := range sortedKeys(b.Policy.Value) {
		if b.Policy.Value[name] > 0 && !slices.Contains(known, name) {
			r.addOnce(join(path, name), "%q: no source of this backlog names a field for it under signals%s", named(name), suggest(name, known))
		}
	}
}

// claim is something of a source that only one backlog may write.
type claim struct {
	source, key string // key: score, rank, labels or order
	field       string // of score and rank
	prefix      string // of labels
	path        string
	backlog     string
}

// checkClashes reports backlogs that would undo each other's writes: two that
// write one field, two that keep the order, and two whose labels the prefix does
// not tell apart.
func (r *reader) checkClashes(backlogs []Backlog) {
	var held []claim
	for i, b := range backlogs {
		others := held
		for _, mine := range claims(index("backlogs", i), b) {
			if k := slices.IndexFunc(others, mine.clashes); k >= 0 {
				r.addOnce(mine.path, "%s", mine.against(others[k]))
			}
			held = append(held, mine)
		}
	}
}

func claims(path string, b Backlog) []claim {
	var out []claim
	for _, source := range sortedKeys(b.Write.To) {
		to, at := b.Write.To[source], join(path+".write.to", source)
		add := func(wanted bool, c claim) {
			if wanted {
				c.source, c.backlog, c.path = source, b.Name, join(at, c.key)
				out = append(out, c)
			}
		}
		add(to.Score != "", claim{key: "score", field: to.Score})
		add(to.Rank != "", claim{key: "rank", field: to.Rank})
		add(to.Labels, claim{key: "labels", prefix: b.Write.LabelPrefix})
		add(to.Order, claim{key: "order"})
	}
	return out
}

// clashes reports whether both want the same thing. Services tell names of
// fields apart without regard to case.
func (c claim) clashes(o claim) bool {
	switch {
	case c.source != o.source:
		return false
	case c.field != "" || o.field != "":
		return strings.EqualFold(c.field, o.field)
	case c.key != o.key:
		return false
	}
	return strings.HasPrefix(c.prefix, o.prefix) || strings.HasPrefix(o.prefix, c.prefix)
}

// against says what c wants that o has.
func (c claim) against(o claim) string {
	switch c.key {
	case "labels":
		return fmt.Sprintf("prefix %q does not tell these labels from those with %q that backlog %s writes on this source", c.prefix, o.prefix, o.backlog)
	case "order":
		return fmt.Sprintf("backlog %s keeps the order of this source already", o.backlog)
	default:
		return fmt.Sprintf("field %q of this source is written by backlog %s already", c.field, o.backlog)
	}
}
