package trellosim

import "strings"

// shownKinds are what a sentence about an action can name.
var shownKinds = []string{"card", "board", "list", "listBefore", "listAfter", "customField", "checklist", "attachment"}

// display gives what a client needs to tell of an action in a sentence.
func (w *world) display(a *action) object {
	entities := object{}
	for _, kind := range shownKinds {
		if ref, ok := a.Data[kind].(object); ok {
			entities[kind] = entityOf(kind, ref)
		}
	}
	if a.Type == "commentCard" {
		card := nestedID(a.Data, "card")
		entities["contextOn"] = object{"type": "translatable", "translationKey": "action_on", "hideIfContext": true, "idContext": card}
		entities["comment"] = object{"type": "comment", "text": a.Data["text"]}
		if shown, ok := entities["card"].(object); ok {
			shown["hideIfContext"] = true
		}
	}
	if old, ok := a.Data["old"].(object); ok {
		showChange(entities, a.Data, old)
	}
	if m := w.members[a.IDMemberCreator]; m != nil {
		entities["memberCreator"] = object{"type": "member", "id": m.ID, "username": m.Username, "text": m.FullName}
	}
	return object{"translationKey": sentence(a), "entities": entities}
}

// entityOf gives a thing as sentences name it, with the values that an action
// has just given it.
func entityOf(kind string, ref object) object {
	entity := object{"type": strings.TrimSuffix(strings.TrimSuffix(kind, "Before"), "After")}
	for key, value := range ref {
		switch key {
		case "name":
			entity["text"] = value
		case "idShort":
		default:
			entity[key] = value
		}
	}
	return entity
}

// showChange adds what a sentence about a change says beside the thing: its
// former name, or its new date.
func showChange(entities, data, old object) {
	if name, ok := old["name"]; ok {
		entities["name"] = object{"type": "text", "text": name}
	}
	card, _ := data["card"].(object)
	if _, ok := old["due"]; ok {
		entities["date"] = object{"type": "date", "date": card["due"]}
	}
}

// sentences name the changes of a card and a list that have a sentence of their own.
// Source: recorded calls of webhooks.
var sentences = map[string]string{
	"updateCard:due": "action_changed_a_due_date", "updateCard:desc": "action_changed_description_of_card",
	"updateCard:name": "action_renamed_card", "updateCard:idList": "action_move_card_from_list_to_list",
	"updateBoard:name": "action_update_board_name",
}

// sentence gives the key of the sentence that tells of an action.
func sentence(a *action) string {
	if a.Type == "commentCard" {
		return "action_comment_on_card"
	}
	old, _ := a.Data["old"].(object)
	for key := range old {
		if known, ok := sentences[a.Type+":"+key]; ok {
			return known
		}
	}
	if _, moved := old["pos"]; moved {
		return movement(a, old)
	}
	return "action_" + snake(a.Type)
}

// movement tells a move up from one down.
func movement(a *action, old object) string {
	kind, up, down := "card", "action_moved_card_higher", "action_moved_card_lower"
	if a.Type == "updateList" {
		kind, up, down = "list", "action_moved_list_right", "action_moved_list_left"
	}
	thing, _ := a.Data[kind].(object)
	before, _ := old["pos"].(float64)
	if now, _ := thing["pos"].(float64); now > before {
		return up
	}
	return down
}
