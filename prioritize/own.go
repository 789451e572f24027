package prioritize

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stackrank/internal/work"
	"stackrank/prioritize/expression"
)

// ClassRule gives a class of service to the items that meet a condition. The
// first rule of a policy that holds decides; an item that none holds for is of
// the standard class.
type ClassRule struct {
	Class  work.ClassName `yaml:"class" json:"class"`
	When   string         `yaml:"when" json:"when"`               // a formula of package expression that is true or false
	Target Days           `yaml:"target" json:"target,omitempty"` // of the class sla alone: in how long an item is promised from its creation
}

// Classes gives the classes of service that a rule can name.
func Classes() []work.ClassName {
	return []work.ClassName{work.Expedite, work.FixedDate, work.SLA, work.Intangible}
}

// Formulas compiles own signals and the conditions of the classes of service.
// The error joins every problem, each beginning with its key.
func (s Settings) Formulas() (*expression.Set, error) {
	rules := make([]expression.Rule, len(s.Classes))
	for i, r := range s.Classes {
		rules[i] = expression.Rule{Class: r.Class, Target: r.Target.Duration(), When: r.When}
	}
	return expression.Compile(s.Signals, rules, s.Ours)
}

// Judges reports whether the figures of a signal are judgements, of which the
// latest stands, and not counts, which add up: the effort, the scores of
// stakeholders, what the model reads by name, and the signal of a criterion whose
// curve does not count.
func (s Settings) Judges(signal work.Signal) bool {
	name := string(signal)
	if f, ok := formulaOf(s.Model); name == nameEffort || s.isVoice(name) || ok && f.reads(name) {
		return true
	}
	return !cmp.Or(s.Anchors[name].Curve, builtinCurves[name], CurveCount).counts()
}

// Reads reports whether the policy looks at a signal: by its model, a criterion,
// the scores of a person, or a formula.
func (s Settings) Reads(signal work.Signal) bool {
	name := string(signal)
	f, ok := formulaOf(s.Model)
	switch {
	case name == nameEffort || s.isVoice(name) || ok && f.reads(name):
		return true
	case ok && !f.weights && signal == work.Priority: // Taskwarrior reads it by itself
		return true
	}
	return s.inCriterion(signal) || s.inFormula(signal)
}

// inCriterion reports whether a criterion looks at a signal. Demand is made of
// several, and where people have scores of their own nothing else is theirs.
func (s Settings) inCriterion(signal work.Signal) bool {
	if s.Value["demand"] > 0 && slices.ContainsFunc(demandFeeds, func(f feed) bool { return f.signal == signal }) {
		return true
	}
	name := string(signal)
	return s.Value[name] > 0 && name != "demand" && (name != nameStakeholders || len(s.Stakeholders) == 0)
}

// inFormula reports whether an own signal or a class of service looks at a signal.
func (s Settings) inFormula(signal work.Signal) bool {
	for _, text := range s.Signals {
		if slices.Contains(expression.Reads(text), signal) {
			return true
		}
	}
	return slices.ContainsFunc(s.Classes, func(r ClassRule) bool { return slices.Contains(expression.Reads(r.When), signal) })
}

// validateOwn looks at what comes onto items before they are ranked.
func (s Settings) validateOwn(p *problems) {
	if _, err := s.Formulas(); err != nil {
		*p = append(*p, err)
	}
	for i, r := range s.Classes {
		r.validate(p, fmt.Sprintf("classes[%d]", i))
	}
	for i, file := range s.Evidence {
		key := fmt.Sprintf("evidence[%d]", i)
		switch {
		case strings.TrimSpace(file) == "":
			p.add(key, "empty: want the path of a CSV file")
		case slices.Contains(s.Evidence[:i], file):
			p.add(key, "the file is there twice")
		}
	}
}

func (r ClassRule) validate(p *problems, key string) {
	if !slices.Contains(Classes(), r.Class) {
		*p = append(*p, wrongClass(key, r.Class))
		return
	}
	switch {
	case r.Class == work.SLA && !(r.Target > 0 && r.Target <= maxDays):
		p.add(key+".target", "want in how long an item is promised from its creation, such as 14d")
	case r.Class != work.SLA && r.Target != 0:
		p.add(key+".target", "only the class %s has a target", work.SLA)
	}
}

func wrongClass(key string, name work.ClassName) error {
	if name == "" {
		return errors.New(key + ".class: missing")
	}
	words := make([]string, 0, len(Classes()))
	for _, c := range Classes() {
		words = append(words, string(c))
	}
	return fmt.Errorf("%s.class: %q: want %s", key, name, strings.Join(words, ", "))
}
