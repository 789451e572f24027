package jirasim

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBuiltInPriorityIsNullOrAbsentWhereUnset(t *testing.T) {
	null, absent, counts := 0, 0, map[string]int{}
	for _, raw := range Builtin(noon).Issues {
		var i struct{ Fields map[string]json.RawMessage }
		if err := json.Unmarshal(raw, &i); err != nil {
			t.Fatal(err)
		}
		switch priority, known := i.Fields["priority"]; {
		case !known:
			absent++
		case string(priority) == "null":
			null++
		default:
			counts[entityOf(priority).name]++
		}
	}
	if null == 0 || absent == 0 {
		t.Errorf("%d null, %d absent: want both", null, absent)
	}
	for name, n := range counts {
		if n > counts["Medium"] {
			t.Errorf("%d at %s, %d at Medium: want most there", n, name, counts["Medium"])
		}
	}
	if len(counts) != len(builtinPriorities) {
		t.Errorf("priorities used: %v", slices.Sorted(maps.Keys(counts)))
	}
}

func TestBuiltInLinksAreKnownAtBothEndsButOne(t *testing.T) {
	issues := map[string]builtinIssue{}
	ends := map[string][]string{}
	blocks := map[string]string{}
	for _, i := range builtinIssueList(t) {
		issues[i.Key] = i
		for _, l := range i.Fields.Issuelinks {
			ends[l.ID] = append(ends[l.ID], i.Key)
			if l.Outward != nil && l.Type.Outward == "blocks" {
				blocks[i.Key] = l.Outward.Key
			}
		}
	}
	for _, i := range issues {
		for _, l := range i.Fields.Issuelinks {
			other := l.Inward
			if l.Outward != nil {
				other = l.Outward
			}
			_, known := issues[other.Key]
			if known != (len(ends[l.ID]) == 2) || !known && other.Key != "PORT-7" {
				t.Errorf("link %s of %s and %s is known to %s", l.ID, i.Key, other.Key, ends[l.ID])
			}
		}
		if p := i.Fields.Parent; p != nil && issues[p.Key].Key == "" {
			t.Errorf("%s: parent %s is nowhere", i.Key, p.Key)
		}
		for _, sub := range i.Fields.Subtasks {
			if issues[sub.Key].Fields.Parent.Key != i.Key {
				t.Errorf("%s has the sub-task %s of another issue", i.Key, sub.Key)
			}
		}
	}
	chain := []string{"FERRY-70"}
	for blocks[chain[len(chain)-1]] != "" {
		chain = append(chain, blocks[chain[len(chain)-1]])
	}
	if diff := cmp.Diff([]string{"FERRY-70", "FERRY-71", "FERRY-72", "FERRY-73"}, chain); diff != "" {
		t.Errorf("chain of blockers (-want +got):\n%s", diff)
	}
	if blocks["FERRY-83"] != "FERRY-84" || blocks["FERRY-84"] != "FERRY-83" {
		t.Errorf("FERRY-83 blocks %q, FERRY-84 blocks %q: want a cycle", blocks["FERRY-83"], blocks["FERRY-84"])
	}
}

func TestBuiltInIssuesThatCardsStandForAreOpen(t *testing.T) {
	open := map[string]bool{}
	for _, i := range builtinIssueList(t) {
		open[i.Key] = i.open()
	}
	for _, key := range mirroredKeys {
		if !open[key] {
			t.Errorf("%s is not there or not open", key)
		}
	}
}

func TestOneBuiltInIssueIsHot(t *testing.T) {
	most := map[string]builtinIssue{}
	recent := map[string]int{}
	for _, i := range builtinIssueList(t) {
		for _, c := range i.Fields.Comment.Comments {
			if noon.Sub(instant(t, c.Created)) < 30*24*time.Hour {
				recent[i.Key]++
			}
		}
		if i.Fields.Votes.Votes > most["votes"].Fields.Votes.Votes {
			most["votes"] = i
		}
		if m := most["revenue"].Fields.Revenue; i.Fields.Revenue != nil && (m == nil || *i.Fields.Revenue > *m) {
			most["revenue"] = i
		}
	}
	if most["votes"].Key != hotKey || most["revenue"].Key != hotKey || recent[hotKey] != 14 {
		t.Errorf("most votes: %s, most revenue: %s, comments this month on %s: %d, want 14",
			most["votes"].Key, most["revenue"].Key, hotKey, recent[hotKey])
	}
	if most["votes"].Fields.Votes.Votes > 40 {
		t.Errorf("%d votes, want at most 40", most["votes"].Fields.Votes.Votes)
	}
}

func TestBuiltInFieldsAreGivenAsNumbers(t *testing.T) {
	status, raw := ask(t, builtinSite(Cloud), "GET", "/rest/api/3/field", "")
	var fields []struct {
		Name   string
		Schema struct{ Type, Custom string }
	}
	if err := json.Unmarshal(raw, &fields); err != nil || status != http.StatusOK {
		t.Fatalf("status %d: %s", status, raw)
	}
	got := map[string]int{}
	for _, f := range fields {
		if f.Schema.Type == "number" && f.Schema.Custom == NumberType {
			got[f.Name]++
		}
	}
	want := map[string]int{"Story Points": 1, "ARR at risk": 1, "Priority Score": 1, "Stack Rank": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("number fields (-want +got):\n%s", diff)
	}
}

func TestBuiltInTextsNameNobodyReal(t *testing.T) {
	data, err := json.Marshal(Builtin(noon))
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range regexp.MustCompile(`[\w.+-]+@[\w.-]+`).FindAllString(string(data), -1) {
		if !strings.HasSuffix(address, "@example.com") {
			t.Errorf("address %s: want one at example.com", address)
		}
	}
}
