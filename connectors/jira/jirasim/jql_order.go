package jirasim

import (
	"cmp"
	"strings"
)

// order compiles ORDER BY. Issues that are equal in all of it, and all issues
// where nothing is asked for, come newest first.
func (c *compiler) order(sorts []jqlSort) func(a, b *issue) int {
	var by []func(a, b *issue) int
	for _, s := range sorts {
		one := c.site.comparator(s.field)
		if one == nil {
			c.unsortable(s.field)
			continue
		}
		if s.descending {
			ascending := one
			one = func(a, b *issue) int { return ascending(b, a) }
		}
		by = append(by, one)
	}
	return func(a, b *issue) int {
		for _, one := range by {
			if n := one(a, b); n != 0 {
				return n
			}
		}
		return cmp.Compare(b.id, a.id)
	}
}

func (c *compiler) unsortable(name string) {
	if c.site.clauseField(name) == nil {
		c.fault("Field '%s' does not exist or you do not have permission to view it.", name)
		return
	}
	c.fault("Not able to sort using field '%s'.", name)
}

// comparator gives the order by one field, or nil.
func (s *Site) comparator(name string) func(a, b *issue) int {
	switch lower := strings.ToLower(name); lower {
	case "key", "issuekey", "issue":
		return func(a, b *issue) int {
			return cmp.Or(cmp.Compare(a.facts.project.also, b.facts.project.also), a.facts.number-b.facts.number)
		}
	case "id":
		return func(a, b *issue) int { return cmp.Compare(a.id, b.id) }
	case "created", "updated", "resolved", "resolutiondate", "createddate", "updateddate":
		return byMoment(whenOf(lower))
	case "due", "duedate":
		return byText(func(i *issue) string { return i.facts.due })
	case "priority":
		return func(a, b *issue) int {
			return cmp.Compare(s.priorityPlace(b.facts.priority.id), s.priorityPlace(a.facts.priority.id))
		}
	case "statuscategory":
		return func(a, b *issue) int { return categoryPlace(a.facts.category) - categoryPlace(b.facts.category) }
	case "project", "status", "issuetype", "type", "assignee", "reporter", "resolution", "parent", "summary":
		return byText(nameOf(lower))
	}
	return s.fieldComparator(name)
}

// fieldComparator orders by a field's value.
func (s *Site) fieldComparator(name string) func(a, b *issue) int {
	f := s.jqlField(name)
	switch {
	case f == nil:
		return nil
	case f.schema.Custom == RankType:
		r := s.rankByID(f.id)
		return func(a, b *issue) int { return r.compare(a.facts.ranks[r.place], b.facts.ranks[r.place]) }
	case f.schema.Type == "number", f.id == "votes", f.id == "watches":
		return byNumber(f.id)
	case f.schema.Type == "date" || f.schema.Type == "datetime":
		return byMoment(func(i *issue) moment { return momentOf(i, f.id) })
	case f.schema.Type == "string" || f.schema.Type == "option":
		return byText(func(i *issue) string { return entityOf(i.fields[f.id]).name })
	}
	return nil
}

// nameOf picks the name that a field sorts by.
func nameOf(field string) func(*issue) string {
	return func(i *issue) string {
		f := &i.facts
		switch field {
		case "project":
			return f.project.name
		case "status":
			return f.status.name
		case "issuetype", "type":
			return f.kind.name
		case "assignee":
			return first(f.assignee.also, f.assignee.name)
		case "reporter":
			return first(f.reporter.also, f.reporter.name)
		case "resolution":
			return f.resolution.name
		case "parent":
			return f.parent.name
		}
		return f.summary
	}
}

// byText orders by a text without regard to case; issues without one follow.
func byText(of func(*issue) string) func(a, b *issue) int {
	return func(a, b *issue) int {
		x, y := of(a), of(b)
		if x == "" || y == "" {
			return strings.Compare(y, x)
		}
		return strings.Compare(strings.ToLower(x), strings.ToLower(y))
	}
}

// byMoment orders by time; issues without one follow.
func byMoment(of func(*issue) moment) func(a, b *issue) int {
	return func(a, b *issue) int {
		x, y := of(a), of(b)
		switch {
		case x.none() || y.none():
			return boolCompare(x.none(), y.none())
		case x.day != "" && y.day != "":
			return strings.Compare(x.day, y.day)
		}
		return x.time.Compare(y.time)
	}
}

// byNumber orders by number; issues without one follow.
func byNumber(id string) func(a, b *issue) int {
	return func(a, b *issue) int {
		x, hasX := a.facts.numbers[id]
		y, hasY := b.facts.numbers[id]
		if !hasX || !hasY {
			return boolCompare(!hasX, !hasY)
		}
		return compareFloats(x, y)
	}
}

// boolCompare puts false before true.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
