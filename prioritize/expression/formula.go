package expression

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// Bounds of a formula. Both are far above what a person reads at a glance.
const (
	maxLength = 1000      // characters
	maxNodes  = 500       // of the parsed formula
	budget    = 1_000_000 // elements of lists that one evaluation may make
)

// want is what a formula has to give.
type want int

const (
	figure   want = iota // a number, or true or false for 1 or 0
	truth                // true or false
	anything             // no matter: only what it reads is asked for
)

func (w want) String() string {
	if w == truth {
		return "true or false"
	}
	return "a number, or true or false"
}

// formula is one compiled text.
type formula struct {
	program *vm.Program
	reads   []read   // each name once
	needs   []string // of these, what it cannot do without: nil there is nil as a whole
}

// compile reads a formula. It parses it, asks for its names, operators and
// functions whether they are ours to give, checks its types, and compiles it
// anew over values that may be nil.
func compile(text string, w want) (*formula, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return nil, fmt.Errorf("empty: want a formula that gives %s", w)
	case utf8.RuneCountInString(text) > maxLength:
		return nil, fmt.Errorf("longer than %d characters: compute it in the tracker, or in several signals", maxLength)
	case !utf8.ValidString(text):
		return nil, fmt.Errorf("not in UTF-8")
	}
	f := &formula{}
	tree, config, fault := parse(text, Env{})
	if fault == nil {
		fault = f.audit(tree.Node)
	}
	if fault == nil {
		fault = check(tree, config, w)
	}
	if fault == nil {
		fault = f.build(text)
	}
	if fault == nil {
		fault = f.tryOut()
	}
	if fault != nil {
		return nil, fault.errorIn(text)
	}
	return f, nil
}

// parse gives the tree of a formula with all its numbers decimal.
func parse(text string, env any) (*parser.Tree, *conf.Config, *fault) {
	config := conf.New(env)
	config.MaxNodes = maxNodes
	tree, err := parser.ParseWithConfig(text, config)
	if err != nil {
		return nil, nil, libraryFault(err)
	}
	ast.Walk(&tree.Node, decimal{})
	return tree, config, nil
}

// decimal turns whole numbers into decimal ones: whole ones would wrap round.
type decimal struct{}

// Visit is called by the library for every node, the innermost first.
func (decimal) Visit(n *ast.Node) {
	if i, ok := (*n).(*ast.IntegerNode); ok {
		ast.Patch(n, &ast.FloatNode{Value: float64(i.Value)})
	}
}

func check(tree *parser.Tree, config *conf.Config, w want) *fault {
	t, err := checker.Check(tree, config)
	if err != nil {
		return libraryFault(err)
	}
	switch kind := t.Kind(); {
	case w == anything, kind == reflect.Interface, kind == reflect.Bool:
		return nil
	case w == figure && (kind == reflect.Float64 || kind == reflect.Int):
		return nil
	}
	return &fault{file.Location{}, fmt.Sprintf("it gives %s: want %s", kindName(t.Kind()), w)}
}

// kindName says what a value is to people.
func kindName(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "a text"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Float64, reflect.Int:
		return "a number"
	}
	return "something else"
}

// build compiles the formula over values by their full names, any of which may
// be nil: the types of Env would let the library count on them.
func (f *formula) build(text string) *fault {
	tree, config, fault := parse(text, map[string]any{})
	if fault != nil {
		return fault
	}
	ast.Walk(&tree.Node, flatten{})
	program, err := compiler.Compile(tree, config)
	if err != nil {
		return libraryFault(err)
	}
	f.program = program
	return nil
}

// flatten turns names with parts into one name each, and lists of constants
// into one constant.
type flatten struct{}

// Visit is called by the library for every node, the innermost first.
func (flatten) Visit(n *ast.Node) {
	switch node := (*n).(type) {
	case *ast.MemberNode:
		if name, part, ok := member(node); ok {
			ast.Patch(n, &ast.IdentifierNode{Value: name + "." + part})
		}
	case *ast.ArrayNode:
		list := make([]any, len(node.Nodes))
		for i, c := range node.Nodes {
			v, ok := literal(c)
			if !ok {
				return
			}
			list[i] = v
		}
		ast.Patch(n, &ast.ConstantNode{Value: list})
	}
}

// literal gives the value of a text or a number that stands in the formula.
func literal(n ast.Node) (any, bool) {
	switch node := n.(type) {
	case *ast.StringNode:
		return node.Value, true
	case *ast.FloatNode:
		return node.Value, true
	}
	return nil, false
}

// member takes apart what names a part: signals.votes, fields["Risk class"].
func member(n *ast.MemberNode) (name, part string, ok bool) {
	of, named := n.Node.(*ast.IdentifierNode)
	property, fixed := n.Property.(*ast.StringNode)
	if !named || !fixed {
		return "", "", false
	}
	return of.Value, property.Value, true
}

// tryOut runs a formula that reads nothing: it is the same for every item, and
// what is wrong with it is wrong here.
func (f *formula) tryOut() *fault {
	if len(f.reads) > 0 {
		return nil
	}
	machine := vm.VM{MemoryBudget: budget}
	out, err := machine.Run(f.program, map[string]any{})
	if err != nil {
		return libraryFault(err)
	}
	if x, ok := number(out); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
		return &fault{text: "it gives no finite number"}
	}
	return nil
}

// number gives a result as a number, a truth being 1 or 0.
func number(out any) (float64, bool) {
	switch x := out.(type) {
	case float64:
		return x, true
	case int:
		return float64(x), true
	case bool:
		if x {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
