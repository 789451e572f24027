package expression

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// fault is what is wrong with a formula, and where.
type fault struct {
	at   file.Location
	text string
}

func faultAt(n ast.Node, format string, args ...any) *fault {
	return &fault{n.Location(), fmt.Sprintf(format, args...)}
}

// errorIn words a fault of a text: "character 7: unknown name".
func (f *fault) errorIn(text string) error {
	before := []rune(text)
	before = before[:min(max(f.at.From, 0), len(before))]
	line, column := 1, 1
	for _, r := range before {
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	if strings.Contains(strings.TrimSpace(text), "\n") {
		return fmt.Errorf("line %d, character %d: %s", line, column, f.text)
	}
	return fmt.Errorf("character %d: %s", column, f.text)
}

// libraryFault takes over what the library found.
func libraryFault(err error) *fault {
	if e, ok := errors.AsType[*file.Error](err); ok {
		return &fault{e.Location, plain(e.Message)}
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return &fault{text: plain(first)}
}

// types are the library's names of types, and ours.
var types = map[string]string{
	"string": "text", "float64": "number", "int": "number", "bool": "true or false", "<nil>": "nothing", "nil": "nothing",
	"[]string": "list", "[]interface {}": "list", "interface {}": "any",
}

// typeName is a type in a message of the library.
var typeName = regexp.MustCompile(`(\[\])?(\b(string|float64|int|bool)\b|\binterface \{\}|<nil>)`)

// plain is quiet, with the names of types in words.
func plain(message string) string {
	message = strings.Replace(message, "invalid operation: ", "no such operation: ", 1)
	return typeName.ReplaceAllStringFunc(quiet(message), func(s string) string { return cmp.Or(types[s], s) })
}

// word is what stands between blanks and quotes.
var word = regexp.MustCompile(`[^\s"'` + "`" + `()]+`)

// quiet makes a message of the library fit for one line of ours: control
// characters go, and so do words of a length that no name here has.
func quiet(message string) string {
	const longest = 24
	message = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, message)
	return word.ReplaceAllStringFunc(message, func(w string) string {
		if len(w) > longest {
			return "•••"
		}
		return w
	})
}
