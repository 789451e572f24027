package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// epicRoutes are the routes of epics. Moving issues into one writes their
// parent, or the epic link of Data Center.
func (s *Site) epicRoutes() {
	const agile = "/rest/agile/1.0"
	s.register("GET", agile+"/board/{boardId}/epic", (*call).boardEpics)
	s.register("GET", agile+"/epic/{epicId}", (*call).showEpic)
	s.register("POST", agile+"/epic/{epicId}/issue", (*call).moveToEpic)
	s.register("PUT", agile+"/epic/{epicId}/rank", (*call).rankEpic)
}

// epicInPath finds the epic in the path.
func (c *call) epicInPath() (*issue, *answer) {
	word := c.r.PathValue("epicId")
	if e := c.s.lookup(word); c.sees(e) && isEpic(e) {
		return e, nil
	}
	a := refuse(http.StatusNotFound, fmt.Sprintf("The epic '%s' does not exist or you do not have permission to view it.", word))
	return nil, &a
}

// epicJSON is an epic as Jira Software gives it.
func epicJSON(e *issue) map[string]any {
	return map[string]any{
		"id": e.id, "key": e.key, "self": fmt.Sprintf("%s/rest/agile/1.0/epic/%d", selfMark, e.id),
		"name": e.facts.summary, "summary": e.facts.summary, "color": map[string]string{"key": "color_1"}, "done": e.facts.category == categoryDone,
	}
}

func (c *call) showEpic() answer {
	e, refusal := c.epicInPath()
	if refusal != nil {
		return *refusal
	}
	return reply(http.StatusOK, epicJSON(e))
}

// boardEpics lists the epics of a board's project.
func (c *call) boardEpics() answer {
	b, refusal := c.boardInPath()
	if refusal != nil {
		return *refusal
	}
	wanted := c.r.URL.Query().Get("done")
	var out []any
	for _, i := range c.s.present() {
		done := strconv.FormatBool(i.facts.category == categoryDone)
		if isEpic(i) && i.facts.project.also == b.Project && c.sees(i) && (wanted == "" || wanted == done) {
			out = append(out, epicJSON(i))
		}
	}
	return c.paged(out, 50)
}

// moveToEpic gives issues an epic, or takes it away where the path says none.
func (c *call) moveToEpic() answer {
	value := json.RawMessage("null")
	if c.r.PathValue("epicId") != "none" {
		e, refusal := c.epicInPath()
		if refusal != nil {
			return *refusal
		}
		value = encode(map[string]string{"key": e.key})
	}
	issues, _, refusal := c.movedIssues()
	if refusal != nil {
		return *refusal
	}
	field := c.s.fields["parent"]
	for _, f := range c.s.fields {
		if f.schema.Custom == EpicLinkType && !c.s.cloud() {
			field = f
		}
	}
	if field.custom && !isNull(value) {
		value = quote(entityOf(value).name)
	}
	for _, i := range issues {
		ch := c.change(i)
		ch.assign(field.id, value)
		if len(ch.faults) > 0 {
			return refuseFields(http.StatusBadRequest, ch.faults)
		}
		ch.commit()
	}
	return done()
}

// rankEpic ranks an epic before or after another one.
func (c *call) rankEpic() answer {
	e, refusal := c.epicInPath()
	if refusal != nil {
		return *refusal
	}
	var in struct {
		Before string      `json:"rankBeforeEpic"`
		After  string      `json:"rankAfterEpic"`
		Field  json.Number `json:"rankCustomFieldId"`
	}
	if a := c.read(&in); a != nil {
		return *a
	}
	if other := c.s.lookup(first(in.Before, in.After)); other == nil || !isEpic(other) {
		return refuse(http.StatusBadRequest, "Epics can be ranked only next to other epics.")
	}
	return c.rank(rankRequest{Issues: []string{e.key}, Before: in.Before, After: in.After, Field: in.Field})
}
