package trellosim

import "slices"

// What a request names, found or refused: a thing that does not exist is a
// 404, a thing on a board that the member is not on a 401.

func (w *world) findBoard(id string) *board {
	for _, b := range w.boards {
		if b.ID == id || b.ShortLink == id {
			return b
		}
	}
	return nil
}

// visible refuses what lies on a board that the member is not on.
func (q *request) visible(board, text string) error {
	if q.denied(board) {
		return unauthorized(text)
	}
	return nil
}

const (
	noBoard  = "unauthorized permission requested"
	noCard   = "unauthorized card permission requested"
	noMember = "unauthorized member permission requested"
)

// board gives the board that a path parameter names.
func (w *world) board(q *request, param string) (*board, error) {
	b := w.findBoard(q.id(param))
	if b == nil {
		return nil, notFound()
	}
	return b, q.visible(b.ID, noBoard)
}

// card gives the card that a path parameter names, by id or short link.
func (w *world) card(q *request, param string) (*card, error) {
	c := w.findCard(q.id(param))
	if c == nil {
		return nil, notFound()
	}
	return c, q.visible(c.IDBoard, noCard)
}

func (w *world) findCard(id string) *card {
	if c := w.cards[id]; c != nil {
		return c
	}
	return w.cards[w.links[id]]
}

func (w *world) list(q *request, param string) (*list, error) {
	l := w.lists[q.id(param)]
	if l == nil {
		return nil, notFound()
	}
	return l, q.visible(l.IDBoard, noBoard)
}

func (w *world) label(q *request, param string) (*label, error) {
	l := w.labels[q.id(param)]
	if l == nil {
		return nil, notFound()
	}
	return l, q.visible(l.IDBoard, noBoard)
}

// field gives the custom field that a path parameter names. Where the plan has
// none, there is none.
func (w *world) field(q *request, param string) (*customField, error) {
	f := w.fields[q.id(param)]
	if f == nil || q.mode(f.IDModel) == FieldsNotInPlan {
		return nil, notFound()
	}
	return f, q.visible(f.IDModel, noBoard)
}

func (w *world) checklist(q *request, param string) (*checklist, error) {
	c := w.checklists[q.id(param)]
	if c == nil {
		return nil, notFound()
	}
	return c, q.visible(c.IDBoard, noCard)
}

func (w *world) member(q *request, param string) (*member, error) {
	id := q.id(param)
	if id == "me" {
		return w.members[w.me], nil
	}
	if m := w.members[id]; m != nil {
		return m, nil
	}
	for _, m := range w.members {
		if m.Username == id {
			return m, nil
		}
	}
	return nil, notFound()
}

func (w *world) action(q *request, param string) (*action, error) {
	i := slices.IndexFunc(w.actions, func(a *action) bool { return a.ID == q.id(param) })
	if i < 0 {
		return nil, notFound()
	}
	return w.actions[i], q.visible(nestedID(w.actions[i].Data, "board"), noBoard)
}

func (w *world) webhook(q *request, param string) (*webhook, error) {
	i := slices.IndexFunc(w.webhooks, func(h *webhook) bool { return h.ID == q.id(param) })
	if i < 0 {
		return nil, notFound()
	}
	return w.webhooks[i], nil
}

// nestedID gives the id of an object under name, empty when there is none.
func nestedID(o object, name string) string {
	sub, ok := o[name].(object)
	if !ok {
		return ""
	}
	id, ok := sub["id"].(string)
	if !ok {
		return ""
	}
	return id
}
