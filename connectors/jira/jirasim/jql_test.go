package jirasim

import (
	"testing"
	"time"
)

func TestJQLFindsWhatJiraWould(t *testing.T) {
	tests := []struct{ jql, want string }{
		{"project = PAY ORDER BY key", "PAY-1 PAY-2 PAY-3 PAY-4"},
		{"project = pay and statusCategory != Done order by key desc", "PAY-4 PAY-2 PAY-1"},
		{"project in (PAY, OPS) AND NOT status = Open ORDER BY id", "PAY-2 PAY-3"},
		{`project = "Project OPS"`, "OPS-1"},
		{"project = 100 AND type = Sub-task", "PAY-4"},
		{"statusCategory = 'In Progress' OR statusCategory = new AND project = OPS ORDER BY id", "PAY-2 OPS-1"},
		{"(statusCategory = indeterminate OR statusCategory = new) AND project = OPS", "OPS-1"},
		{"resolution = Unresolved AND project = PAY ORDER BY id", "PAY-1 PAY-2 PAY-4"},
		{"resolution is not EMPTY", "PAY-3"},
		{"priority is EMPTY ORDER BY id", "PAY-2 OPS-1 PAY-4"},
		{"priority != High ORDER BY id", "PAY-3"},
		{"priority > Medium ORDER BY priority DESC", "PAY-3 PAY-1"},
		{"priority in (High, EMPTY) and project = PAY order by id", "PAY-1 PAY-2 PAY-4"},
		{"labels = ui", "PAY-2"},
		{"labels not in (ui) and project = PAY", ""},
		{"labels is empty and project = OPS", "OPS-1"},
		{"assignee = ann", "PAY-2"},
		{"parent = PAY-1", "PAY-4"},
		{"key in (PAY-3, ops-1) ORDER BY key", "OPS-1 PAY-3"},
		{"id > 1003 ORDER BY id ASC", "OPS-1 PAY-4"},
		{"key >= PAY-3 order by key", "PAY-3 PAY-4"},
		{`summary ~ refund order by id`, "PAY-1 PAY-4"},
		{`summary ~ "refund fails"`, "PAY-1"},
		{`text ~ second`, "PAY-1"},
		{`"Priority Score" >= 3`, "PAY-1"},
		{"cf[10050] is EMPTY AND project = OPS", "OPS-1"},
		{"due <= 2026-06-02", "OPS-1"},
		{`due < "2026/06/11" ORDER BY due`, "OPS-1 PAY-1"},
		{"due >= now()", "OPS-1 PAY-1"},
		{`due <= 9d ORDER BY due DESC`, "PAY-1 OPS-1"},
		{`created >= "2026-05-01 17:00" AND project = OPS`, "OPS-1"},
		{`created > "2026-05-01 17:00"`, ""},
		{"updated >= -13d AND project = OPS", "OPS-1"},
		{"updated >= -60m", ""},
		{"project = PAY ORDER BY Rank DESC", "PAY-4 PAY-3 PAY-2 PAY-1"},
		{`project = PAY ORDER BY "Old rank"`, "PAY-4 PAY-3 PAY-2 PAY-1"},
		{"project = PAY", "PAY-4 PAY-3 PAY-2 PAY-1"},
		{"assignee = currentUser()", ""},
		{"sprint in openSprints()", ""},
		{"nothing", ""},
	}
	s := smallSite(t, Cloud, nil)
	for _, tt := range tests {
		t.Run(tt.jql, func(t *testing.T) {
			if got := found(t, s, tt.jql); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBadJQLIsRefusedInJirasWords(t *testing.T) {
	tests := []struct{ jql, want string }{
		{"project = NOPE", "The value 'NOPE' does not exist for the field 'project'."},
		{"foo = 1", "Field 'foo' does not exist or you do not have permission to view it."},
		{"project ~ PAY", "The operator '~' is not supported by the 'project' field."},
		{"summary = x", "The operator '=' is not supported by the 'summary' field."},
		{"updated > nope()", "Unable to find JQL function 'nope()'."},
		{"updated > soon", "Date value 'soon' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."},
		{"project", "Error in the JQL Query: Expecting operator before the end of the query. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'in', 'not in', 'is' and 'is not'."},
		{"project =", "Error in the JQL Query: Expecting either a value, list or function before the end of the query."},
		{"project = PAY status = Open", "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 15)"},
		{`project = "PAY`, "Error in the JQL Query: The quoted string 'PAY' has not been completed. (line 1, character 11)"},
		{"project = PAY ORDER BY nope", "Field 'nope' does not exist or you do not have permission to view it."},
		{"project = PAY ORDER BY labels", "Not able to sort using field 'labels'."},
		{"key = PAY-99", "An issue with key 'PAY-99' does not exist for field 'key'."},
		{"reporter = a@b.c", `Error in the JQL Query: The character '@' is a reserved JQL character. You must enclose it in a string or use the escape '\u0040' instead. (line 1, character 13)`},
	}
	s := smallSite(t, DataCenter, nil)
	for _, tt := range tests {
		t.Run(tt.jql, func(t *testing.T) {
			if got := found(t, s, tt.jql); got != tt.want {
				t.Errorf("refusal %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCloudRefusesUnboundedQueries(t *testing.T) {
	const want = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
	for _, jql := range []string{"", "ORDER BY created"} {
		if got := found(t, smallSite(t, Cloud, nil), jql); got != want {
			t.Errorf("%q: %q, want %q", jql, got, want)
		}
	}
	if got := found(t, smallSite(t, DataCenter, nil), "ORDER BY id"); got != "PAY-1 PAY-2 PAY-3 OPS-1 PAY-4" {
		t.Errorf("Data Center: %q", got)
	}
}

func TestDatesAreReadInTheUsersZone(t *testing.T) {
	tests := []struct{ zone, want string }{
		{"Europe/Berlin", ""},         // 17:00 there is 10:00 at the site
		{"Pacific/Auckland", "PAY-1"}, // 17:00 there was long before
	}
	for _, tt := range tests {
		t.Run(tt.zone, func(t *testing.T) {
			seed := small(Cloud)
			seed.User.Zone = tt.zone
			s := New(seed, func() time.Time { return noon })
			if got := found(t, s, `created > "2026-05-01 17:00" AND key = PAY-1`); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzJQLNeverPanicsAndAnswersOnce(f *testing.F) {
	for _, jql := range []string{
		"project = PAY AND (status in (Open, 'Doing') OR NOT labels is EMPTY) ORDER BY cf[10019] ASC, key DESC",
		`updated >= "-90m" && due < endOfDay("1d")`, "((((", "a = \"\\u00e9", "! x", "cf[1", "order by", "x in (a,,b)", "due = 99999999999999999999",
	} {
		f.Add(jql)
	}
	s := New(small(Cloud), func() time.Time { return noon })
	f.Fuzz(func(t *testing.T, jql string) {
		q, faults := s.compile(jql)
		if len(faults) > 0 {
			return
		}
		for _, i := range s.present() {
			if first, again := q.match(i), q.match(i); first != again {
				t.Errorf("%q: an issue matches or not by turns", jql)
			}
			if q.sort(i, i) != 0 {
				t.Errorf("%q: an issue sorts before itself", jql)
			}
		}
	})
}
