package trellosim

import (
	"slices"
	"strings"
)

// baseColors are the colours of labels; each has a _light and a _dark variant.
func baseColors() []string {
	return []string{"green", "yellow", "orange", "red", "purple", "blue", "sky", "lime", "pink", "black"}
}

// color reads the parameter of that name: a colour, or nil for none. Absent is
// an error where required says so.
func (p params) color(name string, required bool) (*string, error) {
	text, given := p.text(name)
	if !given && required {
		return nil, invalidValue(name)
	}
	if text == "" {
		return nil, nil
	}
	base := strings.TrimSuffix(strings.TrimSuffix(text, "_light"), "_dark")
	if !slices.Contains(baseColors(), base) {
		return nil, invalidValue(name)
	}
	return &text, nil
}

func (w *world) getLabel(q *request) (any, error) {
	l, err := w.label(q, "id")
	if err != nil {
		return nil, err
	}
	fields, _ := q.params.list("fields")
	return pick(w.showLabel(l), fields), nil
}

func (w *world) createLabel(q *request) (any, error) {
	id := q.params.or("idBoard", "")
	if id != "" && !objectID.MatchString(id) {
		return nil, invalidObjectID()
	}
	b := w.findBoard(id)
	if b == nil || q.denied(b.ID) {
		return nil, invalidValue("idBoard")
	}
	l, err := w.newLabel(q, b.ID)
	if err != nil {
		return nil, err
	}
	return over(w.showLabel(l), object{"limits": object{}}, nil), nil
}

func (w *world) createBoardLabel(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	q.params["idBoard"] = b.ID
	return w.createLabel(q)
}

func (w *world) newLabel(q *request, board string) (*label, error) {
	name, given := q.params["name"].(string)
	if !given || tooLong(name) {
		return nil, invalidValue("name")
	}
	color, err := q.params.color("color", true)
	if err != nil {
		return nil, err
	}
	if len(w.labelsOf(board)) >= maxLabels {
		return nil, forbidden("Label limit exceeded")
	}
	l := &label{ID: w.newID(), IDBoard: board, Name: name, Color: color}
	w.labels[l.ID] = l
	w.touchBoard(board)
	return l, nil
}

// createLabelOnCard makes a label and puts it on a card.
func (w *world) createLabelOnCard(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	if _, given := q.params["name"]; !given {
		q.params["name"] = ""
	}
	l, err := w.newLabel(q, c.IDBoard)
	if err != nil {
		return nil, err
	}
	next := c.copy()
	next.IDLabels = append(next.IDLabels, l.ID)
	w.commit(q, c, next)
	return w.showLabel(l), nil
}

func (w *world) updateLabel(q *request) (any, error) {
	l, err := w.label(q, "id")
	if err != nil {
		return nil, err
	}
	color := l.Color
	if _, given := q.params["color"]; given {
		if color, err = q.params.color("color", true); err != nil {
			return nil, err
		}
	}
	name := l.Name
	if given, ok := q.params["name"].(string); ok {
		name = given
	}
	if tooLong(name) {
		return nil, invalidValue("name")
	}
	l.Name, l.Color = name, color
	w.touchBoard(l.IDBoard)
	return w.showLabel(l), nil
}

func (w *world) updateLabelField(q *request) (any, error) {
	q.spread()
	return w.updateLabel(q)
}

// deleteLabel takes the label from every card.
func (w *world) deleteLabel(q *request) (any, error) {
	l, err := w.label(q, "id")
	if err != nil {
		return nil, err
	}
	delete(w.labels, l.ID)
	for _, c := range w.boardCards(l.IDBoard) {
		c.IDLabels = slices.DeleteFunc(slices.Clone(c.IDLabels), func(id string) bool { return id == l.ID })
	}
	w.touchBoard(l.IDBoard)
	return object{"limits": object{}}, nil
}
