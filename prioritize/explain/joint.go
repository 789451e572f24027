package explain

import "stackrank/prioritize"

// block gives the number of the block that the item is done in.
func block(r *prioritize.Ranked, _ int) int { return r.Block }

// delay and days give what an item counts in the order.
func delay(r *prioritize.Ranked) float64 { return r.Delay }
func days(r *prioritize.Ranked) float64  { return r.Work }

// band gives the tier that a rule puts the item into; lower ones go first.
func band(s *prioritize.Score) int { return s.Band }
