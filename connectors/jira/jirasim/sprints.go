package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// longestSprint is the most characters that a sprint's name may have. Source:
// Jira's own refusal.
const longestSprint = 30

// sprintRoutes are the routes of sprints, and of moving issues into them and
// back to the backlog.
func (s *Site) sprintRoutes() {
	const agile = "/rest/agile/1.0"
	s.register("GET", agile+"/board/{boardId}/sprint", (*call).boardSprints)
	s.register("POST", agile+"/sprint", (*call).createSprint)
	s.register("GET", agile+"/sprint/{sprintId}", (*call).showSprint)
	s.register("PUT", agile+"/sprint/{sprintId}", (*call).replaceSprint)
	s.register("POST", agile+"/sprint/{sprintId}", (*call).updateSprint)
	s.register("DELETE", agile+"/sprint/{sprintId}", (*call).deleteSprint)
	s.register("POST", agile+"/sprint/{sprintId}/issue", (*call).moveToSprint)
	s.register("POST", agile+"/backlog/issue", (*call).moveToBacklog)
	s.register("POST", agile+"/backlog/{boardId}/issue", (*call).moveToBacklog)
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

// sprintInPath finds the place of the sprint in the path.
func (c *call) sprintInPath() (int, *answer) {
	id := c.r.PathValue("sprintId")
	at := slices.IndexFunc(c.s.catalog.sprints, func(s Sprint) bool { return strconv.FormatInt(s.ID, 10) == id })
	if at < 0 {
		a := refuse(http.StatusNotFound, "Sprint does not exist.")
		return 0, &a
	}
	return at, nil
}

func (c *call) showSprint() answer {
	at, refusal := c.sprintInPath()
	if refusal != nil {
		return *refusal
	}
	return reply(http.StatusOK, c.sprint(c.s.catalog.sprints[at]))
}

// sprintRequest is what a client sends of a sprint; what it leaves out is nil.
type sprintRequest struct {
	Name  *string     `json:"name"`
	State *string     `json:"state"`
	Start *string     `json:"startDate"`
	End   *string     `json:"endDate"`
	Goal  *string     `json:"goal"`
	Board json.Number `json:"originBoardId"`
}

// createSprint makes a future sprint of a scrum board.
func (c *call) createSprint() answer {
	var in sprintRequest
	if a := c.read(&in); a != nil {
		return *a
	}
	if in.Name == nil || in.Board == "" {
		return refuse(http.StatusBadRequest, "The name and the origin board of a sprint are required.")
	}
	at := slices.IndexFunc(c.boards(), func(b Board) bool { return strconv.FormatInt(b.ID, 10) == in.Board.String() })
	if at < 0 {
		return refuse(http.StatusNotFound, "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.")
	}
	if b := c.boards()[at]; b.Type != "scrum" {
		return refuse(http.StatusBadRequest, "The board does not support sprints")
	}
	made := Sprint{ID: c.s.fresh(), State: "future", Board: c.boards()[at].ID}
	in.State = nil
	if refusal := in.into(&made); refusal != nil {
		return *refusal
	}
	c.s.catalog.sprints = append(c.s.catalog.sprints, made)
	return reply(http.StatusCreated, c.sprint(made))
}

// into puts what was sent into a sprint.
func (in sprintRequest) into(s *Sprint) *answer {
	for from, to := range map[*string]*string{in.Name: &s.Name, in.Goal: &s.Goal, in.Start: &s.Start, in.End: &s.End} {
		if from != nil {
			*to = strings.TrimSpace(*from)
		}
	}
	fault := s.fault()
	if fault == "" && in.State != nil {
		fault = s.enter(strings.ToLower(*in.State)) // clients write it in capitals, too
	}
	if fault == "" {
		return nil
	}
	a := refuse(http.StatusBadRequest, fault)
	return &a
}

// fault gives what is wrong with a sprint.
func (s *Sprint) fault() string {
	start, end := timeOf(quote(s.Start)), timeOf(quote(s.End))
	switch {
	case s.Name == "":
		return "The sprint name must not be empty."
	case utf8.RuneCountInString(s.Name) > longestSprint:
		return "The sprint name must be 30 characters or fewer in length."
	case s.Start != "" && start.IsZero(), s.End != "" && end.IsZero():
		return "The dates of a sprint must be ISO 8601 date times."
	case s.Start != "" && s.End != "" && !end.After(start):
		return "The end date of a sprint must be after its start date."
	}
	return ""
}

// enter takes a sprint to its next state, or gives why it cannot.
func (s *Sprint) enter(state string) string {
	if state == s.State {
		return ""
	}
	if state != map[string]string{"future": "active", "active": "closed"}[s.State] {
		return fmt.Sprintf("A sprint that is %s cannot become %s.", s.State, state)
	}
	if s.Start == "" || s.End == "" {
		return "A sprint needs a start date and an end date to be started."
	}
	s.State = state
	return ""
}

// updateSprint changes what was sent; replaceSprint clears the rest.
func (c *call) updateSprint() answer  { return c.rewriteSprint(false) }
func (c *call) replaceSprint() answer { return c.rewriteSprint(true) }

func (c *call) rewriteSprint(whole bool) answer {
	at, refusal := c.sprintInPath()
	if refusal != nil {
		return *refusal
	}
	var in sprintRequest
	if a := c.read(&in); a != nil {
		return *a
	}
	next := c.s.catalog.sprints[at]
	if next.State == "closed" && in.State != nil && !strings.EqualFold(*in.State, "closed") {
		return refuse(http.StatusBadRequest, "A closed sprint cannot be opened again.")
	}
	if whole {
		next.Name, next.Goal, next.Start, next.End = "", "", "", ""
	}
	if refusal := in.into(&next); refusal != nil {
		return *refusal
	}
	c.s.catalog.sprints[at] = next
	c.inSprint(next.ID, func(i *issue) *issue { return c.resprint(i, &next) })
	return reply(http.StatusOK, c.sprint(next))
}

// deleteSprint deletes a sprint that is not over; its issues go to the backlog.
func (c *call) deleteSprint() answer {
	at, refusal := c.sprintInPath()
	if refusal != nil {
		return *refusal
	}
	id := c.s.catalog.sprints[at].ID
	c.inSprint(id, func(i *issue) *issue { return c.resprint(i, nil) })
	c.s.catalog.sprints = slices.Delete(c.s.catalog.sprints, at, at+1)
	return done()
}

// inSprint puts in new versions of the issues in a sprint.
func (c *call) inSprint(id int64, renew func(*issue) *issue) {
	word := strconv.FormatInt(id, 10)
	for _, i := range c.s.present() {
		if slices.ContainsFunc(i.facts.sprints, func(f sprintFact) bool { return f.id == word }) {
			c.s.put(renew(i))
		}
	}
}

// resprint gives a version of an issue whose open sprint is another one, or
// none; the sprints that are over stay with it.
func (c *call) resprint(i *issue, to *Sprint) *issue {
	next := i.clone()
	for id, f := range c.s.fields {
		if f.schema.Custom == SprintType {
			next.set(id, c.sprintValue(i.fields[id], to))
		}
	}
	return next
}

// sprintValue gives the value of a sprint field.
func (c *call) sprintValue(raw json.RawMessage, to *Sprint) json.RawMessage {
	kept := []json.RawMessage{}
	var all []json.RawMessage
	if !isNull(raw) {
		_ = json.Unmarshal(raw, &all)
	}
	for _, one := range all {
		if f, ok := sprintOf(one); ok && f.state == "closed" && (to == nil || f.id != strconv.FormatInt(to.ID, 10)) {
			kept = append(kept, one)
		}
	}
	if to != nil && !c.s.cloud() {
		kept = append(kept, quote(sprintText(*to, "")))
	} else if to != nil {
		s := map[string]any{"id": to.ID, "name": to.Name, "state": to.State, "boardId": to.Board, "goal": to.Goal}
		for key, value := range map[string]string{"startDate": to.Start, "endDate": to.End} {
			if value != "" {
				s[key] = value
			}
		}
		kept = append(kept, encode(s))
	}
	if len(kept) == 0 {
		return json.RawMessage("null")
	}
	return encode(kept)
}

// movedIssues reads the issues that shall go somewhere, and where to rank
// them on the way.
func (c *call) movedIssues() ([]*issue, rankRequest, *answer) {
	bad := func(status int, text string) ([]*issue, rankRequest, *answer) {
		a := refuse(status, text)
		return nil, rankRequest{}, &a
	}
	var in rankRequest
	if a := c.read(&in); a != nil {
		return nil, in, a
	}
	if n := len(in.Issues); n == 0 || n > mostRanked {
		return bad(http.StatusBadRequest, fmt.Sprintf("Between 1 and %d issues can be moved at once.", mostRanked))
	}
	var out []*issue
	for _, word := range in.Issues {
		i := c.s.lookup(word)
		if !c.sees(i) {
			return bad(http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
		}
		if text := c.mayRank(i); text != "" {
			return bad(http.StatusForbidden, text)
		}
		out = append(out, i)
	}
	return out, in, nil
}

// moveToSprint puts issues into a sprint that is not over.
func (c *call) moveToSprint() answer {
	at, refusal := c.sprintInPath()
	if refusal != nil {
		return *refusal
	}
	to := c.s.catalog.sprints[at]
	if to.State == "closed" {
		return refuse(http.StatusBadRequest, "Issues can only be moved to open or active sprints.")
	}
	return c.moveBetween(&to)
}

// moveToBacklog takes issues out of the sprints that are not over.
func (c *call) moveToBacklog() answer {
	if c.r.PathValue("boardId") != "" {
		if _, refusal := c.boardInPath(); refusal != nil {
			return *refusal
		}
	}
	return c.moveBetween(nil)
}

// moveBetween writes the sprint of issues, and ranks them if asked to.
func (c *call) moveBetween(to *Sprint) answer {
	issues, in, refusal := c.movedIssues()
	if refusal != nil {
		return *refusal
	}
	if in.Before != "" || in.After != "" {
		if _, _, refusal := c.rankTarget(in); refusal != nil {
			return *refusal
		}
	}
	for _, i := range issues {
		ch := c.change(i)
		for _, f := range c.s.fields {
			if f.schema.Custom == SprintType {
				ch.set(f, c.sprintValue(i.fields[f.id], to), nil)
			}
		}
		ch.commit()
	}
	if in.Before != "" || in.After != "" {
		return c.rank(in)
	}
	return done()
}
