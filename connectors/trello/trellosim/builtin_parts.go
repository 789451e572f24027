package trellosim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// dates sets when a card is due and when it was done. A due time is a full
// hour, as people choose it.
func (b *builtinBuilder) dates(card object, more map[string]string) {
	if more["due"] != "" {
		card["due"] = stamp(b.at(more["due"]).Truncate(time.Hour))
	}
	if more["complete"] != "" {
		done := stamp(b.at("-" + more["complete"]))
		card["dateCompleted"], card["dateLastActivity"] = done, done
	}
	if more["archived"] != "" {
		card["dateClosed"] = stamp(b.at("-1"))
		card["dateLastActivity"] = card["dateClosed"]
	}
}

// attach gives a card the issue that it stands for.
func (b *builtinBuilder) attach(card object, key string) {
	if key == "" {
		return
	}
	card["attachments"] = []object{{
		"id": builtinPart(card, 1), "name": key, "url": b.jira + "/browse/" + key, "pos": step,
		"bytes": nil, "date": card["dateLastActivity"], "isUpload": false, "mimeType": "", "idMember": builtinID(kindMember, 0),
	}}
}

// builtinPart gives the id of something on a card: the card's time, and a
// number that the card's own serial leaves free.
func builtinPart(card object, n int) string {
	return fmt.Sprintf("%s%02x%06x", card["id"].(string)[:16], n, card["idShort"])
}

// values fills the custom fields, as the service writes them: all as text.
func (b *builtinBuilder) values(card object, more map[string]string) {
	items := []object{}
	for n, f := range builtinFields {
		text := more[f.word]
		if text == "" {
			continue
		}
		item := object{"id": builtinPart(card, 16+n), "idCustomField": builtinID(kindField, n), "idModel": card["id"], "modelType": "card"}
		switch f.kind {
		case "number":
			item["value"] = object{"number": text}
		case "checkbox":
			item["value"] = object{"checked": "true"}
		case "date":
			item["value"] = object{"date": stamp(b.at(text).Truncate(time.Hour))}
		case "list":
			item["idValue"] = builtinID(kindOption, slices.Index(builtinChoices, text))
		}
		items = append(items, item)
	}
	card["customFieldItems"] = items
}

// checklist adds a checklist from a text such as "2/5": two of five are done.
func (b *builtinBuilder) checklist(card object, progress string) {
	if progress == "" {
		card["idChecklists"] = []string{}
		return
	}
	done, all, _ := strings.Cut(progress, "/")
	id := builtinPart(card, 32)
	items := []object{}
	for n, name := range builtinSteps[:builtinCount(all)] {
		state := "incomplete"
		if n < builtinCount(done) {
			state = "complete"
		}
		items = append(items, object{
			"id": builtinPart(card, 33+n), "idChecklist": id, "name": name, "state": state, "pos": (n + 1) * step, "due": nil, "idMember": nil,
		})
	}
	card["idChecklists"] = []string{id}
	b.checklists = append(b.checklists, object{
		"id": id, "idCard": card["id"], "idBoard": builtinBoard, "name": "Checklist", "pos": step, "checkItems": items,
	})
}
