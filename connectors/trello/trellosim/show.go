package trellosim

import (
	"maps"
	"slices"
)

// pick keeps the wished keys of an object, and its id. No wish, or "all",
// keeps everything; names that the object does not have are passed over.
func pick(o object, fields []string) object {
	if len(fields) == 0 || slices.Contains(fields, "all") {
		return o
	}
	out := object{"id": o["id"]}
	for _, name := range fields {
		if v, ok := o[name]; ok {
			out[name] = v
		}
	}
	return out
}

// over lays what a record maintains over what it was read with, and both over
// the keys that newer answers always have.
func over(defaults, rest, maintained object) object {
	out := defaults
	maps.Copy(out, rest)
	maps.Copy(out, maintained)
	return out
}

// orNull gives text, or null for none.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// texts gives a list that is never null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (b *board) shortURL() string { return "https://trello.com/b/" + b.ShortLink }

func (b *board) url() string { return b.shortURL() + "/" + slug(b.Name) }

// boardDefaults names what a board answers when no fields are asked for.
func boardDefaults() []string {
	return []string{
		"name", "desc", "descData", "closed", "idOrganization", "idEnterprise", "pinned",
		"url", "shortUrl", "prefs", "labelNames",
	}
}

func (w *world) showBoard(q *request, b *board) object {
	premium := texts(slices.Clone(b.PremiumFeatures))
	if q.mode(b.ID) == FieldsNotInPlan {
		premium = slices.DeleteFunc(premium, func(f string) bool { return f == "paidCorePlugins" })
	}
	return over(object{
		"descData": nil, "idEnterprise": nil, "pinned": false, "starred": false, "subscribed": false,
		"dateLastView": nil, "datePluginDisable": nil, "creationMethod": nil, "dateClosed": nil,
		"enterpriseOwned": false, "idBoardSource": nil, "ixUpdate": "1", "templateGallery": nil,
		"idTags": []string{}, "powerUps": []string{}, "idMemberCreator": w.me,
		"limits": boardLimits(), "nodeId": nil, "type": nil,
	}, b.rest, object{
		"id": b.ID, "name": b.Name, "desc": b.Desc, "closed": b.Closed, "shortLink": b.ShortLink,
		"shortUrl": b.shortURL(), "url": b.url(), "idOrganization": orNull(b.IDOrganization),
		"prefs": b.showPrefs(), "labelNames": w.labelNames(b), "memberships": showMemberships(b),
		"premiumFeatures": premium, "dateLastActivity": stampOrNull(b),
	})
}

func stampOrNull(b *board) any {
	if b.Active.IsZero() {
		return nil
	}
	return stamp(b.Active)
}

func (b *board) showPrefs() object {
	return over(object{
		"permissionLevel": "private", "hideVotes": false, "voting": "disabled", "comments": "members",
		"invitations": "members", "selfJoin": true, "cardCovers": true, "isTemplate": false,
		"cardAging": "regular", "calendarFeedEnabled": false, "background": "blue",
		"backgroundImage": nil, "backgroundImageScaled": nil, "backgroundTile": false,
		"backgroundBrightness": "dark", "backgroundColor": "#0079BF", "backgroundBottomColor": "#0079BF",
		"backgroundTopColor": "#0079BF", "canBePublic": true, "canBeEnterprise": true, "canBeOrg": true,
		"canBePrivate": true, "canInvite": true, "showCompleteStatus": true,
	}, b.Prefs, nil)
}

// labelNames gives the name of a label for every colour, as old clients want
// it.
func (w *world) labelNames(b *board) object {
	names := object{}
	for _, base := range baseColors() {
		names[base], names[base+"_light"], names[base+"_dark"] = "", "", ""
	}
	for _, l := range w.labelsOf(b.ID) {
		if c := deref(l.Color); c != "" {
			names[c] = l.Name
		}
	}
	return names
}

func showMemberships(b *board) []object {
	out := []object{}
	for _, m := range b.Memberships {
		out = append(out, object{
			"id": m.ID, "idMember": m.IDMember, "memberType": m.MemberType,
			"unconfirmed": m.Unconfirmed, "deactivated": m.Deactivated,
		})
	}
	return out
}

func (l *list) show() object {
	return over(object{
		"color": nil, "subscribed": false, "softLimit": nil, "type": nil,
		"datasource": object{"filter": false}, "creationMethod": nil, "nodeId": nil,
		"limits": object{"cards": object{"openPerList": limitOf(5000), "totalPerList": limitOf(1000000)}},
	}, l.rest, object{
		"id": l.ID, "name": l.Name, "closed": l.Closed, "idBoard": l.IDBoard, "pos": l.Pos,
	})
}

// showBrief is what a single list answers when no fields are asked for.
func (l *list) showBrief() object {
	return pick(l.show(), []string{"name", "closed", "pos", "color", "idBoard", "softLimit", "type", "datasource"})
}

// showLabel gives a label with the number of cards that carry it.
func (w *world) showLabel(l *label) object {
	return over(object{}, l.rest, object{
		"id": l.ID, "idBoard": l.IDBoard, "name": l.Name, "color": l.Color, "uses": w.labelUses()[l.ID],
	})
}

// labelUses counts the cards of every label, those in the archive too. The
// counts are kept until the next write.
func (w *world) labelUses() map[string]int {
	if w.uses != nil {
		return w.uses
	}
	w.uses = map[string]int{}
	for _, c := range w.cards {
		for _, id := range c.IDLabels {
			w.uses[id]++
		}
	}
	return w.uses
}

func (m *member) show() object {
	return over(object{
		"activityBlocked": false, "avatarHash": nil, "avatarUrl": nil, "idMemberReferrer": nil,
		"nonPublic": object{}, "nonPublicAvailable": true, "memberType": "normal", "confirmed": true,
		"bio": "", "bioData": nil, "url": "https://trello.com/u/" + m.Username,
	}, m.rest, object{
		"id": m.ID, "username": m.Username, "fullName": m.FullName, "initials": m.Initials,
	})
}

// showBrief is a member as other objects nest it.
func (m *member) showBrief() object {
	return pick(m.show(), []string{
		"username", "activityBlocked", "avatarHash", "avatarUrl", "fullName", "idMemberReferrer",
		"initials", "nonPublic", "nonPublicAvailable",
	})
}

func (f *customField) show() object {
	out := over(object{"isSuggestedField": false}, f.rest, object{
		"id": f.ID, "idModel": f.IDModel, "modelType": "board", "fieldGroup": f.FieldGroup,
		"display": object{"cardFront": f.Display.CardFront}, "name": f.Name, "pos": f.Pos, "type": f.Type,
		"limits": object{"customFieldOptions": object{"perField": limitOf(50)}},
	})
	delete(out, "options")
	if f.Type == "list" {
		out["options"] = f.showOptions()
	}
	return out
}

func (f *customField) showOptions() []object {
	out := []object{}
	for _, o := range f.Options {
		out = append(out, o.show(f.ID))
	}
	return out
}

func (o option) show(field string) object {
	return object{
		"id": o.ID, "idCustomField": field, "value": object{"text": o.Value.Text}, "color": o.Color, "pos": o.Pos,
	}
}

// show gives an item as the service writes it: a chosen option has idValue and
// no value.
func (i fieldItem) show() object {
	out := object{"id": i.ID, "idCustomField": i.IDCustomField, "idModel": i.IDModel, "modelType": "card"}
	if i.IDValue != "" {
		out["idValue"] = i.IDValue
	} else {
		out["value"] = i.Value
	}
	return out
}

func (a attachment) show() object {
	return over(object{
		"bytes": nil, "date": stamp(born(a.ID)), "edgeColor": nil, "idMember": nil, "isUpload": false,
		"mimeType": "", "previews": []object{}, "fileName": a.Name, "isMalicious": false,
	}, a.rest, object{"id": a.ID, "name": a.Name, "url": a.URL, "pos": a.Pos})
}

func (c *checklist) show() object {
	items := []object{}
	for _, i := range c.Items {
		items = append(items, i.show(c.ID))
	}
	return over(object{"creationMethod": nil}, c.rest, object{
		"id": c.ID, "name": c.Name, "idCard": c.IDCard, "idBoard": c.IDBoard, "pos": c.Pos, "checkItems": items,
	})
}

func (i checkItem) show(checklist string) object {
	return object{
		"id": i.ID, "idChecklist": checklist, "name": i.Name, "nameData": nil, "state": i.State, "pos": i.Pos,
		"due": i.Due, "dueReminder": nil, "idMember": i.IDMember, "type": nil, "creationMethod": nil,
	}
}

func (h *webhook) show() object {
	return object{
		"id": h.ID, "description": h.Description, "idModel": h.IDModel, "callbackURL": h.CallbackURL,
		"active": h.Active, "consecutiveFailures": 0, "firstConsecutiveFailDate": nil,
	}
}

// limitOf is a limit far from reached; the service warns at four fifths.
func limitOf(most int) object {
	return object{"status": "ok", "disableAt": most, "warnAt": most * 4 / 5}
}

// boardLimits are those seen on live boards in 2026.
func boardLimits() object {
	return object{
		"attachments":        object{"perBoard": limitOf(36000), "perCard": limitOf(1000)},
		"boards":             object{"totalMembersPerBoard": limitOf(1600)},
		"cards":              object{"openPerBoard": limitOf(5000), "openPerList": limitOf(5000), "totalPerBoard": limitOf(2000000), "totalPerList": limitOf(1000000)},
		"checklists":         object{"perBoard": limitOf(1800000), "perCard": limitOf(500)},
		"checkItems":         object{"perChecklist": limitOf(200)},
		"customFields":       object{"perBoard": limitOf(maxFields)},
		"customFieldOptions": object{"perField": limitOf(maxOptions)},
		"labels":             object{"perBoard": limitOf(maxLabels)},
		"lists":              object{"openPerBoard": limitOf(500), "totalPerBoard": limitOf(3000)},
		"stickers":           object{"perCard": limitOf(70)},
	}
}
