package jirasim

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
)

// Stats counts the requests since the start or the last reset; requests for
// the sandbox itself do not count.
type Stats struct {
	Total    int            `json:"total"`
	Writes   int            `json:"writes"`   // requests that would change something, refused ones included
	Requests map[string]int `json:"requests"` // by method and route: "PUT /rest/api/2/issue/{issueIdOrKey}"
}

func (t *Stats) count(template string, write bool) {
	t.Total++
	if write {
		t.Writes++
	}
	t.Requests[template]++
}

// Stats gives the counts so far.
func (s *Site) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Requests = maps.Clone(s.stats.Requests)
	return out
}

// Dump gives every issue as its GET with version 2 returns it, in rank order,
// under the key "issues". Its links begin with the site's path only.
func (s *Site) Dump() json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dump(&call{s: s, version: "2", base: s.seed.Context})
}

func (s *Site) dump(c *call) json.RawMessage {
	var b bytes.Buffer
	b.WriteString(`{"issues":[`)
	want := c.selection(nil, []string{"*all"}, "*all")
	for n, id := range s.ranks[0].order {
		if n > 0 {
			b.WriteByte(',')
		}
		c.render(&b, s.records[id].now, want)
	}
	b.WriteString("]}")
	return c.link(b.Bytes())
}

func (s *Site) serveStats(w http.ResponseWriter, _ *http.Request) {
	(&call{s: s, w: w, version: "2"}).send(reply(http.StatusOK, s.Stats()))
}

func (s *Site) serveDump(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, w: w, version: "2"}
	if outer, ok := r.Context().Value(callKey{}).(*call); ok {
		c.base = outer.base
	}
	s.mu.Lock()
	body := s.dump(c)
	s.mu.Unlock()
	c.send(answer{status: http.StatusOK, body: body})
}

func (s *Site) serveReset(w http.ResponseWriter, _ *http.Request) {
	s.Reset()
	w.WriteHeader(http.StatusNoContent)
}
