package jirasim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// commentPage is the field that holds an issue's comments. An export may cut
// the list short of the total.
type commentPage struct {
	Comments   []json.RawMessage `json:"comments"`
	MaxResults int               `json:"maxResults"`
	Total      int               `json:"total"`
	StartAt    int               `json:"startAt"`
}

func commentsOf(i *issue) commentPage {
	var p commentPage
	if raw := i.fields["comment"]; !isNull(raw) {
		_ = json.Unmarshal(raw, &p)
	}
	return p
}

func (c *call) listComments() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	p := commentsOf(i)
	start, size := c.number("startAt", 0), min(c.number("maxResults", 50), 100)
	start = min(max(start, 0), len(p.Comments))
	list := []json.RawMessage{}
	for _, raw := range p.Comments[start:min(start+max(size, 0), len(p.Comments))] {
		list = append(list, c.comment(raw))
	}
	return reply(http.StatusOK, map[string]any{"startAt": start, "maxResults": size, "total": p.Total, "comments": list})
}

// comment gives a comment as the called version has it.
func (c *call) comment(raw json.RawMessage) json.RawMessage {
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil {
		return raw
	}
	o["body"] = bodyAs(c.version, o["body"])
	return encode(o)
}

func (c *call) postComment() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	var in json.RawMessage
	if a := c.read(&in); a != nil {
		return *a
	}
	ch := c.change(i)
	made, fault := ch.addComment(in)
	if fault != "" {
		return refuseFields(http.StatusBadRequest, map[string]string{"comment": fault})
	}
	ch.commit()
	return reply(http.StatusCreated, c.comment(made))
}

// addComment adds a comment by the acting user and gives it.
func (ch *change) addComment(raw json.RawMessage) (json.RawMessage, string) {
	var in struct {
		Body json.RawMessage `json:"body"`
	}
	if json.Unmarshal(raw, &in) != nil || isNull(in.Body) || textOf(in.Body) == "" && in.Body[0] == '"' {
		return nil, "Comment body can not be empty!"
	}
	if ch.c.version == "3" && !isDocument(in.Body) {
		return nil, "Comment body is not valid!"
	}
	if ch.c.version != "3" && in.Body[0] != '"' {
		return nil, "Comment body is not valid!"
	}
	s := ch.c.s
	id, now := s.fresh(), s.now().In(s.zone).Format(stamp)
	made := encode(map[string]any{
		"self": fmt.Sprintf("%s/rest/api/2/issue/%d/comment/%d", selfMark, ch.issue.id, id), "id": strconv.FormatInt(id, 10),
		"author": s.actor().raw, "updateAuthor": s.actor().raw, "body": in.Body, "created": now, "updated": now,
	})
	p := commentsOf(ch.issue)
	p.Comments = append(p.Comments, made)
	p.Total++
	p.MaxResults = p.Total
	ch.issue.set("comment", encode(p))
	return made, ""
}

// count changes a number inside a field such as votes.
func (c *call) count(field, number, flag string, up bool) answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	n := countOf(i.fields[field], number)
	own := bytesContain(i.fields[field], `"`+flag+`":true`)
	if own != up {
		n += map[bool]float64{true: 1, false: -1}[up]
		next := i.clone()
		path := map[string]string{"votes": "votes", "watches": "watchers"}[field]
		next.set(field, encode(map[string]any{
			"self": selfMark + "/rest/api/2/issue/" + i.key + "/" + path, number: max(n, 0), flag: up,
		}))
		c.s.put(next)
	}
	return done()
}

func (c *call) vote() answer    { return c.count("votes", "votes", "hasVoted", true) }
func (c *call) unvote() answer  { return c.count("votes", "votes", "hasVoted", false) }
func (c *call) watch() answer   { return c.count("watches", "watchCount", "isWatching", true) }
func (c *call) unwatch() answer { return c.count("watches", "watchCount", "isWatching", false) }

func (c *call) showVotes() answer { return c.people("votes", "votes", "hasVoted", "voters") }
func (c *call) showWatchers() answer {
	return c.people("watches", "watchCount", "isWatching", "watchers")
}

// people answers with a count; of the people only the acting user is known.
func (c *call) people(field, number, flag, list string) answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	own := bytesContain(i.fields[field], `"`+flag+`":true`)
	people := []json.RawMessage{}
	if own {
		people = append(people, c.s.actor().raw)
	}
	path := map[string]string{"votes": "votes", "watches": "watchers"}[field]
	return reply(http.StatusOK, map[string]any{
		"self": selfMark + "/rest/api/2/issue/" + i.key + "/" + path,
		number: countOf(i.fields[field], number), flag: own, list: people,
	})
}

func (c *call) listProperties() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	keys := []map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(i.props)) {
		keys = append(keys, map[string]string{"key": key, "self": fmt.Sprintf("%s/rest/api/2/issue/%d/properties/%s", selfMark, i.id, key)})
	}
	return reply(http.StatusOK, map[string]any{"keys": keys})
}

func (c *call) getProperty() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	key := c.r.PathValue("propertyKey")
	value, ok := i.props[key]
	if !ok {
		return refuse(http.StatusNotFound, fmt.Sprintf("The property %s does not exist.", key))
	}
	return reply(http.StatusOK, map[string]any{"key": key, "value": value})
}

func (c *call) putProperty() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	if !c.s.allowed(i.facts.project.also, Edit) {
		return refuse(http.StatusForbidden, "You do not have permission to edit issues in this project.")
	}
	key := c.r.PathValue("propertyKey")
	if fault := badProperty(key, c.body); fault != "" {
		return refuse(http.StatusBadRequest, fault)
	}
	status := http.StatusCreated
	if _, ok := i.props[key]; ok {
		status = http.StatusOK
	}
	next := i.clone()
	next.props[key] = c.body
	c.s.put(next)
	return answer{status: status, body: []byte("{}")}
}

func (c *call) deleteProperty() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	key := c.r.PathValue("propertyKey")
	if _, ok := i.props[key]; !ok {
		return refuse(http.StatusNotFound, fmt.Sprintf("The property %s does not exist.", key))
	}
	next := i.clone()
	delete(next.props, key)
	c.s.put(next)
	return done()
}
