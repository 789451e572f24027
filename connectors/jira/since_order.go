package jira

import (
	"cmp"
	"slices"
	"strings"

	"stackrank/internal/work"
)

// crowd is how many people vote for an issue and watch it; -1: not told.
type crowd struct{ votes, watches int }

func (k known) crowd() crowd { return crowd{k.Votes, k.Watches} }

func (c crowd) compare(o crowd) int {
	return cmp.Or(cmp.Compare(c.votes, o.votes), cmp.Compare(c.watches, o.watches))
}

func idLess(a, b string) bool { return work.Ref{ID: a}.Compare(work.Ref{ID: b}) < 0 }

// chainless gives the fewest ids to take out so that the keys of the others never
// fall. Those without a key are passed over.
func chainless(ids []string, key func(id string) (string, bool)) []string {
	type link struct {
		id, key string
		before  int // index of the one before it in the best chain; -1: none
	}
	var links []link
	var ends []int // of the best chains by length: the index of the last, with the lowest key
	for _, id := range ids {
		k, told := key(id)
		if !told {
			continue
		}
		at, _ := slices.BinarySearchFunc(ends, k, func(end int, k string) int {
			if links[end].key <= k {
				return -1
			}
			return 1
		})
		l := link{id, k, -1}
		if at > 0 {
			l.before = ends[at-1]
		}
		links = append(links, l)
		ends = append(ends[:min(at, len(ends))], append([]int{len(links) - 1}, ends[min(at+1, len(ends)):]...)...)
	}
	in := make([]bool, len(links))
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = links[i].before {
			in[i] = true
		}
	}
	var out []string
	for i, l := range links {
		if !in[i] {
			out = append(out, l.id)
		}
	}
	return out
}

// squeezed gives ids to look at so that the keys of all others are certain. The
// ids are sorted by their true keys: between two of the same that are sure there
// can be no other. Of each row of ids that stand otherwise it gives the ends.
func squeezed[K comparable](ids []string, key func(id string) (k K, sure, told bool)) []string {
	var row []spot[K]
	for _, id := range ids {
		if k, sure, told := key(id); told {
			row = append(row, spot[K]{id: id, key: k, sure: sure})
		}
	}
	hold(row)
	loose := func(i int, like K) bool { return i >= 0 && i < len(row) && !row[i].held && row[i].key == like }
	var out []string
	for i, s := range row {
		if !s.held && (!loose(i-1, s.key) || !loose(i+1, s.key)) {
			out = append(out, s.id)
		}
	}
	return out
}

// spot is an id in a sorted listing. It is held where its key is certain.
type spot[K comparable] struct {
	id         string
	key        K
	sure, held bool
}

// hold marks the spots between two sure ones of the same key, and these.
func hold[K comparable](row []spot[K]) {
	from := 0 // behind the last sure spot
	for i := range row {
		if !row[i].sure {
			continue
		}
		row[i].held = true
		for j := from; j < i; j++ {
			row[j].held = from > 0 && row[from-1].key == row[j].key && row[i].key == row[j].key
		}
		from = i + 1
	}
}

// doubtful gives the issues whose votes and watchers are not certain.
func (r *round) doubtful(stale map[string]bool) []string {
	return squeezed(r.crowd, func(id string) (crowd, bool, bool) {
		if k, read := r.fresh[id]; read {
			return k.crowd(), true, true
		}
		k, met := r.known[id]
		told := met && !r.asked[id] && !stale[id] && k.Votes >= 0 && k.Watches >= 0
		return k.crowd(), r.sure[id], told
	})
}

// doubts gives the issues that have to be read as well after what was read.
func (r *round) doubts() map[string]bool {
	out := map[string]bool{}
	if r.s.cloud {
		for _, id := range slices.Concat(r.doubtful(nil), r.displaced()) {
			out[id] = true
		}
	}
	for _, id := range r.unlabelled() {
		out[id] = true
	}
	return out
}

// displaced gives the issues that were not read and that stand elsewhere in the
// listing than by the ranks that are known.
func (r *round) displaced() []string {
	if r.fields.rank == nil {
		return nil
	}
	written := map[string]bool{}
	for _, id := range r.last.Touched {
		written[id] = true
	}
	var listed, ranked []known
	for _, k := range r.all() {
		if !written[k.ID] && !slices.Contains(r.found, k.ID) {
			listed = append(listed, k.known)
		}
	}
	ranked = slices.Clone(listed)
	slices.SortStableFunc(ranked, func(a, b known) int {
		return cmp.Or(strings.Compare(a.Rank, b.Rank), work.Ref{ID: a.ID}.Compare(work.Ref{ID: b.ID}))
	})
	var out []string
	for i := range listed {
		for _, id := range []string{listed[i].ID, ranked[i].ID} {
			if listed[i].ID != ranked[i].ID && !r.asked[id] {
				out = append(out, id)
			}
		}
	}
	return out
}

// unlabelled gives the issues without a field of labels whose projects have come
// to have it, or have it no more: only there the lack of it means something.
func (r *round) unlabelled() []string {
	before := make([]converted, len(r.last.Issues))
	for i, k := range r.last.Issues {
		before[i].known = k
	}
	was, is := labelledProjects(before), labelledProjects(r.all())
	var out []string
	for _, k := range r.last.Issues {
		if k.Bare && !r.asked[k.ID] && was[projectOf(k.Key)] != is[projectOf(k.Key)] {
			out = append(out, k.ID)
		}
	}
	return out
}
