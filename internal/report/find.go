package report

import (
	"cmp"
	"slices"
	"strings"

	"stackrank/internal/cycle"
	"stackrank/internal/work"
)

// Find gives the index in the ranking of the piece of work that a person names:
// by a ref (platform:10042), a key (PAY-42, in any case) or an address. Any of
// its mirrors names it.
func Find(r cycle.Round, name string) (int, bool) {
	url := work.CanonicalURL(name)
	for _, same := range []func(work.Item) bool{
		func(it work.Item) bool { return it.Ref.String() == name },
		func(it work.Item) bool { return it.Key == name },
		func(it work.Item) bool { return strings.EqualFold(it.Key, name) },
		func(it work.Item) bool { return url != "" && work.CanonicalURL(it.URL) == url },
	} {
		for i := range r.Ranking.Ranked {
			if slices.ContainsFunc(r.Ranking.Ranked[i].Group.Items, same) {
				return i, true
			}
		}
	}
	return 0, false
}

// Nearest gives the keys of the backlog that look most like a name, at most
// three, the likest first; nothing where none does.
func Nearest(r cycle.Round, name string) []string {
	const most, far = 3, 2
	type near struct {
		key  string
		away int
	}
	var found []near
	wish := strings.ToUpper(name)
	for i := range r.Ranking.Ranked {
		for _, it := range r.Ranking.Ranked[i].Group.Items {
			if d := distance(wish, strings.ToUpper(it.Key)); it.Key != "" && d <= far {
				found = append(found, near{Clean(it.Key), d})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.away, b.away), cmp.Compare(a.key, b.key))
	})
	var keys []string
	for _, f := range found {
		if !slices.Contains(keys, f.key) && len(keys) < most {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// distance counts the letters to put in, take out or replace (Levenshtein 1966).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			next := diagonal
			if x[i] != y[j] {
				next++
			}
			diagonal, row[j+1] = row[j+1], min(next, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
