package jira

import (
	"encoding/json"
	"maps"
	"slices"

	"go.uber.org/zap"

	"stackrank/connectors/cursor"
	"stackrank/internal/work"
)

// knowledge is what a cursor holds.
type knowledge struct {
	At         int64              `json:"at"` // when the read began, by the service's clock, in seconds
	Cloud      bool               `json:"cloud"`
	Address    string             `json:"address"`
	Version    string             `json:"version"`
	Priorities map[string]float64 `json:"priorities"`
	Fields     string             `json:"fields"`   // digest of the site's fields
	Wanted     string             `json:"wanted"`   // digest of what is read of an issue
	Projects   []string           `json:"projects"` // those in the listing, the fullest first
	Boards     map[string]board   `json:"boards"`
	Rights     map[string]rights  `json:"rights"` // by project key; nil: not asked for, or not to be known
	Turn       int                `json:"turn"`   // which of the rare questions comes next
	Homes      []place            `json:"homes"`
	Issues     []known            `json:"issues"` // in the order of the listing
	Touched    []string           `json:"touched,omitempty"`
}

// place is a home in a form to be written down.
type place struct{ ID, Key string }

// known is what is kept of an issue besides its item: what it tells the reader,
// and what could change without Jira dating the change.
type known struct {
	ID      string         `json:"i"`
	Key     string         `json:"k"`
	Home    int            `json:"h,omitempty"` // index of its project
	Rank    string         `json:"r,omitempty"`
	Mark    string         `json:"m,omitempty"` // Data Center: digest of what the light listing tells
	Votes   int            `json:"v,omitempty"` // -1: not told
	Watches int            `json:"w,omitempty"` // -1: not told
	Done    bool           `json:"d,omitempty"`
	Bare    bool           `json:"b,omitempty"` // it came without the field of labels
	Sprint  bool           `json:"s,omitempty"` // in one that runs
	Breach  int64          `json:"t,omitempty"` // when a service level will be broken, in milliseconds; -1: not told
	Epic    string         `json:"e,omitempty"` // key of an epic of which only the key is told
	Ends    []string       `json:"l,omitempty"` // ids of the issues that it shows something of
	Odd     map[string]int `json:"o,omitempty"`
	Levels  map[string]int `json:"p,omitempty"`
	Found   []work.Finding `json:"f,omitempty"`
}

// known gives what is kept of an issue, from a view that has converted no other.
func (v *view) known(iss rawIssue, it *work.Item) known {
	k := known{
		ID: string(iss.ID), Key: iss.Key, Rank: v.rank(iss), Done: it.Status == work.Done, Sprint: it.Sprint,
		Bare: iss.Fields.get("labels") == nil, Breach: v.breach(iss), Votes: people(iss.Fields.get("votes")), Watches: people(iss.Fields.get("watches")),
	}
	if it.Parent.IsZero() {
		k.Epic = it.Attrs["epic"].Text
	} else {
		k.Ends = append(k.Ends, it.Parent.ID)
	}
	for _, l := range it.Links {
		if l.To.ID != "" {
			k.Ends = append(k.Ends, l.To.ID)
		}
	}
	k.Odd, k.Levels, k.Found = counts(v.notes.odd), counts(v.notes.levels), v.notes.found
	return k
}

// people reads a count of people; -1 where there is none.
func people(raw json.RawMessage) int {
	x, told, err := number(raw)
	if err != nil || !told || x < 0 {
		return -1
	}
	return int(x)
}

// breach gives when the first of the service levels that still hold will be
// broken, in milliseconds; 0 where none runs, -1 where Jira does not say.
func (v *view) breach(iss rawIssue) int64 {
	var first int64
	for _, f := range v.want.sla {
		var s struct {
			Ongoing *struct {
				Breached *bool `json:"breached"`
				Paused   bool  `json:"paused"`
				Breach   struct {
					Millis int64 `json:"epochMillis"`
				} `json:"breachTime"`
			} `json:"ongoingCycle"`
		}
		if json.Unmarshal(iss.Fields.get(f.ID), &s) != nil || s.Ongoing == nil || s.Ongoing.Breached == nil || *s.Ongoing.Breached || s.Ongoing.Paused {
			continue
		}
		if s.Ongoing.Breach.Millis <= 0 {
			return -1
		}
		if first == 0 || s.Ongoing.Breach.Millis < first {
			first = s.Ongoing.Breach.Millis
		}
	}
	return first
}

// lightFields are those by which Data Center tells, for a thousand issues at a
// time, what may have changed without a date.
func (s *site) lightFields() []string {
	out := []string{"updated", "project", "issuetype", "status", "labels", "votes", "watches", "issuelinks", "parent", "fixVersions", "sprint", "epic"}
	for _, fs := range [][]field{s.fields.ofType(typeSLA), s.fields.ofType(typeSprint), s.fields.ofType(typeEpicLink), s.ranks} {
		for _, f := range fs {
			out = append(out, f.ID)
		}
	}
	return out
}

// digest stands for what is read of an issue, and from where.
func (w *wanted) digest() string {
	from := map[string][]string{}
	for signal, n := range w.signals {
		from["signal "+string(signal)] = n.ids()
	}
	for slot, n := range w.targets {
		from["slot "+string(slot)] = n.ids()
	}
	for _, f := range w.points {
		from["points"] = append(from["points"], f.ID)
	}
	if w.rank != nil {
		from["rank"] = []string{w.rank.ID}
	}
	return cursor.Digest(w.asked(), from)
}

// digest stands for all fields of a site.
func (c catalogue) digest() string {
	text, err := json.Marshal(c)
	return cursor.Digest(string(text), err)
}

// head names what a cursor of this connector is good for.
func (c *Connector) head() string {
	w, o := c.wiring, c.opts
	return "jira 2 " + cursor.Digest(w.Source, w.Signals, w.Targets, w.Labels, w.Order, w.LabelPrefix, w.Zone.String(), o.URL, o.JQL, o.Auth.User, o.Notify)
}

// Cursor gives from where Since can go on; nil where nothing was read, or where
// the order of the backlog is one that cannot be read by itself.
func (c *Connector) Cursor() []byte {
	if c.last == nil {
		return nil
	}
	c.last.Touched = slices.Sorted(maps.Keys(c.touched))
	sealed, err := cursor.Seal(c.head(), c.last)
	if err != nil {
		c.log.Warn("no cursor; the next read is a whole one", zap.Error(err))
		return nil
	}
	return sealed
}

// remember keeps what the next read goes on from. Issues come in the order of
// the listing.
func (c *Connector) remember(s *site, all []converted, projects []string, turn int) {
	if len(s.ranks) > 1 || c.begun.IsZero() {
		c.last = nil
		return
	}
	last := &knowledge{
		At: c.begun.Unix(), Cloud: s.cloud, Address: s.address, Version: s.version, Priorities: s.priorities,
		Fields: s.fields.digest(), Wanted: c.fields.digest(), Projects: projects[:min(1, len(projects))],
		Boards: maps.Clone(c.boards), Rights: c.rights, Turn: turn,
	}
	at := map[home]int{}
	for _, k := range all {
		h := c.homes[k.ID]
		if _, met := at[h]; !met {
			at[h] = len(last.Homes)
			last.Homes = append(last.Homes, place{h.projectID, h.projectKey})
		}
		k.Home = at[h]
		last.Issues = append(last.Issues, k.known)
	}
	c.last = last
}
