package jirasim

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
)

// Rank values are LexoRanks: "0|i0003r:vi" is bucket 0, the number i0003r in
// base 36, and further digits. Within a bucket they order by their bytes.
const (
	rankDigits = 6
	rankStep   = 8           // between neighbours where there is room, as Jira leaves it
	rankMiddle = "0|hzzzzz:" // where a site's first values begin
	rankLimit  = 254         // length that Jira refuses to exceed; here everything is spread anew. Source: "Managing LexoRank"
)

// rankField is one field that orders all issues.
type rankField struct {
	id     string
	number int64
	place  int     // in Site.ranks
	order  []int64 // ids of issues, first to last
	bucket [3]int  // which bucket comes first, second and third: 0, 1, 2 unless a rebalance is under way
}

// compare orders two values as JQL's ORDER BY does.
func (f *rankField) compare(a, b string) int {
	if a == "" || b == "" {
		return strings.Compare(b, a)
	}
	if a[0] != b[0] {
		return f.bucket[(a[0]-'0')%3] - f.bucket[(b[0]-'0')%3]
	}
	return strings.Compare(a, b)
}

func (f *rankField) remove(id int64) {
	f.order = slices.DeleteFunc(f.order, func(o int64) bool { return o == id })
}

// newRanks puts all issues into every rank field. Values that the issues have
// keep their order; issues without one follow, as the seed lists them, or in
// reverse for a second field so that the two differ.
func (s *Site) newRanks(issues []*issue) {
	for _, f := range s.sortedFields() {
		if f.schema.Custom == RankType {
			s.ranks = append(s.ranks, &rankField{id: f.id, number: f.schema.CustomID, bucket: [3]int{0, 1, 2}})
		}
	}
	slices.SortStableFunc(s.ranks, func(a, b *rankField) int { return valued(issues, b.id) - valued(issues, a.id) })
	for n, f := range s.ranks {
		f.place = n
		f.fill(issues, n > 0)
	}
}

func valued(issues []*issue, id string) int {
	n := 0
	for _, i := range issues {
		if rankValue.MatchString(textOf(i.fields[id])) {
			n++
		}
	}
	return n
}

func (f *rankField) fill(issues []*issue, reverse bool) {
	var ranked, rest []*issue
	for _, i := range issues {
		if rankValue.MatchString(textOf(i.fields[f.id])) {
			ranked = append(ranked, i)
		} else {
			rest = append(rest, i)
		}
	}
	slices.SortStableFunc(ranked, func(a, b *issue) int {
		return strings.Compare(textOf(a.fields[f.id]), textOf(b.fields[f.id]))
	})
	if reverse {
		slices.Reverse(rest)
	}
	last := ""
	for at, i := range ranked {
		value := textOf(i.fields[f.id])
		if at > 0 && value <= last {
			value = between(last, nextAbove(ranked[at:], f.id, last), 1)[0]
			i.fields[f.id] = quote(value)
		}
		last = value
		f.order = append(f.order, i.id)
	}
	for n, value := range between(first(last, rankMiddle), "", len(rest)) {
		rest[n].fields[f.id] = quote(value)
		f.order = append(f.order, rest[n].id)
	}
}

// nextAbove gives the first value above one, or "" if there is none.
func nextAbove(sorted []*issue, id, value string) string {
	for _, i := range sorted {
		if v := textOf(i.fields[id]); v > value {
			return v
		}
	}
	return ""
}

// between gives n values between two, in order. An empty end is open; values
// of two buckets have nothing between them, so the lower one's bucket is
// filled to its end.
func between(low, high string, n int) []string {
	bucket := "0"
	switch {
	case low != "":
		bucket = low[:1]
	case high != "":
		bucket = high[:1]
	}
	if low != "" && high != "" && low[0] != high[0] {
		high = ""
	}
	a, b := digitsOf(low), digitsOf(high)
	width := max(rankDigits, len(a), len(b))
	for {
		from, to := asNumber(a, width), asNumber(b, width)
		if high == "" {
			to = new(big.Int).Exp(big.NewInt(36), big.NewInt(int64(width)), nil)
		}
		gap := new(big.Int).Sub(to, from)
		if gap.Cmp(big.NewInt(int64(n))) > 0 {
			return spread(bucket, spacing{from, to, width, low == "" && high != "", high == ""}, n)
		}
		width++
	}
}

// spacing is the room that new values have.
type spacing struct {
	from, to             *big.Int
	width                int
	openBelow, openAbove bool
}

// spread puts n values into the room: evenly, or close to the known end where
// the other one is open.
func spread(bucket string, room spacing, n int) []string {
	step := new(big.Int).Sub(room.to, room.from)
	step.Div(step, big.NewInt(int64(n+1)))
	usual := new(big.Int).Exp(big.NewInt(36), big.NewInt(int64(room.width-rankDigits)), nil)
	usual.Mul(usual, big.NewInt(rankStep))
	start := new(big.Int).Set(room.from)
	if (room.openBelow || room.openAbove) && usual.Cmp(step) < 0 {
		step = usual
		if room.openBelow {
			start.Sub(room.to, new(big.Int).Mul(step, big.NewInt(int64(n+1))))
		}
	}
	out := make([]string, n)
	for i := range out {
		start.Add(start, step)
		out[i] = rankOf(bucket, start, room.width)
	}
	return out
}

func digitsOf(value string) string {
	if value == "" {
		return ""
	}
	return strings.Replace(value[2:], ":", "", 1)
}

// asNumber reads digits as a number of the given width.
func asNumber(digits string, width int) *big.Int {
	n, ok := new(big.Int).SetString(digits+strings.Repeat("0", width-len(digits)), 36)
	if !ok {
		return new(big.Int)
	}
	return n
}

func rankOf(bucket string, n *big.Int, width int) string {
	digits := n.Text(36)
	digits = strings.Repeat("0", width-len(digits)) + digits
	return bucket + "|" + digits[:rankDigits] + ":" + strings.TrimRight(digits[rankDigits:], "0")
}

// rankJSON gives a rank as a field's value.
func rankJSON(value string) json.RawMessage { return json.RawMessage(`"` + value + `"`) }
