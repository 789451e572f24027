package jira

import "strings"

// splitJQL cuts a query into what it selects and the terms of its ORDER BY. The
// words count only outside quotes and parentheses, so that a search for the
// text "order by" stays what it is.
func splitJQL(jql string) (filter, orderBy string) {
	order := -1 // where a word ORDER begins that waits for its BY
	depth := 0
	for i := 0; i < len(jql); {
		end := tokenEnd(jql, i)
		token := jql[i:end]
		switch token {
		case "(":
			depth++
		case ")":
			depth--
		}
		switch {
		case trim(token) == "":
		case depth == 0 && strings.EqualFold(token, "order"):
			order = i
		case order >= 0 && strings.EqualFold(token, "by"):
			return trim(jql[:order]), trim(jql[end:])
		default:
			order = -1
		}
		i = end
	}
	return trim(jql), ""
}

// tokenEnd gives where the token that begins at i ends: a quoted text, a run of
// blanks, one sign, or a word.
func tokenEnd(s string, i int) int {
	switch c := s[i]; {
	case c == '"' || c == '\'':
		return quoteEnd(s, i)
	case isBlank(c):
		for i < len(s) && isBlank(s[i]) {
			i++
		}
		return i
	case strings.IndexByte("()=!<>~,", c) >= 0:
		return i + 1
	}
	for i < len(s) && !isBlank(s[i]) && strings.IndexByte("()=!<>~,\"'", s[i]) < 0 {
		if s[i] == '\\' {
			i++
		}
		i++
	}
	return min(i, len(s))
}

// quoteEnd gives the place behind the closing quote of the text that opens at
// i, or the end of s where none closes it.
func quoteEnd(s string, i int) int {
	quote := s[i]
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(s)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// narrow adds a condition to a filter without changing what the filter says.
func narrow(filter, condition string) string {
	if filter == "" {
		return condition
	}
	return "(" + filter + ") AND " + condition
}

// orderedBy appends an order to a filter; no terms leave the order to Jira.
func orderedBy(filter, terms string) string {
	if terms == "" {
		return filter
	}
	return trim(filter + " ORDER BY " + terms)
}

// trim takes the blanks of the language off both ends, and nothing that is a
// sign to it.
func trim(s string) string { return strings.Trim(s, " \t\n\r") }
