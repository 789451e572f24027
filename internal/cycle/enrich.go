package cycle

import (
	"slices"
	"time"

	"stackrank/internal/evidence"
	"stackrank/internal/work"
)

// enrich puts onto the items what the policy knows beside the trackers: first
// the evidence of people's files, then own signals and classes of service, whose
// formulas see it. The items are those of the round; what the sources hold stays
// as it was pulled. It gives what is to be known of that.
func enrich(items []work.Item, in Inputs, at time.Time) ([]work.Finding, error) {
	formulas, err := in.Policy.Formulas()
	if err != nil {
		return nil, err
	}
	return slices.Concat(
		evidence.Attach(items, in.Evidence, at, in.Policy.Judges),
		evidence.Unread(in.Evidence, in.Policy.Reads),
		formulas.Enrich(items, at),
	), nil
}
