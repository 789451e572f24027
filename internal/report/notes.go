package report

import (
	"fmt"
	"slices"
	"strings"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// aboveBlockers tells which items stand above something that blocks them, the
// first by name; nothing where none does.
func aboveBlockers(items []Item) []Finding {
	line := map[work.Ref]Item{}
	for _, it := range items {
		line[it.Ref] = it
		for _, also := range it.Also {
			line[also] = it
		}
	}
	n, first := 0, ""
	for _, it := range items {
		i := slices.IndexFunc(it.BlockedBy, func(ref work.Ref) bool { return line[ref].Place > it.Place })
		if i < 0 {
			continue
		}
		if n++; n == 1 {
			first = fmt.Sprintf("%s stands above %s", it.Key, line[it.BlockedBy[i]].Key)
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		first += ", which goes first by the trackers' links."
	case 2:
		first += ", and one more item above another, which go first by the trackers' links."
	default:
		first += fmt.Sprintf(", and %s more items above others, which go first by the trackers' links.", thousands(float64(n-1)))
	}
	return []Finding{{
		Code: "above-blocker", Level: work.Note.String(),
		Message: first + " Links do not move items, and the certificate leaves them out.",
		Fix:     "See blocked_by in the JSON report.",
	}}
}

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
