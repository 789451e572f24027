package jira

import (
	"strings"
	"testing"

	"stackrank/internal/work"
)

// doc writes a document of version 3 with the parts.
func doc(parts ...string) string {
	return `{"type":"doc","version":1,"content":[` + strings.Join(parts, ",") + `]}`
}

func para(text string) string {
	return `{"type":"paragraph","content":[{"type":"text","text":"` + text + `"}]}`
}

func listItem(text string) string { return `{"type":"listItem","content":[` + para(text) + `]}` }

func TestWhatAnIssueTellsOfItsEnd(t *testing.T) {
	const unknown = -1
	title := `{"type":"heading","attrs":{"level":3},"content":[{"type":"text","text":"Acceptance criteria"}]}`
	strong := `{"type":"paragraph","content":[{"type":"text","text":"Acceptance criteria:","marks":[{"type":"strong"}]}]}`
	tests := []struct {
		name, fields string
		want         float64
		odd          bool
	}{
		{"nothing was given", `{}`, unknown, false},
		{"there is no description", `{"description":null}`, 0, false},
		{"wiki markup without criteria", `{"description":"Refunds come late."}`, 0, false},
		{"wiki markup with criteria", `{"description":"h3. Acceptance criteria\n* It arrives."}`, 1, false},
		{"a document without criteria", `{"description":` + doc(para("Refunds come late.")) + `}`, 0, false},
		{"a document with a heading and a list", `{"description":` + doc(title, `{"type":"bulletList","content":[`+listItem("It arrives.")+`]}`) + `}`, 1, false},
		{"a document with a bold line", `{"description":` + doc(strong, para("It arrives.")) + `}`, 1, false},
		{"a document whose heading has nothing below", `{"description":` + doc(title) + `}`, 0, false},
		{"a document with a part to fold", `{"description":` + doc(`{"type":"expand","attrs":{"title":"Acceptance criteria"},"content":[`+para("It arrives.")+`]}`) + `}`, 1, false},
		{"a document with a scenario in one paragraph", `{"description":` + doc(`{"type":"paragraph","content":[{"type":"text","text":"Given a refund"},{"type":"hardBreak"},{"type":"text","text":"When it fails"},{"type":"hardBreak"},{"type":"text","text":"Then a mail goes out"}]}`) + `}`, 1, false},
		{"a field of its own", `{"description":null,"customfield_10045":"It arrives."}`, 1, false},
		{"a field of its own that is empty", `{"description":"Late.","customfield_10045":" "}`, 0, false},
		{"a description that is none", `{"description":7}`, unknown, true},
		{"a document with parts that are none", `{"description":` + doc(`{"type":"text","text":7}`) + `}`, unknown, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, iss := testView(t), parse(t, tt.fields)
			mustTell(t, v.item(iss), work.AttrCriteria, tt.want)
			if odd := v.notes.odd[description] != nil; odd != tt.odd {
				t.Errorf("noted as odd: %t, want %t", odd, tt.odd)
			}
		})
	}
}

func TestWhetherTheLastCommentAsks(t *testing.T) {
	const unknown = -1
	comment := func(day, body string) string {
		return `{"created":"2026-02-` + day + `T10:00:00.000+0000","body":` + body + `}`
	}
	tests := []struct {
		name, fields string
		want         float64
	}{
		{"no comment", `{"comment":{"total":0,"comments":[]}}`, unknown},
		{"a comment without its text", `{"comment":{"total":1,"comments":[{"created":"2026-02-01T10:00:00.000+0000"}]}}`, unknown},
		{"a question", `{"comment":{"total":1,"comments":[` + comment("01", `"Which bank?"`) + `]}}`, 1},
		{"a question in a document", `{"comment":{"total":1,"comments":[` + comment("01", doc(para("Which bank?"))) + `]}}`, 1},
		{"a question that was answered", `{"comment":{"total":2,"comments":[` + comment("01", `"Which bank?"`) + "," + comment("02", `"All."`) + `]}}`, 0},
		{"the newest is not the last of the list", `{"comment":{"total":2,"comments":[` + comment("03", `"Which bank?"`) + "," + comment("02", `"Some."`) + `]}}`, 1},
		{"comments that the answer does not hold", `{"comment":{"total":3,"comments":[` + comment("01", `"Which bank?"`) + `]}}`, unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mustTell(t, testView(t).item(parse(t, tt.fields)), work.AttrQuestion, tt.want)
		})
	}
}

// mustTell holds an attribute against what it should be; below zero: not there.
func mustTell(t *testing.T, it work.Item, attr string, want float64) {
	t.Helper()
	got := -1.0
	if a, ok := it.Attrs[attr]; ok && a.Numeric {
		got = a.Number
	}
	if got != want {
		t.Errorf("%s is %v, want %v", attr, got, want)
	}
}

func TestAFieldThatIsMappedIsNoTextForCriteria(t *testing.T) {
	c, s := testConnector(t), testSite(t)
	if w, err := c.resolve(t.Context(), s, nil); err != nil || len(w.criteria) != 1 {
		t.Fatalf("resolve() = %+v, %v", w, err)
	}
	c.wiring.Signals["tests"] = "Acceptance Criteria"
	if w, err := c.resolve(t.Context(), s, nil); err != nil || len(w.criteria) != 0 {
		t.Errorf("resolve() = %+v, %v, want the field left to the signal", w, err)
	}
}
