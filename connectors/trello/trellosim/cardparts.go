package trellosim

import (
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"unicode/utf8"
)

// What hangs on a card: attachments, comments, and the short reads of it.

const (
	maxAttachments    = 1000
	maxAttachmentName = 256
)

func (w *world) getAttachments(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	fields, _ := q.params.list("fields")
	return showAll(c.Attachments, func(a attachment) object { return pick(a.show(), fields) }), nil
}

// wishedAttachment reads what a request wants to attach.
func (w *world) wishedAttachment(q *request, c *card) (attachment, error) {
	a := attachment{ID: w.newID(), URL: q.params.or("url", "")}
	a.rest = object{"date": stamp(w.now()), "idMember": w.me, "mimeType": q.params.or("mimeType", "")}
	if q.file == nil {
		if !isURL(a.URL) {
			return a, invalidValue("url")
		}
		a.Name = q.params.or("name", a.URL)
		return a, nil
	}
	a.Name = q.params.or("name", q.file.Filename)
	a.URL = "https://trello.com/1/cards/" + c.ID + "/attachments/" + a.ID + "/download/" + url.PathEscape(q.file.Filename)
	kind, _, err := mime.ParseMediaType(mime.TypeByExtension(path.Ext(q.file.Filename)))
	if err != nil {
		kind = "application/octet-stream"
	}
	a.rest["isUpload"], a.rest["bytes"], a.rest["fileName"] = true, q.file.Size, q.file.Filename
	a.rest["mimeType"] = q.params.or("mimeType", kind)
	return a, nil
}

func (w *world) attachment(q *request) (*card, int, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, 0, err
	}
	at := slices.IndexFunc(c.Attachments, func(a attachment) bool { return a.ID == q.id("idAttachment") })
	if at < 0 {
		return nil, 0, notFound()
	}
	return c, at, nil
}

func (w *world) getAttachment(q *request) (any, error) {
	c, at, err := w.attachment(q)
	if err != nil {
		return nil, err
	}
	return c.Attachments[at].show(), nil
}

// createAttachment takes a URL or a file, of which only the name and the size
// are kept.
func (w *world) createAttachment(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	a, err := w.wishedAttachment(q, c)
	if err != nil {
		return nil, err
	}
	if _, given := q.params["name"]; given && utf8.RuneCountInString(a.Name) > maxAttachmentName {
		return nil, invalidValue("name")
	}
	if len(c.Attachments) >= maxAttachments {
		return nil, forbidden("Attachment limit exceeded")
	}
	last := 0.0
	for _, have := range c.Attachments {
		last = max(last, have.Pos)
	}
	a.Pos = last + step
	next := c.copy()
	next.Attachments = append(next.Attachments, a)
	w.commit(q, c, next)
	data := w.context(c)
	data["attachment"] = object{"id": a.ID, "name": a.Name, "url": a.URL}
	w.record("addAttachmentToCard", data)
	return over(a.show(), object{"limits": object{}}, nil), nil
}

func (w *world) deleteAttachment(q *request) (any, error) {
	c, at, err := w.attachment(q)
	if err != nil {
		return nil, err
	}
	a := c.Attachments[at]
	next := c.copy()
	next.Attachments = slices.Delete(next.Attachments, at, at+1)
	w.commit(q, c, next)
	data := w.context(c)
	data["attachment"] = object{"id": a.ID, "name": a.Name}
	w.record("deleteAttachmentFromCard", data)
	return object{"limits": object{}}, nil
}

func (w *world) createComment(q *request) (any, error) {
	c, err := w.card(q, "id")
	if err != nil {
		return nil, err
	}
	text := q.params.or("text", "")
	if text == "" || tooLong(text) {
		return nil, invalidValue("text")
	}
	next := c.copy()
	next.Badges.Comments++
	w.commit(q, c, next)
	data := w.context(c)
	data["text"], data["textData"] = text, object{"emoji": object{}}
	shown := w.showAction(w.record("commentCard", data))
	me := w.members[w.me]
	shown["entities"] = []object{
		{"type": "member", "id": me.ID, "username": me.Username, "text": me.FullName},
		{"type": "text", "text": "on", "hideIfContext": true, "idContext": c.ID},
		{"type": "card", "id": c.ID, "shortLink": c.ShortLink, "text": c.Name, "hideIfContext": true},
		{"type": "comment", "text": text},
	}
	return shown, nil
}

// comment finds a comment by the action's id.
func (w *world) comment(q *request, param string) (*action, error) {
	a, err := w.action(q, param)
	if err != nil {
		return nil, err
	}
	if a.Type != "commentCard" {
		return nil, plain(http.StatusBadRequest, "invalid action type")
	}
	if a.IDMemberCreator != w.me && q.method == http.MethodPut {
		return nil, unauthorized(noBoard)
	}
	return a, nil
}

func (q *request) actionParam() string {
	if q.id("idAction") != "" {
		return "idAction"
	}
	return "id"
}

func (w *world) updateComment(q *request) (any, error) {
	a, err := w.comment(q, q.actionParam())
	if err != nil {
		return nil, err
	}
	text := q.params.or("text", q.params.or("value", ""))
	if text == "" || tooLong(text) {
		return nil, invalidValue("text")
	}
	a.Data = over(object{}, a.Data, object{"text": text, "dateLastEdited": stamp(w.now())})
	return w.showAction(a), nil
}

func (w *world) deleteComment(q *request) (any, error) {
	a, err := w.comment(q, q.actionParam())
	if err != nil {
		return nil, err
	}
	w.actions = slices.DeleteFunc(w.actions, func(x *action) bool { return x == a })
	if c := w.cards[nestedID(a.Data, "card")]; c != nil {
		next := c.copy()
		next.Badges.Comments = max(0, next.Badges.Comments-1)
		w.commit(q, c, next)
	}
	return nothing(), nil
}

func (w *world) getAction(q *request) (any, error) {
	a, err := w.action(q, "id")
	if err != nil {
		return nil, err
	}
	fields, _ := q.params.list("fields")
	return pick(w.showAction(a), fields), nil
}

func (w *world) getActionBoard(q *request) (any, error) {
	a, err := w.action(q, "id")
	if err != nil {
		return nil, err
	}
	return w.nestedBoard(q, nestedID(a.Data, "board"))
}

func (w *world) getActionCard(q *request) (any, error) {
	a, err := w.action(q, "id")
	if err != nil {
		return nil, err
	}
	c := w.cards[nestedID(a.Data, "card")]
	if c == nil {
		return nil, notFound()
	}
	return w.cardView(q, c), nil
}

func (w *world) getActionList(q *request) (any, error) {
	a, err := w.action(q, "id")
	if err != nil {
		return nil, err
	}
	l := w.lists[nestedID(a.Data, "list")]
	if l == nil {
		return nil, notFound()
	}
	return l.show(), nil
}

func (w *world) getActionCreator(q *request) (any, error) {
	a, err := w.action(q, "id")
	if err != nil {
		return nil, err
	}
	m := w.members[a.IDMemberCreator]
	if m == nil {
		return nil, notFound()
	}
	return m.showBrief(), nil
}

// cardPart answers one part of a card.
func cardPart(show func(w *world, q *request, c *card) (any, error)) func(*world, *request) (any, error) {
	return func(w *world, q *request) (any, error) {
		c, err := w.card(q, "id")
		if err != nil {
			return nil, err
		}
		return show(w, q, c)
	}
}

func (w *world) partBoard(q *request, c *card) (any, error) { return w.nestedBoard(q, c.IDBoard) }

func (w *world) partList(q *request, c *card) (any, error) {
	fields, _ := q.params.list("fields")
	return pick(w.lists[c.IDList].show(), fields), nil
}

func (w *world) partMembers(q *request, c *card) (any, error) {
	return w.showMembers(c.IDMembers, q.params.or("fields", "")), nil
}

func (w *world) partVoters(q *request, c *card) (any, error) {
	return w.showMembers(c.IDMembersVoted, q.params.or("fields", "")), nil
}

func (w *world) partStates(_ *request, c *card) (any, error) {
	return states(w.checklistsOf(c.ID)), nil
}

func (w *world) partPluginData(_ *request, c *card) (any, error) { return objects(c.PluginData), nil }

func (w *world) partStickers(*request, *card) (any, error) { return []object{}, nil }

func (w *world) partField(q *request, c *card) (any, error) {
	return oneField(w.showCard(c), q.id("field"))
}
