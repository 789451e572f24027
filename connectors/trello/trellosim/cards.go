package trellosim

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

func (w *world) updateCard(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	next := c.copy()
	if err := w.applyEdits(q, &next); err != nil {
		return nil, err
	}
	w.commit(q, c, next)
	return w.cardView(q, c), nil
}

// updateCardField serves the older route with the field in the path.
func (w *world) updateCardField(q *request) (any, error) {
	q.spread()
	return w.updateCard(q)
}

func (w *world) createCard(q *request) (any, error) {
	l := w.lists[q.params.or("idList", "")]
	if l == nil || q.denied(l.IDBoard) {
		if id := q.params.or("idList", ""); id != "" && !objectID.MatchString(id) {
			return nil, invalidObjectID()
		}
		return nil, invalidValue("idList")
	}
	b := w.findBoard(l.IDBoard)
	c := card{ID: w.newID(), IDBoard: l.IDBoard, IDList: l.ID, Active: w.now().UTC()}
	c.ShortLink = linkOf(c.ID)
	c.Pos = below(positions(w.cardsOf(l.ID)), first)
	if err := w.copySource(q, &c); err != nil {
		return nil, err
	}
	if q.params.or("name", "") == "" {
		delete(q.params, "name")
	}
	if err := w.applyEdits(q, &c); err != nil {
		return nil, err
	}
	if err := w.giveRole(q, &c); err != nil {
		return nil, err
	}
	if err := w.attachSource(q, &c); err != nil {
		return nil, err
	}
	b.lastShort++
	c.IDShort = b.lastShort
	w.putCard(&c)
	settle(w.othersIn(&c), func(o *card) *float64 { return &o.Pos }, &c, c.Pos)
	w.touchBoard(c.IDBoard)
	w.recordNew(q, &c)
	out := w.cardView(q, &c)
	out["attachments"], out["stickers"], out["limits"] = showAttachments(q, &c), []object{}, object{}
	return out, nil
}

// createListCard serves the older route with the list in the path.
func (w *world) createListCard(q *request) (any, error) {
	l, err := w.list(q, "id")
	if err != nil {
		return nil, err
	}
	q.params["idList"] = l.ID
	return w.createCard(q)
}

// recordNew tells of a card that is new, or a copy of another.
func (w *world) recordNew(q *request, c *card) {
	data := w.context(c)
	if src := w.cards[q.params.or("idCardSource", "")]; src != nil {
		data["cardSource"] = w.cardRef(src)
		w.record("copyCard", data)
		return
	}
	w.record("createCard", data)
}

// copySource starts a card as a copy of another.
func (w *world) copySource(q *request, c *card) error {
	id := q.params.or("idCardSource", "")
	if id == "" {
		return nil
	}
	src := w.cards[id]
	if src == nil || q.denied(src.IDBoard) {
		return invalidValue("idCardSource")
	}
	copied := src.copy()
	if src.IDBoard != c.IDBoard { // labels and fields are those of a board
		copied.IDLabels, copied.Items = nil, nil
	}
	for i := range copied.Items {
		copied.Items[i].ID, copied.Items[i].IDModel = w.newID(), c.ID
	}
	c.Name, c.Desc = copied.Name, copied.Desc
	keep := words(q.params.or("keepFromSource", "all"))
	for _, part := range []struct {
		name string
		take func()
	}{
		{"due", func() { c.Due = copied.Due }},
		{"start", func() { c.Start = copied.Start }},
		{"members", func() { c.IDMembers = copied.IDMembers }},
		{"attachments", func() { c.Attachments = copied.Attachments }},
		{"checklists", func() { w.copyChecklists(src, c) }},
		{"labels", func() { c.IDLabels = copied.IDLabels }},
		{"customFields", func() { c.Items = copied.Items }},
	} {
		if slices.Contains(keep, "all") || slices.Contains(keep, part.name) {
			part.take()
		}
	}
	return nil
}

// giveRole makes a card a mirror when asked to, and what its name says
// otherwise.
func (w *world) giveRole(q *request, c *card) error {
	wish := q.params.or("cardRole", "")
	switch wish {
	case "mirror":
		link, ok := strings.CutPrefix(c.Name, "https://trello.com/c/")
		link, _, _ = strings.Cut(link, "/")
		src := w.findCard(link)
		if !ok || src == nil {
			return invalidValue("name")
		}
		c.CardRole, c.MirrorSourceID = "mirror", src.ID
		return nil
	case "", "separator", "board", "link":
		c.CardRole = cmp.Or(wish, role(c))
		return nil
	}
	return invalidValue("cardRole")
}

// attachSource attaches the URL that a card is made from.
func (w *world) attachSource(q *request, c *card) error {
	source := q.params.or("urlSource", "")
	if source == "" {
		return nil
	}
	if !isURL(source) {
		return invalidValue("urlSource")
	}
	c.Name = cmp.Or(c.Name, source)
	c.Attachments = append(c.Attachments, attachment{ID: w.newID(), Name: source, URL: source, Pos: step})
	return nil
}

func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func (w *world) deleteCard(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	w.drop(c)
	w.touchBoard(c.IDBoard)
	w.record("deleteCard", object{
		"card":  object{"id": c.ID, "idShort": c.IDShort, "shortLink": c.ShortLink},
		"list":  w.listRef(c.IDList),
		"board": w.boardRef(c.IDBoard),
	})
	return object{"limits": object{}}, nil
}

func (w *world) drop(c *card) {
	for _, l := range w.checklistsOf(c.ID) {
		delete(w.checklists, l.ID)
	}
	delete(w.cards, c.ID)
	delete(w.links, c.ShortLink)
}

// nothing is what routes without a result answer.
func nothing() object { return object{"_value": nil} }

func (w *world) addLabelToCard(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	id, err := q.valueID()
	if err != nil {
		return nil, err
	}
	if l := w.labels[id]; l == nil || l.IDBoard != c.IDBoard {
		return nil, invalidValue("value")
	}
	if slices.Contains(c.IDLabels, id) {
		return nil, plain(400, "that label is already on the card")
	}
	next := c.copy()
	next.IDLabels = append(next.IDLabels, id)
	w.commit(q, c, next)
	return c.IDLabels, nil
}

func (w *world) removeLabelFromCard(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	at := slices.Index(c.IDLabels, q.id("idLabel"))
	if at < 0 {
		return nil, plain(400, "that label is not on the card")
	}
	next := c.copy()
	next.IDLabels = slices.Delete(next.IDLabels, at, at+1)
	w.commit(q, c, next)
	return nothing(), nil
}

func (w *world) addMemberToCard(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	id, err := q.valueID()
	if err != nil {
		return nil, err
	}
	if w.members[id] == nil {
		return nil, invalidValue("value")
	}
	if slices.Contains(c.IDMembers, id) {
		return nil, plain(400, "member is already on the card")
	}
	next := c.copy()
	next.IDMembers = append(next.IDMembers, id)
	w.commit(q, c, next)
	w.recordMember("addMemberToCard", c, id)
	return w.showMembers(c.IDMembers, ""), nil
}

func (w *world) removeMemberFromCard(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	at := slices.Index(c.IDMembers, q.id("idMember"))
	if at < 0 {
		return nil, plain(400, "member is not on the card")
	}
	next := c.copy()
	next.IDMembers = slices.Delete(next.IDMembers, at, at+1)
	w.commit(q, c, next)
	w.recordMember("removeMemberFromCard", c, q.id("idMember"))
	return w.showMembers(c.IDMembers, ""), nil
}

func (w *world) recordMember(kind string, c *card, id string) {
	data := w.context(c)
	data["idMember"] = id
	if m := w.members[id]; m != nil {
		data["member"] = object{"id": id, "name": m.FullName}
	}
	w.record(kind, data)
}

func (w *world) vote(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	id, err := q.valueID()
	if err != nil {
		return nil, err
	}
	if slices.Contains(c.IDMembersVoted, id) {
		return nil, plain(400, "member has already voted on the card")
	}
	next := c.copy()
	next.Badges.Votes = max(next.Badges.Votes, len(next.IDMembersVoted)) + 1
	next.IDMembersVoted = append(next.IDMembersVoted, id)
	w.commit(q, c, next)
	w.recordMember("voteOnCard", c, id)
	return nothing(), nil
}

func (w *world) unvote(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	at := slices.Index(c.IDMembersVoted, q.id("idMember"))
	if at < 0 {
		return nil, plain(400, "member has not voted on the card")
	}
	next := c.copy()
	next.Badges.Votes = max(next.Badges.Votes, len(next.IDMembersVoted)) - 1
	next.IDMembersVoted = slices.Delete(next.IDMembersVoted, at, at+1)
	w.commit(q, c, next)
	return nothing(), nil
}
