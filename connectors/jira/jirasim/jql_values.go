package jirasim

import (
	"slices"
	"strconv"
	"strings"
)

// categoryField compares status categories by key, name or id.
func (s *Site) categoryField() *clauseField {
	return &clauseField{
		operators: equality,
		empty:     func(*issue) bool { return false },
		build: func(c *compiler, cl jqlClause, o jqlOperand) matcher {
			for _, k := range statusCategories {
				if strings.EqualFold(o.text, k.key) || strings.EqualFold(o.text, k.name) || o.text == strconv.Itoa(k.id) ||
					k.key == categoryDone && strings.EqualFold(o.text, "Complete") {
					return func(i *issue) bool { return i.facts.category == k.key }
				}
			}
			return c.fault("The value '%s' does not exist for the field '%s'.", o.text, cl.field)
		},
	}
}

// priorityField also compares: a higher priority is a greater one.
func (s *Site) priorityField() *clauseField {
	f := listField(func(i *issue) []entity {
		if i.facts.priority.none() {
			return nil
		}
		return []entity{i.facts.priority}
	}, func() []thing { return s.catalog.priorities })
	equal := f.build
	f.operators = ordered
	f.build = func(c *compiler, cl jqlClause, o jqlOperand) matcher {
		if !strings.ContainsAny(cl.operator, "<>") {
			return equal(c, cl, o)
		}
		at := s.priorityPlace(o.text)
		if at < 0 {
			return c.fault("The value '%s' does not exist for the field '%s'.", o.text, cl.field)
		}
		return func(i *issue) bool {
			own := s.priorityPlace(i.facts.priority.id)
			return own >= 0 && holds(cl.operator, at-own)
		}
	}
	return f
}

// priorityPlace gives the place of a priority, 0 being the most urgent, or -1.
func (s *Site) priorityPlace(word string) int {
	return slices.IndexFunc(s.catalog.priorities, func(t thing) bool { return t.is(word) })
}

// sprintField compares sprints and knows the functions by state.
func (s *Site) sprintField() *clauseField {
	of := func(i *issue) []entity {
		out := make([]entity, len(i.facts.sprints))
		for n, sp := range i.facts.sprints {
			out[n] = sp.entity
		}
		return out
	}
	states := map[string]string{"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}
	f := listField(of, func() []thing {
		var known []thing
		for _, sp := range s.catalog.sprints {
			known = append(known, thing{entity: entity{id: strconv.FormatInt(sp.ID, 10), name: sp.Name}})
		}
		return known
	})
	plain := f.build
	f.build = func(c *compiler, cl jqlClause, o jqlOperand) matcher {
		state, ok := states[strings.ToLower(o.text)]
		if !o.function || !ok {
			return plain(c, cl, o)
		}
		return func(i *issue) bool {
			return slices.ContainsFunc(i.facts.sprints, func(sp sprintFact) bool { return sp.state == state })
		}
	}
	return f
}

// numberField compares numbers.
func numberField(id string) *clauseField {
	return &clauseField{
		operators: ordered,
		empty:     func(i *issue) bool { _, ok := i.facts.numbers[id]; return !ok },
		build: func(c *compiler, cl jqlClause, o jqlOperand) matcher {
			want, err := strconv.ParseFloat(o.text, 64)
			if err != nil {
				return c.fault("The value '%s' is not a number for the field '%s'.", o.text, cl.field)
			}
			return func(i *issue) bool {
				have, ok := i.facts.numbers[id]
				return ok && holds(cl.operator, compareFloats(have, want))
			}
		},
	}
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// rankClause compares rank values as they are ordered.
func (s *Site) rankClause(id string) *clauseField {
	r := s.rankByID(id)
	return &clauseField{
		operators: ordered,
		empty:     func(*issue) bool { return false },
		build: func(c *compiler, cl jqlClause, o jqlOperand) matcher {
			if !rankValue.MatchString(o.text) {
				return c.fault("The value '%s' does not exist for the field '%s'.", o.text, cl.field)
			}
			return func(i *issue) bool { return holds(cl.operator, r.compare(i.facts.ranks[r.place], o.text)) }
		},
	}
}

func (s *Site) rankByID(id string) *rankField {
	for _, r := range s.ranks {
		if r.id == id {
			return r
		}
	}
	return nil
}
