package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// worklogPage is the field that holds the work logged on an issue.
type worklogPage struct {
	StartAt    int               `json:"startAt"`
	MaxResults int               `json:"maxResults"`
	Total      int               `json:"total"`
	Worklogs   []json.RawMessage `json:"worklogs"`
}

// worklogRequest is what a client sends of a worklog.
type worklogRequest struct {
	Comment json.RawMessage `json:"comment"`
	Started string          `json:"started"`
	Spent   string          `json:"timeSpent"`
	Seconds int64           `json:"timeSpentSeconds"`
}

func worklogsOf(i *issue) worklogPage {
	var p worklogPage
	if raw := i.fields["worklog"]; !isNull(raw) {
		_ = json.Unmarshal(raw, &p)
	}
	return p
}

// worklogRoutes are the routes of the work logged on issues.
func (s *Site) worklogRoutes() {
	const all = "/issue/{issueIdOrKey}/worklog"
	s.platform("GET", all, (*call).listWorklogs)
	s.platform("POST", all, (*call).addWorklog)
	s.platform("GET", all+"/{id}", (*call).getWorklog)
	s.platform("PUT", all+"/{id}", (*call).editWorklog)
	s.platform("DELETE", all+"/{id}", (*call).deleteWorklog)
}

func (c *call) listWorklogs() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	all := worklogsOf(i).Worklogs
	start, size := min(max(c.number("startAt", 0), 0), len(all)), min(c.number("maxResults", 5000), 5000)
	p := worklogPage{StartAt: start, MaxResults: size, Total: len(all), Worklogs: []json.RawMessage{}}
	for _, raw := range all[start:min(start+max(size, 0), len(all))] {
		p.Worklogs = append(p.Worklogs, worklogAs(c.version, raw))
	}
	return reply(http.StatusOK, p)
}

// worklogAs gives a worklog as a version has it.
func worklogAs(version string, raw json.RawMessage) json.RawMessage {
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil || isNull(o["comment"]) {
		return raw
	}
	o["comment"] = bodyAs(version, o["comment"])
	return encode(o)
}

// worklogInPath finds the worklog in the path: its issue and its place there.
func (c *call) worklogInPath() (*issue, int, *answer) {
	i, refusal := c.target()
	if refusal != nil {
		return nil, 0, refusal
	}
	id := c.r.PathValue("id")
	at := slices.IndexFunc(worklogsOf(i).Worklogs, func(raw json.RawMessage) bool { return entityOf(raw).id == id })
	if at < 0 {
		a := refuse(http.StatusNotFound, fmt.Sprintf("Cannot find worklog with id: '%s'.", id))
		return nil, 0, &a
	}
	return i, at, nil
}

func (c *call) getWorklog() answer {
	i, at, refusal := c.worklogInPath()
	if refusal != nil {
		return *refusal
	}
	return reply(http.StatusOK, worklogAs(c.version, worklogsOf(i).Worklogs[at]))
}

// addWorklog logs work by the acting user.
func (c *call) addWorklog() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	id, now := c.s.fresh(), c.s.now().In(c.s.zone).Format(stamp)
	made := map[string]json.RawMessage{
		"self": quote(fmt.Sprintf("%s/rest/api/2/issue/%d/worklog/%d", selfMark, i.id, id)), "id": quote(strconv.FormatInt(id, 10)),
		"issueId": quote(strconv.FormatInt(i.id, 10)), "author": c.s.actor().raw, "created": quote(now), "started": quote(now),
	}
	raw, refusal := c.worklog(made, true)
	if refusal != nil {
		return *refusal
	}
	c.keepWorklogs(i, append(worklogsOf(i).Worklogs, raw))
	return reply(http.StatusCreated, worklogAs(c.version, raw))
}

func (c *call) editWorklog() answer {
	i, at, refusal := c.worklogInPath()
	if refusal != nil {
		return *refusal
	}
	all := worklogsOf(i).Worklogs
	var had map[string]json.RawMessage
	if json.Unmarshal(all[at], &had) != nil {
		return notFound()
	}
	raw, refusal := c.worklog(had, false)
	if refusal != nil {
		return *refusal
	}
	all[at] = raw
	c.keepWorklogs(i, all)
	return reply(http.StatusOK, worklogAs(c.version, raw))
}

func (c *call) deleteWorklog() answer {
	i, at, refusal := c.worklogInPath()
	if refusal != nil {
		return *refusal
	}
	c.keepWorklogs(i, slices.Delete(worklogsOf(i).Worklogs, at, at+1))
	return done()
}

// worklog puts what a client sent into a worklog. A new one needs a time.
func (c *call) worklog(into map[string]json.RawMessage, needed bool) (json.RawMessage, *answer) {
	var in worklogRequest
	if a := c.read(&in); a != nil {
		return nil, a
	}
	if in.Seconds == 0 && in.Spent != "" {
		in.Seconds = secondsOf(in.Spent)
	}
	if field, text := c.worklogFault(in, needed); field != "" {
		a := refuseFields(http.StatusBadRequest, map[string]string{field: text})
		return nil, &a
	}
	if in.Seconds > 0 {
		into["timeSpentSeconds"], into["timeSpent"] = encode(in.Seconds), quote(spell(in.Seconds))
	}
	if in.Started != "" {
		into["started"] = quote(in.Started)
	}
	if !isNull(in.Comment) {
		into["comment"] = in.Comment
	}
	into["updateAuthor"], into["updated"] = c.s.actor().raw, quote(c.s.now().In(c.s.zone).Format(stamp))
	return encode(into), nil
}

// worklogFault gives the part of a worklog that is wrong, and what is.
func (c *call) worklogFault(in worklogRequest, needed bool) (field, text string) {
	document, given := isDocument(in.Comment), !isNull(in.Comment)
	switch {
	case in.Seconds < 0, in.Seconds == 0 && (needed || in.Spent != ""):
		return "timeLogged", "Invalid time duration entered."
	case in.Started != "" && timeOf(quote(in.Started)).IsZero():
		return "started", "Error parsing time: " + in.Started
	case given && (document != (c.version == "3") || !document && in.Comment[0] != '"'):
		return "comment", "Worklog comment is not valid!"
	}
	return "", ""
}

// keepWorklogs puts the worklogs into an issue, whose time spent is their sum.
// What remains follows unless the client asks to leave it.
func (c *call) keepWorklogs(i *issue, all []json.RawMessage) {
	total := int64(0)
	for _, raw := range all {
		total += int64(countOf(raw, "timeSpentSeconds"))
	}
	ch := c.change(i)
	p := worklogPage{MaxResults: 20, Total: len(all), Worklogs: all}
	ch.issue.set("worklog", encode(p))
	before, left := int64(0), int64(-1)
	_ = json.Unmarshal(i.fields["timespent"], &before)
	if !isNull(i.fields["timeestimate"]) && json.Unmarshal(i.fields["timeestimate"], &left) == nil && c.r.URL.Query().Get("adjustEstimate") != "leave" {
		left = max(0, left-(total-before))
		ch.issue.set("timeestimate", encode(left))
	}
	tracking := map[string]any{"timeSpent": spell(total), "timeSpentSeconds": total}
	if left >= 0 {
		tracking["remainingEstimate"], tracking["remainingEstimateSeconds"] = spell(left), left
	}
	ch.issue.set("timespent", encode(total))
	ch.issue.set("timetracking", encode(tracking))
	ch.commit()
}

// secondsOfUnit are the units of a time as people enter it; a day has eight
// hours and a week five days, as a fresh site counts.
var secondsOfUnit = map[string]int64{"w": 5 * 8 * 3600, "d": 8 * 3600, "h": 3600, "m": 60}

// duration is a time as people enter it: "1w 2d 3h 20m".
var duration = regexp.MustCompile(`^([0-9]+)([wdhm])$`)

// secondsOf reads a time, or gives 0; a plain number counts minutes.
func secondsOf(text string) int64 {
	total := int64(0)
	for part := range strings.FieldsSeq(text) {
		if minutes, err := strconv.ParseInt(part, 10, 32); err == nil {
			total += 60 * minutes
			continue
		}
		m := duration.FindStringSubmatch(part)
		if m == nil {
			return 0
		}
		n, err := strconv.ParseInt(m[1], 10, 32)
		if err != nil {
			return 0
		}
		total += n * secondsOfUnit[m[2]]
	}
	return total
}

// spell gives a time as people read it; seconds are not shown.
func spell(seconds int64) string {
	var parts []string
	for _, unit := range []string{"w", "d", "h", "m"} {
		size := secondsOfUnit[unit]
		if n := seconds / size; n > 0 {
			parts = append(parts, strconv.FormatInt(n, 10)+unit)
			seconds %= size
		}
	}
	if parts == nil {
		return "0m"
	}
	return strings.Join(parts, " ")
}
