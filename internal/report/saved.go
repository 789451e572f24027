package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// ReadSaved reads the documents that the JSON format wrote, one or several, and
// gives their plans by backlog. Whether a plan still may be carried out is
// decided by plan.Rebase.
func ReadSaved(r io.Reader) (map[string]plan.Saved, error) {
	out := map[string]plan.Saved{}
	dec := json.NewDecoder(r)
	for {
		var d Document
		err := dec.Decode(&d)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("no plan that report --format json saved: %w", err)
		}
		if d.Version != Version || d.Plan.Digest == "" {
			return nil, fmt.Errorf("no report of version %d; save one with report --format json", Version)
		}
		order := make([]work.Ref, len(d.Items))
		for i, it := range d.Items {
			order[i] = it.Ref
		}
		out[d.Backlog] = plan.Saved{At: d.At, Policy: d.Policy.Digest, Plan: d.Plan, Order: order}
	}
	if len(out) == 0 {
		return nil, errors.New("empty; save a plan with report --format json")
	}
	return out, nil
}
