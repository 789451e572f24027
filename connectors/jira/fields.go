package jira

import (
	"fmt"
	"slices"
	"strings"

	"stackrank/internal/work"
)

// The keys of the custom field types that the connector looks for; names and
// ids differ from site to site.
const (
	typeRank        = "com.pyxis.greenhopper.jira:gh-lexo-rank"
	typeSprint      = "com.pyxis.greenhopper.jira:gh-sprint"
	typeEpicLink    = "com.pyxis.greenhopper.jira:gh-epic-link"
	typeEpicName    = "com.pyxis.greenhopper.jira:gh-epic-label"
	typeStoryPoints = "com.pyxis.greenhopper.jira:jsw-story-points"
	typeSLA         = "com.atlassian.servicedesk:sd-sla-field"
)

// field is one entry of GET /field.
type field struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Untranslated string   `json:"untranslatedName"`
	Clauses      []string `json:"clauseNames"`
	Schema       struct {
		Type   string `json:"type"`
		Items  string `json:"items"`
		Custom string `json:"custom"`
	} `json:"schema"`
	Scope *struct {
		Project struct {
			ID flexID `json:"id"`
		} `json:"project"`
	} `json:"scope"` // nil: the field of all projects
}

// project gives the id of the only project that has the field, "" for all.
func (f field) project() string {
	if f.Scope == nil {
		return ""
	}
	return string(f.Scope.Project.ID)
}

// number gives the digits of "customfield_10019", which the rank call and JQL want.
func (f field) number() string { return strings.TrimPrefix(f.ID, "customfield_") }

// clause names the field in JQL in every language that a site may speak.
func (f field) clause() string {
	if n := f.number(); isDigits(n) {
		return "cf[" + n + "]"
	}
	return f.ID
}

// named is what a configured name stands for: one field, or where projects are
// team-managed, one field a project.
type named struct {
	name  string
	byPrj map[string]field // by project id; "" for all projects
}

// in gives the field that an issue of the project has.
func (n named) in(project string) (field, bool) {
	if f, ok := n.byPrj[project]; ok {
		return f, true
	}
	f, ok := n.byPrj[""]
	return f, ok
}

// one gives the field where the name stands for a single one.
func (n named) one() (field, bool) {
	for _, f := range n.byPrj {
		return f, len(n.byPrj) == 1
	}
	return field{}, false
}

// ids gives the ids of all fields that the name stands for, sorted.
func (n named) ids() []string {
	out := make([]string, 0, len(n.byPrj))
	for _, f := range n.byPrj {
		out = append(out, f.ID)
	}
	slices.Sort(out)
	return out
}

// catalogue holds the fields of a site, custom ones first, by age.
type catalogue []field

// arrange gives the fields an order of their own: Jira promises none, and where
// two could serve, the same one must serve every time.
func (c catalogue) arrange() {
	slices.SortStableFunc(c, func(a, b field) int {
		return work.Ref{ID: a.number()}.Compare(work.Ref{ID: b.number()})
	})
}

// find gives what a configured name or id stands for. Ids come first, then the
// exact name, then the name in another case, then the name in English.
func (c catalogue) find(name string) (named, error) {
	rules := []func(field) bool{
		func(f field) bool {
			return f.ID == name || slices.Contains(f.Clauses, name) && strings.HasPrefix(name, "cf[")
		},
		func(f field) bool { return f.Name == name },
		func(f field) bool { return strings.EqualFold(f.Name, name) },
		func(f field) bool { return f.Untranslated != "" && strings.EqualFold(f.Untranslated, name) },
	}
	for _, fits := range rules {
		if found := c.where(fits); len(found) > 0 {
			return group(name, found)
		}
	}
	return named{}, fmt.Errorf("%w: Jira shows this account no field %q%s", work.ErrInvalid, name, c.hint(name))
}

// group files fields of one name under their projects. Two for one project
// are a choice that only a person can make.
func group(name string, found []field) (named, error) {
	n := named{name: name, byPrj: map[string]field{}}
	for _, f := range found {
		if other, taken := n.byPrj[f.project()]; taken {
			return named{}, fmt.Errorf("%w: two fields are called %q, %s and %s; give the id of the one that you mean",
				work.ErrInvalid, name, other.ID, f.ID)
		}
		n.byPrj[f.project()] = f
	}
	return n, nil
}

// hint names up to three fields that a mistyped name may have meant.
func (c catalogue) hint(name string) string {
	var near []string
	want := strings.ToLower(strings.Join(strings.Fields(name), ""))
	for _, f := range c {
		have := strings.ToLower(strings.Join(strings.Fields(f.Name), ""))
		if len(near) < 3 && want != "" && have != "" && (strings.Contains(have, want) || strings.Contains(want, have)) {
			near = append(near, fmt.Sprintf("%q", f.Name))
		}
	}
	if len(near) == 0 {
		return "; create it, or correct the name"
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

func (c catalogue) where(fits func(field) bool) []field {
	var out []field
	for _, f := range c {
		if fits(f) {
			out = append(out, f)
		}
	}
	return out
}

func (c catalogue) ofType(custom string) []field {
	return c.where(func(f field) bool { return f.Schema.Custom == custom })
}

// untyped gives the first custom field of which Jira does not say what it is.
func (c catalogue) untyped() (field, bool) {
	i := slices.IndexFunc(c, func(f field) bool { return f.number() != f.ID && f.Schema.Custom == "" })
	if i < 0 {
		return field{}, false
	}
	return c[i], true
}

func (c catalogue) byID(id string) (field, bool) {
	i := slices.IndexFunc(c, func(f field) bool { return f.ID == id })
	if i < 0 {
		return field{}, false
	}
	return c[i], true
}

// pointFields gives the fields that may hold story points, the likeliest first:
// the one that the board estimates by, then those of the type made for it, then
// numbers that carry one of the two names that Jira itself gives, or a
// translation of it.
func (c catalogue) pointFields(boards string) []field {
	var out []field
	add := func(fs ...field) {
		for _, f := range fs {
			if !slices.ContainsFunc(out, func(o field) bool { return o.ID == f.ID }) {
				out = append(out, f)
			}
		}
	}
	if f, ok := c.byID(boards); ok && f.Schema.Type == "number" {
		add(f)
	}
	add(c.ofType(typeStoryPoints)...)
	add(c.where(func(f field) bool {
		return f.Schema.Type == "number" && slices.ContainsFunc([]string{f.Name, f.Untranslated}, func(name string) bool {
			return strings.EqualFold(name, "Story Points") || strings.EqualFold(name, "Story point estimate")
		})
	})...)
	return out
}
