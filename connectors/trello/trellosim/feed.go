package trellosim

import (
	"slices"
	"strings"
)

// actionsWhere gives the actions that fit and pass a filter of types, newest
// first. A filter may be narrowed to one changed key: "updateCard:idList".
func (w *world) actionsWhere(fits func(*action) bool, filter []string) []*action {
	var out []*action
	for _, a := range slices.Backward(w.actions) {
		if fits(a) && passes(a, filter) {
			out = append(out, a)
		}
	}
	return out
}

func passes(a *action, filter []string) bool {
	if len(filter) == 0 || slices.Contains(filter, "all") {
		return true
	}
	for _, f := range filter {
		name, key, narrowed := strings.Cut(f, ":")
		if name != a.Type {
			continue
		}
		old, _ := a.Data["old"].(object)
		if _, changed := old[key]; !narrowed || changed {
			return true
		}
	}
	return false
}

// showAction gives an action with the app that did it and its creator.
func (w *world) showAction(a *action) object {
	var creator any
	if m := w.members[a.IDMemberCreator]; m != nil {
		creator = m.showBrief()
	}
	limits := object{}
	if a.Type == "commentCard" {
		limits["reactions"] = object{"perAction": limitOf(900), "uniquePerAction": limitOf(17)}
	}
	about := object{"memberCreator": creator, "appCreator": nil, "limits": limits, "display": w.display(a)}
	if id, ok := a.Data["idMember"].(string); ok && w.members[id] != nil {
		about["member"] = w.members[id].showBrief()
	}
	return over(about, a.rest, object{
		"id": a.ID, "idMemberCreator": a.IDMemberCreator, "type": a.Type, "date": stamp(a.Date), "data": a.Data,
	})
}

func (w *world) showActions(list []*action) []object {
	return showAll(list, w.showAction)
}

// listActions answers a feed: newest first, 50 unless limit says more, pages
// counted from 0.
func (w *world) listActions(q *request, fits func(*action) bool) (any, error) {
	const usual = 50 // Source: the API's description of these routes.
	filter, _ := q.params.list("filter")
	nr, err := q.params.count("page", 0, maxPage)
	if err != nil {
		return nil, err
	}
	limit, err := q.params.count("limit", usual, maxPage)
	if err != nil {
		return nil, err
	}
	all, err := between(q.params, w.actionsWhere(fits, filter), func(a *action) string { return a.ID })
	if err != nil {
		return nil, err
	}
	from := min(nr*limit, len(all))
	fields, _ := q.params.list("fields")
	return showAll(all[from:min(from+limit, len(all))], func(a *action) object {
		return pick(w.showAction(a), fields)
	}), nil
}

func (w *world) getBoardActions(q *request) (any, error) {
	b, err := w.board(q, "boardId")
	if err != nil {
		return nil, err
	}
	return w.listActions(q, func(a *action) bool { return nestedID(a.Data, "board") == b.ID })
}

func (w *world) getListActions(q *request) (any, error) {
	l, err := w.list(q, "id")
	if err != nil {
		return nil, err
	}
	return w.listActions(q, func(a *action) bool {
		return slices.Contains([]string{nestedID(a.Data, "list"), nestedID(a.Data, "listBefore"), nestedID(a.Data, "listAfter")}, l.ID)
	})
}

// getCardActions shows comments and moves between lists unless a filter says
// otherwise, as the service does.
func (w *world) getCardActions(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	if q.params.or("filter", "") == "" {
		q.params["filter"] = "commentCard,updateCard:idList"
	}
	return w.listActions(q, func(a *action) bool { return nestedID(a.Data, "card") == c.ID })
}
