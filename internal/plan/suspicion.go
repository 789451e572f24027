package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stackrank/internal/work"
)

// A source is suspected to be read amiss when it gives less than half of the
// items that it gave at the last whole pull, and so many fewer at least. A team
// closes a few cards of a short list at once, and hardly half of a long one; what
// empties a source at once is a lost permission, an index that is being rebuilt,
// or a filter that somebody changed.
const fewestMissing = 10

// emptied holds the plan where a source suddenly has far fewer items: it would
// rank a backlog of which a part cannot be seen. Another query explains another
// number, and the first-write brake holds that.
func emptied(in Input, _ Plan) (Refusal, bool) {
	if in.Past == nil || in.Past.Query != in.Query {
		return Refusal{}, false
	}
	now := map[string]int{}
	for it := range in.items() {
		now[it.Ref.Source]++
	}
	var said []string
	for _, source := range slices.Sorted(maps.Keys(in.Past.Counts)) {
		then, is := in.Past.Counts[source], now[source]
		_, here := in.Caps[source]
		if here && 2*is < then && then-is >= fewestMissing {
			said = append(said, fmt.Sprintf("source %s gives %s and gave %s at the last whole pull", source, items(is), work.Thousands(float64(then))))
		}
	}
	return Refusal{
		Code: BrakeEmptied, Final: true,
		Message: "Items are suddenly missing: " + strings.Join(said, "; ") + ". " +
			"Look in the tracker whether the account still sees them and the query still finds them; if they are really gone, write by an approved plan.",
	}, len(said) > 0
}

// farOff is the difference of clocks from which dates and cursors cannot be
// trusted: what changed since the last pull may be missed.
const farOff = 5 * time.Minute

// clockOff holds the plan where the clock of a service is far off ours.
func clockOff(in Input, _ Plan) (Refusal, bool) {
	var said []string
	for _, source := range slices.Sorted(maps.Keys(in.Skew)) {
		skew := in.Skew[source].Round(time.Second)
		switch {
		case in.Skew[source] > farOff:
			said = append(said, fmt.Sprintf("that of source %s is %s ahead", source, skew))
		case in.Skew[source] < -farOff:
			said = append(said, fmt.Sprintf("that of source %s is %s behind", source, -skew))
		}
	}
	return Refusal{
		Code: BrakeClock, Final: true,
		Message: "The clock of this machine and that of a service are far apart: " + strings.Join(said, "; ") + ". " +
			"Set the clock of this machine, or have that of the service set, and run again.",
	}, len(said) > 0
}
