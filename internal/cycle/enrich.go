package cycle

import (
	"stackrank/internal/evidence"
	"stackrank/internal/work"
)

// enrich puts onto the items what the policy knows beside the trackers: first
// the evidence of people's files, then own signals and classes of service, whose
// formulas see it. The items are those of the round; what the sources hold stays
// as it was pulled.
func (r *Round) enrich(items []work.Item, in Inputs) error {
	formulas, err := in.Policy.Formulas()
	if err != nil {
		return err
	}
	r.Findings = append(r.Findings, evidence.Attach(items, in.Evidence, r.At, in.Policy.Judges)...)
	r.Findings = append(r.Findings, evidence.Unread(in.Evidence, in.Policy.Reads)...)
	r.Findings = append(r.Findings, formulas.Enrich(items, r.At)...)
	return nil
}
