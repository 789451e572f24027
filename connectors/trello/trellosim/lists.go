package trellosim

import (
	"slices"
	"strconv"
)

func (w *world) createList(q *request) (any, error) {
	id := q.params.or("idBoard", "")
	if id != "" && !objectID.MatchString(id) {
		return nil, invalidObjectID()
	}
	b := w.findBoard(id)
	if b == nil || q.denied(b.ID) {
		return nil, invalidValue("idBoard")
	}
	name := q.params.or("name", "")
	if name == "" || tooLong(name) {
		return nil, invalidValue("name")
	}
	others := w.listsOf(b.ID)
	pos, err := q.params.wished(listRow(others), "top", first)
	if err != nil {
		return nil, err
	}
	l := &list{ID: w.newID(), Name: name, IDBoard: b.ID}
	w.lists[l.ID] = l
	settle(others, func(o *list) *float64 { return &o.Pos }, l, pos)
	w.touchBoard(b.ID)
	w.record("createList", object{"list": w.listRef(l.ID), "board": w.boardRef(b.ID)})
	return over(l.showBrief(), object{"limits": object{}}, nil), nil
}

func (w *world) createBoardList(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	q.params["idBoard"] = b.ID
	return w.createList(q)
}

func listRow(lists []*list) []float64 {
	out := make([]float64, len(lists))
	for i, l := range lists {
		out[i] = l.Pos
	}
	return out
}

func (w *world) updateList(q *request) (any, error) {
	l, err := w.list(q, "id")
	if err != nil {
		return nil, err
	}
	before := *l
	next := *l
	next.Name = q.params.or("name", l.Name)
	if tooLong(next.Name) {
		return nil, invalidValue("name")
	}
	if closed, given, err := q.params.boolean("closed"); err != nil {
		return nil, err
	} else if given {
		next.Closed = closed
	}
	if id := q.params.or("idBoard", ""); id != "" {
		if w.findBoard(id) == nil || q.denied(id) {
			return nil, invalidValue("idBoard")
		}
		next.IDBoard = id
	}
	others := slices.DeleteFunc(w.listsOf(next.IDBoard), func(o *list) bool { return o.ID == l.ID })
	next.Pos, err = q.params.wished(listRow(others), strconv.FormatFloat(l.Pos, 'f', -1, 64), first)
	if err != nil {
		return nil, err
	}
	*l = next
	if _, given := q.params["pos"]; given || l.IDBoard != before.IDBoard {
		settle(others, func(o *list) *float64 { return &o.Pos }, l, next.Pos)
	}
	w.followList(l, before)
	w.recordList(before, l)
	return l.showBrief(), nil
}

// followList takes a list's cards along to another board.
func (w *world) followList(l *list, before list) {
	if l.IDBoard == before.IDBoard {
		return
	}
	for _, c := range w.cardsOf(l.ID) {
		c.IDBoard, c.IDLabels, c.Items = l.IDBoard, nil, nil
	}
}

func (w *world) recordList(before list, after *list) {
	w.touchBoard(after.IDBoard)
	for _, changed := range []struct {
		key      string
		old, now any
	}{
		{"name", before.Name, after.Name}, {"closed", before.Closed, after.Closed}, {"pos", before.Pos, after.Pos},
	} {
		if changed.old == changed.now {
			continue
		}
		shown := w.listRef(after.ID)
		shown[changed.key] = changed.now
		w.record("updateList", object{
			"list": shown, "old": object{changed.key: changed.old}, "board": w.boardRef(after.IDBoard),
		})
	}
}

func (w *world) updateListField(q *request) (any, error) {
	q.spread()
	return w.updateList(q)
}

func (w *world) archiveAllCards(q *request) (any, error) {
	l, err := w.list(q, "id")
	if err != nil {
		return nil, err
	}
	for _, c := range w.cardsOf(l.ID) {
		if !c.Closed {
			next := c.copy()
			next.Closed = true
			w.commit(q, c, next)
		}
	}
	return object{}, nil
}

func (w *world) moveAllCards(q *request) (any, error) {
	l, err := w.list(q, "id")
	if err != nil {
		return nil, err
	}
	target := w.lists[q.params.or("idList", "")]
	if target == nil {
		return nil, invalidValue("idList")
	}
	if target.IDBoard != q.params.or("idBoard", "") {
		return nil, invalidValue("idBoard")
	}
	out := []object{}
	for _, c := range w.cardsOf(l.ID) {
		next := c.copy()
		next.IDBoard = target.IDBoard
		w.placeIn(&next, target.ID)
		w.commit(q, c, next)
		out = append(out, object{"id": c.ID, "idBoard": c.IDBoard, "idList": c.IDList, "pos": c.Pos})
	}
	return out, nil
}

func (w *world) getListBoard(q *request) (any, error) {
	l, err := w.list(q, "id")
	if err != nil {
		return nil, err
	}
	return w.nestedBoard(q, l.IDBoard)
}

// nestedBoard answers the board of something else.
func (w *world) nestedBoard(q *request, id string) (any, error) {
	b := w.findBoard(id)
	if b == nil {
		return nil, notFound()
	}
	fields, _ := q.params.list("fields")
	return pick(w.showBoard(q, b), fields), nil
}
