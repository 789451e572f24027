package trellosim

import (
	"slices"
)

func (w *world) getChecklist(q *request) (any, error) {
	l, err := w.checklist(q, "id")
	if err != nil {
		return nil, err
	}
	fields, _ := q.params.list("fields")
	return pick(l.show(), fields), nil
}

func (w *world) getCardChecklists(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	return w.showChecklists(c, q.params), nil
}

func (w *world) createChecklist(q *request) (any, error) {
	id := q.params.or("idCard", "")
	if id != "" && !objectID.MatchString(id) {
		return nil, invalidObjectID()
	}
	c := w.cards[id]
	if c == nil || q.denied(c.IDBoard) {
		return nil, invalidValue("idCard")
	}
	l, err := w.newChecklist(q, c)
	if err != nil {
		return nil, err
	}
	return over(l.show(), object{"limits": object{}}, nil), nil
}

func (w *world) createCardChecklist(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	l, err := w.newChecklist(q, c)
	if err != nil {
		return nil, err
	}
	return l.show(), nil
}

// newChecklist makes a checklist at the end of a card's, or a copy of another.
func (w *world) newChecklist(q *request, c *card) (*checklist, error) {
	var row []float64
	for _, have := range w.checklistsOf(c.ID) {
		row = append(row, have.Pos)
	}
	pos, err := q.params.wished(row, "bottom", step)
	if err != nil {
		return nil, err
	}
	name, given := q.params.text("name")
	if tooLong(name) {
		return nil, invalidValue("name")
	}
	l := &checklist{ID: w.newID(), Name: name, IDCard: c.ID, IDBoard: c.IDBoard, Pos: pos}
	if id := q.params.or("idChecklistSource", ""); id != "" {
		source := w.checklists[id]
		if source == nil {
			return nil, invalidValue("idChecklistSource")
		}
		if !given {
			l.Name = source.Name
		}
		l.Items = w.copyItems(source)
	}
	if l.Name == "" {
		l.Name = "Checklist"
	}
	w.checklists[l.ID] = l
	w.touchCard(q, c)
	data := w.context(c)
	data["checklist"] = object{"id": l.ID, "name": l.Name}
	w.record("addChecklistToCard", data)
	return l, nil
}

func (w *world) copyItems(source *checklist) []checkItem {
	var out []checkItem
	for _, i := range source.Items {
		i.ID = w.newID()
		out = append(out, i)
	}
	return out
}

// copyChecklists gives a card that is made from another its checklists.
func (w *world) copyChecklists(src, c *card) {
	for _, have := range w.checklistsOf(src.ID) {
		l := *have
		l.ID, l.IDCard, l.IDBoard, l.Items = w.newID(), c.ID, c.IDBoard, w.copyItems(have)
		w.checklists[l.ID] = &l
	}
}

// touchCard bumps a card's last activity for a change of what hangs on it.
func (w *world) touchCard(q *request, c *card) {
	if c != nil {
		w.commit(q, c, c.copy())
	}
}

func (w *world) updateChecklist(q *request) (any, error) {
	l, err := w.checklist(q, "id")
	if err != nil {
		return nil, err
	}
	var row []float64
	for _, have := range w.checklistsOf(l.IDCard) {
		if have.ID != l.ID {
			row = append(row, have.Pos)
		}
	}
	if _, given := q.params["pos"]; given {
		if l.Pos, err = q.params.wished(row, "bottom", step); err != nil {
			return nil, err
		}
	}
	l.Name = q.params.or("name", l.Name)
	w.touchCard(q, w.cards[l.IDCard])
	return l.show(), nil
}

func (w *world) deleteChecklist(q *request) (any, error) {
	l, err := w.checklist(q, "id")
	if err != nil {
		return nil, err
	}
	return w.removeChecklist(q, l)
}

func (w *world) deleteCardChecklist(q *request) (any, error) {
	l, err := w.checklist(q, "idChecklist")
	if err != nil {
		return nil, err
	}
	return w.removeChecklist(q, l)
}

func (w *world) removeChecklist(q *request, l *checklist) (any, error) {
	delete(w.checklists, l.ID)
	if c := w.cards[l.IDCard]; c != nil {
		w.touchCard(q, c)
		data := w.context(c)
		data["checklist"] = object{"id": l.ID, "name": l.Name}
		w.record("removeChecklistFromCard", data)
	}
	return object{"limits": object{}}, nil
}

func (w *world) getCheckItems(q *request) (any, error) {
	l, err := w.checklist(q, "id")
	if err != nil {
		return nil, err
	}
	return l.show()["checkItems"], nil
}

func (w *world) createCheckItem(q *request) (any, error) {
	l, err := w.checklist(q, "id")
	if err != nil {
		return nil, err
	}
	name := q.params.or("name", "")
	if name == "" || tooLong(name) {
		return nil, invalidValue("name")
	}
	pos, err := q.params.wished(itemRow(l, ""), "bottom", step)
	if err != nil {
		return nil, err
	}
	i := checkItem{ID: w.newID(), Name: name, State: "incomplete", Pos: pos}
	if q.params.flag("checked") {
		i.State = "complete"
	}
	if err := i.takeDue(q.params); err != nil {
		return nil, err
	}
	l.Items = append(slices.Clone(l.Items), i)
	sortItems(l)
	w.touchCard(q, w.cards[l.IDCard])
	shown := i.show(l.ID)
	shown["nameData"], shown["limits"] = object{"emoji": object{}}, object{}
	return shown, nil
}

func itemRow(l *checklist, but string) []float64 {
	var row []float64
	for _, i := range l.Items {
		if i.ID != but {
			row = append(row, i.Pos)
		}
	}
	return row
}

func sortItems(l *checklist) {
	slices.SortFunc(l.Items, byPos(func(i checkItem) (float64, string) { return i.Pos, i.ID }))
}

func (i *checkItem) takeDue(p params) error {
	text, given := p.text("due")
	if !given {
		return nil
	}
	i.Due = nil
	if text == "" {
		return nil
	}
	t, ok := parseDate(text)
	if !ok {
		return invalidValue("due")
	}
	date := stamp(t)
	i.Due = &date
	return nil
}

// checkItem finds the item that a path names, on the card if the path names
// one.
func (w *world) checkItem(q *request) (*checklist, int, error) {
	lists := []*checklist{}
	if q.id("idChecklist") == "" && q.id("idCard") == "" && w.checklists[q.id("id")] != nil {
		l, err := w.checklist(q, "id")
		if err != nil {
			return nil, 0, err
		}
		lists = append(lists, l)
	} else {
		param := "id"
		if q.id("idCard") != "" {
			param = "idCard"
		}
		c, err := w.card(q, param)
		if err != nil {
			return nil, 0, err
		}
		lists = w.checklistsOf(c.ID)
	}
	for _, l := range lists {
		if at := slices.IndexFunc(l.Items, func(i checkItem) bool { return i.ID == q.id("idCheckItem") }); at >= 0 {
			return l, at, nil
		}
	}
	return nil, 0, notFound()
}

func (w *world) getCheckItem(q *request) (any, error) {
	l, at, err := w.checkItem(q)
	if err != nil {
		return nil, err
	}
	return l.Items[at].show(l.ID), nil
}

func (w *world) updateCheckItem(q *request) (any, error) {
	l, at, err := w.checkItem(q)
	if err != nil {
		return nil, err
	}
	i := l.Items[at]
	i.Name = q.params.or("name", i.Name)
	i.State = q.params.or("state", i.State)
	if i.State != "complete" && i.State != "incomplete" {
		return nil, invalidValue("state")
	}
	if _, given := q.params["pos"]; given {
		if i.Pos, err = q.params.wished(itemRow(l, i.ID), "bottom", step); err != nil {
			return nil, err
		}
	}
	if err := i.takeDue(q.params); err != nil {
		return nil, err
	}
	changed := i.State != l.Items[at].State
	l.Items = slices.Clone(l.Items)
	l.Items[at] = i
	sortItems(l)
	c := w.cards[l.IDCard]
	w.touchCard(q, c)
	if changed && c != nil {
		data := w.context(c)
		data["checklist"] = object{"id": l.ID, "name": l.Name}
		data["checkItem"] = object{"id": i.ID, "name": i.Name, "state": i.State}
		w.record("updateCheckItemStateOnCard", data)
	}
	return i.show(l.ID), nil
}

func (w *world) deleteCheckItem(q *request) (any, error) {
	l, at, err := w.checkItem(q)
	if err != nil {
		return nil, err
	}
	l.Items = slices.Delete(slices.Clone(l.Items), at, at+1)
	w.touchCard(q, w.cards[l.IDCard])
	return object{"limits": object{}}, nil
}

func (w *world) getChecklistCards(q *request) (any, error) {
	l, err := w.checklist(q, "id")
	if err != nil {
		return nil, err
	}
	c := w.cards[l.IDCard]
	if c == nil {
		return []object{}, nil
	}
	return []object{w.cardView(q, c)}, nil
}

func (w *world) getChecklistBoard(q *request) (any, error) {
	l, err := w.checklist(q, "id")
	if err != nil {
		return nil, err
	}
	return w.nestedBoard(q, l.IDBoard)
}
