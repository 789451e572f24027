package prose

import (
	"strings"
	"testing"
)

func TestCriteria(t *testing.T) {
	tests := []struct {
		name, text string
		want       bool
	}{
		{"a text without any", "Refunds fail when the bank is slow.", false},
		{"nothing", "", false},
		{"a wiki heading with a list", "h3. Acceptance Criteria\r\n\r\n* It is green.", true},
		{"a wiki heading with a numbered list", "h2. Acceptance Test\n# Open the page", true},
		{"a heading of a template", "h3. Acceptance criteria\n\nh3. Notes\nNone.", false},
		{"a heading at the end", "Text.\n\n## Acceptance criteria\n", false},
		{"an empty list below a heading", "**Acceptance criteria**\n- [ ] \n- [ ]\n", false},
		{"a Markdown heading", "# Acceptance criteria\n- [ ] It is green", true},
		{"a heading that holds the title", "### 3. Scope and acceptance criteria (v2)\nAll of it.", true},
		{"an underlined heading", "Acceptance criteria\n---------\nIt is green.", true},
		{"a bold line", "*Acceptance criteria:*\nIt is green.", true},
		{"bold lines of a template", "*Acceptance criteria:*\n*Notes:*\nNone.", false},
		{"a title with the text behind it", "Acceptance criteria: it is green", true},
		{"a panel", "{panel:title=Acceptance Criteria|borderStyle=dashed}\nIt is green.\n{panel}", true},
		{"a coloured title", "{color:#36b37e}*Akzeptanzkriterien*{color}\n* Es ist grün.", true},
		{"numbered short titles", "AC1: it is green\nAC2: it is fast", true},
		{"a word that begins alike", "Accept: */*\nAccounting: done", false},
		{"the title in a sentence", "Acceptance tests fail on Windows.", false},
		{"the title at the end of a sentence", "We have no acceptance criteria\nyet.", false},
		{"done when", "- Done when the mail is sent.", true},
		{"done when, with nothing", "Done when:\n", false},
		{"done when, with a list", "Done when:\n* the mail is sent", true},
		{"definition of done", "Definition of Done\n- reviewed", true},
		{"given, when, then on lines", "Given a customer\n  And an order\nWhen it is paid\nThen a mail is sent", true},
		{"given, when, then on one line", "* *Given* a customer, *when* it pays, *then* a mail is sent", true},
		{"given without the others", "Given the circumstances, we wait.\nThen we go.", false},
		{"steps in another order", "Then a mail\nWhen it is paid\nGiven a customer", false},
		{"German", "Akzeptanzkriterien:\n- Es ist grün", true},
		{"German, fertig wenn", "Fertig, wenn die Mail verschickt ist.", true},
		{"German scenario", "Angenommen ein Kunde zahlt\nWenn die Bank bestätigt\nDann geht eine Mail hinaus", true},
		{"an unfinished brace", "{panel\n{", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Criteria(tt.text); got != tt.want {
				t.Errorf("Criteria(%q) = %t, want %t", tt.text, got, tt.want)
			}
		})
	}
}

func TestQuestion(t *testing.T) {
	tests := []struct {
		name, text string
		want       bool
	}{
		{"nothing", "", false},
		{"a statement", "It is green.", false},
		{"a question", "Is it green?", true},
		{"blanks after it", "Is it green? \r\n\n", true},
		{"emphasis around it", "*Is it green?*", true},
		{"quotes around it", "He asked: \"Is it green?\"", true},
		{"a person called after it", "Is it green? [~po]", true},
		{"two people called after it", "Is it green? [~po] [~accountid:5f:1]\n", true},
		{"a person called in it", "Is it green, [~po]?", true},
		{"a person called after a statement", "It is green. [~po]", false},
		{"an answer after it", "Is it green? Yes.", false},
		{"a question in another script", "これは緑ですか？", true},
		{"broken bytes after it", "Is it green?\xff", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Question(tt.text); got != tt.want {
				t.Errorf("Question(%q) = %t, want %t", tt.text, got, tt.want)
			}
		})
	}
}

var seeds = []string{
	"h3. Acceptance Criteria\n* a", "{panel:title=AC}\nx", "*Given* a\n*When* b\n*Then* c", "Done when x", "## DoD\n- [x] a", "a:b\n*:*\n__", "{color:red}*{color}",
}

// FuzzCriteria holds that how lines end does not matter, and that what is
// written below takes nothing away.
func FuzzCriteria(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "More.")
	}
	f.Fuzz(func(t *testing.T, text, more string) {
		got := Criteria(text)
		if other := Criteria(strings.ReplaceAll(text, "\n", "\r\n")); other != got {
			t.Errorf("Criteria(%q) = %t, and %t with the line ends of Windows", text, got, other)
		}
		if got && !Criteria(text+"\n"+more) {
			t.Errorf("Criteria(%q) = false, with its first part alone true", text+"\n"+more)
		}
		if !got && Criteria("\n\n"+text) {
			t.Errorf("Criteria(%q) is true below empty lines alone", text)
		}
	})
}

func FuzzQuestion(f *testing.F) {
	for _, s := range []string{"a?", "a? [~b]", "a", "[~", "[~a] [~b]?", "？"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		if Question(comment) != Question(comment+" \n") {
			t.Errorf("blanks at the end change Question(%q)", comment)
		}
		if !Question(comment + " Shall we?") {
			t.Errorf("Question(%q) = false", comment+" Shall we?")
		}
	})
}

func BenchmarkCriteria(b *testing.B) {
	text := strings.Repeat("Refunds of split payments fail when the bank is slow. Nobody knows why.\n", 30)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Criteria(text)
	}
}
