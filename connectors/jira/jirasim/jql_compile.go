package jirasim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// matcher says whether an issue meets a condition.
type matcher func(*issue) bool

// search is a query that has been checked against the site.
type search struct {
	match   matcher
	sort    func(a, b *issue) int
	bounded bool // has a condition
}

// compiler checks a query against what the site has and gathers all faults.
type compiler struct {
	site   *Site
	now    time.Time
	faults []string
}

// mostSorts is how many fields Cloud sorts by. Source: Jira Cloud platform,
// "Search for issues using JQL".
const mostSorts = 7

// compile checks a query. Faults are in Jira's words.
func (s *Site) compile(text string) (search, []string) {
	q, err := parseJQL(text, s.cloud())
	if err != nil {
		return search{}, []string{err.Error()}
	}
	c := &compiler{site: s, now: s.now()}
	out := search{bounded: q.where != nil, match: func(*issue) bool { return true }}
	if q.where != nil {
		out.match = c.node(q.where)
	}
	out.sort = c.order(q.order)
	if s.cloud() && len(q.order) > mostSorts {
		c.fault("The query sorts by too many fields: at most %d are allowed.", mostSorts)
	}
	return out, c.faults
}

// fault notes a fault and gives a condition that nothing meets.
func (c *compiler) fault(format string, args ...any) matcher {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
	return func(*issue) bool { return false }
}

// node compiles a condition.
func (c *compiler) node(n *jqlNode) matcher {
	if n.join == "" {
		return c.clause(n.clause)
	}
	var parts []matcher
	for _, p := range n.parts {
		parts = append(parts, c.node(p))
	}
	switch n.join {
	case "NOT":
		return func(i *issue) bool { return !parts[0](i) }
	case "AND":
		return func(i *issue) bool { return !slices.ContainsFunc(parts, func(m matcher) bool { return !m(i) }) }
	}
	return func(i *issue) bool { return slices.ContainsFunc(parts, func(m matcher) bool { return m(i) }) }
}

// clause compiles one comparison.
func (c *compiler) clause(cl jqlClause) matcher {
	f := c.site.clauseField(cl.field)
	if f == nil {
		return c.fault("Field '%s' does not exist or you do not have permission to view it.", cl.field)
	}
	if !strings.Contains(" "+f.operators+",", " "+cl.operator+",") {
		return c.fault("The operator '%s' is not supported by the '%s' field.", cl.operator, cl.field)
	}
	for _, o := range cl.operands {
		if o.empty && strings.ContainsAny(cl.operator, "<>~") {
			return c.fault("The operator '%s' does not support searching for EMPTY values.", cl.operator)
		}
		if !o.empty && strings.HasPrefix(cl.operator, "is") {
			return c.fault("The operator '%s' is not supported by the '%s' field.", cl.operator, cl.field)
		}
		if o.function && !slices.Contains(functions, strings.ToLower(o.text)) {
			return c.fault("Unable to find JQL function '%s(%s)'.", o.text, strings.Join(o.args, ", "))
		}
	}
	return c.comparison(f, cl)
}

// functions are the functions that queries may call.
var functions = []string{"now", "startofday", "endofday", "currentuser", "opensprints", "closedsprints", "futuresprints", "unreleasedversions", "releasedversions"}

// comparison compiles a clause whose field and operator fit.
func (c *compiler) comparison(f *clauseField, cl jqlClause) matcher {
	var tests []matcher
	for _, o := range cl.operands {
		switch {
		case o.empty:
			tests = append(tests, f.empty)
		default:
			tests = append(tests, f.build(c, cl, o))
		}
	}
	met := func(i *issue) bool { return slices.ContainsFunc(tests, func(m matcher) bool { return m(i) }) }
	switch cl.operator {
	case "!=", "not in", "is not", "!~":
		asksEmpty := slices.ContainsFunc(cl.operands, func(o jqlOperand) bool { return o.empty })
		return func(i *issue) bool { return !met(i) && (asksEmpty || !f.empty(i)) }
	}
	return met
}
