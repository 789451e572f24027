package jirasim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// listChangelog pages through an issue's changelog, oldest first.
func (c *call) listChangelog() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	var all []any
	for _, h := range i.history {
		all = append(all, h.raw)
	}
	return c.linked(all, 100)
}

// The limits of a fetch of changelogs. Source: Jira Cloud platform, "Bulk
// fetch changelogs".
const (
	mostChangelogs    = 1000
	mostHistoryFields = 10
	mostHistories     = 10000
)

// changelogFetch gives the changelogs of several issues, page by page.
func (c *call) changelogFetch() answer {
	var in struct {
		Issues        []string `json:"issueIdsOrKeys"`
		FieldIDs      []string `json:"fieldIds"`
		MaxResults    int      `json:"maxResults"`
		NextPageToken string   `json:"nextPageToken"`
	}
	if a := c.strict(&in); a != nil {
		return *a
	}
	if len(in.Issues) == 0 || len(in.Issues) > mostChangelogs || len(in.FieldIDs) > mostHistoryFields {
		return refuse(http.StatusBadRequest, badPayload)
	}
	start, _ := strconv.Atoi(strings.TrimPrefix(in.NextPageToken, "h"))
	size := in.MaxResults
	if size <= 0 {
		size = mostChangelogs
	}
	end := start + min(size, mostHistories)
	type log struct {
		ID        string            `json:"issueId"`
		Histories []json.RawMessage `json:"changeHistories"`
	}
	logs, at := []log{}, 0
	for _, i := range c.seen(in.Issues) {
		one := log{ID: strconv.FormatInt(i.id, 10)}
		for _, h := range i.history {
			if !h.touches(in.FieldIDs) {
				continue
			}
			if at >= start && at < end {
				one.Histories = append(one.Histories, h.raw)
			}
			at++
		}
		if len(one.Histories) > 0 {
			logs = append(logs, one)
		}
	}
	out := map[string]any{"issueChangeLogs": logs}
	if at > end {
		out["nextPageToken"] = "h" + strconv.Itoa(end)
	}
	return reply(http.StatusOK, out)
}

// touches says whether an entry changes one of some fields; none means any.
func (h history) touches(fields []string) bool {
	return len(fields) == 0 || slices.ContainsFunc(h.fields, func(f string) bool { return slices.Contains(fields, f) })
}

// seen gives the issues that words mean and the caller may see, each once, by
// ascending id.
func (c *call) seen(words []string) []*issue {
	var ids []int64
	for _, word := range words {
		if i := c.s.lookup(word); c.sees(i) {
			ids = insertSorted(ids, i.id)
		}
	}
	out := make([]*issue, len(ids))
	for n, id := range ids {
		out[n] = c.s.records[id].now
	}
	return out
}

// transitionsOf lists the steps that an issue can take: to every status, as a
// workflow without conditions has them.
func (s *Site) transitionsOf(i *issue) []map[string]any {
	out := []map[string]any{}
	for n, t := range s.catalog.statuses {
		out = append(out, map[string]any{
			"id": strconv.Itoa(11 + 10*n), "name": t.name, "to": t.raw, "hasScreen": false, "isGlobal": true,
			"isInitial": false, "isConditional": false, "isAvailable": true, "looped": t.id == i.facts.status.id,
		})
	}
	return out
}

func (c *call) listTransitions() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	steps := c.s.transitionsOf(i)
	if slices.Contains(lists(c.r.URL.Query()["expand"]), "transitions.fields") {
		for _, step := range steps {
			step["fields"] = map[string]any{} // none has a screen
		}
	}
	return reply(http.StatusOK, map[string]any{"expand": "transitions", "transitions": steps})
}

// transition moves an issue to another status. A done one gets a resolution.
func (c *call) transition() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	var in struct {
		issueEdit
		Transition struct {
			ID json.RawMessage `json:"id"`
		} `json:"transition"`
	}
	if a := c.read(&in); a != nil {
		return *a
	}
	id := plain(in.Transition.ID)
	n, err := strconv.Atoi(id)
	place := (n - 11) / 10
	if err != nil || n < 11 || (n-11)%10 != 0 || place >= len(c.s.catalog.statuses) {
		return refuse(http.StatusBadRequest, "Transition id '"+id+"' is not valid for this issue.")
	}
	to := c.s.catalog.statuses[place]
	ch := c.change(i)
	delete(in.Fields, "resolution")
	ch.apply(in.issueEdit)
	if len(ch.faults) > 0 {
		return refuseFields(http.StatusBadRequest, ch.faults)
	}
	ch.set(c.s.fields["status"], to.raw, nil)
	resolution, when := json.RawMessage("null"), json.RawMessage("null")
	if categoryOf(to.raw) == categoryDone {
		resolution = c.s.catalog.resolutions[0].raw
		when = quote(c.s.now().In(c.s.zone).Format(stamp))
	}
	ch.set(c.s.fields["resolution"], resolution, nil)
	ch.issue.set("resolutiondate", when)
	ch.commit()
	return done()
}
