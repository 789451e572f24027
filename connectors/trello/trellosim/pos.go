package trellosim

import (
	"math"
	"slices"
	"strconv"
)

// The scale of positions. Source: constants of Trello's web client, confirmed
// by board exports of 2026.
const (
	first   = 1 << 47 // where the first of an empty list goes
	step    = 1 << 14
	highest = 1 << 48
	nearest = 0.125 // the least spacing that the service keeps
)

// above gives the position in front of all others, start when there are none.
func above(row []float64, start float64) float64 {
	if len(row) == 0 {
		return start
	}
	if row[0] < 2*step {
		return row[0] / 2
	}
	return row[0] - step
}

// below gives the position behind all others, start when there are none.
func below(row []float64, start float64) float64 {
	if len(row) == 0 {
		return start
	}
	return row[len(row)-1] + step
}

// wished reads the parameter pos against the sorted positions of the others.
// Empty and 0 mean the top, as recorded.
func (p params) wished(row []float64, fallback string, start float64) (float64, error) {
	text, given := p.text("pos")
	if !given {
		text = fallback
	}
	switch text {
	case "top", "", "0":
		return above(row, start), nil
	case "bottom":
		return below(row, start), nil
	}
	pos, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(pos) || math.IsInf(pos, 0) || pos <= 0 {
		return 0, invalidValue("pos")
	}
	return pos, nil
}

// crowded says whether pos is too near to one of row, or out of range.
func crowded(row []float64, pos float64) bool {
	if pos < nearest || pos >= highest {
		return true
	}
	return slices.ContainsFunc(row, func(have float64) bool { return math.Abs(have-pos) < nearest })
}

// settle gives one of a row the wished position. When that is too near to
// another's, the whole row is numbered anew, the one in front of those that it
// meets. The others must be sorted.
func settle[T any](others []T, at func(T) *float64, self T, wish float64) {
	row := make([]float64, len(others))
	for i, o := range others {
		row[i] = *at(o)
	}
	*at(self) = wish
	if !crowded(row, wish) {
		return
	}
	i, _ := slices.BinarySearch(row, wish)
	for n, o := range slices.Insert(slices.Clone(others), i, self) {
		*at(o) = first + float64(n)*step
	}
}
