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

// longestText is the most that a comment or a rich text may hold. Source:
// Jira's own refusal.
const longestText = 32767

// tooLong is Jira's text for more than that.
const tooLong = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."

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

// commentRoutes are the routes of comments.
func (s *Site) commentRoutes() {
	const all = "/issue/{issueIdOrKey}/comment"
	s.platform("GET", all, (*call).listComments)
	s.platform("POST", all, (*call).postComment)
	s.platform("GET", all+"/{id}", (*call).getComment)
	s.platform("PUT", all+"/{id}", (*call).editComment)
	s.platform("DELETE", all+"/{id}", (*call).deleteComment)
}

// listComments pages through comments, the oldest first unless asked
// otherwise; they can be ordered by their creation alone.
func (c *call) listComments() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	p := commentsOf(i)
	switch order := c.r.URL.Query().Get("orderBy"); strings.TrimLeft(order, "+- ") {
	case "", "created":
		if strings.HasPrefix(order, "-") {
			slices.Reverse(p.Comments)
		}
	default:
		return refuse(http.StatusBadRequest, fmt.Sprintf("Field '%s' is not supported for ordering.", order))
	}
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

// commentInPath finds the comment in the path: its issue and its place there.
func (c *call) commentInPath() (*issue, int, *answer) {
	i, refusal := c.target()
	if refusal != nil {
		return nil, 0, refusal
	}
	id := c.r.PathValue("id")
	at := slices.IndexFunc(commentsOf(i).Comments, func(raw json.RawMessage) bool { return entityOf(raw).id == id })
	if at < 0 {
		a := refuse(http.StatusNotFound, fmt.Sprintf("Can not find a comment for the id: %s.", id))
		return nil, 0, &a
	}
	return i, at, nil
}

func (c *call) getComment() answer {
	i, at, refusal := c.commentInPath()
	if refusal != nil {
		return *refusal
	}
	return reply(http.StatusOK, c.comment(commentsOf(i).Comments[at]))
}

// editComment replaces the body of a comment; who wrote it stays.
func (c *call) editComment() answer {
	i, at, refusal := c.commentInPath()
	if refusal != nil {
		return *refusal
	}
	var in json.RawMessage
	if a := c.read(&in); a != nil {
		return *a
	}
	body, fault := c.commentBody(in)
	if fault != "" {
		return refuseFields(http.StatusBadRequest, map[string]string{"comment": fault})
	}
	p := commentsOf(i)
	var o map[string]json.RawMessage
	if json.Unmarshal(p.Comments[at], &o) != nil {
		o = map[string]json.RawMessage{}
	}
	o["body"], o["updateAuthor"] = body, c.s.actor().raw
	o["updated"] = quote(c.s.now().In(c.s.zone).Format(stamp))
	p.Comments[at] = encode(o)
	ch := c.change(i)
	ch.issue.set("comment", encode(p))
	ch.commit()
	return reply(http.StatusOK, c.comment(p.Comments[at]))
}

func (c *call) deleteComment() answer {
	i, at, refusal := c.commentInPath()
	if refusal != nil {
		return *refusal
	}
	p := commentsOf(i)
	p.Comments = slices.Delete(p.Comments, at, at+1)
	p.Total--
	p.MaxResults = p.Total
	ch := c.change(i)
	ch.issue.set("comment", encode(p))
	ch.commit()
	return done()
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

// commentBody gives the body that a client sent: a document in version 3, a
// text in the others.
func (c *call) commentBody(raw json.RawMessage) (json.RawMessage, string) {
	var in struct {
		Body json.RawMessage `json:"body"`
	}
	switch {
	case json.Unmarshal(raw, &in) != nil || isNull(in.Body):
		return nil, "Comment body can not be empty!"
	case isDocument(in.Body) != (c.version == "3"), c.version != "3" && in.Body[0] != '"':
		return nil, "Comment body is not valid!"
	}
	text := first(textOf(in.Body), documentText(in.Body))
	switch {
	case strings.TrimSpace(text) == "":
		return nil, "Comment body can not be empty!"
	case utf8.RuneCountInString(text) > longestText:
		return nil, tooLong
	}
	return in.Body, ""
}

// addComment adds a comment by the acting user and gives it.
func (ch *change) addComment(raw json.RawMessage) (json.RawMessage, string) {
	body, fault := ch.c.commentBody(raw)
	if fault != "" {
		return nil, fault
	}
	s := ch.c.s
	id, now := s.fresh(), s.now().In(s.zone).Format(stamp)
	made := encode(map[string]any{
		"self": fmt.Sprintf("%s/rest/api/2/issue/%d/comment/%d", selfMark, ch.issue.id, id), "id": strconv.FormatInt(id, 10),
		"author": s.actor().raw, "updateAuthor": s.actor().raw, "body": body, "created": now, "updated": now,
	})
	p := commentsOf(ch.issue)
	p.Comments = append(p.Comments, made)
	p.Total++
	p.MaxResults = p.Total
	ch.issue.set("comment", encode(p))
	return made, ""
}
