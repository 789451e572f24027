package jirasim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// What Data Center says otherwise than Cloud. Seeds are written as Cloud
// shows issues; a Data Center site turns them over when it starts.

// epicNameType is the type of the field with an epic's short name.
const epicNameType = "com.pyxis.greenhopper.jira:gh-epic-label"

// asDataCenter gives an issue's fields as Data Center has them: people with
// login names instead of account ids, and types without levels.
func asDataCenter(i *issue) {
	for id, raw := range i.fields {
		if bytes.Contains(raw, []byte(`"accountId"`)) || bytes.Contains(raw, []byte(`"hierarchyLevel"`)) || id == "comment" {
			i.fields[id] = turned(raw)
		}
	}
}

// turned rewrites the people and types in a value.
func turned(raw json.RawMessage) json.RawMessage {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return raw
	}
	turn(v)
	return encode(v)
}

// turn rewrites the people and types in a value, in place.
func turn(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			turn(x)
		}
	case map[string]any:
		if id, ok := v["accountId"].(string); ok {
			turnPerson(v, id)
		}
		delete(v, "hierarchyLevel")
		delete(v, "jsdPublic")
		for _, x := range v {
			turn(x)
		}
	}
}

// turnPerson names a person as Data Center does. Exports without an address
// leave the account id to serve as login name.
func turnPerson(v map[string]any, id string) {
	mail, _ := v["emailAddress"].(string)
	local, _, _ := strings.Cut(mail, "@")
	given, _ := v["name"].(string)
	key, _ := v["key"].(string)
	name := first(given, local, id)
	delete(v, "accountId")
	delete(v, "accountType")
	v["self"] = selfMark + "/rest/api/2/user?username=" + name
	v["key"], v["name"] = first(key, name), name
}

// turnSprints writes the sprints of issues as Data Center does: as the text
// that Java makes of an object.
func (s *Site) turnSprints(issues []*issue) {
	f := s.fieldOfType(SprintType)
	for _, i := range issues {
		var list []struct {
			ID                               int64
			BoardID                          int64
			Name, State, Goal                string
			StartDate, EndDate, CompleteDate string
		}
		if f == nil || json.Unmarshal(i.fields[f.id], &list) != nil || len(list) == 0 {
			continue
		}
		texts := make([]string, len(list))
		for n, o := range list {
			texts[n] = sprintText(Sprint{ID: o.ID, Name: o.Name, State: o.State, Board: o.BoardID, Goal: o.Goal, Start: o.StartDate, End: o.EndDate}, o.CompleteDate)
		}
		i.fields[f.id] = encode(texts)
	}
}

// sprintText is a sprint as issues show it on Data Center.
func sprintText(s Sprint, complete string) string {
	return fmt.Sprintf("com.atlassian.greenhopper.service.sprint.Sprint@%x[id=%d,rapidViewId=%d,state=%s,name=%s,startDate=%s,endDate=%s,completeDate=%s,sequence=%d,goal=%s]",
		0x1f0000+s.ID, s.ID, s.Board, strings.ToUpper(s.State), s.Name, first(s.Start, "<null>"), first(s.End, "<null>"), first(complete, "<null>"), s.ID, s.Goal)
}

// provideEpics keeps the epics of issues in fields of their own, which Jira
// Software has on Data Center: only sub-tasks have a parent there.
func (s *Site) provideEpics(issues []*issue) {
	byKey := map[string]*issue{}
	for _, i := range issues {
		byKey[i.key] = i
	}
	link, name := s.fieldOfType(EpicLinkType), s.fieldOfType(epicNameType)
	for _, i := range issues {
		parent := entityOf(i.fields["parent"]).name
		if parent == "" || isSubtask(i.fields["issuetype"]) {
			continue
		}
		if link == nil {
			link = s.define(Field{ID: s.freeID(10014), Name: "Epic Link", Custom: EpicLinkType})
		}
		if name == nil {
			name = s.define(Field{ID: s.freeID(10011), Name: "Epic Name", Type: "string", Custom: epicNameType})
		}
		delete(i.fields, "parent")
		i.fields[link.id] = quote(parent)
		if epic := byKey[parent]; epic != nil {
			epic.fields[name.id] = quote(textOf(epic.fields["summary"]))
		}
	}
}

// fieldOfType finds the first field of a type.
func (s *Site) fieldOfType(custom string) *field {
	for _, f := range s.sortedFields() {
		if f.schema.Custom == custom {
			return f
		}
	}
	return nil
}

// epicLink checks the key of an epic that a client sends.
func (ch *change) epicLink(raw json.RawMessage) (json.RawMessage, string) {
	key := textOf(raw)
	i := ch.c.s.lookup(key)
	if !ch.c.sees(i) {
		return nil, fmt.Sprintf("No issue could be found for '%s'.", key)
	}
	return quote(i.key), ""
}
