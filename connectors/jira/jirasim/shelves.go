package jirasim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// shelf is one of the lists of issues that Jira Software has: a board, its
// backlog, a sprint, an epic.
type shelf struct {
	jql  []string // conditions, all of which hold
	keep func(*issue) bool
}

// shelfRoutes are those lists. The ones under agile page by offset; those
// under software, which only Cloud has, by token, and they lag as searches do.
func (s *Site) shelfRoutes() {
	lists := map[string]func(*call) (shelf, *answer){
		"/board/{boardId}/issue":                   (*call).boardShelf,
		"/board/{boardId}/backlog":                 (*call).backlogShelf,
		"/board/{boardId}/sprint/{sprintId}/issue": (*call).boardSprintShelf,
		"/board/{boardId}/epic/{epicId}/issue":     (*call).boardEpicShelf,
		"/sprint/{sprintId}/issue":                 (*call).sprintShelf,
		"/epic/{epicId}/issue":                     (*call).epicShelf,
	}
	for _, path := range slices.Sorted(maps.Keys(lists)) {
		of := lists[path]
		s.register("GET", "/rest/agile/1.0"+path, func(c *call) answer { return c.shelve(of, (*call).offsetPage) })
		if s.cloud() {
			s.register("GET", "/rest/software/1.0"+path, func(c *call) answer { return c.shelve(of, (*call).tokenPage) })
		}
	}
	for _, name := range []string{"issue", "backlog"} {
		of := lists["/board/{boardId}/"+name]
		if s.cloud() {
			s.register("GET", "/rest/software/1.0/board/{boardId}/"+name+"/approximate-count", func(c *call) answer { return c.shelve(of, (*call).countOnly) })
		}
	}
}

// sorted finds where a query says how to sort.
var sorted = regexp.MustCompile(`(?i)\border\s+by\b`)

// shelve answers with the issues of a shelf, by rank unless the client's own
// query sorts them.
func (c *call) shelve(of func(*call) (shelf, *answer), page func(*call, []int64) answer) answer {
	sh, refusal := of(c)
	if refusal != nil {
		return *refusal
	}
	own, order := c.r.URL.Query().Get("jql"), fmt.Sprintf("ORDER BY cf[%d] ASC", c.s.ranks[0].number)
	if at := sorted.FindStringIndex(own); at != nil {
		own, order = own[:at[0]], own[at[0]:]
	}
	var parts []string
	for _, part := range append(sh.jql, own) {
		if strings.TrimSpace(part) != "" {
			parts = append(parts, "("+part+")")
		}
	}
	q, faults := c.s.compile(strings.Join(parts, " AND ") + " " + order)
	if len(faults) > 0 {
		return refuse(http.StatusBadRequest, faults...)
	}
	ids := c.find(q, nil)
	now := c.s.now()
	if sh.keep != nil {
		ids = slices.DeleteFunc(ids, func(id int64) bool { i := c.s.records[id].searched(now); return i == nil || !sh.keep(i) })
	}
	return page(c, ids)
}

// agileSelection is what of the issues on a shelf a client asked for.
func (c *call) agileSelection() selection {
	query := c.r.URL.Query()
	want := c.selection(query["expand"], query["fields"], "*navigable")
	want.idOnly, want.agile = false, true
	return want
}

func (c *call) offsetPage(ids []int64) answer {
	start, size := c.number("startAt", 0), c.capped(min(c.number("maxResults", 50), serverPage))
	start = min(max(start, 0), len(ids))
	var out bytes.Buffer
	fmt.Fprintf(&out, `{"expand":"schema,names","startAt":%d,"maxResults":%d,"total":%d,"issues":`, start, size, len(ids))
	c.issues(&out, ids[start:min(start+max(size, 0), len(ids))], c.agileSelection(), nil)
	out.WriteByte('}')
	return answer{status: http.StatusOK, body: out.Bytes()}
}

// tokenPage gives a page of the list as it was when its first page was asked
// for.
func (c *call) tokenPage(ids []int64) answer {
	in := cloudSearch{JQL: c.path + " " + c.r.URL.Query().Get("jql"), MaxResults: c.number("maxResults", 0), Fields: []string{"*navigable"}}
	token := c.r.URL.Query().Get("nextPageToken")
	k, number, start := &cursor{jql: in.JQL, ids: ids, born: c.s.now()}, int64(0), 0
	if token == "" {
		c.s.queries++
		number = c.s.queries
		c.s.cursors[number] = k
		delete(c.s.cursors, number-cursorsKept)
	} else {
		var refusal *answer
		if k, number, start, refusal = c.resume(in, token); refusal != nil {
			return *refusal
		}
	}
	end := min(start+c.pageSize(in), len(k.ids))
	var b bytes.Buffer
	b.WriteString(`{"expand":"names,schema","isLast":` + strconv.FormatBool(end == len(k.ids)))
	if next := c.nextToken(number, end, len(k.ids), token); next != "" {
		b.WriteString(`,"nextPageToken":"` + next + `"`)
	}
	b.WriteString(`,"issues":`)
	c.issues(&b, k.ids[start:end], c.agileSelection(), nil)
	b.WriteByte('}')
	return answer{status: http.StatusOK, body: b.Bytes()}
}

func (c *call) countOnly(ids []int64) answer {
	return reply(http.StatusOK, map[string]int{"count": len(ids)})
}

func (c *call) boardShelf() (shelf, *answer) {
	b, refusal := c.boardInPath()
	return shelf{jql: []string{"project = " + string(quote(b.Project))}}, refusal
}

// backlogShelf is what a board still has to do and has planned for no sprint.
func (c *call) backlogShelf() (shelf, *answer) {
	sh, refusal := c.boardShelf()
	sh.jql = append(sh.jql, "statusCategory != Done")
	sh.keep = func(i *issue) bool {
		return !slices.ContainsFunc(i.facts.sprints, func(s sprintFact) bool { return s.state != "closed" })
	}
	return sh, refusal
}

func (c *call) sprintShelf() (shelf, *answer) {
	id := c.r.PathValue("sprintId")
	if _, refusal := c.sprintInPath(); refusal != nil {
		return shelf{}, refusal
	}
	keep := func(i *issue) bool {
		return slices.ContainsFunc(i.facts.sprints, func(s sprintFact) bool { return s.id == id })
	}
	return shelf{jql: []string{"id > 0"}, keep: keep}, nil
}

func (c *call) boardSprintShelf() (shelf, *answer) { return c.onBoard(c.sprintShelf) }

// onBoard keeps of a board's issues those of another shelf.
func (c *call) onBoard(other func() (shelf, *answer)) (shelf, *answer) {
	sh, refusal := c.boardShelf()
	if refusal != nil {
		return sh, refusal
	}
	of, refusal := other()
	sh.keep = of.keep
	return sh, refusal
}

// epicShelf is what belongs to an epic, or to none.
func (c *call) epicShelf() (shelf, *answer) {
	word := c.r.PathValue("epicId")
	if word == "none" {
		return shelf{jql: []string{"id > 0"}, keep: func(i *issue) bool { return c.s.epicOf(i) == nil && !isEpic(i) && !i.facts.subtask }}, nil
	}
	e, refusal := c.epicInPath()
	if refusal != nil {
		return shelf{}, refusal
	}
	return shelf{jql: []string{"id > 0"}, keep: func(i *issue) bool { own := c.s.epicOf(i); return own != nil && own.id == e.id }}, nil
}

func (c *call) boardEpicShelf() (shelf, *answer) { return c.onBoard(c.epicShelf) }

// agileIssue gives one issue as Jira Software does.
func (c *call) agileIssue() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	query := c.r.URL.Query()
	want := c.selection(query["expand"], query["fields"], "*all")
	want.idOnly, want.agile = false, true
	var b bytes.Buffer
	c.render(&b, i, want)
	return answer{status: http.StatusOK, body: b.Bytes()}
}

// base is where the link to an issue leads.
func (w selection) base() string {
	if w.agile {
		return "/rest/agile/1.0/issue/"
	}
	return "/rest/api/2/issue/"
}

// renderAgile writes the fields that Jira Software adds to an issue's own:
// its sprint and those that are over, its epic, and whether it is flagged.
func (c *call) renderAgile(b *bytes.Buffer, i *issue, want selection, comma string) {
	added := map[string]any{"flagged": c.s.flagged(i)}
	var over []any
	for _, fact := range i.facts.sprints {
		at := slices.IndexFunc(c.s.catalog.sprints, func(s Sprint) bool { return strconv.FormatInt(s.ID, 10) == fact.id })
		switch {
		case at < 0:
		case fact.state == "closed":
			over = append(over, c.sprint(c.s.catalog.sprints[at]))
		default:
			added["sprint"] = c.sprint(c.s.catalog.sprints[at])
		}
	}
	if over != nil {
		added["closedSprints"] = over
	}
	if e := c.s.epicOf(i); e != nil {
		added["epic"] = epicJSON(e)
	}
	for _, name := range slices.Sorted(maps.Keys(added)) {
		if _, own := i.fields[name]; !own && want.has(name) {
			b.WriteString(comma + `"` + name + `":`)
			b.Write(encode(added[name]))
			comma = ","
		}
	}
}

// flagged says whether an issue's field of that name is filled in.
func (s *Site) flagged(i *issue) bool {
	f := s.fieldNamed("Flagged")
	return f != nil && f.custom && len(entitiesOf(i.fields[f.id])) > 0
}

// epicOf gives the epic that an issue belongs to: its parent, or what its
// epic link names.
func (s *Site) epicOf(i *issue) *issue {
	words := []string{i.facts.parent.name, i.facts.parent.id}
	for _, f := range s.fields {
		if f.schema.Custom == EpicLinkType {
			words = append(words, textOf(i.fields[f.id]))
		}
	}
	for _, word := range words {
		if e := s.lookup(word); word != "" && e != nil && isEpic(e) {
			return e
		}
	}
	return nil
}

// isEpic says whether an issue is an epic: by its level where the site has
// levels, else by the name of its type.
func isEpic(i *issue) bool {
	var kind struct {
		Level *int   `json:"hierarchyLevel"`
		Name  string `json:"name"`
	}
	if isNull(i.fields["issuetype"]) || json.Unmarshal(i.fields["issuetype"], &kind) != nil {
		return false
	}
	if kind.Level != nil {
		return *kind.Level == 1
	}
	return strings.EqualFold(kind.Name, "Epic")
}
