package evidence

import (
	"fmt"
	"maps"
	"slices"

	"stackrank/internal/work"
)

// Unread tells of the rows whose signal nothing looks at: a misspelt name would
// else be lost without a word. There is one finding for each signal, by name.
func Unread(files []File, reads func(work.Signal) bool) []work.Finding {
	lost := map[work.Signal]*misses{}
	for i := range files {
		for k := range files[i].Rows {
			r := &files[i].Rows[k]
			if lost[r.Signal] == nil {
				lost[r.Signal] = &misses{}
			}
			lost[r.Signal].add(files[i].Name, r)
		}
	}
	var out []work.Finding
	for _, signal := range slices.Sorted(maps.Keys(lost)) {
		if reads(signal) {
			continue
		}
		m := lost[signal]
		out = append(out, work.Finding{
			Code: "unread-signal", Level: work.Warning,
			Message: fmt.Sprintf("Evidence: %s of %s, which the policy does not read, the first for %s.", rowsOf(m.rows), clip(string(signal)), m.first),
			Fix:     "Correct the name, or give it a weight under policy.value.",
		})
	}
	return out
}
