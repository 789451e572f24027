package jirasim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Site) agileRoutes() {
	const agile = "/rest/agile/1.0"
	s.register("PUT", agile+"/issue/rank", (*call).rankIssues)
	s.register("GET", agile+"/issue/{issueIdOrKey}", (*call).getIssue)
	s.register("GET", agile+"/board", (*call).listBoards)
	s.register("GET", agile+"/board/{boardId}", (*call).showBoard)
	s.register("GET", agile+"/board/{boardId}/configuration", (*call).boardConfiguration)
	s.register("GET", agile+"/board/{boardId}/issue", (*call).boardIssues)
	s.register("GET", agile+"/board/{boardId}/backlog", (*call).boardBacklog)
	s.register("GET", agile+"/board/{boardId}/sprint", (*call).boardSprints)
	s.register("GET", agile+"/sprint/{sprintId}", (*call).showSprint)
	s.register("GET", "/rest/servicedeskapi/request/{issueIdOrKey}/sla", (*call).requestSLA)
}

// boards gives the boards that the caller may see.
func (c *call) boards() []Board {
	return slices.DeleteFunc(slices.Clone(c.s.catalog.boards), func(b Board) bool { return !c.s.allowed(b.Project, Browse) })
}

func (c *call) listBoards() answer {
	query := c.r.URL.Query()
	kinds, key, name := lists(query["type"]), query.Get("projectKeyOrId"), strings.ToLower(query.Get("name"))
	if key != "" {
		p := find(c.projects(), key)
		if p == nil {
			return refuse(http.StatusBadRequest, fmt.Sprintf("No project could be found with key or id '%s'.", key))
		}
		key = p.also
	}
	var out []any
	for _, b := range c.boards() {
		if key != "" && b.Project != key || len(kinds) > 0 && !slices.Contains(kinds, b.Type) || !strings.Contains(strings.ToLower(b.Name), name) {
			continue
		}
		out = append(out, c.board(b))
	}
	return c.paged(out, 50)
}

// board describes a board.
func (c *call) board(b Board) map[string]any {
	out := map[string]any{
		"id": b.ID, "self": fmt.Sprintf("%s/rest/agile/1.0/board/%d", selfMark, b.ID), "name": b.Name, "type": b.Type,
	}
	if p := find(c.s.catalog.projects, b.Project); p != nil {
		id, _ := strconv.ParseInt(p.id, 10, 64)
		label := fmt.Sprintf("%s (%s)", p.name, p.also)
		out["location"] = map[string]any{
			"projectId": id, "displayName": label, "projectName": p.name, "projectKey": p.also, "projectTypeKey": "software", "name": label,
		}
	}
	return out
}

// boardInPath finds the board in the path.
func (c *call) boardInPath() (Board, *answer) {
	for _, b := range c.boards() {
		if strconv.FormatInt(b.ID, 10) == c.r.PathValue("boardId") {
			return b, nil
		}
	}
	a := refuse(http.StatusNotFound, "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.")
	return Board{}, &a
}

func (c *call) showBoard() answer {
	b, refusal := c.boardInPath()
	if refusal != nil {
		return *refusal
	}
	return reply(http.StatusOK, c.board(b))
}

// boardConfiguration names the board's rank field and, on scrum boards, its
// estimate.
func (c *call) boardConfiguration() answer {
	b, refusal := c.boardInPath()
	if refusal != nil {
		return *refusal
	}
	rank := c.s.ranks[0]
	if own := c.s.rankByID(b.Rank); own != nil {
		rank = own
	}
	out := map[string]any{
		"id": b.ID, "name": b.Name, "type": b.Type, "self": fmt.Sprintf("%s/rest/agile/1.0/board/%d/configuration", selfMark, b.ID),
		"location": c.boardLocation(b),
		"filter":   map[string]string{"id": strconv.FormatInt(newest+b.ID, 10), "self": fmt.Sprintf("%s/rest/api/2/filter/%d", selfMark, newest+b.ID)},
		"ranking":  map[string]int64{"rankCustomFieldId": rank.number}, "columnConfig": c.columns(),
	}
	if f := c.s.estimate(b); f != nil {
		out["estimation"] = map[string]any{"type": "field", "field": map[string]string{"fieldId": f.id, "displayName": f.name}}
	}
	return reply(http.StatusOK, out)
}

// boardLocation is the form that the configuration has: Cloud's document
// names a key or id, Data Center gives the project.
func (c *call) boardLocation(b Board) map[string]string {
	out := map[string]string{"type": "project", "key": b.Project}
	if p := find(c.s.catalog.projects, b.Project); p != nil {
		out["id"], out["name"], out["self"] = p.id, p.name, selfMark+"/rest/api/2/project/"+p.id
	}
	return out
}

// estimate gives the field that a scrum board estimates with.
func (s *Site) estimate(b Board) *field {
	if b.Type != "scrum" {
		return nil
	}
	if f := s.fields[b.Estimate]; f != nil {
		return f
	}
	for _, name := range []string{"Story Points", "Story point estimate"} {
		if f := s.fieldNamed(name); f != nil && f.schema.Type == "number" {
			return f
		}
	}
	return nil
}

// columns gives a column for each category of the statuses.
func (c *call) columns() map[string]any {
	var columns []map[string]any
	for _, k := range statusCategories[1:] {
		statuses := []map[string]string{}
		for _, t := range c.s.catalog.statuses {
			if categoryOf(t.raw) == k.key {
				statuses = append(statuses, map[string]string{"id": t.id, "self": selfMark + "/rest/api/2/status/" + t.id})
			}
		}
		columns = append(columns, map[string]any{"name": k.name, "statuses": statuses})
	}
	return map[string]any{"columns": columns, "constraintType": "issueCount"}
}

func (c *call) boardIssues() answer  { return c.boardList("") }
func (c *call) boardBacklog() answer { return c.boardList("statusCategory != Done") }

// boardList lists a board's issues in rank order, as a page by offset.
func (c *call) boardList(only string) answer {
	b, refusal := c.boardInPath()
	if refusal != nil {
		return *refusal
	}
	parts := []string{"project = " + string(quote(b.Project))}
	for _, part := range []string{only, c.r.URL.Query().Get("jql")} {
		if part != "" {
			parts = append(parts, "("+part+")")
		}
	}
	jql := strings.Join(parts, " AND ")
	q, refusal := c.query(fmt.Sprintf("%s ORDER BY cf[%d] ASC", jql, c.s.ranks[0].number))
	if refusal != nil {
		return *refusal
	}
	ids := c.find(q, nil)
	start, size := c.number("startAt", 0), c.capped(min(c.number("maxResults", 50), serverPage))
	start = min(max(start, 0), len(ids))
	query := c.r.URL.Query()
	want := c.selection(query["expand"], query["fields"], "*navigable")
	want.idOnly = false
	var out bytes.Buffer
	fmt.Fprintf(&out, `{"expand":"schema,names","startAt":%d,"maxResults":%d,"total":%d,"issues":`, start, size, len(ids))
	c.issues(&out, ids[start:min(start+max(size, 0), len(ids))], want, nil)
	out.WriteByte('}')
	return answer{status: http.StatusOK, body: out.Bytes()}
}

// sprint describes a sprint.
func (c *call) sprint(s Sprint) map[string]any {
	out := map[string]any{
		"id": s.ID, "self": fmt.Sprintf("%s/rest/agile/1.0/sprint/%d", selfMark, s.ID), "name": s.Name, "state": s.State,
		"originBoardId": s.Board, "goal": s.Goal,
	}
	if s.Start != "" {
		out["startDate"] = s.Start
	}
	if s.End != "" {
		out["endDate"] = s.End
	}
	return out
}

// boardSprints lists the sprints of a scrum board. Exports rarely say which
// board a sprint came from: those without one show on every scrum board.
func (c *call) boardSprints() answer {
	b, refusal := c.boardInPath()
	if refusal != nil {
		return *refusal
	}
	if b.Type != "scrum" {
		return refuse(http.StatusBadRequest, "The board does not support sprints")
	}
	states := lists(c.r.URL.Query()["state"])
	var out []any
	for _, s := range c.s.catalog.sprints {
		if len(states) > 0 && !slices.Contains(states, s.State) || s.Board != 0 && s.Board != b.ID && c.boardKnown(s.Board) {
			continue
		}
		out = append(out, c.sprint(s))
	}
	return c.paged(out, 50)
}

func (c *call) boardKnown(id int64) bool {
	return slices.ContainsFunc(c.s.catalog.boards, func(b Board) bool { return b.ID == id })
}

func (c *call) showSprint() answer {
	for _, s := range c.s.catalog.sprints {
		if strconv.FormatInt(s.ID, 10) == c.r.PathValue("sprintId") {
			return reply(http.StatusOK, c.sprint(s))
		}
	}
	return refuse(http.StatusNotFound, "Sprint does not exist.")
}

// requestSLA lists the agreements of a service request, which are its fields
// of that type.
func (c *call) requestSLA() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	values := []json.RawMessage{}
	for _, f := range c.s.sortedFields() {
		if raw := i.fields[f.id]; f.schema.Custom == SLAType && !isNull(raw) {
			values = append(values, raw)
		}
	}
	return reply(http.StatusOK, map[string]any{"size": len(values), "start": 0, "limit": 50, "isLastPage": true, "values": values})
}
