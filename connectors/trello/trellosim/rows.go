package trellosim

import (
	"cmp"
	"slices"
)

// byPos orders what stands in a row; equal positions fall back to the id.
func byPos[T any](at func(T) (float64, string)) func(a, b T) int {
	return func(a, b T) int {
		ap, aid := at(a)
		bp, bid := at(b)
		return cmp.Or(cmp.Compare(ap, bp), cmp.Compare(aid, bid))
	}
}

// listsOf gives a board's lists in order, archived ones too.
func (w *world) listsOf(board string) []*list {
	var out []*list
	for _, l := range w.lists {
		if l.IDBoard == board {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, byPos(func(l *list) (float64, string) { return l.Pos, l.ID }))
	return out
}

// cardsOf gives a list's cards in order, archived ones too.
func (w *world) cardsOf(list string) []*card {
	var out []*card
	for _, c := range w.cards {
		if c.IDList == list {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, byPos(func(c *card) (float64, string) { return c.Pos, c.ID }))
	return out
}

// boardCards gives a board's cards in list and position order.
func (w *world) boardCards(board string) []*card {
	rows := map[string]float64{}
	for _, l := range w.lists {
		rows[l.ID] = l.Pos
	}
	var out []*card
	for _, c := range w.cards {
		if c.IDBoard == board {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *card) int {
		return cmp.Or(cmp.Compare(rows[a.IDList], rows[b.IDList]), cmp.Compare(a.IDList, b.IDList),
			cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func (w *world) labelsOf(board string) []*label {
	var out []*label
	for _, l := range w.labels {
		if l.IDBoard == board {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *label) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (w *world) fieldsOf(board string) []*customField {
	var out []*customField
	for _, f := range w.fields {
		if f.IDModel == board {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, byPos(func(f *customField) (float64, string) { return f.Pos, f.ID }))
	return out
}

func (w *world) checklistsOf(card string) []*checklist {
	var out []*checklist
	for _, c := range w.checklists {
		if c.IDCard == card {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, byPos(func(c *checklist) (float64, string) { return c.Pos, c.ID }))
	return out
}
