package jirasim

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// field is one field of the site.
type field struct {
	id, name  string
	custom    bool
	fixed     bool // kept by Jira itself, never set by a client
	schema    fieldSchema
	clauses   []string // names in JQL
	project   string   // key of the only project that has it
	options   []string
	offScreen bool // on no screen; Data Center refuses to set it
}

// systemFields are the fields that every site has: id, name, type, type of
// the elements, and whether Jira keeps it itself.
var systemFields = []struct {
	id, name, kind, items string
	fixed                 bool
	clauses               []string
}{
	{"summary", "Summary", "string", "", false, []string{"summary"}},
	{"issuetype", "Issue Type", "issuetype", "", false, []string{"issuetype", "type"}},
	{"project", "Project", "project", "", true, []string{"project"}},
	{"status", "Status", "status", "", true, []string{"status"}},
	{"priority", "Priority", "priority", "", false, []string{"priority"}},
	{"resolution", "Resolution", "resolution", "", true, []string{"resolution"}},
	{"labels", "Labels", "array", "string", false, []string{"labels"}},
	{"assignee", "Assignee", "user", "", false, []string{"assignee"}},
	{"reporter", "Reporter", "user", "", false, []string{"reporter"}},
	{"creator", "Creator", "user", "", true, []string{"creator"}},
	{"description", "Description", "string", "", false, []string{"description"}},
	{"environment", "Environment", "string", "", false, []string{"environment"}},
	{"created", "Created", "datetime", "", true, []string{"created", "createdDate"}},
	{"updated", "Updated", "datetime", "", true, []string{"updated", "updatedDate"}},
	{"resolutiondate", "Resolved", "datetime", "", true, []string{"resolutiondate", "resolved"}},
	{"lastViewed", "Last Viewed", "datetime", "", true, []string{"lastViewed"}},
	{"statuscategorychangedate", "Status Category Changed", "datetime", "", true, []string{"statusCategoryChangedDate"}},
	{"duedate", "Due date", "date", "", false, []string{"due", "duedate"}},
	{"fixVersions", "Fix versions", "array", "version", false, []string{"fixVersion"}},
	{"versions", "Affects versions", "array", "version", false, []string{"affectedVersion"}},
	{"components", "Components", "array", "component", false, []string{"component"}},
	{"issuelinks", "Linked Issues", "array", "issuelinks", true, []string{"issueLink"}},
	{"subtasks", "Sub-tasks", "array", "issuelinks", true, []string{"subtasks"}},
	{"parent", "Parent", "issuelink", "", false, []string{"parent"}},
	{"votes", "Votes", "votes", "", true, []string{"votes"}},
	{"watches", "Watchers", "watches", "", true, []string{"watchers"}},
	{"comment", "Comment", "comments-page", "", true, []string{"comment"}},
	{"attachment", "Attachment", "array", "attachment", true, []string{"attachments"}},
	{"worklog", "Log Work", "array", "worklog", true, nil},
	{"progress", "Progress", "progress", "", true, []string{"progress"}},
	{"aggregateprogress", "Σ Progress", "progress", "", true, nil},
	{"timetracking", "Time tracking", "timetracking", "", false, nil},
	{"timespent", "Time Spent", "number", "", true, []string{"timespent"}},
	{"timeestimate", "Remaining Estimate", "number", "", true, []string{"remainingEstimate", "timeestimate"}},
	{"timeoriginalestimate", "Original estimate", "number", "", true, []string{"originalEstimate", "timeoriginalestimate"}},
	{"aggregatetimespent", "Σ Time Spent", "number", "", true, nil},
	{"aggregatetimeestimate", "Σ Remaining Estimate", "number", "", true, nil},
	{"aggregatetimeoriginalestimate", "Σ Original Estimate", "number", "", true, nil},
	{"workratio", "Work Ratio", "number", "", true, []string{"workratio"}},
	{"security", "Security Level", "securitylevel", "", true, []string{"level"}},
}

// agileFields are given with issues by Jira Software and are no fields of the
// platform: they are in no list of fields.
var agileFields = []string{"sprint", "closedSprints", "epic", "flagged"}

// pointFields are the fields that public trackers of the test data keep their
// story points in: duraspace and apache.
var pointFields = []string{"customfield_10023"}

// rankValue is a LexoRank: bucket, six digits in base 36, and a rest.
var rankValue = regexp.MustCompile(`^[0-2]\|[0-9a-z]{6}:[0-9a-z]*$`)

// newRegistry gives the system's fields and those that the seed describes.
func (s *Site) newRegistry(described []Field) {
	s.fields = map[string]*field{}
	for _, d := range systemFields {
		sc := fieldSchema{Type: d.kind, Items: d.items, System: d.id}
		s.fields[d.id] = &field{id: d.id, name: d.name, fixed: d.fixed, schema: sc, clauses: d.clauses}
	}
	for _, id := range agileFields {
		s.fields[id] = &field{id: id, name: id, fixed: true, schema: fieldSchema{Type: "any"}}
	}
	for _, d := range described {
		s.define(d)
	}
}

// define adds a custom field, or completes what is known of one.
func (s *Site) define(d Field) *field {
	f := s.fields[d.ID]
	if f == nil {
		f = &field{id: d.ID, custom: true}
		s.fields[d.ID] = f
	}
	number, _ := strconv.ParseInt(strings.TrimPrefix(d.ID, customPrefix), 10, 64)
	f.name = first(d.Name, f.name, fmt.Sprintf("Custom %d", number))
	f.schema = fieldSchema{
		Type: first(d.Type, jsonTypes[d.Custom], f.schema.Type, "any"), Items: first(d.Items, f.schema.Items),
		Custom: first(d.Custom, f.schema.Custom, customTypes[d.Type+" "+d.Items], TextType), CustomID: number,
	}
	f.project = first(d.Project, f.project)
	f.options = append(f.options, d.Options...)
	f.fixed = f.schema.Custom == RankType || f.schema.Custom == SLAType
	f.clauses = []string{fmt.Sprintf("cf[%d]", number), f.name}
	return f
}

// jsonTypes gives the type of the values of the usual custom fields.
var jsonTypes = map[string]string{
	RankType: "any", SprintType: "array", EpicLinkType: "any", SLAType: "sd-servicelevelagreement",
	NumberType: "number", TextType: "string", TextAreaType: "string", DateType: "date", DateTimeType: "datetime",
	SelectType: "option", MultiType: "array", LabelsType: "array", UserPickerType: "user",
}

// customTypes gives the usual custom field for a type of values, and of the
// elements of a list.
var customTypes = map[string]string{
	"number ": NumberType, "date ": DateType, "datetime ": DateTimeType, "option ": SelectType, "user ": UserPickerType,
	"array option": MultiType, "array string": LabelsType,
}

// discover adds the custom fields that issues use and nobody has described,
// each with the type that its values look like.
func (s *Site) discover(issues []*issue) {
	samples := samplesOf(issues)
	for _, id := range slices.Sorted(maps.Keys(samples)) {
		known := s.fields[id]
		if known != nil && !known.vague() {
			continue
		}
		if known == nil && !isCustomID(id) {
			s.fields[id] = &field{id: id, name: id, fixed: true, schema: fieldSchema{Type: "any"}}
			continue
		}
		d := guess(samples[id])
		d.ID = id
		if known != nil {
			d.Name = known.name
		}
		if slices.Contains(pointFields, id) && d.Custom == NumberType {
			d.Name = "Story Points"
		}
		s.define(d)
	}
	s.collectOptions(issues)
}

// vague says that a custom field's type is not known.
func (f *field) vague() bool {
	return f.custom && f.schema.Custom == TextType && f.schema.Type == "any"
}

// samplesOf gives some values of each field.
func samplesOf(issues []*issue) map[string][]json.RawMessage {
	out := map[string][]json.RawMessage{}
	for _, i := range issues {
		for id, raw := range i.fields {
			if isNull(raw) {
				raw = nil
			}
			if list, ok := out[id]; !ok || raw != nil && len(list) < 50 {
				out[id] = list
				if raw != nil {
					out[id] = append(list, raw)
				}
			}
		}
	}
	return out
}

// guesses tell a field's type by a value, the first that fits.
var guesses = []struct {
	fits func(json.RawMessage) bool
	is   Field
}{
	{func(raw json.RawMessage) bool { return rankValue.MatchString(textOf(raw)) }, Field{Name: "Rank", Custom: RankType}},
	{func(raw json.RawMessage) bool { return len(sprintsOf(raw)) > 0 && bytesContain(raw, "state") }, Field{Name: "Sprint", Custom: SprintType, Items: "json"}},
	{func(raw json.RawMessage) bool { return strings.ContainsRune("-0123456789", rune(raw[0])) }, Field{Custom: NumberType}},
	{func(raw json.RawMessage) bool { return bytesContain(raw, "customFieldOption") && raw[0] == '[' }, Field{Custom: MultiType, Items: "option"}},
	{func(raw json.RawMessage) bool { return bytesContain(raw, "customFieldOption") }, Field{Custom: SelectType}},
	{func(raw json.RawMessage) bool {
		return bytesContain(raw, "ongoingCycle") || bytesContain(raw, "completedCycles")
	}, Field{Custom: SLAType}},
	{func(raw json.RawMessage) bool { return strings.HasPrefix(string(raw), `["`) }, Field{Custom: LabelsType, Items: "string"}},
	{func(raw json.RawMessage) bool { return raw[0] == '{' && bytesContain(raw, "displayName") }, Field{Custom: UserPickerType}},
}

// guess gives the type that values look like, by the first that tells.
func guess(values []json.RawMessage) Field {
	for _, raw := range values {
		for _, g := range guesses {
			if g.fits(raw) {
				return g.is
			}
		}
		if raw[0] == '"' {
			return Field{Custom: textKind(textOf(raw))}
		}
	}
	return Field{Type: "any", Custom: TextType}
}

func bytesContain(raw json.RawMessage, part string) bool {
	return strings.Contains(string(raw), part)
}

// textKind tells days and times from other texts.
func textKind(text string) string {
	switch t := timeOf(json.RawMessage(strconv.Quote(text))); {
	case t.IsZero():
		return TextType
	case len(text) == len("2006-01-02"):
		return DateType
	}
	return DateTimeType
}

// collectOptions notes which options the select fields have.
func (s *Site) collectOptions(issues []*issue) {
	for _, i := range issues {
		for id, raw := range i.fields {
			f := s.fields[id]
			if isNull(raw) || f == nil || f.schema.Custom != SelectType && f.schema.Custom != MultiType {
				continue
			}
			for _, e := range entitiesOf(raw) {
				if !slices.Contains(f.options, e.name) {
					f.options = append(f.options, e.name)
				}
			}
		}
	}
}

// fieldNamed finds a field by id or, where only one has it, by name.
func (s *Site) fieldNamed(name string) *field {
	if f := s.fields[name]; f != nil {
		return f
	}
	for _, f := range s.sortedFields() {
		if strings.EqualFold(f.name, name) {
			return f
		}
	}
	return nil
}

// sortedFields gives the fields: the system's as listed, then custom ones by
// number.
func (s *Site) sortedFields() []*field {
	var out []*field
	for _, d := range systemFields {
		out = append(out, s.fields[d.id])
	}
	var custom []*field
	for _, f := range s.fields {
		if f.custom {
			custom = append(custom, f)
		}
	}
	slices.SortFunc(custom, func(a, b *field) int {
		if a.schema.CustomID != b.schema.CustomID {
			return int(a.schema.CustomID - b.schema.CustomID)
		}
		return strings.Compare(a.id, b.id)
	})
	return append(out, custom...)
}
