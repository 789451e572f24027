package expression

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page for people names everything that a formula can use, and its examples
// compile.
func TestThePageIsComplete(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "formulas.md"))
	if err != nil {
		t.Fatal(err)
	}
	page, _, _ := strings.Cut(string(data), "# Evidence from files")
	var want []string
	for name := range single {
		want = append(want, name)
	}
	for name := range functions {
		want = append(want, name)
	}
	for kind := range kinds {
		want = append(want, "links."+kind)
	}
	for prefix := range parts {
		want = append(want, strings.TrimSuffix(prefix, "."))
	}
	for _, name := range want {
		if !strings.Contains(page, "`"+name+"`") && !strings.Contains(page, "`"+name+".") {
			t.Errorf("docs/formulas.md lacks `%s`", name)
		}
	}
	for op := range operators {
		if !strings.Contains(page, op) {
			t.Errorf("docs/formulas.md lacks the operator %s", op)
		}
	}
	_, examples, _ := strings.Cut(page, "```text\n")
	examples, _, _ = strings.Cut(examples, "```")
	n := 0
	for text := range strings.Lines(examples) {
		n++
		if _, err := compile(strings.TrimSpace(text), figure); err != nil {
			t.Errorf("the example %q: %v", text, err)
		}
	}
	if n < 4 {
		t.Errorf("only %d examples", n)
	}
}
