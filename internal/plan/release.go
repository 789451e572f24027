package plan

import (
	"slices"

	"stackrank/internal/work"
)

// Release gives the input as it would be without the pin of the group at an
// index of the ranking. The input itself stays as it is.
func (in Input) Release(i int) Input {
	ranked := slices.Clone(in.Ranking.Ranked)
	items := slices.Clone(ranked[i].Group.Items)
	for k := range items {
		items[k].Labels = slices.DeleteFunc(slices.Clone(items[k].Labels), func(l string) bool {
			return l == in.Rules.LabelPrefix+pinName
		})
	}
	ranked[i].Group = work.Group{Items: items, Above: ranked[i].Group.Above}
	in.Ranking.Ranked = ranked
	return in
}
