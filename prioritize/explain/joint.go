package explain

import "stackrank/prioritize"

// block gives the number of the block that the item at index i is done in.
func block(_ *prioritize.Ranked, i int) int { return i }

// delay and days give what an item counts in the order.
func delay(r *prioritize.Ranked) float64 { return r.Score.Delay }
func days(r *prioritize.Ranked) float64  { return r.Score.Work }

// band gives the tier that a rule puts the item into; lower ones go first.
func band(s *prioritize.Score) int { return s.Band }
