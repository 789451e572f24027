package cycle

import (
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Groups gives the pieces of work of the round, in the order by score.
func (r Round) Groups() []work.Group {
	out := make([]work.Group, len(r.Ranking.Ranked))
	for i := range r.Ranking.Ranked {
		out[i] = r.Ranking.Ranked[i].Group
	}
	return out
}

// Reranked orders what the round has read for the same moment by other anchors.
// A policy that differs in what items hold, its own signals for one, needs a
// round of its own.
func (r Round) Reranked(s prioritize.Settings) (prioritize.Ranking, error) {
	engine, err := prioritize.New(s)
	if err != nil {
		return prioritize.Ranking{}, err
	}
	return engine.Rank(r.Groups(), r.Moment()), nil
}
