package trellosim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// refer makes stand-ins for what a request names and no answer shows.
func (s *stage) refer(e exchange) {
	body, err := url.ParseQuery(e.Request)
	if err != nil {
		body = url.Values{}
	}
	answer, _ := e.JSON.(object)
	text := func(key string) string {
		v, _ := answer[key].(string)
		return v
	}
	m := resources.FindStringSubmatch(e.Path)
	boardID := text("idBoard")
	for _, id := range append(strings.Split(body.Get("idLabels"), ","), labelValue(e, body)) {
		s.stand("labels", id, object{"name": "L", "color": "blue", "idBoard": boardID, "card": pathID(m)})
	}
	s.stand("lists", body.Get("idList"), object{"name": "L", "idBoard": boardID})
	s.stand("lists", text("idList"), object{"name": "L", "idBoard": boardID})
	if e.Path == "/1/checklists" {
		s.stand("cards", body.Get("idCard"), object{"idBoard": boardID})
	}
	s.stand("cards", body.Get("idCardSource"), object{"idBoard": boardID, "name": "source"})
	s.referModels(e, body, m, answer)
	for _, id := range append(strings.Split(body.Get("idMembers"), ","), body.Get("value")) {
		if objectID.MatchString(id) && !strings.HasSuffix(e.Path, "idBoard") && !strings.HasSuffix(e.Path, "idLabels") {
			s.members[id] = true
		}
	}
}

func (s *stage) referModels(e exchange, body url.Values, m []string, answer object) {
	if id := body.Get("idBoard"); id != "" {
		s.board(id)
	}
	if id := body.Get("idBoardSource"); id != "" {
		s.board(id)
	}
	if id := body.Get("idModel"); id != "" && !s.known(id) {
		s.board(id)
	}
	if m == nil {
		return
	}
	if m[3] == "idBoard" {
		s.board(body.Get("value"))
		if body.Get("idList") == "" {
			list, _ := answer["idList"].(string)
			s.stand("lists", list, object{"idBoard": body.Get("value")})
		}
	}
	if m[3] == "idList" {
		s.stand("lists", body.Get("value"), object{"idBoard": answer["idBoard"]})
	}
	if m[3] == "customField" {
		s.stand("cards", m[2], object{})
		s.stand("customFields", m[4], object{"of": m[2], "name": "F", "type": typeOf(answer)})
	}
	if m[3] == "idMembers" && e.Method == http.MethodDelete {
		s.members[m[4]] = true
		s.append("cards", m[2], "idMembers", m[4])
	}
	if m[3] == "membersVoted" && m[4] != "" {
		s.members[m[4]] = true
	}
	if m[3] == "idLabels" && m[4] != "" {
		s.append("cards", m[2], "idLabels", m[4])
	}
	if m[1] == "customFields" && m[3] == "options" {
		s.stand("customFields", m[2], object{"name": "F", "type": "list", "idModel": "5e00000000000000000b0a2d"})
	}
	if m[3] == "checkItem" {
		s.checkItem(m[2], m[4], answer)
	}
}

// checkItem sees to it that a checklist has the item that a request ticks.
func (s *stage) checkItem(card, item string, answer object) {
	list, _ := answer["idChecklist"].(string)
	s.stand("checklists", list, object{"idCard": card})
	for _, l := range s.parts["checklists"] {
		l["idCard"] = card
	}
	s.append("checklists", list, "checkItems", object{"id": item, "name": "I", "state": "incomplete", "pos": step})
}

func labelValue(e exchange, body url.Values) string {
	if strings.HasSuffix(e.Path, "/idLabels") {
		return body.Get("value")
	}
	return ""
}

func pathID(m []string) string {
	if m == nil {
		return ""
	}
	return m[2]
}

func (s *stage) known(id string) bool {
	for _, kind := range s.parts {
		if kind[id] != nil {
			return true
		}
	}
	return s.boards[id] != nil
}

func (s *stage) stand(kind, id string, o object) {
	if !objectID.MatchString(id) || s.parts[kind][id] != nil {
		return
	}
	o["id"] = id
	s.parts[kind][id] = o
}

func (s *stage) board(id string) {
	if objectID.MatchString(id) && s.boards[id] == nil {
		s.boards[id] = object{"id": id, "name": "Board " + id}
	}
}

// close gives every part a board, and every card a list.
func (s *stage) close() {
	const other = "5e00000000000000000b0a2d"
	s.board(other)
	for _, c := range s.parts["checklists"] {
		if id, ok := c["idCard"].(string); ok {
			board, _ := c["idBoard"].(string)
			s.stand("cards", id, object{"idBoard": board})
		}
	}
	for _, a := range s.parts["actions"] {
		data, _ := a["data"].(object)
		if id := nestedID(data, "card"); id != "" {
			s.stand("cards", id, object{"idBoard": nestedID(data, "board"), "idList": nestedID(data, "list")})
		}
		s.stand("lists", nestedID(data, "list"), object{"name": "L", "idBoard": nestedID(data, "board")})
		if id := nestedID(data, "board"); id != "" {
			s.board(id)
		}
	}
	for id, c := range s.parts["cards"] {
		if b, _ := c["idBoard"].(string); b == "" {
			c["idBoard"] = other
		}
		if l, _ := c["idList"].(string); l == "" {
			c["idList"] = "5e" + id[2:10] + "00000000000115"
		}
		if votes, ok := c["votes"].([]any); ok {
			c["idMembersVoted"] = votes
		}
		s.board(c["idBoard"].(string))
		s.stand("lists", c["idList"].(string), object{"name": "L", "idBoard": c["idBoard"]})
		ids, _ := c["idMembers"].([]any)
		for _, m := range ids {
			s.members[m.(string)] = true
		}
		ids, _ = c["idLabels"].([]any)
		for _, l := range ids {
			s.stand("labels", l.(string), object{"name": "L", "color": "red", "idBoard": c["idBoard"]})
		}
	}
	for kind, key := range map[string]string{"lists": "idBoard", "labels": "idBoard", "customFields": "idModel", "checklists": "idBoard"} {
		for _, o := range s.parts[kind] {
			if of, ok := o["of"].(string); ok && s.parts["cards"][of] != nil {
				o[key] = s.parts["cards"][of]["idBoard"]
			}
			if of, ok := o["card"].(string); ok && s.parts["cards"][of] != nil {
				o[key] = s.parts["cards"][of]["idBoard"]
			}
			if b, _ := o[key].(string); b == "" {
				o[key] = other
			}
			s.board(o[key].(string))
		}
	}
}

// seed writes the stage as board exports.
func (s *stage) seed(t *testing.T) Seed {
	t.Helper()
	seed := Seed{Member: "5e679b808e6e8828784b30e1"}
	members := []any{object{"id": seed.Member, "username": "hoppertest", "fullName": "Hopper Test", "initials": "HT"}}
	for id := range s.members {
		if id != seed.Member {
			members = append(members, object{"id": id, "username": "u" + id, "fullName": "U", "initials": "U"})
		}
	}
	for id, b := range s.boards {
		doc := over(object{"members": members}, b, nil)
		for kind, parts := range s.parts {
			var list []object
			for _, o := range parts {
				if s.on(kind, o) == id {
					list = append(list, o)
				}
			}
			doc[kind] = list
		}
		if boardPlugins, ok := b["pluginData"]; ok {
			doc["pluginData"] = boardPlugins
		}
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if err := seed.Read(strings.NewReader(string(raw))); err != nil {
			t.Fatal(err)
		}
	}
	return seed
}

// on gives the board that a part lies on.
func (s *stage) on(kind string, o object) string {
	switch kind {
	case "customFields":
		return o["idModel"].(string)
	case "actions":
		data, _ := o["data"].(object)
		return nestedID(data, "board")
	case "webhooks":
		return "5e00000000000000000b0a2d"
	}
	id, _ := o["idBoard"].(string)
	return id
}
