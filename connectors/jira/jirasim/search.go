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

// lookup gives the present version of an issue by id, key or former key.
func (s *Site) lookup(word string) *issue {
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		key := strings.ToUpper(word)
		known := false
		if id, known = s.byKey[key]; !known {
			id = s.moved[key]
		}
	}
	if r := s.records[id]; r != nil {
		return r.now
	}
	return nil
}

// find gives the ids of the issues that a query shows to the caller, in the
// query's order. Issues in fresh are looked at as they are, all others as the
// index has them.
func (c *call) find(q search, fresh []int64) []int64 {
	s, now := c.s, c.s.now()
	var found []*issue
	for _, id := range s.ids {
		r := s.records[id]
		i := r.searched(now)
		if slices.Contains(fresh, id) {
			i = r.now
		}
		if i == nil || !c.sees(i) || !q.match(i) || use(s.switches.Vanish, i.key) {
			continue
		}
		found = append(found, i)
	}
	slices.SortStableFunc(found, q.sort)
	out := make([]int64, len(found))
	for n, i := range found {
		out[n] = i.id
	}
	return out
}

// query compiles JQL for the caller, or gives Jira's refusal.
func (c *call) query(jql string) (search, *answer) {
	q, faults := c.s.compile(jql)
	if len(faults) > 0 {
		a := refuse(http.StatusBadRequest, faults...)
		if !c.s.cloud() {
			a = reply(http.StatusBadRequest, map[string][]string{"errorMessages": faults, "warningMessages": {}})
		}
		return q, &a
	}
	if c.s.cloud() && !q.bounded {
		a := refuse(http.StatusBadRequest, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
		return q, &a
	}
	return q, nil
}

// issues writes the issues with the given ids as a JSON array.
func (c *call) issues(b *bytes.Buffer, ids []int64, want selection, fresh []int64) {
	now := c.s.now()
	b.WriteByte('[')
	comma := ""
	for _, id := range ids {
		i := c.s.records[id].searched(now)
		if slices.Contains(fresh, id) {
			i = c.s.records[id].now
		}
		if i == nil {
			continue
		}
		b.WriteString(comma)
		c.render(b, i, want)
		comma = ","
	}
	b.WriteByte(']')
}

// pageExtras writes the names and types of fields that a page gives once.
func (c *call) pageExtras(b *bytes.Buffer, want *selection) {
	for _, key := range []string{"names", "schema"} {
		if !want.expands(key) {
			continue
		}
		if key == "names" {
			extra(b, key, c.fieldNames())
		} else {
			extra(b, key, c.fieldSchemas())
		}
		want.expand = slices.DeleteFunc(want.expand, func(e string) bool { return e == key })
	}
}

// serverSearch is what Data Center's search takes.
type serverSearch struct {
	JQL           string          `json:"jql"`
	StartAt       int             `json:"startAt"`
	MaxResults    *int            `json:"maxResults"`
	Fields        []string        `json:"fields"`
	Expand        []string        `json:"expand"`
	ValidateQuery json.RawMessage `json:"validateQuery"`
}

// The limits of Data Center's search as installed: issues on a page
// (jira.search.views.default.max) and results that can be reached
// (jira.search.platform.max.result.window).
const (
	serverPage   = 1000
	serverWindow = 10000
)

func (c *call) searchGet() answer {
	query := c.r.URL.Query()
	in := serverSearch{JQL: query.Get("jql"), StartAt: c.number("startAt", 0), Fields: query["fields"], Expand: query["expand"]}
	if query.Has("maxResults") {
		most := c.number("maxResults", 50)
		in.MaxResults = &most
	}
	return c.searchServer(in)
}

func (c *call) searchPost() answer {
	var in serverSearch
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return refuse(http.StatusBadRequest, "Can not deserialize the search request: "+strings.TrimPrefix(err.Error(), "json: "))
	}
	return c.searchServer(in)
}

// searchServer answers a search with pages by offset.
func (c *call) searchServer(in serverSearch) answer {
	size := 50
	if in.MaxResults != nil {
		size = *in.MaxResults
	}
	size = min(c.capped(size), serverPage)
	if in.StartAt+size > serverWindow {
		return refuse(http.StatusBadRequest, "Search limit exceeded: the requested results exceeded the search platform limit of 10,000.")
	}
	var ids []int64
	if !c.anonymous {
		q, refusal := c.query(in.JQL)
		if refusal != nil {
			return *refusal
		}
		ids = c.find(q, nil)
	}
	start := min(max(in.StartAt, 0), len(ids))
	shown := ids[start:min(start+max(size, 0), len(ids))]
	want := c.selection(in.Expand, in.Fields, "*navigable")
	want.idOnly = false
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"expand":"names,schema","startAt":%d,"maxResults":%d,"total":%d`, in.StartAt, size, len(ids))
	c.pageExtras(&b, &want)
	b.WriteString(`,"issues":`)
	c.issues(&b, shown, want, nil)
	b.WriteByte('}')
	return answer{status: http.StatusOK, body: b.Bytes()}
}

// capped applies the switch for short pages.
func (c *call) capped(size int) int {
	if limit := c.s.switches.PageCap; limit > 0 {
		return min(size, limit)
	}
	return size
}

// number reads a parameter, or gives a default where there is none.
func (c *call) number(name string, preset int) int {
	if n, err := strconv.Atoi(c.r.URL.Query().Get(name)); err == nil {
		return n
	}
	return preset
}
