package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// metaRoutes are the routes that say which fields an issue can be given. The
// listing of everything at once is gone from Data Center since version 9 and
// deprecated on Cloud.
func (s *Site) metaRoutes() {
	s.platform("GET", "/issue/{issueIdOrKey}/editmeta", (*call).editMeta)
	s.platform("GET", "/issue/createmeta/{projectIdOrKey}/issuetypes", (*call).createTypes)
	s.platform("GET", "/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", (*call).createFields)
	if s.cloud() {
		s.platform("GET", "/issue/createmeta", (*call).createMeta)
	}
}

func (c *call) editMeta() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	query := c.r.URL.Query()
	if query.Get("overrideScreenSecurity") == "true" || query.Get("overrideEditableFlag") == "true" {
		return refuse(http.StatusForbidden, "Only apps with the permission to administer Jira may override screens and the editable flag.")
	}
	return reply(http.StatusOK, map[string]any{"fields": c.editable(i)})
}

// editable describes the fields on the edit screen.
func (c *call) editable(i *issue) map[string]any {
	out := map[string]any{}
	if !c.s.allowed(i.facts.project.also, Edit) {
		return out
	}
	for id, f := range c.s.fields {
		listed := f.custom || f.schema.System != ""
		if f.fixed || !listed || f.offScreen || c.s.switches.OffScreen[id] || !c.belongs(i, id) {
			continue
		}
		out[id] = c.fieldMeta(f, i.facts.project.also, c.s.catalog.kinds)
	}
	return out
}

// fieldMeta describes one field as the screens of a project have it.
func (c *call) fieldMeta(f *field, project string, kinds []thing) map[string]any {
	out := map[string]any{
		"required": f.id == "summary" || f.id == "issuetype" || f.id == "project", "schema": f.schema, "name": f.name, "key": f.id,
		"hasDefaultValue": f.id == "priority", "operations": operationsOf(f),
	}
	if !c.s.cloud() {
		delete(out, "key")
		out["fieldId"] = f.id
	}
	switch catalog := &c.s.catalog; f.schema.Type + f.schema.Items {
	case "priority":
		out["allowedValues"] = raws(catalog.priorities)
	case "issuetype":
		out["allowedValues"] = raws(kinds)
	case "project":
		out["allowedValues"] = raws([]thing{*find(catalog.projects, project)})
	case "arrayversion":
		out["allowedValues"] = raws(ofProject(catalog.versions, project))
	case "arraycomponent":
		out["allowedValues"] = raws(ofProject(catalog.components, project))
	case "option", "arrayoption":
		options := []json.RawMessage{}
		for n := range f.options {
			options = append(options, f.option(n))
		}
		out["allowedValues"] = options
	}
	if url := c.suggestions(f, project); url != "" {
		out["autoCompleteUrl"] = url
	}
	return out
}

// suggestions gives the address that completes what is typed into a field.
func (c *call) suggestions(f *field, project string) string {
	switch {
	case f.id == "labels":
		return selfMark + "/rest/api/1.0/labels/suggest?query="
	case f.schema.Type == "user":
		return selfMark + "/rest/api/2/user/assignable/search?project=" + project + map[bool]string{true: "&query=", false: "&username="}[c.s.cloud()]
	}
	return ""
}

func operationsOf(f *field) []string {
	if f.verbs() == "set" {
		return []string{"set"}
	}
	return []string{"add", "set", "remove"}
}

// creatable gives the fields that a new issue of a kind can be given, the
// project and the kind first.
func (c *call) creatable(project thing, kind thing) []map[string]any {
	var out []map[string]any
	for _, f := range c.s.sortedFields() {
		own := f.project == "" || f.project == project.also
		if f.fixed && f.id != "project" || !own || f.offScreen || c.s.switches.OffScreen[f.id] || f.id == "parent" && !c.s.cloud() && !isSubtask(kind.raw) {
			continue
		}
		meta := c.fieldMeta(f, project.also, []thing{kind})
		meta["fieldId"] = f.id
		if f.id == "parent" {
			meta["required"] = isSubtask(kind.raw)
		}
		out = append(out, meta)
	}
	return out
}

// creationProject finds the project in the path.
func (c *call) creationProject() (*thing, *answer) {
	key := c.r.PathValue("projectIdOrKey")
	p := find(c.projects(), key)
	if p == nil || !c.s.allowed(p.also, "CREATE_ISSUES") {
		a := refuse(http.StatusBadRequest, fmt.Sprintf("No project could be found with id or key '%s', or no issues can be created in it.", key))
		return nil, &a
	}
	return p, nil
}

// createTypes pages through the kinds of issues that a project takes.
func (c *call) createTypes() answer {
	if _, refusal := c.creationProject(); refusal != nil {
		return *refusal
	}
	var list []any
	for _, k := range c.s.catalog.kinds {
		list = append(list, k.raw)
	}
	return c.pagedAs("issueTypes", list)
}

// createFields pages through the fields of one kind.
func (c *call) createFields() answer {
	p, refusal := c.creationProject()
	if refusal != nil {
		return *refusal
	}
	id := c.r.PathValue("issueTypeId")
	at := slices.IndexFunc(c.s.catalog.kinds, func(k thing) bool { return k.id == id })
	if at < 0 {
		return refuse(http.StatusBadRequest, fmt.Sprintf("The issue type with id '%s' does not exist in the project.", id))
	}
	var list []any
	for _, meta := range c.creatable(*p, c.s.catalog.kinds[at]) {
		list = append(list, meta)
	}
	return c.pagedAs("fields", list)
}

// pagedAs answers with a page whose list has a name of its own on Cloud; Data
// Center calls it values, as everywhere.
func (c *call) pagedAs(name string, list []any) answer {
	a := c.paged(list, 50)
	if !c.s.cloud() {
		return a
	}
	var p map[string]json.RawMessage
	if json.Unmarshal(a.body, &p) != nil {
		return a
	}
	return reply(http.StatusOK, map[string]json.RawMessage{
		"startAt": p["startAt"], "maxResults": p["maxResults"], "total": p["total"], name: p["values"],
	})
}

// createMeta lists projects with their kinds, and the fields where expanded.
func (c *call) createMeta() answer {
	query := c.r.URL.Query()
	wanted := func(parameter string, words ...string) bool {
		asked := lists(query[parameter])
		return len(asked) == 0 || slices.ContainsFunc(words, func(w string) bool {
			return slices.ContainsFunc(asked, func(a string) bool { return strings.EqualFold(a, w) })
		})
	}
	projects := []any{}
	for _, p := range c.projects() {
		if !wanted("projectKeys", p.also) || !wanted("projectIds", p.id) || !c.s.allowed(p.also, "CREATE_ISSUES") {
			continue
		}
		kinds := []any{}
		for _, k := range c.s.catalog.kinds {
			if wanted("issuetypeIds", k.id) && wanted("issuetypeNames", k.name) {
				kinds = append(kinds, c.kindMeta(p, k))
			}
		}
		projects = append(projects, map[string]any{
			"expand": "issuetypes", "self": selfMark + "/rest/api/2/project/" + p.id, "id": p.id, "key": p.also, "name": p.name,
			"avatarUrls": json.RawMessage(avatars("project", p.id)), "issuetypes": kinds,
		})
	}
	return reply(http.StatusOK, map[string]any{"expand": "projects", "projects": projects})
}

// kindMeta is one kind in the listing of everything.
func (c *call) kindMeta(p, k thing) json.RawMessage {
	out := withKey(k.raw, "expand", quote("fields"))
	if !slices.Contains(lists(c.r.URL.Query()["expand"]), "projects.issuetypes.fields") {
		return out
	}
	fields := map[string]any{}
	for _, meta := range c.creatable(p, k) {
		if id, ok := meta["fieldId"].(string); ok {
			delete(meta, "fieldId")
			fields[id] = meta
		}
	}
	return withKey(out, "fields", encode(fields))
}
