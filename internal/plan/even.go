package plan

import (
	"cmp"
	"slices"

	"stackrank/prioritize"
)

// evenness knows which groups of a ranking nothing tells apart.
//
// The ranking has those that are level in the order of the tracker, apart from
// what goes first. Where an item is held that others wait for, its place in the
// tracker is not its place in the ranking, and the order of the others would
// change with every move of theirs. So they are compared with each other alone.
type evenness struct {
	links *steadiness
	level []int  // by index of the ranking: equal for those of one density
	apart []bool // by level: all are blocks of their own, and may change places for nothing
}

func newEvenness(in Input) evenness {
	level, apart := levels(in.Ranking.Ranked)
	return evenness{links: linksOnly(in), level: level, apart: apart}
}

// levels numbers the densities of a ranking: level gives that of each group, and
// apart says which belong to blocks of one group alone.
func levels(ranked []prioritize.Ranked) (level []int, apart []bool) {
	level = make([]int, len(ranked))
	for i := range ranked {
		r := &ranked[i]
		if i == 0 || r.Band != ranked[i-1].Band || r.Density != ranked[i-1].Density {
			apart = append(apart, true)
		} else if r.Block == ranked[i-1].Block {
			apart[len(apart)-1] = false
		}
		level[i] = len(apart) - 1
	}
	return level, apart
}

// order gives the free members of a lane as they should stand: as the ranking has
// them, and where it has them level as they are found.
func (e evenness) order(found, _ []*member) []*member {
	out := slices.Clone(found)
	slices.SortStableFunc(out, func(x, y *member) int {
		if c := cmp.Compare(e.level[x.group], e.level[y.group]); c != 0 || e.apart[e.level[x.group]] {
			return c
		}
		return cmp.Compare(x.group, y.group)
	})
	return e.links.feasible(out)
}
