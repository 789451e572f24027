package evidence

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

func TestRowsThatNothingReadsAreTold(t *testing.T) {
	files := []File{
		{Name: "a.csv", Rows: []Row{
			{Line: 2, Key: "PAY-1", Signal: "vots"}, {Line: 3, Key: "PAY-2", Signal: work.Votes}, {Line: 4, Key: "PAY-3", Signal: "vots"},
		}},
		{Name: "b.csv", Rows: []Row{{Line: 2, Key: "PAY-4", Signal: "arr"}, {Line: 3, Key: "PAY-5", Signal: "vots"}}},
	}
	var got []string
	for _, f := range Unread(files, func(s work.Signal) bool { return s == work.Votes }) {
		got = append(got, f.Message)
	}
	want := []string{
		"Evidence: 1 row of arr, which the policy does not read, the first for PAY-4 in line 2 of b.csv.",
		"Evidence: 3 rows of vots, which the policy does not read, the first for PAY-1 in line 2 of a.csv.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Unread() (-want +got):\n%s", diff)
	}
}
