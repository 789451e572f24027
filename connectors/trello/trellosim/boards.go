package trellosim

import (
	"strings"
)

// createBoard makes a board with the three lists and six labels that a new one
// has, unless told otherwise.
func (w *world) createBoard(q *request) (any, error) {
	name := q.params.or("name", "")
	if name == "" || tooLong(name) {
		return nil, invalidValue("name")
	}
	if source := q.params.or("idBoardSource", ""); source != "" && w.findBoard(source) == nil {
		return nil, invalidValue("idBoardSource")
	}
	b := &board{
		ID: w.newID(), Name: name, Desc: q.params.or("desc", ""), IDOrganization: q.params.or("idOrganization", ""),
		Active: w.now().UTC(),
	}
	b.ShortLink = linkOf(b.ID)
	b.takePrefs(q.params, "prefs_")
	w.boards = append(w.boards, b)
	w.join(b, w.me)
	if q.params.or("defaultLists", "true") == "true" {
		for i, name := range []string{"To Do", "Doing", "Done"} {
			l := &list{ID: w.newID(), Name: name, IDBoard: b.ID, Pos: first + float64(i)*step}
			w.lists[l.ID] = l
		}
	}
	if q.params.or("defaultLabels", "true") == "true" {
		for _, color := range []string{"green", "yellow", "orange", "red", "purple", "blue"} {
			l := &label{ID: w.newID(), IDBoard: b.ID, Color: &color}
			w.labels[l.ID] = l
		}
	}
	w.record("createBoard", object{"board": w.boardRef(b.ID)})
	out := pick(w.showBoard(q, b), boardDefaults())
	out["limits"] = object{}
	return out, nil
}

// takePrefs reads the preferences given with a prefix: "prefs_voting".
func (b *board) takePrefs(p params, prefix string) {
	set := object{}
	for key := range p {
		name, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		text, _ := p.text(key)
		switch text {
		case "true", "false":
			set[name] = text == "true"
		case "":
		default:
			set[name] = text
		}
	}
	b.Prefs = over(object{}, b.Prefs, set)
}

func (w *world) updateBoard(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	name := q.params.or("name", b.Name)
	desc := b.Desc
	if given, ok := q.params.text("desc"); ok {
		desc = given
	}
	if tooLong(name) || tooLong(desc) {
		return nil, invalidValue("name")
	}
	closed, given, err := q.params.boolean("closed")
	if err != nil {
		return nil, err
	}
	if given {
		b.Closed = closed
	}
	old := object{}
	if name != b.Name {
		old["name"] = b.Name
	}
	if desc != b.Desc {
		old["desc"] = b.Desc
	}
	b.Name, b.Desc = name, desc
	b.IDOrganization = q.params.or("idOrganization", b.IDOrganization)
	b.takePrefs(q.params, "prefs/")
	w.touchBoard(b.ID)
	w.record("updateBoard", object{"board": w.boardRef(b.ID), "old": old})
	return pick(w.showBoard(q, b), boardDefaults()), nil
}

// deleteBoard removes a board with all that is on it.
func (w *world) deleteBoard(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	for _, c := range w.boardCards(b.ID) {
		w.drop(c)
	}
	for _, l := range w.listsOf(b.ID) {
		delete(w.lists, l.ID)
	}
	for _, l := range w.labelsOf(b.ID) {
		delete(w.labels, l.ID)
	}
	for _, f := range w.fieldsOf(b.ID) {
		delete(w.fields, f.ID)
	}
	for i, have := range w.boards {
		if have == b {
			w.boards = append(w.boards[:i:i], w.boards[i+1:]...)
			break
		}
	}
	return nothing(), nil
}

// getBoardField answers one field of a board: the colours' names under their
// old name, a text or number wrapped, anything else as it is.
func (w *world) getBoardField(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(q.id("field")) {
	case "labelnames":
		return w.labelNames(b), nil
	case "plugindata":
		return objects(b.plugins), nil
	}
	return oneField(w.showBoard(q, b), q.id("field"))
}

// oneField gives one field of an object; texts, numbers, booleans and null are
// wrapped.
func oneField(o object, name string) (any, error) {
	v, ok := o[name]
	if !ok {
		return nil, notFound()
	}
	switch v.(type) {
	case []string, []object, object, []any:
		return v, nil
	}
	return object{"_value": v}, nil
}

func (w *world) getBoardChecklists(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	out := []object{}
	for _, c := range w.boardCards(b.ID) {
		out = append(out, w.showChecklists(c, q.params)...)
	}
	return out, nil
}

// The plugin id of custom fields. Source: exports of boards that use them.
const customFieldsPlugin = "56d5e249a98895a9797bebb9"

func (w *world) getBoardPlugins(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	if q.mode(b.ID) != FieldsOn {
		return []object{}, nil
	}
	return []object{{"id": b.ID, "idBoard": b.ID, "idPlugin": customFieldsPlugin, "promotional": false}}, nil
}

// enablePlugin cannot bring custom fields to a plan without them.
func (w *world) enablePlugin(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	id := q.params.or("idPlugin", "")
	if !objectID.MatchString(id) {
		return nil, invalidValue("idPlugin")
	}
	if id == customFieldsPlugin && q.mode(b.ID) == FieldsNotInPlan {
		return nil, forbidden("Custom fields are not available on this board")
	}
	if id == customFieldsPlugin {
		q.enable(b.ID)
	}
	w.record("enablePlugin", object{"board": w.boardRef(b.ID), "plugin": object{"id": id}})
	return object{"id": w.newID(), "idBoard": b.ID, "idPlugin": id, "promotional": false}, nil
}

func (w *world) getMyBoards(q *request) (any, error) {
	m, err := w.member(q, "id")
	if err != nil {
		return nil, err
	}
	filter := q.params.or("filter", "all")
	fields, _ := q.params.list("fields")
	out := []object{}
	for _, b := range w.boards {
		if q.denied(b.ID) || filter == "open" && b.Closed || filter == "closed" && !b.Closed || filter == "none" {
			continue
		}
		for _, s := range b.Memberships {
			if s.IDMember == m.ID {
				out = append(out, pick(w.showBoard(q, b), fields))
				break
			}
		}
	}
	return out, nil
}

func (w *world) getMember(q *request) (any, error) {
	m, err := w.member(q, "id")
	if err != nil {
		return nil, err
	}
	out := m.show()
	boards := []string{}
	for _, b := range w.boards {
		if !q.denied(b.ID) {
			boards = append(boards, b.ID)
		}
	}
	if m.ID == w.me {
		out["idBoards"] = boards
	}
	fields, _ := q.params.list("fields")
	return pick(out, fields), nil
}
