package prioritize

import (
	"cmp"
	"time"

	"stackrank/internal/work"
)

// defaultTotalHalf is the ratio that gets a total of 50: 75 points of value
// without urgency at three days of work. Assumed; it moves no place.
const defaultTotalHalf = 25.0

// cd3u is cost of delay divided by duration, with explicit urgency: V·U/E, in
// points of value per week of delay and day of work. Ordering by it costs least
// when every item costs its value for each week that it waits.
type cd3u struct {
	appraisal
	half float64
}

func newCD3U(s Settings) cd3u {
	return cd3u{newAppraisal(s), cmp.Or(s.Anchors[nameTotal].Half, defaultTotalHalf)}
}

func (m cd3u) score(g work.Group, now time.Time) Score {
	s, d := m.of(g, now)
	s.Delay, s.Work = s.Value*s.Urgency, s.Effort
	return m.finish(s, d.log(s.Value)+d.effort)
}

func (m cd3u) total(ratio float64, _ int) float64 { return hyperbolic(ratio, m.half) }
