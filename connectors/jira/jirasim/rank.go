package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// mostRanked is how many issues one call moves. Source: Jira Software REST
// API 1.0, "Rank issues".
const mostRanked = 50

// rankRequest asks to move issues next to another one.
type rankRequest struct {
	Issues []string    `json:"issues"`
	Before string      `json:"rankBeforeIssue"`
	After  string      `json:"rankAfterIssue"`
	Field  json.Number `json:"rankCustomFieldId"`
}

// rankEntry is the outcome for one issue in an answer with status 207.
type rankEntry struct {
	ID     int64    `json:"issueId"`
	Key    string   `json:"issueKey"`
	Status int      `json:"status"`
	Errors []string `json:"errors,omitempty"`
}

// rankIssues moves issues in the order given, right before or after another.
// One list holds all issues of all projects, sub-tasks among them.
func (c *call) rankIssues() answer {
	var in rankRequest
	if a := c.read(&in); a != nil {
		return *a
	}
	return c.rank(in)
}

// rank does what a request to move issues asks for.
func (c *call) rank(in rankRequest) answer {
	field, anchor, refusal := c.rankTarget(in)
	if refusal != nil {
		return *refusal
	}
	moving, entries, refusal := c.movable(in.Issues)
	if refusal != nil {
		return *refusal
	}
	c.s.move(field, moving, anchor.id, in.Before != "", c)
	if entries == nil {
		return done()
	}
	return reply(http.StatusMultiStatus, map[string]any{"entries": entries})
}

// rankTarget checks all of a request but the moved issues.
func (c *call) rankTarget(in rankRequest) (*rankField, *issue, *answer) {
	bad := func(text string) (*rankField, *issue, *answer) {
		a := refuse(http.StatusBadRequest, text)
		return nil, nil, &a
	}
	switch {
	case len(in.Issues) == 0:
		return bad("The list of issues to rank must not be empty.")
	case len(in.Issues) > mostRanked:
		return bad(fmt.Sprintf("The maximum number of issues that can be ranked at once is %d.", mostRanked))
	case (in.Before == "") == (in.After == ""):
		return bad("Exactly one of rankBeforeIssue and rankAfterIssue must be given.")
	}
	field := c.s.ranks[0]
	if in.Field != "" {
		if field = c.s.rankByID(customPrefix + in.Field.String()); field == nil {
			return bad(fmt.Sprintf("The custom field with id '%s' is not a rank field.", in.Field))
		}
	}
	anchor := c.s.lookup(first(in.Before, in.After))
	if !c.sees(anchor) {
		return bad("Issue does not exist or you do not have permission to see it.")
	}
	return field, anchor, nil
}

// movable gives the ids to move. Where some cannot be moved it gives an entry
// for each issue; a missing permission refuses the whole call.
func (c *call) movable(words []string) ([]int64, []rankEntry, *answer) {
	var ids []int64
	var entries []rankEntry
	failed := false
	for _, word := range words {
		i := c.s.lookup(word)
		if !c.sees(i) {
			failed = true
			id, _ := strconv.ParseInt(word, 10, 64)
			entries = append(entries, rankEntry{ID: id, Key: word, Status: http.StatusNotFound, Errors: []string{"Issue does not exist or you do not have permission to see it."}})
			continue
		}
		if text := c.mayRank(i); text != "" {
			a := refuse(http.StatusForbidden, text)
			return nil, nil, &a
		}
		entry := rankEntry{ID: i.id, Key: i.key, Status: http.StatusOK}
		if use(c.s.switches.RankBusy, i.key) {
			failed = true
			entry.Status = http.StatusServiceUnavailable
			entry.Errors = []string{"JIRA Agile cannot execute the rank operation at this time. Please try again later."}
		} else if !slices.Contains(ids, i.id) {
			ids = append(ids, i.id)
		}
		entries = append(entries, entry)
	}
	if !failed {
		entries = nil
	}
	return ids, entries, nil
}

// mayRank gives the refusal for an issue that the caller may not rank.
func (c *call) mayRank(i *issue) string {
	switch project := i.facts.project.also; {
	case !c.s.allowed(project, Schedule):
		return `You cannot perform this operation because you do not have "Schedule" Permission`
	case !c.s.allowed(project, Edit):
		return "You do not have permission to edit this issue"
	}
	return ""
}

// move puts issues next to an anchor, in the order given. The anchor itself
// stays where it is when it is among them.
func (s *Site) move(f *rankField, ids []int64, anchor int64, before bool, c *call) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == anchor })
	if len(ids) == 0 {
		return
	}
	was := slices.Clone(f.order)
	f.order = slices.DeleteFunc(f.order, func(id int64) bool { return slices.Contains(ids, id) })
	at := slices.Index(f.order, anchor)
	if !before {
		at++
	}
	low, high := s.rankAt(f, at-1), s.rankAt(f, at)
	if before && low != "" && low[0] != high[0] {
		low = ""
	}
	f.order = slices.Insert(f.order, at, ids...)
	values := between(low, high, len(ids))
	if slices.ContainsFunc(values, func(v string) bool { return len(v) > rankLimit }) {
		s.rebalance(f)
		return
	}
	for n, id := range ids {
		s.rerank(f, id, values[n], slices.Index(was, id) > at, c)
	}
}

// rankAt gives the rank of the issue at a place, or "" beyond the ends.
func (s *Site) rankAt(f *rankField, at int) string {
	if at < 0 || at >= len(f.order) {
		return ""
	}
	return s.records[f.order[at]].now.facts.ranks[f.place]
}

// rerank writes one issue's new rank and tells its changelog.
func (s *Site) rerank(f *rankField, id int64, value string, higher bool, c *call) {
	ch := &change{c: c, issue: s.records[id].now.clone()}
	ch.issue.set(f.id, rankJSON(value))
	empty, moved := "", "Ranked lower"
	if higher {
		moved = "Ranked higher"
	}
	ch.items = []historyItem{{Field: s.fields[f.id].name, FieldType: "custom", FieldID: f.id, From: &empty, FromString: &empty, To: &empty, ToString: &moved}}
	if s.switches.RankTouches {
		ch.commit()
		return
	}
	ch.record()
	s.put(ch.issue)
}

// rebalance spreads all values anew in the next bucket.
func (s *Site) rebalance(f *rankField) {
	bucket := "0"
	if len(f.order) > 0 {
		bucket = strconv.Itoa((int(s.rankAt(f, 0)[0]-'0') + 1) % 3)
	}
	f.bucket = [3]int{0, 1, 2}
	s.rewrite(f, f.order, between(bucket+rankMiddle[1:], "", len(f.order)))
}

func (s *Site) rewrite(f *rankField, ids []int64, values []string) {
	for n, id := range ids {
		i := s.records[id].now.clone()
		i.set(f.id, rankJSON(values[n]))
		s.put(i)
	}
}

// SplitRanks leaves the boards' rank field as a rebalance half way does: the
// upper half of the order lies in the next bucket, so that comparing raw
// values misleads while ORDER BY still tells the order.
func (s *Site) SplitRanks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.ranks[0]
	half := len(f.order) / 2
	if half == 0 {
		return
	}
	s.rewrite(f, f.order[half:], between("0"+rankMiddle[1:], "", len(f.order)-half))
	s.rewrite(f, f.order[:half], between("1"+rankMiddle[1:], "", half))
	f.bucket = [3]int{1, 0, 2}
}

// rankLast puts a new issue at the end of every rank field.
func (s *Site) rankLast(i *issue) {
	for _, f := range s.ranks {
		low := first(s.rankAt(f, len(f.order)-1), rankMiddle)
		i.set(f.id, rankJSON(between(low, "", 1)[0]))
		f.order = append(f.order, i.id)
	}
}
