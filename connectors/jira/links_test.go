package jira

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

func TestRelation(t *testing.T) {
	tests := []struct {
		name, phrase, back string
		want               work.LinkKind
	}{
		{"outward of Blocks", "blocks", "is blocked by", work.Blocks},
		{"inward of Blocks", "is blocked by", "blocks", work.BlockedBy},
		{"outward of Depends points the other way", "depends on", "is dependent of", work.BlockedBy},
		{"a phrase that is not known goes by its way back", "is dependent of", "depends on", work.Blocks},
		{"outward of Dependency", "depends on", "required by", work.BlockedBy},
		{"inward of Dependency", "required by", "depends on", work.Blocks},
		{"outward of Dependent", "is depended by", "depends on", work.Blocks},
		{"outward of dependent", "depends upon", "is depended upon by", work.BlockedBy},
		{"outward of Required", "requires", "is required by", work.BlockedBy},
		{"Gantt: finish-start", "has to be done before", "has to be done after", work.Blocks},
		{"Gantt: start-finish is no order of work", "is triggering", "is triggered by", ""},
		{"the same both ways", "relates to", "relates to", ""},
		{"the same both ways, although a known phrase", "blocks", "Blocks", ""},
		{"together", "has to be finished together with", "has to be finished together with", ""},
		{"not related", "do not relates to", "has nothing to", ""},
		{"two phrases that contradict each other", "depends on", "is blocked by", ""},
		{"clones", "clones", "is cloned by", ""},
		{"a duplicate repeats the other", "duplicates", "is duplicated by", work.Duplicates},
		{"the original repeats nothing", "is duplicated by", "duplicates", ""},
		{"a rare phrase", "has a derivative of", "is a derivative of", ""},
		{"case and blanks do not count", " Is  Blocked\tBy", "BLOCKS", work.BlockedBy},
		{"German, outward", "blockiert", "wird blockiert von", work.Blocks},
		{"German, inward", "Wird blockiert durch", "Blockiert", work.BlockedBy},
		{"French", "est bloqué par", "bloque", work.BlockedBy},
		{"Spanish", "bloquea", "está bloqueado por", work.Blocks},
		{"no phrases", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := relation(tt.phrase, tt.back)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("relation(%q, %q) = %q, %v, want %q", tt.phrase, tt.back, got, ok, tt.want)
			}
			there, back := got, work.LinkKind("")
			back, _ = relation(tt.back, tt.phrase)
			if opposite[there] != "" && back != opposite[there] {
				t.Errorf("from the other end the link is %q, want %q", back, opposite[there])
			}
		})
	}
}

func TestLinks(t *testing.T) {
	entry := func(side, id, key, category string) string {
		return fmt.Sprintf(`{"type":{"name":"Blocks","inward":"is blocked by","outward":"blocks"},"%s":{"id":"%s","key":"%s","fields":{"status":{"statusCategory":{"key":"%s"}}}}}`, side, id, key, category)
	}
	iss := parse(t, `{"issuelinks":[`+
		entry("outwardIssue", "20", "PAY-20", "new")+`,`+
		entry("inwardIssue", "9", "PAY-9", "done")+`,`+
		entry("outwardIssue", "20", "PAY-20", "new")+`,`+
		entry("outwardIssue", "10042", "PAY-42", "new")+`,`+
		entry("inwardIssue", "30", "PAY-30", "")+`,`+
		entry("outwardIssue", "", "OLD-1", "indeterminate")+`,{"type":{"inward":"is blocked by","outward":"blocks"}}]}`)
	ref := func(id string) work.Ref { return work.Ref{Source: "s", ID: id} }
	want := []work.Link{
		{Kind: work.BlockedBy, To: ref("9"), Key: "PAY-9", Open: false, Phrase: "is blocked by"},
		{Kind: work.BlockedBy, To: ref("30"), Key: "PAY-30", Open: true, Phrase: "is blocked by"},
		{Kind: work.Blocks, Key: "OLD-1", URL: "https://acme.example/browse/OLD-1", Open: true, Phrase: "blocks"},
		{Kind: work.Blocks, To: ref("20"), Key: "PAY-20", Open: true, Phrase: "blocks"},
	}
	if diff := cmp.Diff(want, testView(t).item(iss).Links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

func TestClosedDuplicatesCountAsEvidence(t *testing.T) {
	entry := func(side, key, category string) string {
		return fmt.Sprintf(`{"type":{"name":"Duplicate","inward":"is duplicated by","outward":"duplicates"},"%s":{"id":"%s","key":"PAY-%s","fields":{"status":{"statusCategory":{"key":"%s"}}}}}`, side, key, key, category)
	}
	tests := []struct {
		name    string
		entries []string
		want    float64
		known   bool
	}{
		{"two closed ones, one of them told twice", []string{entry("inwardIssue", "7", "done"), entry("inwardIssue", "8", "done"), entry("inwardIssue", "8", "done")}, 2, true},
		{"an open one has a line of its own", []string{entry("inwardIssue", "7", "new")}, 0, false},
		{"the other way round says nothing", []string{entry("outwardIssue", "7", "done")}, 0, false},
		{"nothing", nil, 0, false},
	}
	for _, tt := range tests {
		it := testView(t).item(parse(t, `{"issuelinks":[`+strings.Join(tt.entries, ",")+`]}`))
		if got, ok := it.Signals[work.Repeats]; got != tt.want || ok != tt.known {
			t.Errorf("%s: %v, %t, want %v, %t", tt.name, got, ok, tt.want, tt.known)
		}
	}
}
