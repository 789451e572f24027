package plan

import (
	"maps"
	"slices"

	"stackrank/internal/work"
)

// Release gives the input as it would be without the pin of the group at an
// index of the ranking, by label or by hand. The input itself stays as it is.
func (in Input) Release(i int) Input {
	ranked := slices.Clone(in.Ranking.Ranked)
	items := slices.Clone(ranked[i].Group.Items)
	in.released = maps.Clone(in.released)
	if in.released == nil {
		in.released = map[work.Ref]bool{}
	}
	for k := range items {
		in.released[items[k].Ref] = true
		items[k].Labels = slices.DeleteFunc(slices.Clone(items[k].Labels), func(l string) bool {
			return l == in.Rules.LabelPrefix+pinName
		})
	}
	ranked[i].Group = work.Group{Items: items, Above: ranked[i].Group.Above}
	in.Ranking.Ranked = ranked
	return in
}
