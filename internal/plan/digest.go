package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"stackrank/internal/work"
)

// The parts of a plan with their keys sorted, as the digest has them. What JSON
// prints of them is what it prints of the parts themselves, in another order.
type (
	sortedPlan struct {
		Changes []sortedChange `json:"changes"`
		Counts  sortedCounts   `json:"counts"`
		Left    []sortedLeave  `json:"left,omitempty"`
		Runs    []sortedRun    `json:"runs"`
		Skipped []Skip         `json:"skipped"`
	}
	sortedChange struct {
		Edits []sortedEdit `json:"edits"`
		Key   string       `json:"key"`
		Ref   work.Ref     `json:"ref"`
		Title string       `json:"title"`
		Why   string       `json:"why,omitempty"`
	}
	sortedEdit struct {
		New  any       `json:"new"`
		Old  any       `json:"old"`
		Op   work.Op   `json:"op"`
		Slot work.Slot `json:"slot"`
	}
	sortedLeave struct {
		Edits []sortedEdit `json:"edits"`
		Key   string       `json:"key"`
		Ref   work.Ref     `json:"ref"`
	}
	sortedRun struct {
		After  work.Ref   `json:"after"`
		Before work.Ref   `json:"before"`
		Items  []work.Ref `json:"items"`
		Lane   string     `json:"lane"`
		Was    []work.Ref `json:"was"`
		Way    []work.Ref `json:"way,omitempty"`
	}
	sortedCounts struct {
		Add     int `json:"add"`
		Calls   int `json:"calls"`
		Moved   int `json:"moved"`
		Remove  int `json:"remove"`
		Set     int `json:"set"`
		Skipped int `json:"skipped"`
	}
)

func (p Plan) digest() string {
	c := p.Counts
	sum := sha256.Sum256(printed(sortedPlan{
		Changes: mapped(p.Changes, func(c work.Change) sortedChange {
			return sortedChange{sortedEdits(c.Edits), c.Key, c.Ref, c.Title, c.Why}
		}),
		Counts:  sortedCounts{c.Add, c.Calls, c.Moved, c.Remove, c.Set, c.Skipped},
		Left:    mapped(p.Left, func(l Leave) sortedLeave { return sortedLeave{sortedEdits(l.Edits), l.Key, l.Ref} }),
		Runs:    mapped(p.Runs, func(r work.Run) sortedRun { return sortedRun{r.After, r.Before, r.Items, r.Lane, r.Was, r.Way} }),
		Skipped: p.Skipped,
	}))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func sortedEdits(edits []work.Edit) []sortedEdit {
	return mapped(edits, func(e work.Edit) sortedEdit { return sortedEdit{bare(e.New), bare(e.Old), e.Op, e.Slot} })
}

// bare gives what JSON prints a value as, apart from the escapes that a value
// prints for web pages.
func bare(v work.Value) any {
	switch _, number := v.Float(); {
	case number:
		return json.Number(v.String())
	case v.IsZero():
		return nil
	}
	return v.String()
}

// mapped gives what f makes of each; nil of nil, which JSON prints in another way
// than an empty list.
func mapped[T, U any](list []T, f func(T) U) []U {
	if list == nil {
		return nil
	}
	out := make([]U, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}
