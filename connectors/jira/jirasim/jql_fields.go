package jirasim

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// clauseField is a field as queries see it.
type clauseField struct {
	operators string // each followed by a comma
	empty     matcher
	build     func(*compiler, jqlClause, jqlOperand) matcher
}

// The operators by kind of field.
const (
	equality  = "=, !=, in, not in, is, is not,"
	ordered   = equality + " <, >, <=, >=,"
	searching = "~, !~, is, is not,"
)

// customClause is a custom field's name by number.
var customClause = regexp.MustCompile(`(?i)^cf\[(\d+)\]$`)

// clauseField finds a field by any name that JQL allows.
func (s *Site) clauseField(name string) *clauseField {
	lower := strings.ToLower(name)
	switch lower {
	case "key", "issuekey", "issue", "id":
		return s.keyField()
	case "statuscategory":
		return s.categoryField()
	case "text":
		return textField(func(i *issue) string { return i.facts.summary + "\n" + textOf(i.fields["description"]) })
	case "sprint":
		return s.sprintField()
	case "created", "updated", "resolved", "resolutiondate", "createddate", "updateddate":
		return dateField(whenOf(lower))
	case "due", "duedate":
		return dueField()
	case "watchers":
		lower = "watches"
	}
	if own := s.entityField(lower); own != nil {
		return own
	}
	f := s.jqlField(name)
	if f == nil {
		return nil
	}
	return s.valueField(f)
}

// jqlField finds a field by number, clause name or, last, by name.
func (s *Site) jqlField(name string) *field {
	if m := customClause.FindStringSubmatch(name); m != nil {
		return s.fields[customPrefix+m[1]]
	}
	for _, f := range s.sortedFields() {
		if strings.EqualFold(f.id, name) || strings.EqualFold(f.name, name) ||
			slices.ContainsFunc(f.clauses, func(n string) bool { return strings.EqualFold(n, name) }) {
			return f
		}
	}
	return nil
}

// valueField is a field whose values are numbers, texts, times or choices.
func (s *Site) valueField(f *field) *clauseField {
	id := f.id
	switch {
	case f.schema.Custom == RankType:
		return s.rankClause(id)
	case f.schema.Custom == SprintType:
		return s.sprintField()
	case f.schema.Type == "number", id == "votes", id == "watches":
		return numberField(id)
	case f.schema.Type == "date" || f.schema.Type == "datetime":
		return dateField(func(i *issue) moment { return momentOf(i, id) })
	case f.schema.Type == "string" && (!f.custom || f.schema.Custom == TextAreaType || f.schema.Custom == TextType):
		return textField(func(i *issue) string { return textOf(i.fields[id]) })
	case f.custom:
		return listField(func(i *issue) []entity { return i.facts.words[id] }, nil)
	}
	return nil
}

// entityField is a field that refers to entries of the catalog, or nil.
func (s *Site) entityField(name string) *clauseField {
	if name == "priority" {
		return s.priorityField()
	}
	if pick, ok := singleEntities[name]; ok {
		of := func(i *issue) []entity {
			if e := pick(&i.facts); !e.none() || e.also != "" {
				return []entity{e}
			}
			return nil
		}
		if name == "parent" {
			return listField(of, nil)
		}
		return listField(of, func() []thing { return s.known(name) })
	}
	if of, ok := entityLists[name]; ok {
		if name == "labels" {
			return listField(of, nil)
		}
		return listField(of, func() []thing { return s.known(name) })
	}
	return nil
}

// singleEntities are the fields that refer to one thing at most.
var singleEntities = map[string]func(*facts) entity{
	"project":    func(f *facts) entity { return f.project },
	"status":     func(f *facts) entity { return f.status },
	"issuetype":  func(f *facts) entity { return f.kind },
	"type":       func(f *facts) entity { return f.kind },
	"resolution": func(f *facts) entity { return f.resolution },
	"assignee":   func(f *facts) entity { return f.assignee },
	"reporter":   func(f *facts) entity { return f.reporter },
	"parent":     func(f *facts) entity { return f.parent },
}

// entityLists are the fields that refer to any number of things.
var entityLists = map[string]func(*issue) []entity{
	"labels":          labelsOf,
	"component":       func(i *issue) []entity { return i.facts.components },
	"fixversion":      func(i *issue) []entity { return i.facts.fixed },
	"affectedversion": func(i *issue) []entity { return i.facts.found },
}

// known gives the entries that a field's words may mean.
func (s *Site) known(name string) []thing {
	switch c := &s.catalog; name {
	case "project":
		return s.visibleProjects()
	case "status":
		return c.statuses
	case "issuetype", "type":
		return c.kinds
	case "resolution":
		return c.resolutions
	case "component":
		return c.components
	case "fixversion", "affectedversion":
		return c.versions
	default:
		return c.users
	}
}

func (s *Site) visibleProjects() []thing {
	return slices.DeleteFunc(slices.Clone(s.catalog.projects), func(t thing) bool { return !s.allowed(t.also, Browse) })
}

func labelsOf(i *issue) []entity {
	out := make([]entity, len(i.facts.labels))
	for n, l := range i.facts.labels {
		out[n] = entity{id: l, name: l}
	}
	return out
}

// listField compares with the things an issue refers to. Where a catalog is
// given, words that mean nothing in it are faults.
func listField(of func(*issue) []entity, catalog func() []thing) *clauseField {
	return &clauseField{
		operators: equality,
		empty:     func(i *issue) bool { return len(of(i)) == 0 },
		build: func(c *compiler, cl jqlClause, o jqlOperand) matcher {
			if o.function {
				return c.entityFunction(cl, o, of)
			}
			word := o.text
			unresolved := strings.EqualFold(cl.field, "resolution") && strings.EqualFold(word, "unresolved")
			if unresolved && (catalog == nil || find(catalog(), word) == nil) {
				return func(i *issue) bool { return len(of(i)) == 0 }
			}
			if catalog != nil && find(catalog(), word) == nil {
				return c.fault("The value '%s' does not exist for the field '%s'.", word, cl.field)
			}
			return func(i *issue) bool { return slices.ContainsFunc(of(i), func(e entity) bool { return e.is(word) }) }
		},
	}
}

// entityFunction compiles currentUser and the functions of versions.
func (c *compiler) entityFunction(cl jqlClause, o jqlOperand, of func(*issue) []entity) matcher {
	switch strings.ToLower(o.text) {
	case "currentuser":
		me := c.site.seed.User.ID
		return func(i *issue) bool { return slices.ContainsFunc(of(i), func(e entity) bool { return e.id == me }) }
	case "unreleasedversions", "releasedversions":
		want := strings.EqualFold(o.text, "releasedVersions")
		return func(i *issue) bool {
			return slices.ContainsFunc(of(i), func(e entity) bool {
				v := find(c.site.catalog.versions, e.id)
				return v != nil && bytesContain(v.raw, `"released":true`) == want
			})
		}
	}
	return c.fault("The function '%s' is not valid for the field '%s'.", o.text, cl.field)
}

// keyField compares keys by project and number, and ids by number.
func (s *Site) keyField() *clauseField {
	return &clauseField{
		operators: ordered,
		empty:     func(*issue) bool { return false },
		build: func(c *compiler, cl jqlClause, o jqlOperand) matcher {
			project, number := splitKey(strings.ToUpper(o.text))
			id, err := strconv.ParseInt(o.text, 10, 64)
			exists := s.lookup(o.text) != nil
			equal := strings.Contains("= != in not in", cl.operator)
			switch {
			case o.function:
				return c.fault("The function '%s' is not valid for the field '%s'.", o.text, cl.field)
			case equal && !exists && err == nil:
				return c.fault("A value with ID '%s' does not exist for the field '%s'.", o.text, cl.field)
			case equal && !exists:
				return c.fault("An issue with key '%s' does not exist for field '%s'.", o.text, cl.field)
			case err != nil && number == 0:
				return c.fault("The issue key '%s' for field '%s' is invalid.", o.text, cl.field)
			}
			if equal {
				id = s.lookup(o.text).id
				return func(i *issue) bool { return i.id == id }
			}
			if err == nil {
				return func(i *issue) bool { return holds(cl.operator, compareInts(i.id, id)) }
			}
			return func(i *issue) bool {
				return strings.EqualFold(i.facts.project.also, project) && holds(cl.operator, i.facts.number-number)
			}
		},
	}
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// holds says whether a comparison's outcome meets an operator.
func holds(operator string, outcome int) bool {
	switch operator {
	case "<":
		return outcome < 0
	case ">":
		return outcome > 0
	case "<=":
		return outcome <= 0
	case ">=":
		return outcome >= 0
	}
	return outcome == 0
}

// textField finds words; a word matches where a word of the text begins with
// it, which stands for Jira's stemming.
func textField(of func(*issue) string) *clauseField {
	return &clauseField{
		operators: searching,
		empty:     func(i *issue) bool { return of(i) == "" },
		build: func(_ *compiler, _ jqlClause, o jqlOperand) matcher {
			wanted := wordsOf(strings.Trim(o.text, `"*`))
			return func(i *issue) bool {
				if len(wanted) == 0 {
					return false
				}
				have := wordsOf(of(i))
				return !slices.ContainsFunc(wanted, func(w string) bool {
					return !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, w) })
				})
			}
		},
	}
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
