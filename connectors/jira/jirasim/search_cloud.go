package jirasim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cloudSearch is what Cloud's search takes.
type cloudSearch struct {
	JQL             string   `json:"jql"`
	NextPageToken   *string  `json:"nextPageToken"`
	MaxResults      int      `json:"maxResults"`
	Fields          []string `json:"fields"`
	Expand          string   `json:"expand"`
	Properties      []string `json:"properties"`
	FieldsByKeys    bool     `json:"fieldsByKeys"`
	FailFast        bool     `json:"failFast"`
	ReconcileIssues []int64  `json:"reconcileIssues"`
}

// cursor is a search that its client pages through.
type cursor struct {
	jql       string
	reconcile []int64
	ids       []int64
	born      time.Time
}

// The limits of Cloud's search. Source: Jira Cloud platform, "Search for
// issues using JQL"; a page with fields is as long as practice shows it.
const (
	cloudPage      = 100
	cloudPageOfIDs = 5000
	mostReconciled = 50
	mostProperties = 5
	tokenLife      = 7 * 24 * time.Hour
	cursorsKept    = 500
)

// badPayload is Cloud's answer to a body that is not what the route takes.
const badPayload = "Invalid request payload. Refer to the REST API documentation and try again."

// removed answers the routes of the search that Cloud has taken away.
func (c *call) removed() answer {
	return refuse(http.StatusGone, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046")
}

func (c *call) searchJQLGet() answer {
	query := c.r.URL.Query()
	in := cloudSearch{
		JQL: query.Get("jql"), MaxResults: c.number("maxResults", 0), Fields: lists(query["fields"]),
		Expand: query.Get("expand"), Properties: lists(query["properties"]),
	}
	if query.Has("nextPageToken") {
		token := query.Get("nextPageToken")
		in.NextPageToken = &token
	}
	for _, id := range lists(query["reconcileIssues"]) {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return refuse(http.StatusBadRequest, badPayload)
		}
		in.ReconcileIssues = append(in.ReconcileIssues, n)
	}
	return c.searchCloud(in)
}

func (c *call) searchJQLPost() answer {
	var in cloudSearch
	if a := c.strict(&in); a != nil {
		return *a
	}
	return c.searchCloud(in)
}

// strict decodes a body that must not hold anything unknown.
func (c *call) strict(into any) *answer {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil {
		a := refuse(http.StatusBadRequest, badPayload)
		return &a
	}
	return nil
}

// searchCloud answers a search with pages by token.
func (c *call) searchCloud(in cloudSearch) answer {
	if len(in.ReconcileIssues) > mostReconciled || len(in.Properties) > mostProperties {
		return refuse(http.StatusBadRequest, fmt.Sprintf("A search takes at most %d reconciled issues and %d properties.", mostReconciled, mostProperties))
	}
	if c.anonymous {
		return reply(http.StatusOK, map[string]any{"issues": []any{}, "isLast": true})
	}
	token := ""
	if in.NextPageToken != nil {
		token = *in.NextPageToken
	}
	k, number, start, refusal := c.cursor(in, token)
	if refusal != nil {
		return *refusal
	}
	end := min(start+c.pageSize(in), len(k.ids))
	want := c.selection([]string{in.Expand}, in.Fields, "id")
	want.properties = in.Properties
	var b bytes.Buffer
	b.WriteString(`{"isLast":` + strconv.FormatBool(end == len(k.ids)))
	if next := c.nextToken(number, end, len(k.ids), token); next != "" {
		b.WriteString(`,"nextPageToken":"` + next + `"`)
	}
	c.pageExtras(&b, &want)
	b.WriteString(`,"issues":`)
	c.issues(&b, k.ids[start:end], want, in.ReconcileIssues)
	b.WriteByte('}')
	return answer{status: http.StatusOK, body: b.Bytes()}
}

// pageSize gives how many issues a page may hold: many only where nothing but
// ids and keys are asked for.
func (c *call) pageSize(in cloudSearch) int {
	size, most := in.MaxResults, cloudPage
	if size <= 0 {
		size = 50
	}
	if !slices.ContainsFunc(in.Fields, func(f string) bool { return f != "id" && f != "key" }) {
		most = cloudPageOfIDs
	}
	return c.capped(min(size, most))
}

// nextToken names the next page; the last one has none.
func (c *call) nextToken(number int64, end, total int, sent string) string {
	if sent != "" && c.s.switches.RepeatToken > 0 {
		c.s.switches.RepeatToken--
		return sent
	}
	if end == total {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "page:%d:%d", number, end))
}

// cursor gives the search that a token goes on with, or begins one. It gives
// the cursor's number and the first issue's place as well.
func (c *call) cursor(in cloudSearch, token string) (*cursor, int64, int, *answer) {
	if token != "" {
		return c.resume(in, token)
	}
	q, refusal := c.query(in.JQL)
	if refusal != nil {
		return nil, 0, 0, refusal
	}
	s := c.s
	s.queries++
	k := &cursor{jql: in.JQL, reconcile: in.ReconcileIssues, ids: c.find(q, in.ReconcileIssues), born: s.now()}
	s.cursors[s.queries] = k
	delete(s.cursors, s.queries-cursorsKept)
	return k, s.queries, 0, nil
}

// resume finds the search that a token belongs to. It must be asked for with
// the same query and the same reconciled issues.
func (c *call) resume(in cloudSearch, token string) (*cursor, int64, int, *answer) {
	var number int64
	var start int
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		_, err = fmt.Sscanf(string(text), "page:%d:%d", &number, &start)
	}
	k := c.s.cursors[number]
	if err != nil || k == nil || start < 0 || start > len(k.ids) || c.s.now().Sub(k.born) > tokenLife {
		a := refuse(http.StatusBadRequest, "The provided next page token is invalid or has expired.")
		return nil, 0, 0, &a
	}
	if k.jql != in.JQL || !slices.Equal(k.reconcile, in.ReconcileIssues) {
		a := refuse(http.StatusBadRequest, "The provided next page token does not belong to this search.")
		return nil, 0, 0, &a
	}
	return k, number, start, nil
}

func (c *call) approximateCount() answer {
	var in struct {
		JQL string `json:"jql"`
	}
	if a := c.strict(&in); a != nil {
		return *a
	}
	if c.anonymous {
		return reply(http.StatusOK, map[string]int{"count": 0})
	}
	q, refusal := c.query(in.JQL)
	if refusal != nil {
		return *refusal
	}
	return reply(http.StatusOK, map[string]int{"count": len(c.find(q, nil))})
}

// jqlMatch says which of some issues each of some queries shows.
func (c *call) jqlMatch() answer {
	var in struct {
		IssueIDs []int64  `json:"issueIds"`
		JQLs     []string `json:"jqls"`
	}
	if a := c.strict(&in); a != nil {
		return *a
	}
	type match struct {
		Issues []int64  `json:"matchedIssues"`
		Errors []string `json:"errors"`
	}
	out := []match{}
	for _, jql := range in.JQLs {
		m := match{Issues: []int64{}, Errors: []string{}}
		q, faults := c.s.compile(jql)
		if len(faults) > 0 {
			m.Errors = append(m.Errors, strings.Join(faults, " "))
		} else {
			for _, id := range c.find(q, nil) {
				if slices.Contains(in.IssueIDs, id) {
					m.Issues = append(m.Issues, id)
				}
			}
		}
		out = append(out, m)
	}
	return reply(http.StatusOK, map[string]any{"matches": out})
}

// mostFetched is how many issues one bulk fetch takes. Source: Jira Cloud
// platform, "Bulk fetch issues".
const mostFetched = 100

// bulkFetch gives issues by id or key, ascending by id. Issues that are not
// there or not to be seen are left out without a word.
func (c *call) bulkFetch() answer {
	var in struct {
		Issues       []string `json:"issueIdsOrKeys"`
		Fields       []string `json:"fields"`
		Properties   []string `json:"properties"`
		Expand       []string `json:"expand"`
		FieldsByKeys bool     `json:"fieldsByKeys"`
	}
	if a := c.strict(&in); a != nil {
		return *a
	}
	if len(in.Issues) == 0 || len(in.Issues) > mostFetched || len(in.Properties) > mostProperties {
		return refuse(http.StatusBadRequest, fmt.Sprintf("The request must name between 1 and %d issues and at most %d properties.", mostFetched, mostProperties))
	}
	var ids []int64
	for _, word := range in.Issues {
		if i := c.s.lookup(word); c.sees(i) {
			ids = insertSorted(ids, i.id)
		}
	}
	want := c.selection(in.Expand, in.Fields, "*navigable")
	want.idOnly = false
	want.properties = in.Properties
	var b bytes.Buffer
	b.WriteString(`{"expand":"schema,names","issueErrors":[],"issues":`)
	c.issues(&b, ids, want, ids)
	b.WriteByte('}')
	return answer{status: http.StatusOK, body: b.Bytes()}
}
