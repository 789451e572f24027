package work

import "slices"

// same finds the groups that repeat one another, directly or through others: a
// report that repeats a second which repeats a third repeats them both. Who
// holds the link is of no account, and how many there are neither.
func (j *joiner) same(groups []Group) {
	at := map[Ref]int{}
	for i := range groups {
		for k := range groups[i].Items {
			at[groups[i].Items[k].Ref] = i
		}
	}
	sets := &joiner{parent: make([]int, len(groups))}
	for i := range groups {
		sets.parent[i] = i
	}
	linked := map[int]bool{}
	for i := range groups {
		for _, other := range j.repeats(groups[i]) {
			if to := at[j.items[other].Ref]; to != i {
				sets.union(i, to)
				linked[i], linked[to] = true, true
			}
		}
	}
	members := map[int][]Group{}
	for i := range groups {
		if linked[i] {
			r := sets.root(i)
			members[r] = append(members[r], Group{Items: groups[i].Items})
		}
	}
	for _, m := range members {
		slices.SortFunc(m, func(a, b Group) int { return a.Ref().Compare(b.Ref()) })
	}
	for i := range groups {
		groups[i].Same = members[sets.root(i)]
	}
}

// repeats gives the indexes of the items that a member of the group repeats.
func (j *joiner) repeats(g Group) []int {
	var out []int
	for k := range g.Items {
		for _, l := range g.Items[k].Links {
			if l.Kind != Duplicates {
				continue
			}
			if to, ok := j.find(l); ok {
				out = append(out, to)
			}
		}
	}
	return out
}
