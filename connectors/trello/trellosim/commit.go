package trellosim

import (
	"reflect"
	"slices"
	"time"
)

// commit stores the changed card next in place of c, gives it its position,
// and writes one action for each changed field.
func (w *world) commit(q *request, c *card, next card) {
	before := *c
	before.past = nil
	if q.lag != (lags{}) {
		next.past = append(slices.Clone(c.past), before)
	}
	next.Active = w.now().UTC()
	if next.Name != before.Name || next.Desc != before.Desc || !slices.Equal(next.IDLabels, before.IDLabels) {
		next.CardRole = role(&next)
	}
	next.noteDates(before, w.now())
	*c = next
	if c.Pos != before.Pos || c.IDList != before.IDList {
		settle(w.othersIn(c), func(o *card) *float64 { return &o.Pos }, c, c.Pos)
	}
	w.touchBoard(c.IDBoard)
	w.recordEdits(&before, c)
}

// noteDates keeps when a card was closed and when it was completed.
func (c *card) noteDates(before card, now time.Time) {
	if c.Closed != before.Closed {
		c.dateClosed = ""
		if c.Closed {
			c.dateClosed = stamp(now)
		}
	}
	if c.DueComplete != before.DueComplete {
		c.completed = ""
		if c.DueComplete {
			c.completed = stamp(now)
		}
	}
}

func (w *world) touchBoard(id string) {
	if b := w.findBoard(id); b != nil {
		b.Active = w.now().UTC()
	}
}

// recordEdits writes an updateCard action for each field that differs. A move
// to another list tells of the list alone.
func (w *world) recordEdits(before, after *card) {
	for _, e := range cardEdits() {
		if e.value == nil || e.key == "pos" && before.IDList != after.IDList {
			continue
		}
		old, now := e.value(before), e.value(after)
		if reflect.DeepEqual(old, now) {
			continue
		}
		shown := w.cardRef(after)
		shown[e.key] = now
		data := object{"card": shown, "old": object{e.key: old}, "board": w.boardRef(after.IDBoard)}
		if e.key == "idList" {
			data["listBefore"], data["listAfter"] = w.listRef(before.IDList), w.listRef(after.IDList)
		} else {
			data["list"] = w.listRef(after.IDList)
		}
		w.record("updateCard", data)
	}
}

// record writes an action of the acting member, done through the key's app.
func (w *world) record(kind string, data object) *action {
	a := &action{
		ID: w.newID(), IDMemberCreator: w.me, Type: kind, Date: w.now().UTC(), Data: data,
		rest: object{"appCreator": object{"id": w.app}},
	}
	w.actions = append(w.actions, a)
	return a
}

func (w *world) boardRef(id string) object {
	b := w.findBoard(id)
	if b == nil {
		return object{"id": id}
	}
	return object{"id": b.ID, "name": b.Name, "shortLink": b.ShortLink}
}

func (w *world) listRef(id string) object {
	l := w.lists[id]
	if l == nil {
		return object{"id": id}
	}
	return object{"id": l.ID, "name": l.Name}
}

func (w *world) cardRef(c *card) object {
	return object{"id": c.ID, "name": c.Name, "idShort": c.IDShort, "shortLink": c.ShortLink}
}

// context gives the card, list and board that most actions name.
func (w *world) context(c *card) object {
	return object{"card": w.cardRef(c), "list": w.listRef(c.IDList), "board": w.boardRef(c.IDBoard)}
}

// copy gives a card that can be changed without changing c.
func (c *card) copy() card {
	next := *c
	next.IDLabels = slices.Clone(c.IDLabels)
	next.IDMembers = slices.Clone(c.IDMembers)
	next.IDMembersVoted = slices.Clone(c.IDMembersVoted)
	next.Items = slices.Clone(c.Items)
	next.Attachments = slices.Clone(c.Attachments)
	return next
}
