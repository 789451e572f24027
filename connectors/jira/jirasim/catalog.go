package jirasim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The keys of Jira's status categories, which are the same on every site.
const (
	categoryNew    = "new"
	categoryActive = "indeterminate"
	categoryDone   = "done"
)

// statusCategories are the categories as every site has them.
var statusCategories = []struct {
	id               int
	key, color, name string
}{
	{1, "undefined", "medium-gray", "No Category"},
	{2, categoryNew, "blue-gray", "To Do"},
	{4, categoryActive, "yellow", "In Progress"},
	{3, categoryDone, "green", "Done"},
}

// thing is one entry of a catalog: what issues refer to.
type thing struct {
	entity
	raw     json.RawMessage
	project string // key, for what belongs to one project
}

// catalog is what the site knows beside its issues.
type catalog struct {
	priorities  []thing // most urgent first
	statuses    []thing
	kinds       []thing
	resolutions []thing
	projects    []thing
	linkTypes   []thing
	components  []thing
	versions    []thing
	users       []thing
	sprints     []Sprint
	boards      []Board
	labels      map[string]bool
	teamManaged map[string]bool
}

// find gives the entry that a word or an object means, or nil.
func find(list []thing, word string) *thing {
	for n := range list {
		if list[n].is(word) {
			return &list[n]
		}
	}
	return nil
}

// put adds an entry unless one with its id is there.
func put(list []thing, t thing) []thing {
	if t.none() || slices.ContainsFunc(list, func(o thing) bool { return o.id == t.id && o.project == t.project }) {
		return list
	}
	return append(list, t)
}

// newCatalog gathers what the seed lists and what the issues mention.
func (s *Site) newCatalog(issues []*issue) catalog {
	c := catalog{labels: map[string]bool{}, teamManaged: map[string]bool{}}
	c.fromSeed(s.seed)
	for _, i := range issues {
		c.fromIssue(i)
	}
	c.defaults()
	if len(s.seed.Priorities) == 0 {
		slices.SortStableFunc(c.priorities, byID)
	}
	if len(s.seed.Statuses) == 0 {
		slices.SortStableFunc(c.statuses, byCategory)
	}
	c.users = put(c.users, s.actor())
	c.fromSprints(issues, s.fields)
	c.defaultBoards()
	return c
}

// byID orders by number, as Jira numbers its own levels from the top.
func byID(a, b thing) int {
	x, _ := strconv.Atoi(a.id)
	y, _ := strconv.Atoi(b.id)
	return x - y
}

func byCategory(a, b thing) int {
	return cmp.Or(categoryPlace(categoryOf(a.raw))-categoryPlace(categoryOf(b.raw)), byID(a, b))
}

func categoryPlace(key string) int {
	return slices.IndexFunc(statusCategories, func(c struct {
		id               int
		key, color, name string
	}) bool {
		return c.key == key
	})
}

func (c *catalog) fromSeed(seed Seed) {
	for _, p := range seed.Priorities {
		c.priorities = put(c.priorities, priorityThing(p))
	}
	for _, st := range seed.Statuses {
		c.statuses = put(c.statuses, statusThing(st))
	}
	for _, p := range seed.Projects {
		c.projects = put(c.projects, projectThing(p))
		c.teamManaged[p.Key] = p.TeamManaged
	}
	for _, l := range seed.LinkTypes {
		c.linkTypes = put(c.linkTypes, linkTypeThing(l))
	}
	for _, v := range seed.Versions {
		t := made("version", v.ID, v.Name, fmt.Sprintf(`,"archived":%t,"released":%t`, v.Archived, v.Released))
		if v.Release != "" {
			t.raw = withKey(t.raw, "releaseDate", quote(v.Release))
		}
		t.project = v.Project
		c.versions = put(c.versions, t)
	}
	c.sprints = slices.Clone(seed.Sprints)
	c.boards = slices.Clone(seed.Boards)
}

// made gives an entry with the keys that every kind of thing has; more holds
// further keys, each after a comma.
func made(kind, id, name, more string) thing {
	raw := fmt.Sprintf(`{"self":"%s/rest/api/2/%s/%s","id":"%s","name":%s%s}`, selfMark, kind, id, id, quote(name), more)
	return thing{entity: entity{id: id, name: name}, raw: json.RawMessage(raw)}
}

func statusThing(st Status) thing {
	return made("status", st.ID, st.Name, `,"description":"","iconUrl":"`+selfMark+`/images/icons/statuses/generic.png","statusCategory":`+string(categoryJSON(st.Category)))
}

func categoryJSON(key string) json.RawMessage {
	c := statusCategories[max(categoryPlace(key), 0)]
	return json.RawMessage(fmt.Sprintf(`{"self":"%s/rest/api/2/statuscategory/%d","id":%d,"key":"%s","colorName":"%s","name":"%s"}`,
		selfMark, c.id, c.id, c.key, c.color, c.name))
}

func projectThing(p Project) thing {
	t := made("project", p.ID, p.Name, fmt.Sprintf(`,"key":%s,"projectTypeKey":"software","simplified":%t,"avatarUrls":%s`, quote(p.Key), p.TeamManaged, avatars("project", p.ID)))
	t.also = p.Key
	return t
}

func linkTypeThing(l LinkType) thing {
	return made("issueLinkType", l.ID, l.Name, fmt.Sprintf(`,"inward":%s,"outward":%s`, quote(l.Inward), quote(l.Outward)))
}

// withKey adds a key to an object.
func withKey(object json.RawMessage, key string, value json.RawMessage) json.RawMessage {
	return json.RawMessage(strings.TrimSuffix(string(object), "}") + `,"` + key + `":` + string(value) + "}")
}

// thingOf gives an entry for what a field holds; links are added where the
// export had none.
func thingOf(kind string, raw json.RawMessage) thing {
	e := entityOf(raw)
	if e.none() || raw[0] != '{' {
		return thing{}
	}
	if !bytesContain(raw, `"self":`) {
		link := `{"self":"` + selfMark + "/rest/api/2/" + kind + "/" + e.id + `",`
		raw = json.RawMessage(link + string(raw[1:]))
	}
	return thing{entity: e, raw: raw}
}

func (c *catalog) fromIssue(i *issue) {
	key, _ := splitKey(i.key)
	c.priorities = put(c.priorities, thingOf("priority", i.fields["priority"]))
	c.statuses = put(c.statuses, thingOf("status", i.fields["status"]))
	c.kinds = put(c.kinds, thingOf("issuetype", i.fields["issuetype"]))
	c.resolutions = put(c.resolutions, thingOf("resolution", i.fields["resolution"]))
	c.homeOf(i, key)
	for _, role := range []string{"assignee", "reporter", "creator"} {
		c.users = put(c.users, thingOf("user", i.fields[role]))
	}
	c.components = putAll(c.components, i.fields["components"], "component", key)
	c.versions = putAll(c.versions, i.fields["fixVersions"], "version", key)
	c.versions = putAll(c.versions, i.fields["versions"], "version", key)
	for _, label := range entitiesOf(i.fields["labels"]) {
		c.labels[label.name] = true
	}
	c.fromLinks(i.fields["issuelinks"])
}

// homeOf notes the project of an issue. An issue whose export leaves it out
// belongs to the one that its key names.
func (c *catalog) homeOf(i *issue, key string) {
	project := thingOf("project", i.fields["project"])
	if known := find(c.projects, key); project.none() && known != nil {
		project = *known
	} else if project.none() {
		project = projectThing(Project{ID: strconv.Itoa(newest + len(c.projects)), Key: key, Name: key})
	}
	project.also = key
	i.fields["project"] = project.raw
	c.projects = put(c.projects, project)
}

func putAll(list []thing, raw json.RawMessage, kind, project string) []thing {
	var values []json.RawMessage
	if isNull(raw) || json.Unmarshal(raw, &values) != nil {
		return list
	}
	for _, v := range values {
		t := thingOf(kind, v)
		t.project = project
		list = put(list, t)
	}
	return list
}

func (c *catalog) fromLinks(raw json.RawMessage) {
	var links []struct {
		Type json.RawMessage `json:"type"`
	}
	if isNull(raw) || json.Unmarshal(raw, &links) != nil {
		return
	}
	for _, l := range links {
		c.linkTypes = put(c.linkTypes, thingOf("issueLinkType", l.Type))
	}
}

// defaults completes the catalog with what a fresh site has.
func (c *catalog) defaults() {
	if len(c.priorities) == 0 {
		for n, name := range []string{"Highest", "High", "Medium", "Low", "Lowest"} {
			c.priorities = put(c.priorities, made("priority", strconv.Itoa(n+1), name, ""))
		}
	}
	for _, st := range []Status{{"10000", "To Do", categoryNew}, {"3", "In Progress", categoryActive}, {"10001", "Done", categoryDone}} {
		if !slices.ContainsFunc(c.statuses, func(t thing) bool { return categoryOf(t.raw) == st.Category }) {
			c.statuses = put(c.statuses, statusThing(st))
		}
	}
	if len(c.kinds) == 0 {
		c.kinds = put(c.kinds, made("issuetype", "10002", "Task", `,"description":"","subtask":false`))
	}
	if len(c.resolutions) == 0 {
		c.resolutions = put(c.resolutions, made("resolution", "10000", "Done", `,"description":""`))
	}
	if len(c.linkTypes) == 0 {
		for _, l := range []LinkType{ // those of a fresh site
			{"10000", "Blocks", "is blocked by", "blocks"}, {"10001", "Cloners", "is cloned by", "clones"},
			{"10002", "Duplicate", "is duplicated by", "duplicates"}, {"10003", "Relates", "relates to", "relates to"},
		} {
			c.linkTypes = put(c.linkTypes, linkTypeThing(l))
		}
	}
}

// firstStatus is what an issue without a status counts as.
func (s *Site) firstStatus() entity {
	for _, t := range s.catalog.statuses {
		if categoryOf(t.raw) == categoryNew {
			return t.entity
		}
	}
	return entity{id: "1", name: "Open"}
}

// actor is the acting user as issues mention people.
func (s *Site) actor() thing {
	u := s.seed.User
	if s.cloud() {
		raw := fmt.Sprintf(`{"self":"%s/rest/api/2/user?accountId=%s","accountId":"%s","accountType":"atlassian","emailAddress":%s,"avatarUrls":%s,"displayName":%s,"active":true,"timeZone":"%s"}`,
			selfMark, u.ID, u.ID, quote(u.Email), avatars("user", "10001"), quote(u.Label), u.Zone)
		return thing{entity: entity{id: u.ID, also: u.Label}, raw: json.RawMessage(raw)}
	}
	raw := fmt.Sprintf(`{"self":"%s/rest/api/2/user?username=%s","name":%s,"key":%s,"emailAddress":%s,"avatarUrls":%s,"displayName":%s,"active":true,"timeZone":"%s"}`,
		selfMark, u.Name, quote(u.Name), quote(u.ID), quote(u.Email), avatars("user", "10001"), quote(u.Label), u.Zone)
	return thing{entity: entity{id: u.ID, name: u.Name, also: u.Label}, raw: json.RawMessage(raw)}
}
