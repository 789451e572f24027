package trellosim

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// stage gathers the state that a session of recorded requests needs: what its
// answers show, and whatever its requests and answers refer to.
type stage struct {
	boards  map[string]object
	parts   map[string]map[string]object // kind → id → object
	members map[string]bool
	late    bool // past the first write: answers may show its effect
}

// clone gives a deep copy of a JSON value.
func clone(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for key, x := range v {
			out[key] = clone(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = clone(x)
		}
		return out
	}
	return v
}

func newStage(session []exchange) *stage {
	s := &stage{boards: map[string]object{}, parts: map[string]map[string]object{}, members: map[string]bool{}}
	for _, kind := range []string{"lists", "cards", "labels", "customFields", "checklists", "actions", "webhooks"} {
		s.parts[kind] = map[string]object{}
	}
	for _, e := range session {
		s.late = s.late || e.Method != http.MethodGet
		if e.Method == http.MethodGet {
			s.harvest(e.Path, clone(e.JSON))
		}
	}
	for _, e := range session {
		s.refer(e)
	}
	s.close()
	return s
}

// put keeps the first sight of an object.
func (s *stage) put(kind string, o object) {
	id, ok := o["id"].(string)
	if !ok || s.parts[kind][id] != nil {
		return
	}
	s.parts[kind][id] = o
}

var resources = regexp.MustCompile(`^/1/(\w+)/([0-9a-f]{24})(?:/(\w+)(?:/([0-9a-f]{24}))?)?`)

// harvest takes the objects of an answer.
func (s *stage) harvest(path string, answer any) {
	if o, ok := answer.(object); ok && strings.HasPrefix(path, "/1/tokens/") {
		s.take("tokens", "", o)
	}
	m := resources.FindStringSubmatch(path)
	if m == nil {
		return
	}
	kind, id := m[1], m[2]
	if m[3] != "" {
		kind = map[string]string{
			"board": "boards", "card": "cards", "list": "lists", "customFieldItems": "items", "membersVoted": "voters",
			"attachments": "attachments", "checkItemStates": "states", "pluginData": "pluginData", "options": "options",
		}[m[3]]
		if kind == "" {
			kind = m[3]
		}
	}
	list, isList := answer.([]any)
	if !isList {
		list = []any{answer}
	}
	if m[1] == "actions" && m[3] != "" {
		s.harvestAction(id, m[3], answer)
	}
	for _, x := range list {
		o, ok := x.(object)
		if !ok {
			continue
		}
		s.take(kind, id, o)
	}
}

// harvestAction makes the action whose board, list or card an answer shows.
func (s *stage) harvestAction(id, part string, answer any) {
	o, ok := answer.(object)
	if !ok {
		return
	}
	data := object{part: object{"id": o["id"]}}
	if part == "board" {
		data["card"] = object{"id": "5e00000000000000000ca2d0"}
	} else {
		data["board"] = object{"id": o["idBoard"]}
	}
	s.put("actions", object{"id": id, "type": "commentCard", "date": "2022-02-02T15:46:05.589Z", "data": data})
}

// take keeps one object of a kind that hangs on the object id.
func (s *stage) take(kind, id string, o object) {
	if s.late && slices.Contains([]string{"items", "attachments", "voters", "states", "pluginData"}, kind) {
		return
	}
	switch kind {
	case "boards":
		if s.boards[o["id"].(string)] == nil {
			s.boards[o["id"].(string)] = o
		}
	case "items":
		s.append("cards", id, "customFieldItems", o)
		s.put("customFields", object{"id": o["idCustomField"], "of": id, "name": "F", "type": typeOf(o), "options": optionsOf(o)})
	case "attachments":
		s.append("cards", id, "attachments", o)
	case "voters":
		s.append("cards", id, "votes", o["id"])
		s.members[o["id"].(string)] = true
	case "states":
		s.put("checklists", object{
			"id": "5e0000000000000000000c11", "name": "L", "idCard": id, "pos": step,
			"checkItems": []any{object{"id": o["idCheckItem"], "name": "I", "state": o["state"], "pos": step}},
		})
	case "pluginData":
		s.append("cards", id, "pluginData", o)
	case "options":
		if _, plural := o["_id"]; plural {
			o = object{"id": o["_id"], "value": o["value"], "pos": o["pos"], "color": o["color"]}
		}
		s.put("customFields", object{"id": id, "name": "F", "type": "list", "idModel": "5e00000000000000000b0a2d"})
		s.append("customFields", id, "options", o)
	case "tokens":
		hooks, _ := o["webhooks"].([]any)
		for _, h := range hooks {
			s.put("webhooks", h.(object))
		}
	case "cards":
		people, _ := o["members"].([]any)
		for _, p := range people {
			s.members[p.(object)["id"].(string)] = true
			s.put(kind, o)
			s.append(kind, id, "idMembers", p.(object)["id"])
		}
		s.put(kind, o)
	default:
		if s.parts[kind] != nil {
			s.put(kind, o)
		}
	}
}

func (s *stage) append(kind, id, key string, v any) {
	if s.parts[kind][id] == nil {
		s.put(kind, object{"id": id})
	}
	o := s.parts[kind][id]
	have, _ := o[key].([]any)
	if sub, ok := v.(object); ok {
		for _, h := range have {
			if h.(object)["id"] == sub["id"] {
				return
			}
		}
	}
	if s, ok := v.(string); ok && slices.Contains(have, any(s)) {
		return
	}
	o[key] = append(have, v)
}

func typeOf(item object) string {
	if item["idValue"] != nil {
		return "list"
	}
	value, _ := item["value"].(object)
	for key := range value {
		if key == "checked" {
			return "checkbox"
		}
		return key
	}
	return "text"
}

func optionsOf(item object) []any {
	if item["idValue"] == nil {
		return nil
	}
	return []any{object{"id": item["idValue"], "value": object{"text": "O"}, "pos": step}}
}
