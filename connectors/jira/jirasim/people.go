package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// peopleRoutes are the routes of users, and of what they are to an issue.
func (s *Site) peopleRoutes() {
	const one = "/issue/{issueIdOrKey}"
	s.platform("GET", "/user", (*call).showUser)
	s.platform("GET", "/user/search", (*call).searchUsers)
	s.platform("GET", "/user/assignable/search", (*call).assignableUsers)
	s.platform("GET", "/user/assignable/multiProjectSearch", (*call).assignableUsers)
	s.platform("PUT", one+"/assignee", (*call).assignIssue)
	s.platform("GET", one+"/votes", (*call).showVotes)
	s.platform("POST", one+"/votes", (*call).vote)
	s.platform("DELETE", one+"/votes", (*call).unvote)
	s.platform("GET", one+"/watchers", (*call).showWatchers)
	s.platform("POST", one+"/watchers", (*call).watch)
	s.platform("DELETE", one+"/watchers", (*call).unwatch)
	if s.cloud() {
		s.platform("GET", "/users/search", (*call).allUsers)
	}
}

// user finds a person by what the deployment names people with: the account
// id on Cloud, the login name or the key on Data Center.
func (s *Site) user(word string) *thing {
	at := slices.IndexFunc(s.catalog.users, func(t thing) bool {
		return word != "" && (t.id == word || !s.cloud() && strings.EqualFold(t.name, word))
	})
	if at < 0 {
		return nil
	}
	return &s.catalog.users[at]
}

// gone is Cloud's refusal of parameters with login names, which it no longer
// knows.
func (c *call) gone(parameters ...string) *answer {
	for _, name := range parameters {
		if c.s.cloud() && c.r.URL.Query().Has(name) {
			a := refuse(http.StatusBadRequest, fmt.Sprintf("The query parameter '%s' is not supported in GDPR strict mode.", name))
			return &a
		}
	}
	return nil
}

func (c *call) showUser() answer {
	if a := c.gone("username", "key"); a != nil {
		return *a
	}
	query := c.r.URL.Query()
	word := query.Get("accountId")
	missing := "Specified user does not exist or you do not have required permissions"
	if !c.s.cloud() {
		word = first(query.Get("username"), query.Get("key"))
		missing = fmt.Sprintf("The user named '%s' does not exist", word)
		if word == "" {
			missing = "Either the 'username' or the 'key' query parameters need to be provided"
		}
	}
	if t := c.s.user(word); t != nil {
		return reply(http.StatusOK, t.raw)
	}
	return refuse(http.StatusNotFound, missing)
}

// searchUsers finds people by the beginnings of their names and addresses.
func (c *call) searchUsers() answer {
	if a := c.gone("username"); a != nil {
		return *a
	}
	query := c.r.URL.Query()
	switch {
	case !c.s.cloud() && !query.Has("username"):
		return refuse(http.StatusBadRequest, "The username query parameter was not provided")
	case c.s.cloud() && query.Has("query") == query.Has("accountId"):
		return refuse(http.StatusBadRequest, "Exactly one of the query parameters 'query' and 'accountId' must be provided.")
	}
	return c.users()
}

// assignableUsers finds people whom issues of some projects can be given to.
func (c *call) assignableUsers() answer {
	if a := c.gone("username"); a != nil {
		return *a
	}
	query := c.r.URL.Query()
	keys := append(lists(query["projectKeys"]), lists(query["project"])...)
	if key := first(query.Get("issueKey"), query.Get("issueId")); key != "" {
		i := c.s.lookup(key)
		if !c.sees(i) {
			return notFound()
		}
		keys = append(keys, i.facts.project.also)
	}
	if len(keys) == 0 {
		return refuse(http.StatusBadRequest, "Either the 'project' or the 'issueKey' query parameter must be provided.")
	}
	for _, key := range keys {
		if find(c.projects(), key) == nil {
			return refuse(http.StatusNotFound, fmt.Sprintf("No project could be found with key '%s'.", key))
		}
	}
	return c.users()
}

func (c *call) allUsers() answer { return c.users() }

// users answers with the page of people that the query means; Jira gives a
// plain list and counts nothing.
func (c *call) users() answer {
	query := c.r.URL.Query()
	text, id := query.Get("query"), query.Get("accountId")
	if !c.s.cloud() {
		text, id = query.Get("username"), ""
		if text == "." { // an old way to say anybody
			text = ""
		}
	}
	out := []json.RawMessage{}
	for _, t := range c.s.catalog.users {
		if (id == "" || t.id == id) && named(t, text) {
			out = append(out, t.raw)
		}
	}
	start := min(max(c.number("startAt", 0), 0), len(out))
	end := min(start+min(max(c.number("maxResults", 50), 0), 1000), len(out))
	return reply(http.StatusOK, out[start:end])
}

// named says whether a word of a person's names or address begins so.
func named(t thing, text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	var mail struct {
		Address string `json:"emailAddress"`
	}
	_ = json.Unmarshal(t.raw, &mail)
	full := strings.ToLower(t.also)
	words := append(strings.Fields(full), full, strings.ToLower(t.name), strings.ToLower(mail.Address))
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, text) })
}

// person reads the one user that a body names: a value, null for nobody, or
// "-1" for whom the project assigns to, which is nobody here.
func (c *call) person(raw json.RawMessage) (json.RawMessage, string) {
	keys := []string{"accountId"}
	if !c.s.cloud() {
		keys = []string{"name", "key"}
	}
	var o map[string]json.RawMessage
	_ = json.Unmarshal(raw, &o) // what is no object has none of the keys
	for _, key := range keys {
		if value, known := o[key]; known {
			return c.identified(value)
		}
	}
	if c.s.cloud() && len(o) > 0 {
		return nil, "'accountId' must be the only user identifying query parameter in GDPR strict mode."
	}
	return nil, fmt.Sprintf("expected Object containing a '%s' property", keys[0])
}

// identified finds the user that an identifier in a body means.
func (c *call) identified(value json.RawMessage) (json.RawMessage, string) {
	word := textOf(value)
	if word == "-1" || isNull(value) || word == "" && !c.s.cloud() {
		return json.RawMessage("null"), ""
	}
	if t := c.s.user(word); t != nil {
		return t.raw, ""
	}
	return nil, fmt.Sprintf("User '%s' does not exist.", word)
}

// assignIssue gives an issue to somebody, or to nobody.
func (c *call) assignIssue() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	if !c.s.allowed(i.facts.project.also, "ASSIGN_ISSUES") {
		return refuse(http.StatusForbidden, "You do not have permission to assign issues.")
	}
	value, fault := c.person(c.body)
	if fault != "" {
		return refuseFields(http.StatusBadRequest, map[string]string{"assignee": fault})
	}
	ch := c.change(i)
	ch.set(c.s.fields["assignee"], value, nil)
	ch.commit()
	return done()
}

// vote counts the acting user's vote once. Data Center takes none from the
// reporter, and neither deployment one for what is resolved.
func (c *call) vote() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	switch {
	case !c.s.cloud() && i.facts.reporter.id == c.s.seed.User.ID:
		return refuse(http.StatusNotFound, "You cannot vote for an issue you have reported.")
	case !i.facts.resolution.none():
		return refuse(http.StatusNotFound, "You cannot vote for an issue that has been resolved.")
	}
	c.count(i, voting, true)
	return done()
}

func (c *call) unvote() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	if !voting.own(i) {
		return refuse(http.StatusNotFound, "Cannot remove a vote for an issue that the user has not voted for.")
	}
	c.count(i, voting, false)
	return done()
}

// headcount is one of the fields that count people.
type headcount struct{ field, number, flag, list, path string }

// The two of them.
var (
	voting   = headcount{"votes", "votes", "hasVoted", "voters", "votes"}
	watching = headcount{"watches", "watchCount", "isWatching", "watchers", "watchers"}
)

// own says whether the acting user is among the people counted.
func (w headcount) own(i *issue) bool { return bytesContain(i.fields[w.field], `"`+w.flag+`":true`) }

// value gives the field with a count.
func (w headcount) value(i *issue, n float64, own bool) map[string]any {
	return map[string]any{"self": selfMark + "/rest/api/2/issue/" + i.key + "/" + w.path, w.number: max(n, 0), w.flag: own}
}

// count adds the acting user to the people counted, or takes him away.
func (c *call) count(i *issue, w headcount, up bool) {
	if w.own(i) == up {
		return
	}
	n := countOf(i.fields[w.field], w.number) + map[bool]float64{true: 1, false: -1}[up]
	next := i.clone()
	next.set(w.field, encode(w.value(i, n, up)))
	c.s.put(next)
}

// watch adds the person in the body to the watchers, or the acting user.
func (c *call) watch() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	sent := strings.TrimSpace(string(c.body))
	word := textOf(json.RawMessage(sent))
	switch {
	case sent == "" || sent == "null" || sent == `""`:
		word = c.s.seed.User.ID
	case word == "":
		return refuse(http.StatusBadRequest, "The request body must be the identifier of a user as a JSON string.")
	}
	return c.watcher(i, word, true)
}

// unwatch removes the person that the query names.
func (c *call) unwatch() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	if a := c.gone("username"); a != nil {
		return *a
	}
	word := c.r.URL.Query().Get("accountId")
	if !c.s.cloud() {
		word = c.r.URL.Query().Get("username")
	}
	if word == "" {
		return refuse(http.StatusBadRequest, "The user to remove from the watchers must be given.")
	}
	return c.watcher(i, word, false)
}

// watcher adds a person to the watchers or removes one. Of the people that an
// export counts none is known by name but the acting user.
func (c *call) watcher(i *issue, word string, up bool) answer {
	t := c.s.user(word)
	if t == nil {
		return refuse(http.StatusNotFound, fmt.Sprintf("The user \"%s\" does not exist.", word))
	}
	if t.id == c.s.seed.User.ID {
		c.count(i, watching, up)
		return done()
	}
	next := i.clone()
	next.watchers = slices.DeleteFunc(slices.Clone(i.watchers), func(id string) bool { return id == t.id })
	if up {
		next.watchers = append(next.watchers, t.id)
	}
	n := countOf(i.fields["watches"], "watchCount") + float64(len(next.watchers)-len(i.watchers))
	next.set("watches", encode(watching.value(i, n, watching.own(i))))
	c.s.put(next)
	return done()
}

func (c *call) showVotes() answer    { return c.heads(voting) }
func (c *call) showWatchers() answer { return c.heads(watching) }

// heads answers with a count and the people that are known by name.
func (c *call) heads(w headcount) answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	people := []json.RawMessage{}
	if w.own(i) {
		people = append(people, c.s.actor().raw)
	}
	for _, id := range i.watchers {
		if t := c.s.user(id); t != nil && w == watching {
			people = append(people, t.raw)
		}
	}
	out := w.value(i, countOf(i.fields[w.field], w.number), w.own(i))
	out[w.list] = people
	return reply(http.StatusOK, out)
}
