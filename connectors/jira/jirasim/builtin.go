package jirasim

import (
	_ "embed" // for the tables of issues and texts
	"encoding/json"
	"fmt"
	"time"
)

// The tables of the built-in backlog; their first lines say how they are read.
var (
	//go:embed builtin_issues.tsv
	builtinIssues string
	//go:embed builtin_texts.tsv
	builtinTexts string
)

// The custom fields of the built-in site.
const (
	builtinPoints  = "customfield_10016"
	builtinRank    = "customfield_10019"
	builtinSprint  = "customfield_10020"
	builtinRevenue = "customfield_10041"
	builtinScore   = "customfield_10050"
	builtinPlace   = "customfield_10051"
)

// What the built-in issues refer to. Days count from now.
var (
	builtinProjects = []Project{
		{ID: "10001", Key: "FERRY", Name: "Harbour ticket shop"},
		{ID: "10002", Key: "SHORE", Name: "Harbour ticket office"},
	}
	builtinPriorities = []Priority{{"1", "Highest"}, {"2", "High"}, {"3", "Medium"}, {"4", "Low"}, {"5", "Lowest"}}
	builtinStatuses   = []Status{
		{"10010", "To Do", categoryNew}, {"10011", "Ready", categoryNew},
		{"10012", "In Progress", categoryActive}, {"10013", "In Review", categoryActive}, {"10014", "Done", categoryDone},
	}
	builtinTypes = []struct {
		id, name string
		level    int
	}{
		{"10100", "Epic", 1}, {"10101", "Story", 0}, {"10102", "Task", 0}, {"10103", "Bug", 0}, {"10104", "Sub-task", -1},
	}
	builtinLinks = []struct {
		word string
		kind LinkType
	}{
		{"blocks", LinkType{"10200", "Blocks", "is blocked by", "blocks"}},
		{"depends", LinkType{"10201", "Dependency", "is depended on by", "depends on"}},
		{"relates", LinkType{"10202", "Relates", "relates to", "relates to"}},
		{"duplicates", LinkType{"10203", "Duplicate", "is duplicated by", "duplicates"}},
		{"surfaced", LinkType{"10204", "Discovery", "was discovered while testing", "testing discovered"}},
		{"clones", LinkType{"10205", "Cloners", "is cloned by", "clones"}},
	}
	builtinVersions = []builtinVersion{
		{"10300", "2.8", "FERRY", -40, true}, {"10301", "2.9", "FERRY", 18, false}, {"10302", "3.0", "FERRY", 95, false},
		{"10303", "1.4", "SHORE", 33, false},
	}
	builtinSprints = []struct {
		id         int64
		state      string
		start, end int
		goal       string
	}{
		{41, "closed", -20, -6, "The winter timetable is searchable."},
		{42, "active", -6, 8, "Passengers hear of a delay from us."},
		{43, "future", 8, 22, ""},
	}
	builtinParts  = []string{"Checkout", "Timetable", "Boarding", "Partners", "Accounts", "Back-office", "Apps", "Platform", "Tablet"}
	builtinPeople = []struct{ word, name string }{
		{"lena", "Lena Okafor"}, {"tomas", "Tomas Brandt"}, {"ines", "Inés Duarte"}, {"ravi", "Ravi Menon"},
		{"mika", "Mika Lahti"}, {"jonas", "Jonas Weir"}, {"sofie", "Sofie Aalto"}, {"support", "Harbour Support"},
	}
)

// builtinVersion is a release; days is when it is or was due.
type builtinVersion struct {
	id, name, project string
	days              int
	released          bool
}

// Builtin gives the backlog that demo and sandbox start with: two projects of
// "Harbour", a shop for ferry tickets, in an order that people might have left.
// All times are relative to now, so equal times give equal seeds.
func Builtin(now time.Time) Seed {
	b := newBuiltin(now)
	seed := Seed{
		Fields: []Field{
			{ID: builtinPoints, Name: "Story Points", Type: "number", Custom: NumberType},
			{ID: builtinRank, Name: "Rank", Type: "any", Custom: RankType},
			{ID: builtinSprint, Name: "Sprint", Type: "array", Items: "json", Custom: SprintType},
			{ID: builtinRevenue, Name: "ARR at risk", Type: "number", Custom: NumberType},
			{ID: builtinScore, Name: "Priority Score", Type: "number", Custom: NumberType},
			{ID: builtinPlace, Name: "Stack Rank", Type: "number", Custom: NumberType},
		},
		Priorities: builtinPriorities,
		Statuses:   builtinStatuses,
		Projects:   builtinProjects,
		Boards: []Board{
			{ID: 1, Name: "Harbour", Type: "scrum", Project: "FERRY", Rank: builtinRank, Estimate: builtinPoints},
			{ID: 2, Name: "Ticket office", Type: "kanban", Project: "SHORE", Rank: builtinRank},
		},
	}
	for _, l := range builtinLinks {
		seed.LinkTypes = append(seed.LinkTypes, l.kind)
	}
	for _, v := range builtinVersions {
		seed.Versions = append(seed.Versions, Version{ID: v.id, Name: v.name, Project: v.project, Released: v.released, Release: b.day(v.days)})
	}
	for _, s := range builtinSprints {
		seed.Sprints = append(seed.Sprints, b.sprint(s.id))
	}
	for _, d := range b.drafts {
		seed.Issues = append(seed.Issues, b.issue(d))
	}
	return seed
}

// sprint gives one of the sprints.
func (b *builtin) sprint(id int64) Sprint {
	for _, s := range builtinSprints {
		if s.id == id {
			return Sprint{
				ID: id, Name: fmt.Sprintf("Harbour %d", id), State: s.state, Board: 1, Goal: s.goal,
				Start: b.moment(s.start), End: b.moment(s.end),
			}
		}
	}
	panic(fmt.Sprintf("built-in backlog: no sprint %d", id))
}

// day gives a day some days from now, as Jira writes due and release dates.
func (b *builtin) day(days int) string { return b.now.AddDate(0, 0, days).Format(time.DateOnly) }

// moment gives a time some days from now, as Jira writes the ends of sprints.
func (b *builtin) moment(days int) string {
	return b.now.AddDate(0, 0, days).Format("2006-01-02T15:04:05.000Z")
}

// stamp gives a time as Jira writes most of them: in the zone of the site.
func (b *builtin) stamp(t time.Time) json.RawMessage { return quote(t.In(b.zone).Format(stamp)) }
