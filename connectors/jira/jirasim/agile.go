package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Site) agileRoutes() {
	const agile = "/rest/agile/1.0"
	s.register("PUT", agile+"/issue/rank", (*call).rankIssues)
	s.register("GET", agile+"/issue/{issueIdOrKey}", (*call).agileIssue)
	s.register("GET", agile+"/board", (*call).listBoards)
	s.register("GET", agile+"/board/{boardId}", (*call).showBoard)
	s.register("GET", agile+"/board/{boardId}/configuration", (*call).boardConfiguration)
	s.register("GET", agile+"/board/{boardId}/project", (*call).boardProjects)
	s.register("GET", agile+"/board/{boardId}/version", (*call).boardVersions)
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
	if b.Type == "kanban" {
		out["subQuery"] = map[string]string{"query": "fixVersion in unreleasedVersions() OR fixVersion is EMPTY"}
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

// boardProjects lists the one project that a board here is about.
func (c *call) boardProjects() answer {
	b, refusal := c.boardInPath()
	if refusal != nil {
		return *refusal
	}
	var out []any
	if p := find(c.projects(), b.Project); p != nil {
		out = append(out, p.raw)
	}
	return c.paged(out, 50)
}

// boardVersions lists the versions of a board's project.
func (c *call) boardVersions() answer {
	b, refusal := c.boardInPath()
	if refusal != nil {
		return *refusal
	}
	p := find(c.projects(), b.Project)
	wanted := c.r.URL.Query().Get("released")
	var out []any
	for _, v := range ofProject(c.s.catalog.versions, b.Project) {
		released := bytesContain(v.raw, `"released":true`)
		number, err := strconv.ParseInt(v.id, 10, 64)
		if wanted != "" && wanted != strconv.FormatBool(released) || err != nil || p == nil {
			continue
		}
		project, _ := strconv.ParseInt(p.id, 10, 64)
		out = append(out, boardVersion(v, number, project))
	}
	return c.paged(out, 50)
}

// boardVersion is a version as boards give it: ids are numbers, and the day of
// the release is a moment.
func boardVersion(v thing, id, project int64) map[string]any {
	var release struct {
		Day string `json:"releaseDate"`
	}
	_ = json.Unmarshal(v.raw, &release)
	out := map[string]any{
		"self": selfMark + "/rest/api/2/version/" + v.id, "id": id, "projectId": project, "name": v.name, "description": "",
		"archived": bytesContain(v.raw, `"archived":true`), "released": bytesContain(v.raw, `"released":true`),
	}
	if day, err := time.Parse(time.DateOnly, release.Day); err == nil {
		out["releaseDate"] = day.Format("2006-01-02T15:04:05.000Z07:00")
	}
	return out
}
