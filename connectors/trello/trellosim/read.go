package trellosim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// maxPage is the most objects in one answer. Source: Trello's paging guide.
const maxPage = 1000

// bound turns an id or a date into the id at that time.
func (p params) bound(name string) (string, error) {
	text, _ := p.text(name)
	if text == "" || objectID.MatchString(text) {
		return text, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return fmt.Sprintf("%08x0000000000000000", max(0, t.Unix())), nil
		}
	}
	return "", invalidValue(name)
}

// page gives the newest limit of what lies between since and before.
func page[T any](p params, all []T, id func(T) string) ([]T, error) {
	limit, err := p.count("limit", maxPage, maxPage)
	if err != nil {
		return nil, err
	}
	out, err := between(p, all, id)
	return out[:min(limit, len(out))], err
}

// between keeps what lies between since and before by id, newest first.
func between[T any](p params, all []T, id func(T) string) ([]T, error) {
	before, err := p.bound("before")
	if err != nil {
		return nil, err
	}
	since, err := p.bound("since")
	if err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(slices.Clone(all), func(x T) bool {
		return before != "" && id(x) >= before || since != "" && id(x) <= since
	})
	slices.SortFunc(out, func(a, b T) int { return cmp.Compare(id(b), id(a)) })
	return out, nil
}

// inFilter says whether a card passes a card filter.
func (w *world) inFilter(c *card, filter string) (bool, error) {
	switch filter {
	case "all":
		return true, nil
	case "closed":
		return c.Closed, nil
	case "open":
		return !c.Closed, nil
	case "visible":
		l := w.lists[c.IDList]
		return !c.Closed && (l == nil || !l.Closed), nil
	case "none":
		return false, nil
	case "complete":
		return c.DueComplete, nil
	case "incomplete":
		return !c.DueComplete, nil
	}
	return false, invalidValue("filter")
}

// listCards answers a listing of cards: filtered, paged, in board order unless
// sort=-id asks for the newest first.
func (w *world) listCards(q *request, all []*card, filter string) (any, error) {
	var kept []*card
	for _, c := range all {
		c = c.asOf(w.now().Add(-q.lag.lists), q.lag.lists > 0)
		if c == nil {
			continue
		}
		ok, err := w.inFilter(c, filter)
		if err != nil {
			return nil, err
		}
		if ok {
			kept = append(kept, c)
		}
	}
	newest, err := page(q.params, kept, func(c *card) string { return c.ID })
	if err != nil {
		return nil, err
	}
	out := []object{}
	for _, c := range w.inOrder(q, kept, newest) {
		out = append(out, w.cardView(q, c))
	}
	return out, nil
}

// inOrder gives the cards of a page in the order of all, or as they are when
// the request wants the newest first.
func (w *world) inOrder(q *request, all, newest []*card) []*card {
	if q.params.or("sort", "") == "-id" {
		return newest
	}
	in := map[string]bool{}
	for _, c := range newest {
		in[c.ID] = true
	}
	return slices.DeleteFunc(all, func(c *card) bool { return !in[c.ID] })
}

// asOf gives the card as it was at a time, nil when it did not exist yet.
func (c *card) asOf(at time.Time, lagging bool) *card {
	if !lagging || !c.Active.After(at) {
		return c
	}
	for i := len(c.past) - 1; i >= 0; i-- {
		if !c.past[i].Active.After(at) {
			return &c.past[i]
		}
	}
	if len(c.past) == 0 && c.rest != nil {
		return c
	}
	return nil
}

func (w *world) getBoard(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	fields, _ := q.params.list("fields")
	if len(fields) == 0 {
		fields = boardDefaults()
	}
	out := pick(w.showBoard(q, b), fields)
	return out, w.nestInBoard(q, b, out)
}

// nestInBoard adds the parts of a board that a request asks for with it.
func (w *world) nestInBoard(q *request, b *board, out object) error {
	if filter := q.params.or("lists", "none"); filter != "none" {
		lists, err := w.showLists(b, filter, nil)
		if err != nil {
			return err
		}
		out["lists"] = lists
	}
	if filter := q.params.or("cards", "none"); filter != "none" {
		inner := *q
		inner.params = params{"fields": q.params.or("card_fields", "all"), "customFieldItems": q.params.or("card_customFieldItems", "")}
		cards, err := w.listCards(&inner, w.boardCards(b.ID), filter)
		if err != nil {
			return err
		}
		out["cards"] = cards
	}
	if v := q.params.or("labels", "none"); v != "none" && v != "false" {
		out["labels"] = showAll(w.labelsOf(b.ID), w.showLabel)
	}
	if q.params.flag("customFields") {
		out["customFields"] = w.showFields(q, b)
	}
	if v := q.params.or("members", "none"); v != "none" && v != "false" {
		out["members"] = w.boardMembers(b, q.params.or("member_fields", ""))
	}
	if q.params.or("memberships", "none") != "none" {
		out["memberships"] = showMemberships(b)
	}
	return nil
}

// showAll shows every one of a list, which is never null.
func showAll[T any](list []T, show func(T) object) []object {
	out := []object{}
	for _, x := range list {
		out = append(out, show(x))
	}
	return out
}

func (w *world) getBoardCards(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	return w.listCards(q, w.boardCards(b.ID), q.params.or("filter", "visible"))
}

// getBoardCardsFiltered serves both /cards/{filter} and /cards/{idCard}, which
// share a path.
func (w *world) getBoardCardsFiltered(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	if c := w.findCard(q.id("filter")); c != nil && c.IDBoard == b.ID {
		return w.cardView(q, c), nil
	}
	if objectID.MatchString(q.id("filter")) {
		return nil, notFound()
	}
	return w.listCards(q, w.boardCards(b.ID), q.id("filter"))
}

func (w *world) getListCards(q *request) (any, error) {
	l, err := w.list(q, "id")
	if err != nil {
		return nil, err
	}
	return w.listCards(q, w.cardsOf(l.ID), q.params.or("filter", "open"))
}

// getListCardsFiltered serves the older route with the filter in the path.
func (w *world) getListCardsFiltered(q *request) (any, error) {
	q.params["filter"] = q.id("filter")
	return w.getListCards(q)
}

func (w *world) getBoardLists(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	fields, _ := q.params.list("fields")
	filter := cmp.Or(q.id("filter"), q.params.or("filter", "open"))
	return w.showLists(b, filter, fields)
}

func (w *world) showLists(b *board, filter string, fields []string) ([]object, error) {
	out := []object{}
	for _, l := range w.listsOf(b.ID) {
		switch filter {
		case "all":
		case "open", "closed":
			if l.Closed != (filter == "closed") {
				continue
			}
		case "none":
			continue
		default:
			return nil, invalidValue("filter")
		}
		out = append(out, pick(l.show(), fields))
	}
	return out, nil
}

func (w *world) getBoardLabels(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	const usual = 50 // Source: the API's description of this route.
	limit, err := q.params.count("limit", usual, maxPage)
	if err != nil {
		return nil, err
	}
	all := w.labelsOf(b.ID)
	fields, _ := q.params.list("fields")
	return showAll(all[:min(limit, len(all))], func(l *label) object { return pick(w.showLabel(l), fields) }), nil
}

func (w *world) getBoardFields(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	return w.showFields(q, b), nil
}

func (w *world) showFields(q *request, b *board) []object {
	if q.mode(b.ID) == FieldsNotInPlan {
		return []object{}
	}
	return showAll(w.fieldsOf(b.ID), (*customField).show)
}

func (w *world) getBoardMembers(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	return w.boardMembers(b, q.params.or("fields", "")), nil
}

func (w *world) boardMembers(b *board, fields string) []object {
	var ids []string
	for _, m := range b.Memberships {
		ids = append(ids, m.IDMember)
	}
	return w.showMembers(ids, fields)
}

func (w *world) getMemberships(q *request) (any, error) {
	b, err := w.board(q, "id")
	if err != nil {
		return nil, err
	}
	return showMemberships(b), nil
}

func (w *world) getList(q *request) (any, error) {
	l, err := w.list(q, "id")
	if err != nil {
		return nil, err
	}
	if fields, _ := q.params.list("fields"); len(fields) > 0 {
		return pick(l.show(), fields), nil
	}
	return l.showBrief(), nil
}

func (w *world) getCard(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	return w.cardView(q, c), nil
}
