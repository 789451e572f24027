package trello

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// spotsAt gives spots of ours at the positions, called a, b, c …; a name in
// capitals is a card of others.
func spotsAt(named map[string]float64) []spot {
	var out []spot
	for id, pos := range named {
		out = append(out, spot{id: id, pos: pos, ours: id >= "a"})
	}
	sortSpots(out)
	return out
}

// movedTo gives the spots with the moves made, in their new order.
func movedTo(spots []spot, moves []move) []spot {
	out := slices.Clone(spots)
	for _, m := range moves {
		i := slices.IndexFunc(out, func(s spot) bool { return s.id == m.id })
		out[i].pos = m.pos
	}
	sortSpots(out)
	return out
}

// ours gives the ids of our spots in order.
func ours(spots []spot) []string {
	var out []string
	for _, s := range spots {
		if s.ours {
			out = append(out, s.id)
		}
	}
	return out
}

func TestPositions(t *testing.T) {
	tests := []struct {
		name  string
		spots map[string]float64
		run   run
		want  []move
	}{
		{"an item that stands right is not written", map[string]float64{"a": 1 * step, "b": 2 * step}, run{items: []string{"b"}, after: "a"}, nil},
		{"a foreign card between does not make it wrong", map[string]float64{"a": 1 * step, "S": 2 * step, "b": 3 * step}, run{items: []string{"b"}, after: "a"}, nil},
		{"below the last one step", map[string]float64{"a": middle, "b": middle + step}, run{items: []string{"a"}, after: "b"}, []move{{"a", middle + 2*step}}},
		{"above the first one step", map[string]float64{"a": middle, "b": middle + step}, run{items: []string{"b"}, before: "a"}, []move{{"b", middle - step}}},
		{"above the first half where there is less than a step", map[string]float64{"a": 16384, "b": 65536}, run{items: []string{"b"}, before: "a"}, []move{{"b", 8192}}},
		{"into a wide gap one step from the side of the middle", map[string]float64{"a": middle, "b": middle + 10*step, "c": middle + 11*step}, run{items: []string{"c"}, after: "a"}, []move{{"c", middle + step}}},
		{"on the old scale that side is below", map[string]float64{"a": 65536, "b": 3 * 65536, "c": 4 * 65536}, run{items: []string{"c"}, after: "a"}, []move{{"c", 3*65536 - step}}},
		{"into a narrow gap the midpoint", map[string]float64{"a": middle, "b": middle + step, "c": middle + 2*step}, run{items: []string{"c"}, after: "a"}, []move{{"c", middle + step/2}}},
		{"the item goes right behind its anchor, before the separator", map[string]float64{"a": middle, "S": middle + step, "b": middle + 2*step, "c": middle + 3*step}, run{items: []string{"c"}, after: "a"}, []move{{"c", middle + step/2}}},
		{"at the top it goes right before the first of ours, behind the separator", map[string]float64{"S": middle, "a": middle + step, "b": middle + 2*step}, run{items: []string{"b"}, before: "a"}, []move{{"b", middle + step/2}}},
		{"without any anchor it goes to the top of ours", map[string]float64{"a": middle, "b": middle + step}, run{items: []string{"b"}}, []move{{"b", middle - step}}},
		{"a longest increasing run stays", map[string]float64{"a": step, "b": 2 * step, "c": 3 * step, "d": 4 * step}, run{items: []string{"b", "d", "c"}, after: "a"}, []move{{"d", 2*step + step/2}}},
		{"all items of a list with none of ours besides keep their places where they can", map[string]float64{"a": step, "b": 2 * step, "S": 3 * step}, run{items: []string{"b", "a"}}, []move{{"b", step / 2}}},
		{"without room one neighbour of ours makes way", map[string]float64{"a": 100, "b": 101, "c": 50000, "d": 60000}, run{items: []string{"d"}, after: "a"}, []move{{"d", 50000 - 2*step}, {"b", 50000 - step}}},
		{"without room a separator does not make way", map[string]float64{"a": 100, "S": 101, "b": 102, "c": 60000}, run{items: []string{"c"}, after: "a"}, []move{{"a", 33}, {"c", 67}}},
		{"between separators the closest that the service keeps must do", map[string]float64{"R": 99, "a": 100, "S": 101, "b": 102, "c": 103}, run{items: []string{"c"}, after: "a"}, []move{{"c", 100.5}}},
		{"cards without positions are all placed", map[string]float64{"a": 0, "b": 0, "c": 0}, run{items: []string{"c", "b"}, after: "a"}, []move{{"c", middle}, {"b", middle + step}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spots := spotsAt(tt.spots)
			got, err := arrange(spots, tt.run)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(move{})); diff != "" {
				t.Errorf("arrange() (-want +got):\n%s\nafter: %v", diff, movedTo(spots, got))
			}
		})
	}
}

func TestNoRoomBetweenSeparatorsIsSaid(t *testing.T) {
	spots := spotsAt(map[string]float64{"R": 99.9, "a": 100, "S": 100.1, "b": 102, "c": 103})
	if moves, err := arrange(spots, run{items: []string{"c"}, after: "a"}); !errors.Is(err, errNoRoom) {
		t.Errorf("arrange() = %v, %v, want %v", moves, err, errNoRoom)
	}
}

// drawList draws a list whose cards stand at least the given distance apart,
// with some foreign ones among them.
func drawList(t *rapid.T, gaps []float64, foreign bool) []spot {
	n := rapid.IntRange(2, 10).Draw(t, "cards")
	pos := rapid.SampledFrom([]float64{gaps[0], 16384, 65536, middle, middle - 100*step}).Draw(t, "start")
	var out []spot
	for i := range n {
		s := spot{id: fmt.Sprintf("card%02d", i), pos: pos, ours: true}
		if foreign && rapid.IntRange(0, 3).Draw(t, "foreign") == 0 {
			s.ours = false
		}
		out = append(out, s)
		pos += rapid.SampledFrom(gaps).Draw(t, "gap")
	}
	return out
}

// drawRun draws some of our cards in a random order and an anchor among the others.
func drawRun(t *rapid.T, spots []spot) (run, bool) {
	shuffled := rapid.Permutation(ours(spots)).Draw(t, "order")
	if len(shuffled) == 0 {
		return run{}, false
	}
	n := rapid.IntRange(1, len(shuffled)).Draw(t, "items")
	r := run{items: shuffled[:n]}
	if rest := shuffled[n:]; len(rest) > 0 {
		switch rapid.IntRange(0, 2).Draw(t, "anchor") {
		case 0:
			r.after = rest[0]
		case 1:
			r.before = spots[slices.IndexFunc(spots, func(s spot) bool { return slices.Contains(rest, s.id) })].id // the first that stays
		}
	}
	return r, true
}

// wanted gives our cards in the order that the run asks for.
func wanted(spots []spot, r run) []string {
	rest := slices.DeleteFunc(ours(spots), func(id string) bool { return slices.Contains(r.items, id) })
	at := 0
	switch {
	case r.after != "":
		at = slices.Index(rest, r.after) + 1
	case r.before != "":
		at = slices.Index(rest, r.before)
	}
	return slices.Insert(rest, at, r.items...)
}

// fewest gives how many items must move when no neighbour needs to: those that
// are in no longest common subsequence with the wanted order, the rest being fixed.
func fewest(spots []spot, r run) int {
	want := map[string]int{}
	for i, id := range wanted(spots, r) {
		want[id] = i
	}
	have := ours(spots)
	best := 0
	for mask := range 1 << len(r.items) { // every choice of items that stay
		var row []int
		stay := 0
		for _, id := range have {
			i := slices.Index(r.items, id)
			if i < 0 {
				row = append(row, want[id])
			} else if mask&(1<<i) != 0 {
				row = append(row, want[id])
				stay++
			}
		}
		if slices.IsSorted(row) {
			best = max(best, stay)
		}
	}
	return len(r.items) - best
}

func TestOrderLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spots := drawList(t, []float64{1, 1.5, 2, 7, 128, step, 65536}, true)
		r, ok := drawRun(t, spots)
		if !ok {
			return
		}
		moves, err := arrange(spots, r)
		if errors.Is(err, errNoRoom) {
			t.Skip("enclosed by cards of others")
		}
		moves = inTurn(t, spots, moves)
		after := movedTo(spots, moves)
		if diff := cmp.Diff(wanted(spots, r), ours(after)); diff != "" {
			t.Fatalf("order (-want +got):\n%s\nmoves %v\nof %v", diff, moves, spots)
		}
		again, err := arrange(after, r)
		if err != nil || len(again) != 0 {
			t.Fatalf("a second run writes %v, %v; want nothing", again, err)
		}
		for _, m := range moves {
			if !after[slices.IndexFunc(after, func(s spot) bool { return s.id == m.id })].ours {
				t.Fatalf("a card of others got a position: %v", m)
			}
		}
		for i := 1; i < len(after); i++ {
			if gap := after[i].pos - after[i-1].pos; gap < closest {
				t.Fatalf("%v and %v stand %g apart, want at least %g", after[i-1], after[i], gap, closest)
			}
		}
		if after[0].pos <= 0 || after[len(after)-1].pos >= highest {
			t.Fatalf("positions leave the scale: %v", after)
		}
	})
}

// inTurn gives the moves as they are sent, and fails where one of them takes a
// position that another card holds at that time.
func inTurn(t *rapid.T, spots []spot, moves []move) []move {
	sent := sequence(spots, moves)
	if len(sent) != len(moves) {
		t.Fatalf("%d of %d moves are sent", len(sent), len(moves))
	}
	now := slices.Clone(spots)
	for _, m := range sent {
		for i := range now {
			if now[i].id == m.id {
				now[i].pos = m.pos
			} else if math.Abs(now[i].pos-m.pos) < closest {
				t.Fatalf("%v takes the position of %v; sent %v of %v", m, now[i], sent, spots)
			}
		}
	}
	return sent
}

func TestCardsThatChangePlacesDoNotMeet(t *testing.T) {
	tests := []struct {
		name  string
		spots map[string]float64
		moves []move
		want  []move
	}{
		{"a position that becomes free is taken afterwards", map[string]float64{"a": 10, "b": 20}, []move{{"a", 20}, {"b", 30}}, []move{{"b", 30}, {"a", 20}}},
		{"in a circle one goes beside", map[string]float64{"a": 10, "b": 20}, []move{{"a", 20}, {"b", 10}}, []move{{"a", 21}, {"b", 10}}},
		{"on the side where there is room", map[string]float64{"a": 10, "b": 20, "c": 21}, []move{{"a", 20}, {"b", 10}}, []move{{"a", 19}, {"b", 10}}},
		{"nearer where there is little", map[string]float64{"z": 19.5, "a": 10, "b": 20, "c": 20.5}, []move{{"a", 20}, {"b", 10}}, []move{{"a", 20.25}, {"b", 10}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, sequence(spotsAt(tt.spots), tt.moves), cmp.AllowUnexported(move{})); diff != "" {
				t.Errorf("sequence() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSpacingIsKeptWhereAllCardsAreOurs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spots := drawList(t, []float64{0.125, 0.5, 1, 3, step}, false)
		r, ok := drawRun(t, spots)
		if !ok {
			return
		}
		moves, err := arrange(spots, r)
		if err != nil {
			t.Fatal(err)
		}
		after, least := movedTo(spots, moves), apart
		if r.before != "" { // room was found by plan
			least = closest
		}
		for i := 1; i < len(after); i++ {
			touched := slices.ContainsFunc(moves, func(m move) bool { return m.id == after[i].id || m.id == after[i-1].id })
			if gap := after[i].pos - after[i-1].pos; touched && gap < least {
				t.Fatalf("%v and %v stand %g apart, want at least %g; moves %v of %v", after[i-1], after[i], gap, least, moves, spots)
			}
		}
	})
}

func TestMovesAreFewestWhereThereIsRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spots := drawList(t, []float64{step, 65536}, true)
		r, ok := drawRun(t, spots)
		if !ok {
			return
		}
		moves, err := arrange(spots, r)
		if err != nil {
			t.Fatal(err)
		}
		if want := fewest(spots, r); len(moves) != want {
			t.Fatalf("%d moves %v, want %d; run %v of %v", len(moves), moves, want, r, spots)
		}
	})
}

func TestManyMovesIntoOneGapNeverTouch(t *testing.T) {
	spots := spotsAt(map[string]float64{"a": middle, "b": middle + step})
	for i := range 40 {
		id := fmt.Sprintf("n%02d", i)
		spots = append(spots, spot{id: id, pos: middle + step*float64(i+2), ours: true})
		moves, err := arrange(spots, run{items: []string{id}, after: "a"})
		if err != nil {
			t.Fatal(err)
		}
		spots = movedTo(spots, moves)
		if spots[1].id != id {
			t.Fatalf("%s stands not behind a: %v", id, spots)
		}
		for k := 1; k < len(spots); k++ {
			if gap := spots[k].pos - spots[k-1].pos; gap < apart || math.IsNaN(gap) {
				t.Fatalf("after %d moves two cards stand %g apart", i+1, gap)
			}
		}
	}
}
