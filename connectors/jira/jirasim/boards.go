package jirasim

import (
	"encoding/json"
	"slices"
	"strconv"
)

// fromSprints adds the sprints that issues mention.
func (c *catalog) fromSprints(issues []*issue, fields map[string]*field) {
	for _, i := range issues {
		for id, raw := range i.fields {
			f := fields[id]
			if isNull(raw) || f == nil || f.schema.Custom != SprintType && id != "sprint" && id != "closedSprints" {
				continue
			}
			for _, s := range sprintsIn(raw) {
				known := slices.ContainsFunc(c.sprints, func(k Sprint) bool { return k.ID == s.ID })
				if !known && s.ID != 0 {
					c.sprints = append(c.sprints, s)
				}
			}
		}
	}
	slices.SortFunc(c.sprints, func(a, b Sprint) int { return int(a.ID - b.ID) })
}

// sprintsIn reads whole sprints, given as objects or texts.
func sprintsIn(raw json.RawMessage) []Sprint {
	var out []Sprint
	list := []json.RawMessage{slices.Clone(raw)}
	if raw[0] == '[' && json.Unmarshal(raw, &list) != nil {
		return nil
	}
	for _, one := range list {
		fact, ok := sprintOf(one)
		if !ok {
			continue
		}
		s := Sprint{Name: fact.name, State: fact.state}
		s.ID, _ = strconv.ParseInt(fact.id, 10, 64)
		var dates struct {
			Start string          `json:"startDate"`
			End   string          `json:"endDate"`
			Board json.RawMessage `json:"originBoardId"`
		}
		if one[0] == '{' && json.Unmarshal(one, &dates) == nil {
			s.Start, s.End = dates.Start, dates.End
			s.Board, _ = strconv.ParseInt(plain(dates.Board), 10, 64)
		}
		out = append(out, s)
	}
	return out
}

// defaultBoards gives every project without a board one: scrum where its
// site has sprints, simple where the project is team-managed.
func (c *catalog) defaultBoards() {
	next := int64(1)
	for _, b := range c.boards {
		next = max(next, b.ID+1)
	}
	kind := "kanban"
	if len(c.sprints) > 0 {
		kind = "scrum"
	}
	for _, p := range c.projects {
		if slices.ContainsFunc(c.boards, func(b Board) bool { return b.Project == p.also }) {
			continue
		}
		b := Board{ID: next, Name: p.also + " board", Type: kind, Project: p.also}
		if c.teamManaged[p.also] {
			b.Type = "simple"
		}
		c.boards = append(c.boards, b)
		next++
	}
	slices.SortFunc(c.boards, func(a, b Board) int { return int(a.ID - b.ID) })
}
