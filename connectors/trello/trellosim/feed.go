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
	return over(object{
		"memberCreator": creator, "appCreator": nil, "limits": limits, "display": w.display(a),
	}, a.rest, object{
		"id": a.ID, "idMemberCreator": a.IDMemberCreator, "type": a.Type, "date": stamp(a.Date), "data": a.Data,
	})
}

// display gives what a client needs to tell of an action in a sentence.
func (w *world) display(a *action) object {
	entities := object{}
	for _, kind := range []string{"card", "board", "list", "customField", "checklist", "attachment"} {
		ref, ok := a.Data[kind].(object)
		if !ok {
			continue
		}
		entity := object{"type": kind, "id": ref["id"], "text": ref["name"]}
		if link, ok := ref["shortLink"]; ok {
			entity["shortLink"] = link
		}
		entities[kind] = entity
	}
	key := snake(a.Type)
	if a.Type == "commentCard" {
		card := nestedID(a.Data, "card")
		entities["contextOn"] = object{"type": "translatable", "translationKey": "action_on", "hideIfContext": true, "idContext": card}
		entities["comment"] = object{"type": "comment", "text": a.Data["text"]}
		if shown, ok := entities["card"].(object); ok {
			shown["hideIfContext"] = true
		}
		key = "comment_on_card"
	}
	if m := w.members[a.IDMemberCreator]; m != nil {
		entities["memberCreator"] = object{"type": "member", "id": m.ID, "username": m.Username, "text": m.FullName}
	}
	return object{"translationKey": "action_" + key, "entities": entities}
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
