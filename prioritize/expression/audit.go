package expression

import (
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// functions are the functions that a formula may use. All others of the library
// read the clock, build texts or lists without bound, or serve no formula here.
var functions = map[string]bool{
	"abs": true, "ceil": true, "floor": true, "round": true, "min": true, "max": true,
	"len": true, "lower": true, "upper": true, "trim": true, "hasPrefix": true, "hasSuffix": true, "float": true,
	"any": true, "all": true, "none": true, "one": true, "count": true,
}

// operators are the operators of two sides that a formula may use, and whether
// they fail where a side is not known.
var operators = map[string]bool{
	"+": true, "-": true, "*": true, "/": true, "**": true, "^": true,
	"<": true, "<=": true, ">": true, ">=": true,
	"==": false, "!=": false, "in": false, "contains": false, "startsWith": false, "endsWith": false, "matches": false,
	"&&": false, "and": false, "||": false, "or": false, "??": false,
}

// lazy are the operators that do not always come to their right side.
var lazy = []string{"&&", "and", "||", "or", "??"}

// auditor walks a formula and notes what it reads.
type auditor struct {
	*formula
	inside bool // a condition on each element of a list
	fault  *fault
}

// audit refuses what a formula may not use, and notes what it reads and cannot
// do without.
func (f *formula) audit(n ast.Node) *fault {
	a := &auditor{formula: f}
	a.node(n, true)
	slices.SortFunc(f.reads, func(x, y read) int { return strings.Compare(x.name, y.name) })
	slices.Sort(f.needs)
	f.needs = slices.Compact(f.needs)
	return a.fault
}

// refuse keeps the first fault.
func (a *auditor) refuse(n ast.Node, format string, args ...any) {
	if a.fault == nil {
		a.fault = faultAt(n, format, args...)
	}
}

// node looks at one node. It is sure where every evaluation comes by.
func (a *auditor) node(n ast.Node, sure bool) {
	switch n := n.(type) {
	case *ast.NilNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode:
	case *ast.IdentifierNode:
		a.name(n, n.Value, "")
	case *ast.MemberNode:
		a.member(n)
	case *ast.UnaryNode:
		a.need(n.Node, sure)
		a.node(n.Node, sure)
	case *ast.BinaryNode:
		a.binary(n, sure)
	case *ast.ConditionalNode:
		a.node(n.Cond, sure)
		a.node(n.Exp1, false)
		a.node(n.Exp2, false)
	case *ast.ArrayNode:
		a.all(n.Nodes, sure)
	case *ast.BuiltinNode:
		a.function(n, sure)
	default:
		a.rare(n)
	}
}

// rare looks at what stands in few formulas.
func (a *auditor) rare(n ast.Node) {
	switch n := n.(type) {
	case *ast.PointerNode:
		if n.Name != "" {
			a.refuse(n, "only # stands for the element")
		}
	case *ast.PredicateNode:
		if a.inside {
			a.refuse(n, "a condition on elements inside another one")
			return
		}
		a.inside = true
		a.node(n.Node, false)
		a.inside = false
	case *ast.CallNode:
		a.refuse(n, "no such function: want %s", functionList())
	case *ast.SliceNode:
		a.refuse(n, "parts of texts and lists are not to be had: want contains, startsWith, endsWith, in or matches")
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		a.refuse(n, "a formula is one expression, without let and ;")
	default:
		a.refuse(n, "this is of the language, but not for formulas over an item")
	}
}

func (a *auditor) all(nodes []ast.Node, sure bool) {
	for _, n := range nodes {
		a.node(n, sure)
	}
}

// name notes a fact that is read.
func (a *auditor) name(n ast.Node, name, part string) {
	r, ok := readOf(name, part)
	switch {
	case ok:
		if !slices.ContainsFunc(a.reads, func(o read) bool { return o.name == r.name }) {
			a.reads = append(a.reads, r)
		}
	case hasParts(name):
		a.refuse(n, "%s holds several: want one by its name, such as %s.name or %s[\"Any name\"]", name, name, name)
	case functions[name]:
		a.refuse(n, "%s is a function: want its arguments in brackets", name)
	default:
		a.refuse(n, "unknown name %s: want %s", quiet(name), nameList())
	}
}

func (a *auditor) member(n *ast.MemberNode) {
	name, part, ok := member(n)
	switch {
	case n.Optional:
		a.refuse(n, "what is not known is nil already: want a dot")
	case !ok || !hasParts(name):
		a.refuse(n, "only signals, fields, links and open_links have parts, each under a fixed name")
	case part == "":
		a.refuse(n, "a name is empty")
	case kinds[part] == "" && strings.HasSuffix(name, "links"):
		a.refuse(n, "no such kind of link: want %s", strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	default:
		a.name(n, name, part)
	}
}

func (a *auditor) binary(n *ast.BinaryNode, sure bool) {
	fails, ok := operators[n.Operator]
	if !ok {
		a.refuse(n, "the operator %s is not to be had: want %s", n.Operator, strings.Join(slices.Sorted(maps.Keys(operators)), " "))
		return
	}
	switch n.Operator {
	case "/":
		if x, fixed := constant(n.Right); fixed && x == 0 {
			a.refuse(n, "a division by zero")
		}
	case "matches":
		if _, fixed := n.Right.(*ast.StringNode); !fixed {
			a.refuse(n, "matches wants a fixed pattern in quotes")
		}
	}
	if fails {
		a.need(n.Left, sure)
		a.need(n.Right, sure)
	}
	a.node(n.Left, sure)
	a.node(n.Right, sure && !slices.Contains(lazy, n.Operator))
}

func (a *auditor) function(n *ast.BuiltinNode, sure bool) {
	if !functions[n.Name] {
		a.refuse(n, "the function %s is not to be had: want %s", quiet(n.Name), functionList())
		return
	}
	a.all(n.Arguments, sure)
}

// need notes a fact without which the operator above it fails.
func (a *auditor) need(n ast.Node, sure bool) {
	if !sure {
		return
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		a.needs = append(a.needs, n.Value)
	case *ast.MemberNode:
		if name, part, ok := member(n); ok {
			a.needs = append(a.needs, name+"."+part)
		}
	}
}

// constant gives the value of a part of a formula that reads nothing.
func constant(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.FloatNode:
		return n.Value, true
	case *ast.UnaryNode:
		x, ok := constant(n.Node)
		return -x, ok && n.Operator == "-"
	case *ast.BinaryNode:
		x, fixed := constant(n.Left)
		y, both := constant(n.Right)
		switch n.Operator {
		case "+":
			return x + y, fixed && both
		case "-":
			return x - y, fixed && both
		case "*":
			return x * y, fixed && both
		}
	}
	return 0, false
}

func functionList() string { return strings.Join(slices.Sorted(maps.Keys(functions)), ", ") }
