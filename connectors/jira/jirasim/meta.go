package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func (c *call) serverInfo() answer {
	s := c.s
	info := map[string]any{
		"baseUrl": strings.TrimSuffix(c.base, "/"), "displayUrl": c.base, "version": "1001.0.0-SNAPSHOT",
		"versionNumbers": []int{1001, 0, 0}, "deploymentType": "Cloud", "buildNumber": 100300,
		"buildDate": "2026-11-02T09:12:40.000-0600", "serverTime": s.now().In(s.zone).Format(stamp),
		"scmInfo": "4f1c0a52d0ad4f65a94d0c2f44a1a1a7a9c1b4c2", "serverTitle": "Jira", "serverTimeZone": s.zone.String(),
	}
	info["defaultLocale"] = map[string]string{"locale": "en_US"}
	if !s.cloud() {
		info["version"], info["versionNumbers"], info["deploymentType"] = "10.3.24", []int{10, 3, 24}, "Server"
		delete(info, "serverTimeZone")
		delete(info, "displayUrl")
	}
	return reply(http.StatusOK, info)
}

func (c *call) myself() answer {
	raw := c.s.actor().raw
	raw = withKey(raw, "locale", json.RawMessage(`"en_US"`))
	raw = withKey(raw, "groups", json.RawMessage(`{"size":3,"items":[]}`))
	raw = withKey(raw, "applicationRoles", json.RawMessage(`{"size":1,"items":[]}`))
	return reply(http.StatusOK, raw)
}

// tenantInfo tells the id that scoped tokens' addresses hold.
func (c *call) tenantInfo() answer {
	return reply(http.StatusOK, map[string]string{"cloudId": c.s.seed.CloudID})
}

func (c *call) configuration() answer {
	return reply(http.StatusOK, map[string]any{
		"votingEnabled": true, "watchingEnabled": true, "unassignedIssuesAllowed": true, "subTasksEnabled": true,
		"issueLinkingEnabled": true, "timeTrackingEnabled": true, "attachmentsEnabled": true,
		"timeTrackingConfiguration": map[string]any{"workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0, "timeFormat": "pretty", "defaultUnit": "minute"},
	})
}

// permissionTable lists what /mypermissions knows: key, id, name and whether
// it is given for the whole site.
var permissionTable = []struct {
	key    Permission
	id     string
	name   string
	global bool
}{
	{Administer, "0", "Administer Jira", true},
	{BulkChange, "33", "Make bulk changes", true},
	{Browse, "10", "Browse Projects", false},
	{Edit, "12", "Edit Issues", false},
	{Schedule, "28", "Schedule Issues", false},
	{AdministerProjects, "23", "Administer Projects", false},
	{"CREATE_ISSUES", "11", "Create Issues", false},
	{"DELETE_ISSUES", "16", "Delete Issues", false},
	{"LINK_ISSUES", "21", "Link Issues", false},
	{"ADD_COMMENTS", "15", "Add Comments", false},
	{"TRANSITION_ISSUES", "46", "Transition Issues", false},
	{"VIEW_VOTERS_AND_WATCHERS", "31", "View Voters and Watchers", false},
}

// myPermissions reports what the caller may do. Without a project or an issue
// it says true for whatever is granted in any project, as Jira does.
func (c *call) myPermissions() answer {
	s, query := c.s, c.r.URL.Query()
	asked := query.Get("permissions")
	if s.cloud() && asked == "" {
		return refuse(http.StatusBadRequest, "The 'permissions' query parameter is required.")
	}
	project, refusal := c.permissionContext()
	if refusal != nil {
		return *refusal
	}
	out := map[string]any{}
	for _, p := range permissionTable {
		if asked != "" && s.cloud() && !slices.Contains(strings.Split(asked, ","), string(p.key)) {
			continue
		}
		kind := "PROJECT"
		if p.global {
			kind = "GLOBAL"
		}
		out[string(p.key)] = map[string]any{
			"id": p.id, "key": p.key, "name": p.name, "type": kind, "description": p.name + ".",
			"havePermission": !c.anonymous && s.grants(project, p.key),
		}
	}
	if s.cloud() {
		for key := range strings.SplitSeq(asked, ",") {
			if _, ok := out[key]; !ok {
				return refuse(http.StatusBadRequest, fmt.Sprintf("Unrecognized permission: %s", key))
			}
		}
	}
	return reply(http.StatusOK, map[string]any{"permissions": out})
}

// permissionContext gives the project key that the query names, if any.
func (c *call) permissionContext() (string, *answer) {
	query := c.r.URL.Query()
	if key := first(query.Get("issueKey"), query.Get("issueId")); key != "" {
		i := c.s.lookup(key)
		if !c.sees(i) {
			a := notFound()
			return "", &a
		}
		return i.facts.project.also, nil
	}
	key := first(query.Get("projectKey"), query.Get("projectId"))
	if key == "" {
		return "", nil
	}
	p := find(c.s.catalog.projects, key)
	if p == nil || !c.s.allowed(p.also, Browse) {
		a := refuse(http.StatusNotFound, fmt.Sprintf("No project could be found with key '%s'.", key))
		return "", &a
	}
	return p.also, nil
}

// grants is allowed, and for no project at all whether any one grants it.
func (s *Site) grants(project string, p Permission) bool {
	if project != "" || len(s.catalog.projects) == 0 {
		return s.allowed(project, p)
	}
	return slices.ContainsFunc(s.catalog.projects, func(t thing) bool { return s.allowed(t.also, p) })
}

func (c *call) fieldList() answer {
	out := []map[string]any{}
	for _, f := range c.s.sortedFields() {
		if c.anonymous && f.custom {
			continue
		}
		out = append(out, c.describe(f))
	}
	return reply(http.StatusOK, out)
}

// describe gives a field as lists of fields have it.
func (c *call) describe(f *field) map[string]any {
	out := map[string]any{
		"id": f.id, "name": f.name, "custom": f.custom, "orderable": !f.fixed || f.custom, "navigable": true,
		"searchable": len(f.clauses) > 0, "clauseNames": f.names(), "schema": f.schema,
	}
	if c.s.cloud() {
		out["key"] = f.id
		if f.custom {
			out["untranslatedName"] = f.name
		}
		if p := find(c.s.catalog.projects, f.project); p != nil {
			out["scope"] = map[string]any{"type": "PROJECT", "project": map[string]string{"id": p.id}}
		}
	}
	return out
}

// names gives the names of the field in JQL.
func (f *field) names() []string {
	if f.clauses == nil {
		return []string{}
	}
	return f.clauses
}

// fieldSearch pages through fields; those of one project only are missing, as
// they are on a real site.
func (c *call) fieldSearch() answer {
	query := c.r.URL.Query()
	types, ids := lists(query["type"]), lists(query["id"])
	var out []any
	for _, f := range c.s.sortedFields() {
		kind := "system"
		if f.custom {
			kind = "custom"
		}
		text := strings.ToLower(query.Get("query"))
		if f.project != "" || len(types) > 0 && !slices.Contains(types, kind) || len(ids) > 0 && !slices.Contains(ids, f.id) ||
			!strings.Contains(strings.ToLower(f.name), text) {
			continue
		}
		entry := map[string]any{"id": f.id, "name": f.name, "key": f.id, "schema": f.schema, "description": ""}
		if f.custom {
			entry["isLocked"] = f.fixed
		}
		out = append(out, entry)
	}
	return c.paged(out, 50)
}

// linked answers as paged does, with the addresses of this page and the next, as
// pages of Cloud's platform have them.
func (c *call) linked(list []any, most int) answer {
	start, size := max(c.number("startAt", 0), 0), min(c.number("maxResults", most), most)
	at := func(start int) json.RawMessage {
		return quote(fmt.Sprintf("%s%s?startAt=%d&maxResults=%d", selfMark, c.r.URL.Path, start, size))
	}
	a := c.paged(list, most)
	a.body = withKey(a.body, "self", at(start))
	if size > 0 && start+size < len(list) {
		a.body = withKey(a.body, "nextPage", at(start+size))
	}
	return a
}

// lists gives the values of a parameter that may be repeated or joined by
// commas.
func lists(values []string) []string {
	var out []string
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// paged answers with the page of a list that startAt and maxResults ask for.
func (c *call) paged(list []any, most int) answer {
	start, size := c.number("startAt", 0), min(c.number("maxResults", most), most)
	start = min(max(start, 0), len(list))
	end := min(start+max(size, 0), len(list))
	return reply(http.StatusOK, map[string]any{
		"startAt": start, "maxResults": size, "total": len(list), "isLast": end == len(list),
		"values": append([]any{}, list[start:end]...),
	})
}

func (c *call) priorityList() answer { return reply(http.StatusOK, raws(c.s.catalog.priorities)) }

func (c *call) prioritySearch() answer {
	var out []any
	for n, t := range c.s.catalog.priorities {
		out = append(out, withKey(t.raw, "isDefault", json.RawMessage(fmt.Sprint(n == len(c.s.catalog.priorities)/2))))
	}
	return c.paged(out, 50)
}

func (c *call) priorityOne() answer {
	return one(c.s.catalog.priorities, c.r.PathValue("id"), "The priority with the ID provided does not exist.")
}

func (c *call) statusList() answer     { return reply(http.StatusOK, raws(c.s.catalog.statuses)) }
func (c *call) resolutionList() answer { return reply(http.StatusOK, raws(c.s.catalog.resolutions)) }
func (c *call) kindList() answer       { return reply(http.StatusOK, raws(c.s.catalog.kinds)) }

func (c *call) linkTypeOne() answer {
	id := c.r.PathValue("id")
	return one(c.s.catalog.linkTypes, id, fmt.Sprintf("No issue link type with id '%s' found.", id))
}

func (c *call) linkTypeList() answer {
	return reply(http.StatusOK, map[string]any{"issueLinkTypes": raws(c.s.catalog.linkTypes)})
}

func (c *call) categoryList() answer {
	var out []json.RawMessage
	for _, k := range statusCategories {
		out = append(out, categoryJSON(k.key))
	}
	return reply(http.StatusOK, out)
}

// projectList gives the projects, each with its lead where asked for. Cloud
// tells the styles of projects apart.
func (c *call) projectList() answer {
	expand := lists(c.r.URL.Query()["expand"])
	out := []json.RawMessage{}
	for _, p := range c.projects() {
		raw := p.raw
		if slices.Contains(expand, "lead") {
			raw = withKey(raw, "lead", c.s.actor().raw)
		}
		out = append(out, c.styled(p, raw))
	}
	return reply(http.StatusOK, out)
}

// styled adds the style to the JSON of a project; Data Center knows one only.
func (c *call) styled(p thing, raw json.RawMessage) json.RawMessage {
	if !c.s.cloud() {
		return raw
	}
	style := map[bool]string{false: "classic", true: "next-gen"}[c.s.catalog.teamManaged[p.also]]
	return withKey(withKey(raw, "style", quote(style)), "isPrivate", json.RawMessage("false"))
}

// projects gives the projects that the caller may see.
func (c *call) projects() []thing {
	return slices.DeleteFunc(slices.Clone(c.s.catalog.projects), func(t thing) bool {
		return c.anonymous || !c.s.allowed(t.also, Browse)
	})
}

func (c *call) projectSearch() answer {
	query := c.r.URL.Query()
	keys, text := lists(query["keys"]), strings.ToLower(query.Get("query"))
	var out []any
	for _, p := range c.projects() {
		if len(keys) > 0 && !slices.Contains(keys, p.also) || !strings.Contains(strings.ToLower(p.name+" "+p.also), text) {
			continue
		}
		out = append(out, c.styled(p, p.raw))
	}
	return c.linked(out, 50)
}

func (c *call) projectOne() answer {
	key := c.r.PathValue("projectIdOrKey")
	return one(c.projects(), key, fmt.Sprintf("No project could be found with key '%s'.", key))
}

func (c *call) projectVersions() answer   { return c.ofProject(c.s.catalog.versions) }
func (c *call) projectComponents() answer { return c.ofProject(c.s.catalog.components) }

// ofProject lists what belongs to the project in the path.
func (c *call) ofProject(list []thing) answer {
	key := c.r.PathValue("projectIdOrKey")
	p := find(c.projects(), key)
	if p == nil {
		return refuse(http.StatusNotFound, fmt.Sprintf("No project could be found with key '%s'.", key))
	}
	own := slices.DeleteFunc(slices.Clone(list), func(t thing) bool { return t.project != p.also })
	return reply(http.StatusOK, raws(own))
}

// one answers with the entry that a word means.
func one(list []thing, word, missing string) answer {
	if t := find(list, word); t != nil {
		return reply(http.StatusOK, t.raw)
	}
	return refuse(http.StatusNotFound, missing)
}

func raws(list []thing) []json.RawMessage {
	out := make([]json.RawMessage, len(list))
	for n, t := range list {
		out[n] = t.raw
	}
	return out
}
