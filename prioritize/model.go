package prioritize

import (
	"maps"
	"slices"
	"strings"
	"time"

	"stackrank/internal/work"
)

// model is one formula: it makes the score of a group from nothing but the
// group, the time and the policy that it was built from.
type model interface {
	score(g work.Group, now time.Time) Score
	// total puts a ratio on the fixed scale of the model, 0…100. It rises with
	// the ratio and never turns two round.
	total(ratio float64) float64
}

// models builds each model from settings that Validate accepts.
var models = map[string]func(Settings) model{
	"cd3u": func(s Settings) model { return newCD3U(s) },
}

// modelNames lists the models for messages: "cd3u".
func modelNames() string {
	return strings.Join(slices.Sorted(maps.Keys(models)), ", ")
}
