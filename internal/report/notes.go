package report

import (
	"fmt"
	"slices"
	"strings"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// passedOver tells which items stand within the places of the first tier without
// what the policy requires for it, and so get a later label or none.
func passedOver(r cycle.Round) []Finding {
	if len(r.Rules.Tiers) == 0 || !labelled(r.Rules) {
		return nil
	}
	tier := r.Rules.Tiers[0]
	var keys, lacks []string
	for _, p := range r.Placed {
		unmet := p.Ranked.Score.Unmet
		if p.Place > tier.UpTo() || len(unmet) == 0 || p.Held != "" {
			continue
		}
		keys = append(keys, p.Ranked.Group.Items[0].Key)
		lacks = append(lacks, unmet...)
	}
	if len(keys) == 0 {
		return nil
	}
	slices.Sort(lacks)
	lacking := listed(slices.Compact(lacks))
	who := "1 item lacks"
	if len(keys) > 1 {
		who = plural(len(keys), "item") + " lack"
	}
	return []Finding{{
		Code: "passed-over", Level: work.Warning.String(),
		Message: fmt.Sprintf("%s %s, which policy.require asks for, so %s%s passes over what stands within its places.",
			who, lacking, r.Rules.LabelPrefix, tier.Name()),
		Fix: fmt.Sprintf("Fill it in, beginning with %s, or change policy.require.", strings.Join(keys[:min(3, len(keys))], ", ")),
	}}
}

// labelled reports whether some source gets labels.
func labelled(r plan.Rules) bool {
	for _, to := range r.To {
		if to.Labels {
			return true
		}
	}
	return false
}
