package jira

import (
	"strings"
	"testing"
)

func TestSplitJQL(t *testing.T) {
	tests := []struct{ name, jql, filter, order string }{
		{"no order", "project = PAY", "project = PAY", ""},
		{"an order in any case and on its own line", "project = PAY\n Order\tBY rank desc", "project = PAY", "rank desc"},
		{"an order alone", "ORDER BY created", "", "created"},
		{"the words inside double quotes are text", `summary ~ "in order by size"`, `summary ~ "in order by size"`, ""},
		{"the words inside single quotes are text", `summary ~ 'order by' ORDER BY key`, `summary ~ 'order by'`, "key"},
		{"an escaped quote does not end a text", `summary ~ "a \" order by b" order by id`, `summary ~ "a \" order by b"`, "id"},
		{"the other quote does not end a text", `summary ~ "it's" order by id`, `summary ~ "it's"`, "id"},
		{"a field that begins like the word", "orders = 1 AND order_by = 2", "orders = 1 AND order_by = 2", ""},
		{"ORDER without BY is no order", "a = order AND by = 1", "a = order AND by = 1", ""},
		{"right behind a parenthesis", "(project = PAY)order by rank", "(project = PAY)", "rank"},
		{"an open quote swallows the rest", `summary ~ "x order by y`, `summary ~ "x order by y`, ""},
		{"empty", "  ", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			filter, order := splitJQL(tt.jql)
			if filter != tt.filter || order != tt.order {
				t.Errorf("splitJQL(%q) = %q, %q, want %q, %q", tt.jql, filter, order, tt.filter, tt.order)
			}
		})
	}
}

func TestNarrowKeepsTheMeaningOfTheFilter(t *testing.T) {
	if got, want := narrow("project = A OR project = B", "id > 7"), "(project = A OR project = B) AND id > 7"; got != want {
		t.Errorf("narrow() = %q, want %q", got, want)
	}
	if got := narrow("", "id > 7"); got != "id > 7" {
		t.Errorf("narrow of an empty filter = %q, want the condition alone", got)
	}
}

func FuzzSplitJQL(f *testing.F) {
	for _, s := range []string{`a = "b" order by c`, `'`, `\`, `((`, `order by by`, "a\x00order by b", "ORDER ORDER BY x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, jql string) {
		filter, order := splitJQL(jql)
		if !strings.Contains(jql, filter) || !strings.Contains(jql, order) {
			t.Fatalf("splitJQL(%q) made up %q or %q", jql, filter, order)
		}
		if again, rest := splitJQL(filter); again != filter || rest != "" {
			t.Errorf("the filter %q of %q still holds an order: %q, %q", filter, jql, again, rest)
		}
		if order == "" {
			return
		}
		if f2, o2 := splitJQL(orderedBy(filter, order)); f2 != filter || o2 != order {
			t.Errorf("put together again, %q reads %q, %q, want %q, %q", jql, f2, o2, filter, order)
		}
	})
}
