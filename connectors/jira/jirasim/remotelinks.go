package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// remoteRoutes are the routes of links to things outside.
func (s *Site) remoteRoutes() {
	const all = "/issue/{issueIdOrKey}/remotelink"
	s.platform("GET", all, (*call).listRemoteLinks)
	s.platform("POST", all, (*call).putRemoteLink)
	s.platform("DELETE", all, (*call).deleteRemoteLink)
	s.platform("GET", all+"/{linkId}", (*call).showRemoteLink)
	s.platform("PUT", all+"/{linkId}", (*call).editRemoteLink)
	s.platform("DELETE", all+"/{linkId}", (*call).deleteRemoteLink)
}

// remoteLink is a link to something outside.
type remoteLink struct {
	ID           int64           `json:"id"`
	Self         string          `json:"self"`
	GlobalID     string          `json:"globalId,omitempty"`
	Application  json.RawMessage `json:"application,omitempty"`
	Relationship string          `json:"relationship,omitempty"`
	Object       json.RawMessage `json:"object"`
}

func remoteLinksOf(i *issue) []remoteLink {
	out := []remoteLink{}
	_ = json.Unmarshal(i.remote, &out)
	return out
}

func (c *call) listRemoteLinks() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	all := remoteLinksOf(i)
	global := c.r.URL.Query().Get("globalId")
	if global == "" {
		return reply(http.StatusOK, all)
	}
	for _, l := range all {
		if l.GlobalID == global {
			return reply(http.StatusOK, l)
		}
	}
	return refuse(http.StatusNotFound, "The remote link with the given global id does not exist.")
}

// remoteLinkIn reads a remote link that a client sends.
func (c *call) remoteLinkIn() (remoteLink, *answer) {
	var in remoteLink
	if a := c.read(&in); a != nil {
		return in, a
	}
	var object struct{ URL, Title string }
	if isNull(in.Object) || json.Unmarshal(in.Object, &object) != nil || object.URL == "" || object.Title == "" {
		a := refuseFields(http.StatusBadRequest, map[string]string{"title": "'title' is required.", "url": "'url' is required."})
		return in, &a
	}
	return in, nil
}

// putRemoteLink adds a remote link, or replaces the one with its global id.
func (c *call) putRemoteLink() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	in, refusal := c.remoteLinkIn()
	if refusal != nil {
		return *refusal
	}
	status, all := http.StatusCreated, remoteLinksOf(i)
	in.ID = c.s.fresh()
	at := len(all)
	for n, l := range all {
		if in.GlobalID != "" && l.GlobalID == in.GlobalID {
			status, at, in.ID = http.StatusOK, n, l.ID
		}
	}
	in.Self = fmt.Sprintf("%s/rest/api/2/issue/%s/remotelink/%d", selfMark, i.key, in.ID)
	c.keepRemote(i, append(slices.Clone(all[:at]), append([]remoteLink{in}, all[min(at+1, len(all)):]...)...))
	return reply(status, map[string]any{"id": in.ID, "self": in.Self})
}

// remoteInPath finds the remote link that the path or the global id names.
func (c *call) remoteInPath() (*issue, int, *answer) {
	i, refusal := c.target()
	if refusal != nil {
		return nil, 0, refusal
	}
	id, global := c.r.PathValue("linkId"), c.r.URL.Query().Get("globalId")
	at := slices.IndexFunc(remoteLinksOf(i), func(l remoteLink) bool {
		return strconv.FormatInt(l.ID, 10) == id || id == "" && global != "" && l.GlobalID == global
	})
	if at < 0 {
		a := refuse(http.StatusNotFound, "The remote link does not exist.")
		if id == "" && global == "" {
			a = refuse(http.StatusBadRequest, "The 'globalId' query parameter is required.")
		}
		return nil, 0, &a
	}
	return i, at, nil
}

func (c *call) showRemoteLink() answer {
	i, at, refusal := c.remoteInPath()
	if refusal != nil {
		return *refusal
	}
	return reply(http.StatusOK, remoteLinksOf(i)[at])
}

func (c *call) editRemoteLink() answer {
	i, at, refusal := c.remoteInPath()
	if refusal != nil {
		return *refusal
	}
	in, refusal := c.remoteLinkIn()
	if refusal != nil {
		return *refusal
	}
	all := remoteLinksOf(i)
	in.ID, in.Self = all[at].ID, all[at].Self
	all[at] = in
	c.keepRemote(i, all)
	return done()
}

func (c *call) deleteRemoteLink() answer {
	i, at, refusal := c.remoteInPath()
	if refusal != nil {
		return *refusal
	}
	c.keepRemote(i, slices.Delete(remoteLinksOf(i), at, at+1))
	return done()
}

func (c *call) keepRemote(i *issue, all []remoteLink) {
	next := i.clone()
	next.remote = encode(all)
	c.s.put(next)
}
