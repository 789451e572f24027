package trellosim

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// nestedInCard names what a card shows only when asked for.
func nestedInCard() []string {
	return []string{
		"customFieldItems", "attachments", "checklists", "members", "membersVoted", "pluginData", "actions",
		"stickers", "list", "board",
	}
}

func (c *card) shortURL() string { return "https://trello.com/c/" + c.ShortLink }

func (c *card) url() string {
	return c.shortURL() + "/" + strconv.Itoa(c.IDShort) + "-" + slug(c.Name)
}

// cardDefaults are the keys that every card of 2026 has, null or empty.
func cardDefaults() object {
	return object{
		"address": nil, "agent": nil, "coordinates": nil, "creationMethod": nil, "dateClosed": nil,
		"dateCompleted": nil, "dateViewedByCreator": nil, "descData": object{"emoji": object{}}, "email": nil,
		"externalSource": nil, "faviconUrl": nil, "idAttachmentCover": nil, "idMemberCreator": nil,
		"idOrganization": nil, "locationName": nil, "manualCoverAttachment": false, "mirrorSourceNodeId": nil,
		"nodeId": nil, "originalDesc": nil, "originalName": nil, "pinned": false, "recurrenceRule": nil,
		"singleInstrumentationId": nil, "sourceEmail": nil, "staticMapUrl": nil, "urlSource": nil,
		"urlSourceText": nil,
		"limits": object{
			"attachments": object{"perCard": limitOf(1000)}, "checklists": object{"perCard": limitOf(500)},
			"stickers": object{"perCard": limitOf(70)},
		},
	}
}

func (w *world) showCard(c *card) object {
	lists := w.checklistsOf(c.ID)
	ids := []string{}
	for _, l := range lists {
		ids = append(ids, l.ID)
	}
	var cover any = object{
		"idAttachment": nil, "color": nil, "idUploadedBackground": nil, "size": "normal",
		"brightness": "dark", "idPlugin": nil,
	}
	if c.Cover != nil {
		cover = c.Cover
	}
	out := over(cardDefaults(), c.rest, object{
		"id": c.ID, "shortLink": c.ShortLink, "shortUrl": c.shortURL(), "url": c.url(), "idShort": c.IDShort,
		"name": c.Name, "desc": c.Desc, "idBoard": c.IDBoard, "idList": c.IDList, "pos": c.Pos,
		"closed": c.Closed, "due": c.Due, "start": c.Start, "dueReminder": c.DueReminder,
		"dueComplete": c.DueComplete, "isTemplate": c.IsTemplate, "subscribed": c.Subscribed,
		"cardRole": orNull(c.CardRole), "mirrorSourceId": orNull(c.MirrorSourceID),
		"idLabels": texts(c.IDLabels), "labels": w.showLabels(c), "idMembers": texts(c.IDMembers),
		"idMembersVoted": texts(c.IDMembersVoted), "idChecklists": ids, "cover": cover,
		"dateLastActivity": stamp(c.Active), "badges": w.badges(c, lists), "checkItemStates": states(lists),
	})
	if c.dateClosed != "" || !c.Closed {
		out["dateClosed"] = orNull(c.dateClosed)
	}
	if c.completed != "" || !c.DueComplete {
		out["dateCompleted"] = orNull(c.completed)
	}
	return out
}

func (w *world) showLabels(c *card) []object {
	out := []object{}
	for _, id := range c.IDLabels {
		if l := w.labels[id]; l != nil {
			out = append(out, w.showLabel(l))
		}
	}
	return out
}

func (w *world) badges(c *card, lists []*checklist) object {
	items, checked := 0, 0
	var earliest any
	for _, l := range lists {
		for _, i := range l.Items {
			items++
			if i.State == "complete" {
				checked++
			} else if i.Due != nil && (earliest == nil || *i.Due < earliest.(string)) {
				earliest = *i.Due
			}
		}
	}
	boards, cards := trelloLinks(c.Attachments)
	return object{
		"attachments": len(c.Attachments), "fogbugz": "", "checkItems": items, "checkItemsChecked": checked,
		"checkItemsEarliestDue": earliest, "comments": c.Badges.Comments, "description": c.Desc != "",
		"due": c.Due, "dueComplete": c.DueComplete, "start": c.Start, "lastUpdatedByAi": false,
		"externalSource": nil, "location": false, "maliciousAttachments": 0,
		"votes":              max(c.Badges.Votes, len(c.IDMembersVoted)),
		"viewingMemberVoted": slices.Contains(c.IDMembersVoted, w.me), "subscribed": c.Subscribed,
		"attachmentsByType": object{"trello": object{"board": boards, "card": cards}},
	}
}

// trelloLinks counts the attachments that lead to boards and cards.
func trelloLinks(list []attachment) (boards, cards int) {
	for _, a := range list {
		switch {
		case strings.HasPrefix(a.URL, "https://trello.com/b/"):
			boards++
		case strings.HasPrefix(a.URL, "https://trello.com/c/"):
			cards++
		}
	}
	return boards, cards
}

// states lists the ticked check items.
func states(lists []*checklist) []object {
	out := []object{}
	for _, l := range lists {
		for _, i := range l.Items {
			if i.State == "complete" {
				out = append(out, object{"id": "[object Object]", "idCheckItem": i.ID, "state": i.State}) // the id is recorded so
			}
		}
	}
	return out
}

// cardView shows a card with the fields and nested parts that a request asks
// for.
func (w *world) cardView(q *request, c *card) object {
	fields, _ := q.params.list("fields")
	out := pick(w.showCard(c), fields)
	if q.params.flag("customFieldItems") {
		out["customFieldItems"] = q.showItems(c)
	}
	if v := q.params.or("attachments", "false"); v == "true" || v == "cover" {
		out["attachments"] = showAttachments(q, c)
	}
	if v := q.params.or("checklists", "none"); v == "all" || v == "true" {
		out["checklists"] = w.showChecklists(c, q.params)
	}
	w.addPeople(q, c, out)
	if q.params.flag("stickers") {
		out["stickers"] = []object{}
	}
	if q.params.flag("pluginData") {
		out["pluginData"] = objects(c.PluginData)
	}
	w.addPlaces(q, c, out)
	if filter, ok := q.params.text("actions"); ok && filter != "" {
		out["actions"] = w.showActions(w.actionsWhere(func(a *action) bool { return nestedID(a.Data, "card") == c.ID }, words(filter)))
	}
	return out
}

// addPlaces adds the card's list and board.
func (w *world) addPlaces(q *request, c *card, out object) {
	if l := w.lists[c.IDList]; l != nil && q.params.flag("list") {
		out["list"] = pick(l.show(), words(q.params.or("list_fields", "all")))
	}
	if b := w.findBoard(c.IDBoard); b != nil && q.params.flag("board") {
		out["board"] = pick(w.showBoard(q, b), words(q.params.or("board_fields", strings.Join(boardDefaults(), ","))))
	}
}

func (w *world) addPeople(q *request, c *card, out object) {
	if q.params.flag("members") {
		out["members"] = w.showMembers(c.IDMembers, q.params.or("member_fields", ""))
	}
	if q.params.flag("membersVoted") {
		out["membersVoted"] = w.showMembers(c.IDMembersVoted, q.params.or("memberVoted_fields", ""))
	}
}

func (w *world) showMembers(ids []string, fields string) []object {
	out := []object{}
	for _, id := range ids {
		m := w.members[id]
		if m == nil {
			continue
		}
		if fields == "" {
			out = append(out, m.showBrief())
		} else {
			out = append(out, pick(m.show(), words(fields)))
		}
	}
	return out
}

// showItems gives a card's custom field values, none where the plan has none.
func (q *request) showItems(c *card) []object {
	out := []object{}
	if q.mode(c.IDBoard) == FieldsNotInPlan {
		return out
	}
	for _, i := range c.Items {
		out = append(out, i.show())
	}
	return out
}

func showAttachments(q *request, c *card) []object {
	out := []object{}
	for _, a := range c.Attachments {
		out = append(out, pick(a.show(), words(q.params.or("attachment_fields", "all"))))
	}
	return out
}

func (w *world) showChecklists(c *card, p params) []object {
	out := []object{}
	for _, l := range w.checklistsOf(c.ID) {
		out = append(out, pick(l.show(), words(p.or("checklist_fields", "all"))))
	}
	return out
}

func objects(list []object) []object {
	if list == nil {
		return []object{}
	}
	return list
}

// snake turns "updateCard" into "update_card".
func snake(camel string) string {
	var b strings.Builder
	for _, r := range camel {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
