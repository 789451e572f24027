package jirasim

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// linkRequest asks for a link: inwardIssue A and outwardIssue B with type
// Blocks mean that A blocks B.
type linkRequest struct {
	Type    json.RawMessage `json:"type"`
	Inward  json.RawMessage `json:"inwardIssue"`
	Outward json.RawMessage `json:"outwardIssue"`
}

// storedLink is a link as one of its issues holds it.
type storedLink struct {
	ID      string          `json:"id"`
	Self    string          `json:"self,omitempty"`
	Type    json.RawMessage `json:"type"`
	Inward  json.RawMessage `json:"inwardIssue,omitempty"`
	Outward json.RawMessage `json:"outwardIssue,omitempty"`
}

func (c *call) createLink() answer {
	var in linkRequest
	if a := c.read(&in); a != nil {
		return *a
	}
	kind := c.linkType(in.Type)
	if kind == nil {
		return refuse(http.StatusNotFound, "No issue link type with the given name or id found.")
	}
	from, to := c.named(in.Inward), c.named(in.Outward)
	if from == nil || to == nil {
		return notFound()
	}
	if !c.s.allowed(from.facts.project.also, "LINK_ISSUES") {
		return refuse(http.StatusUnauthorized, "No Link Issue Permission for issue '"+from.key+"'")
	}
	id := strconv.FormatInt(c.s.fresh(), 10)
	first, second := c.change(from), c.change(to)
	first.link(id, kind.raw, to, true)
	second.link(id, kind.raw, from, false)
	first.commit()
	second.commit()
	return reply(http.StatusCreated, struct{}{})
}

// linkType finds the type that a request names.
func (c *call) linkType(raw json.RawMessage) *thing {
	e := entityOf(raw)
	if t := find(c.s.catalog.linkTypes, e.id); t != nil {
		return t
	}
	return find(c.s.catalog.linkTypes, e.name)
}

// named finds the issue that an object with an id or a key means.
func (c *call) named(raw json.RawMessage) *issue {
	e := entityOf(raw)
	if i := c.s.lookup(first(e.name, e.id)); c.sees(i) {
		return i
	}
	return nil
}

// link adds the link to one of its issues. Outward says that the other issue
// is the outward one.
func (ch *change) link(id string, kind json.RawMessage, other *issue, outward bool) {
	l := storedLink{ID: id, Self: selfMark + "/rest/api/2/issueLink/" + id, Type: kind}
	if outward {
		l.Outward = brief(other)
	} else {
		l.Inward = brief(other)
	}
	ch.issue.set("issuelinks", appended(ch.issue.fields["issuelinks"], encode(l)))
}

func appended(list, element json.RawMessage) json.RawMessage {
	var values []json.RawMessage
	if !isNull(list) {
		_ = json.Unmarshal(list, &values)
	}
	return encode(append(values, element))
}

// linkFrom adds a link by "update" of an issue. The other end is written at
// once; this end with the edit.
func (c *call) linkFrom(i *issue, raw json.RawMessage) string {
	var in linkRequest
	if json.Unmarshal(raw, &in) != nil {
		return "The link is invalid."
	}
	kind, outward := c.linkType(in.Type), true
	other := c.named(in.Outward)
	if other == nil {
		other, outward = c.named(in.Inward), false
	}
	if kind == nil || other == nil {
		return "Issue does not exist or you do not have permission to see it."
	}
	id := strconv.FormatInt(c.s.fresh(), 10)
	own := &change{c: c, issue: i}
	own.link(id, kind.raw, other, outward)
	far := c.change(other)
	far.link(id, kind.raw, i, !outward)
	far.commit()
	return ""
}

// ends finds both issues of a link, the inward and the outward one.
func (c *call) ends(id string) (inward, outward *issue, kind json.RawMessage) {
	for _, i := range c.s.present() {
		for _, l := range linksOf(i) {
			switch {
			case l.ID != id:
			case l.Outward != nil:
				inward, kind = i, l.Type
			default:
				outward, kind = i, l.Type
			}
		}
	}
	return inward, outward, kind
}

func linksOf(i *issue) []storedLink {
	var out []storedLink
	if raw := i.fields["issuelinks"]; !isNull(raw) {
		_ = json.Unmarshal(raw, &out)
	}
	return out
}

func (c *call) getLink() answer {
	id := c.r.PathValue("linkId")
	inward, outward, kind := c.ends(id)
	if inward == nil || outward == nil {
		return refuse(http.StatusNotFound, "No issue link with id '"+id+"' exists.")
	}
	return reply(http.StatusOK, map[string]any{
		"id": id, "self": selfMark + "/rest/api/2/issueLink/" + id, "type": kind,
		"inwardIssue": brief(inward), "outwardIssue": brief(outward),
	})
}

func (c *call) deleteLink() answer {
	id := c.r.PathValue("linkId")
	inward, outward, _ := c.ends(id)
	if inward == nil && outward == nil {
		return refuse(http.StatusNotFound, "No issue link with id '"+id+"' exists.")
	}
	for _, i := range []*issue{inward, outward} {
		if i != nil {
			c.unlink(i, id)
		}
	}
	return done()
}

// unlink takes a link away from one of its issues.
func (c *call) unlink(i *issue, id string) {
	kept := []storedLink{}
	for _, l := range linksOf(i) {
		if l.ID != id {
			kept = append(kept, l)
		}
	}
	ch := c.change(i)
	ch.issue.set("issuelinks", encode(kept))
	ch.commit()
}
