package jirasim

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind is what the parser tells tokens apart by.
type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	textToken // in quotation marks
	operatorToken
	punctuationToken // ( ) ,
)

// token is a part of a query with where it begins; both count from 1.
type token struct {
	kind         tokenKind
	text         string
	line, column int
}

// is says whether the token is a keyword, which is never quoted.
func (t token) is(keyword string) bool {
	return t.kind == wordToken && strings.EqualFold(t.text, keyword)
}

func (t token) at() string { return fmt.Sprintf("(line %d, character %d)", t.line, t.column) }

// jqlError is a query's fault in Jira's words.
type jqlError string

func (e jqlError) Error() string { return "Error in the JQL Query: " + string(e) }

// lexer cuts a query into tokens.
type lexer struct {
	rest         string
	line, column int
}

// reserved are the characters that JQL keeps for the future; they must be
// quoted. Source: JQL, "Reserved characters".
const reserved = `+;?*/%^$#@[]{}\` + "`"

// lex gives all tokens of a query and one that ends it.
func lex(query string) ([]token, error) {
	l := &lexer{rest: query, line: 1, column: 1}
	var out []token
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		if t.kind == endToken {
			return out, nil
		}
	}
}

// take moves over n bytes and gives them.
func (l *lexer) take(n int) string {
	text := l.rest[:n]
	l.rest = l.rest[n:]
	for _, r := range text {
		l.column++
		if r == '\n' {
			l.line, l.column = l.line+1, 1
		}
	}
	return text
}

func (l *lexer) next() (token, error) {
	l.take(len(l.rest) - len(strings.TrimLeftFunc(l.rest, unicode.IsSpace)))
	t := token{line: l.line, column: l.column}
	if l.rest == "" {
		return t, nil
	}
	switch first := l.rest[0]; {
	case first == '"' || first == '\'':
		return l.quoted(t)
	case strings.IndexByte("(),", first) >= 0:
		t.kind, t.text = punctuationToken, l.take(1)
		return t, nil
	case strings.IndexByte("=!<>~&|", first) >= 0:
		return l.operator(t), nil
	case strings.IndexByte(reserved, first) >= 0:
		return t, jqlError(fmt.Sprintf("The character '%c' is a reserved JQL character. You must enclose it in a string or use the escape '\\u%04x' instead. %s", first, first, t.at()))
	}
	return l.word(t)
}

// operators are the operators made of signs, longest first; the last four
// stand for words.
var operators = []string{"!=", "!~", ">=", "<=", "&&", "||", "=", ">", "<", "~", "&", "|", "!"}

func (l *lexer) operator(t token) token {
	t.kind = operatorToken
	for _, op := range operators {
		if !strings.HasPrefix(l.rest, op) {
			continue
		}
		t.text = l.take(len(op))
		break
	}
	switch t.text {
	case "&&", "&":
		t.kind, t.text = wordToken, "AND"
	case "||", "|":
		t.kind, t.text = wordToken, "OR"
	case "!":
		t.kind, t.text = wordToken, "NOT"
	}
	return t
}

// word reads up to a space, a sign or a bracket; cf[10019] is one word.
func (l *lexer) word(t token) (token, error) {
	t.kind = wordToken
	n := strings.IndexFunc(l.rest, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`"'(),=!<>~&|`+reserved, r)
	})
	if n < 0 {
		n = len(l.rest)
	}
	if strings.EqualFold(l.rest[:n], "cf") && strings.HasPrefix(l.rest[n:], "[") {
		end := strings.IndexByte(l.rest[n:], ']')
		if end > 0 {
			n += end + 1
		}
	}
	t.text = l.take(n)
	return t, nil
}

// quoted reads a text in single or double quotation marks.
func (l *lexer) quoted(t token) (token, error) {
	t.kind = textToken
	mark := l.take(1)
	var b strings.Builder
	for l.rest != "" {
		switch {
		case strings.HasPrefix(l.rest, mark):
			l.take(1)
			t.text = b.String()
			return t, nil
		case l.rest[0] == '\\':
			if err := l.escape(&b); err != nil {
				return t, err
			}
		default:
			_, size := utf8.DecodeRuneInString(l.rest)
			b.WriteString(l.take(size))
		}
	}
	return t, jqlError(fmt.Sprintf("The quoted string '%s' has not been completed. %s", b.String(), t.at()))
}

// escapes are the characters that may follow a backslash, and their meaning.
var escapes = map[byte]string{'t': "\t", 'n': "\n", 'r': "\r", '\\': `\`, '"': `"`, '\'': "'", ' ': " "}

// escape reads one escape of a quoted text.
func (l *lexer) escape(b *strings.Builder) error {
	if len(l.rest) >= 2 {
		if meaning, ok := escapes[l.rest[1]]; ok {
			l.take(2)
			b.WriteString(meaning)
			return nil
		}
	}
	if len(l.rest) >= 6 && l.rest[1] == 'u' {
		if n, err := strconv.ParseUint(l.rest[2:6], 16, 16); err == nil {
			l.take(6)
			b.WriteRune(rune(n))
			return nil
		}
	}
	bad := l.rest[:min(2, len(l.rest))]
	return jqlError(fmt.Sprintf("'%s' is an illegal JQL escape sequence. The valid escape sequences are \\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX. (line %d, character %d)", bad, l.line, l.column))
}
