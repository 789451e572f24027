package expression

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/file"

	"stackrank/internal/work"
)

// fewest is the number of failures of one formula from which they are told in
// one finding.
const fewest = 4

// findings tells what failed, formula by formula, and which names no item has.
func (p *pass) findings(items int) []work.Finding {
	var out []work.Finding
	for _, o := range p.signals {
		out = append(out, p.about(o.formula, "Signal "+string(o.name), "policy.signals."+string(o.name), "it is not known there")...)
	}
	for i, r := range p.classes {
		out = append(out, p.about(r.formula, fmt.Sprintf("Condition %d of the classes of service", i+1), fmt.Sprintf("policy.classes[%d].when", i), "it does not hold there")...)
	}
	for i, r := range p.reads {
		if !p.filled[i] && items > 0 {
			out = append(out, work.Finding{
				Code: "unfilled-name", Level: work.Note,
				Message: fmt.Sprintf("No item of this backlog has %s, which %s.", r.name, p.readers(r.name)),
				Fix:     fix(r.name),
			})
		}
	}
	return out
}

// about tells the failures of one formula, each by itself while they are few.
func (p *pass) about(f *formula, what, path, effect string) []work.Finding {
	failed := p.failures[f]
	finding := func(ref work.Ref, where, why string) work.Finding {
		return work.Finding{
			Ref: ref, Code: "bad-signal", Level: work.Warning,
			Message: fmt.Sprintf("%s cannot be computed for %s: %s; %s.", what, where, why, effect),
			Fix:     "Correct " + path + ".",
		}
	}
	if len(failed) >= fewest {
		first := failed[0]
		return []work.Finding{finding(work.Ref{}, fmt.Sprintf("%d items, first for %s", len(failed), first.key), first.why)}
	}
	var out []work.Finding
	for _, x := range failed {
		out = append(out, finding(x.ref, x.key, x.why))
	}
	return out
}

// readers names the formulas that read a fact, for a sentence.
func (p *pass) readers(name string) string {
	reads := func(f *formula) bool {
		for _, r := range f.reads {
			if r.name == name {
				return true
			}
		}
		return false
	}
	var who []string
	for _, o := range p.signals {
		if reads(o.formula) {
			who = append(who, "policy.signals."+string(o.name))
		}
	}
	for i, r := range p.classes {
		if reads(r.formula) {
			who = append(who, fmt.Sprintf("policy.classes[%d]", i))
		}
	}
	verb := " reads"
	if len(who) > 1 {
		verb = " read"
	}
	return strings.Join(who, " and ") + verb
}

// fix says how a fact comes onto items.
func fix(name string) string {
	if strings.HasPrefix(name, prefixSignals) {
		return "Name a field for it under signals of a source, or bring it by policy.evidence."
	}
	if strings.HasPrefix(name, prefixFields) {
		return "Look for the name as the tracker writes it; a number in a field of Jira comes by signals of its source."
	}
	return ""
}

// mismatch is how the library says that the types of two values do not fit an
// operator. Other messages of it may quote the item.
var mismatch = regexp.MustCompile(`^invalid operation: (\[\])?[a-z0-9{}<> ]+ (\*\*|[-+*/^<>]=?) (\[\])?[a-z0-9{}<> ]+$`)

// why says why an evaluation failed, without a word of the item: titles are not
// for everyone who reads findings.
func why(err error) string {
	if e, ok := errors.AsType[*file.Error](err); ok && mismatch.MatchString(e.Message) {
		return plain(e.Message)
	}
	return "its parts do not fit together"
}

func nameOf(out any) string { return kindName(reflect.TypeOf(out).Kind()) }
