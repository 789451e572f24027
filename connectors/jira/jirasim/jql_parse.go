package jirasim

import (
	"fmt"
	"strings"
)

// jqlNode is a condition: all or any of its parts, or one clause.
type jqlNode struct {
	join   string // AND, OR, NOT, or empty for a clause
	parts  []*jqlNode
	clause jqlClause
}

// jqlClause is a field, an operator and what it is compared with.
type jqlClause struct {
	field    string
	quoted   bool
	operator string // =, !=, <, >, <=, >=, ~, !~, in, not in, is, is not
	operands []jqlOperand
}

// jqlOperand is a value or a function's call. Empty is EMPTY or NULL.
type jqlOperand struct {
	text     string
	function bool
	args     []string
	empty    bool
	quoted   bool
}

// jqlSort is one field of ORDER BY.
type jqlSort struct {
	field      string
	descending bool
}

// jqlQuery is a parsed query. Where is nil when there is no condition.
type jqlQuery struct {
	where *jqlNode
	order []jqlSort
}

// deepest is how far conditions may be nested; real queries stay far below.
const deepest = 100

// jqlParser reads tokens into a query.
type jqlParser struct {
	tokens []token
	depth  int
	words  bool // a single word is a search for text, as on Cloud
}

// parseJQL parses a query; errors are in Jira's words. With words, a word
// without an operator is a search for text.
func parseJQL(text string, words bool) (jqlQuery, error) {
	tokens, err := lex(text)
	if err != nil {
		return jqlQuery{}, err
	}
	p := &jqlParser{tokens: tokens, words: words}
	var q jqlQuery
	if t := p.peek(); t.kind != endToken && !p.atOrder() {
		if q.where, err = p.either(); err != nil {
			return q, err
		}
	}
	if p.atOrder() {
		if q.order, err = p.orderBy(); err != nil {
			return q, err
		}
	}
	if t := p.peek(); t.kind != endToken {
		return q, jqlError(fmt.Sprintf("Expecting either 'OR' or 'AND' but got '%s'. %s", t.text, t.at()))
	}
	return q, nil
}

func (p *jqlParser) peek() token { return p.tokens[0] }

func (p *jqlParser) next() token {
	t := p.tokens[0]
	if t.kind != endToken {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *jqlParser) atOrder() bool {
	return p.peek().is("order") && len(p.tokens) > 1 && p.tokens[1].is("by")
}

// either reads conditions joined by OR, which binds the least.
func (p *jqlParser) either() (*jqlNode, error) { return p.joined("OR", p.both) }

// both reads conditions joined by AND.
func (p *jqlParser) both() (*jqlNode, error) { return p.joined("AND", p.negated) }

func (p *jqlParser) joined(join string, part func() (*jqlNode, error)) (*jqlNode, error) {
	one, err := part()
	if err != nil {
		return nil, err
	}
	if !p.peek().is(join) {
		return one, nil
	}
	n := &jqlNode{join: join, parts: []*jqlNode{one}}
	for p.peek().is(join) {
		p.next()
		more, err := part()
		if err != nil {
			return nil, err
		}
		n.parts = append(n.parts, more)
	}
	return n, nil
}

// negated reads NOT, a condition in parentheses, or a clause.
func (p *jqlParser) negated() (*jqlNode, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > deepest {
		return nil, jqlError("The query is nested too deeply.")
	}
	switch t := p.peek(); {
	case t.is("not"):
		p.next()
		one, err := p.negated()
		return &jqlNode{join: "NOT", parts: []*jqlNode{one}}, err
	case t.kind == punctuationToken && t.text == "(":
		p.next()
		inner, err := p.either()
		if err != nil {
			return nil, err
		}
		if t := p.next(); t.text != ")" || t.kind != punctuationToken {
			return nil, p.unexpected(t, "Expecting ')'")
		}
		return inner, nil
	}
	return p.leaf()
}

// unexpected words the error for a token that must not stand where it does.
func (p *jqlParser) unexpected(t token, wish string) error {
	if t.kind == endToken {
		return jqlError(wish + " before the end of the query.")
	}
	return jqlError(fmt.Sprintf("%s but got '%s'. %s", wish, t.text, t.at()))
}

// leaf reads a clause.
func (p *jqlParser) leaf() (*jqlNode, error) {
	t := p.next()
	if t.kind == endToken {
		return nil, jqlError("Expecting a field name at the end of the query.")
	}
	if t.kind != wordToken && t.kind != textToken {
		return nil, p.unexpected(t, "Expecting a field name")
	}
	n := &jqlNode{clause: jqlClause{field: t.text, quoted: t.kind == textToken}}
	if after := p.peek(); p.words && (after.kind == endToken || after.is("and") || after.is("or") || after.is("order") || after.text == ")") {
		n.clause.field, n.clause.operator = "text", "~"
		n.clause.operands = []jqlOperand{{text: t.text, quoted: true}}
		return n, nil
	}
	var err error
	if n.clause.operator, err = p.operator(); err != nil {
		return nil, err
	}
	n.clause.operands, err = p.operands(n.clause.operator)
	return n, err
}

// operator reads an operator of signs or of words.
func (p *jqlParser) operator() (string, error) {
	switch t := p.next(); {
	case t.kind == operatorToken:
		return t.text, nil
	case t.is("in"):
		return "in", nil
	case t.is("not") && p.peek().is("in"):
		p.next()
		return "not in", nil
	case t.is("is") && p.peek().is("not"):
		p.next()
		return "is not", nil
	case t.is("is"):
		return "is", nil
	default:
		const valid = " The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'in', 'not in', 'is' and 'is not'."
		if t.kind == endToken {
			return "", jqlError("Expecting operator before the end of the query." + valid)
		}
		return "", jqlError(fmt.Sprintf("Expecting operator but got '%s'.%s %s", t.text, valid, t.at()))
	}
}

// operands reads one value, or a list in parentheses after "in".
func (p *jqlParser) operands(operator string) ([]jqlOperand, error) {
	t := p.peek()
	if t.kind != punctuationToken || t.text != "(" {
		one, err := p.operand()
		return []jqlOperand{one}, err
	}
	if !strings.HasSuffix(operator, "in") {
		return nil, p.unexpected(t, "Expecting either a value, list or function")
	}
	p.next()
	var out []jqlOperand
	for {
		one, err := p.operand()
		if err != nil {
			return nil, err
		}
		out = append(out, one)
		switch t := p.next(); {
		case t.kind == punctuationToken && t.text == ")":
			return out, nil
		case t.kind != punctuationToken || t.text != ",":
			return nil, p.unexpected(t, "Expecting either ',' or ')'")
		}
	}
}

// operand reads a value, EMPTY, or a function's call.
func (p *jqlParser) operand() (jqlOperand, error) {
	t := p.next()
	if t.kind != wordToken && t.kind != textToken {
		return jqlOperand{}, p.unexpected(t, "Expecting either a value, list or function")
	}
	o := jqlOperand{text: t.text, quoted: t.kind == textToken}
	if t.is("empty") || t.is("null") {
		o.empty = true
		return o, nil
	}
	if after := p.peek(); after.kind != punctuationToken || after.text != "(" {
		return o, nil
	}
	p.next()
	o.function = true
	var err error
	o.args, err = p.arguments()
	return o, err
}

// arguments reads what a function is called with, up to its parenthesis.
func (p *jqlParser) arguments() ([]string, error) {
	var out []string
	for {
		switch t := p.next(); {
		case t.kind == punctuationToken && t.text == ")":
			return out, nil
		case t.kind == punctuationToken && t.text == ",":
		case t.kind == wordToken || t.kind == textToken:
			out = append(out, t.text)
		default:
			return nil, p.unexpected(t, "Expecting ')'")
		}
	}
}

// orderBy reads the fields to sort by.
func (p *jqlParser) orderBy() ([]jqlSort, error) {
	p.next()
	p.next()
	var out []jqlSort
	for {
		t := p.next()
		if t.kind != wordToken && t.kind != textToken {
			return nil, p.unexpected(t, "Expecting a field name")
		}
		one := jqlSort{field: t.text}
		switch {
		case p.peek().is("desc"):
			p.next()
			one.descending = true
		case p.peek().is("asc"):
			p.next()
		}
		out = append(out, one)
		if t := p.peek(); t.kind != punctuationToken || t.text != "," {
			return out, nil
		}
		p.next()
	}
}
