package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"stackrank/connectors/jira/jirasim"
	"stackrank/connectors/trello/trellosim"
)

// jiraFile is a Jira site as a person writes it down; expanded, it is a seed.
type jiraFile struct {
	Deployment jirasim.Deployment
	Zone       string
	Project    jirasim.Project
	Categories map[string]string
	Priorities []jirasim.Priority
	Statuses   []jirasim.Status
	Types      []issueType
	Links      []jirasim.LinkType
	Fields     []jirasim.Field
	Boards     []jirasim.Board
	Sprints    []jirasim.Sprint
	Issues     []issueLine
}

type issueType struct {
	ID, Name string
	Level    int
}

// issueLine is one issue. What it leaves out is empty on the site.
type issueLine struct {
	Key, Type, Status, Priority, Summary string
	Created, Due                         string // days
	Parent, Epic                         string // keys; Epic goes to the field of epic links
	Labels                               []string
	Votes, Watchers                      int
	Comments                             []string       // the days of the comments
	Fields                               map[string]any // custom fields by name
	Links                                []linkLine
	Sprint                               int64
}

// linkLine says what an issue does to another, in the words of the link type.
type linkLine struct{ Phrase, To string }

// readYAML reads a file of the test data into a value, strictly.
func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// complete gives the site what a fresh one has where the file says nothing.
func (f *jiraFile) complete() {
	if f.Categories == nil {
		f.Categories = map[string]string{"new": "To Do", "indeterminate": "In Progress", "done": "Done"}
	}
	if f.Priorities == nil {
		f.Priorities = []jirasim.Priority{{ID: "1", Name: "Highest"}, {ID: "2", Name: "High"}, {ID: "3", Name: "Medium"}, {ID: "4", Name: "Low"}, {ID: "5", Name: "Lowest"}}
	}
	if f.Statuses == nil {
		f.Statuses = []jirasim.Status{
			{ID: "10000", Name: "To Do", Category: "new"}, {ID: "3", Name: "In Progress", Category: "indeterminate"},
			{ID: "10001", Name: "Done", Category: "done"},
		}
	}
	if f.Links == nil {
		f.Links = []jirasim.LinkType{{ID: "10000", Name: "Blocks", Inward: "is blocked by", Outward: "blocks"}}
	}
	if f.Types == nil {
		f.Types = []issueType{
			{"10000", "Epic", 1}, {"10001", "Story", 0}, {"10002", "Task", 0}, {"10003", "Sub-task", -1}, {"10003", "Subtask", -1}, {"10004", "Bug", 0},
		}
	}
}

// seed expands the file. Issues stand in it in the order of the backlog.
func (f jiraFile) seed(t *testing.T) jirasim.Seed {
	t.Helper()
	f.complete()
	s := jirasim.Seed{
		Deployment: f.Deployment, Zone: f.Zone, Projects: []jirasim.Project{f.Project}, Priorities: f.Priorities,
		Statuses: f.Statuses, LinkTypes: f.Links, Fields: f.Fields, Boards: f.Boards, Sprints: f.Sprints,
	}
	s.User.Zone = f.Zone
	for i := range f.Issues {
		s.Issues = append(s.Issues, marshal(t, map[string]any{
			"id": f.id(f.Issues[i].Key), "key": f.Issues[i].Key, "fields": f.fields(t, f.Issues[i]),
		}))
	}
	return s
}

func marshal(t *testing.T, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// id gives the id of an issue by its place in the file.
func (f jiraFile) id(key string) string {
	i := slices.IndexFunc(f.Issues, func(l issueLine) bool { return l.Key == key })
	return strconv.Itoa(10100 + i)
}

// at gives the time of an issue or comment on a day.
func (issueLine) at(day string) string { return day + "T09:30:00.000+0000" }

func (f jiraFile) fields(t *testing.T, l issueLine) map[string]any {
	t.Helper()
	out := f.brief(t, l)
	out["project"] = map[string]any{
		"id": f.Project.ID, "key": f.Project.Key, "name": f.Project.Name, "projectTypeKey": "software", "simplified": f.Project.TeamManaged,
	}
	out["created"], out["updated"] = l.at(l.Created), l.at(l.Created)
	out["duedate"] = nil
	if l.Due != "" {
		out["duedate"] = l.Due
	}
	out["labels"] = append([]string{}, l.Labels...)
	out["fixVersions"], out["components"] = []any{}, []any{}
	out["votes"] = map[string]any{"votes": l.Votes, "hasVoted": false}
	out["watches"] = map[string]any{"watchCount": l.Watchers, "isWatching": false}
	out["comment"] = comments(l)
	out["issuelinks"] = f.links(t, l)
	if l.Parent != "" {
		out["parent"] = f.end(t, l.Parent)
	}
	for _, d := range f.Fields {
		out[d.ID] = f.custom(l, d)
	}
	return out
}

// brief gives the fields that say what an issue is.
func (f jiraFile) brief(t *testing.T, l issueLine) map[string]any {
	t.Helper()
	out := map[string]any{"summary": l.Summary, "priority": nil}
	for _, p := range f.Priorities {
		if p.Name == l.Priority {
			out["priority"] = map[string]any{"id": p.ID, "name": p.Name}
		}
	}
	for _, st := range f.Statuses {
		if st.Name == l.Status {
			out["status"] = map[string]any{"id": st.ID, "name": st.Name, "statusCategory": map[string]any{
				"key": st.Category, "name": f.Categories[st.Category],
			}}
		}
	}
	for _, k := range f.Types {
		if k.Name == l.Type {
			out["issuetype"] = map[string]any{"id": k.ID, "name": k.Name, "subtask": k.Level < 0, "hierarchyLevel": k.Level}
			if f.Deployment == jirasim.DataCenter {
				delete(out["issuetype"].(map[string]any), "hierarchyLevel")
			}
		}
	}
	if out["status"] == nil || out["issuetype"] == nil || out["priority"] == nil && l.Priority != "" {
		t.Fatalf("%s: the file holds no status %q, type %q or priority %q", l.Key, l.Status, l.Type, l.Priority)
	}
	return out
}

// end gives an issue as links and parents show it.
func (f jiraFile) end(t *testing.T, key string) map[string]any {
	t.Helper()
	i := slices.IndexFunc(f.Issues, func(l issueLine) bool { return l.Key == key })
	if i < 0 {
		t.Fatalf("the file holds no issue %s", key)
	}
	return map[string]any{"id": f.id(key), "key": key, "fields": f.brief(t, f.Issues[i])}
}

func comments(l issueLine) map[string]any {
	list := []any{}
	for n, day := range l.Comments {
		list = append(list, map[string]any{"id": strconv.Itoa(20000 + n), "body": "See above.", "created": l.at(day), "updated": l.at(day)})
	}
	return map[string]any{"comments": list, "maxResults": len(list), "total": len(list), "startAt": 0}
}

// links gives both ends of the links in which an issue takes part.
func (f jiraFile) links(t *testing.T, l issueLine) []any {
	t.Helper()
	out := []any{}
	for _, from := range f.Issues {
		for n, to := range from.Links {
			link := map[string]any{"id": f.id(from.Key) + strconv.Itoa(n), "type": f.linkType(t, to.Phrase)}
			switch l.Key {
			case from.Key:
				link["outwardIssue"] = f.end(t, to.To)
			case to.To:
				link["inwardIssue"] = f.end(t, from.Key)
			default:
				continue
			}
			out = append(out, link)
		}
	}
	return out
}

func (f jiraFile) linkType(t *testing.T, outward string) map[string]any {
	t.Helper()
	for _, k := range f.Links {
		if k.Outward == outward {
			return map[string]any{"id": k.ID, "name": k.Name, "inward": k.Inward, "outward": k.Outward}
		}
	}
	t.Fatalf("the file holds no link that reads %q", outward)
	return nil
}

// custom gives the value of a custom field, null where the issue has none.
func (f jiraFile) custom(l issueLine, d jirasim.Field) any {
	switch {
	case d.Custom == jirasim.EpicLinkType && l.Epic != "":
		return l.Epic
	case d.Custom == jirasim.SprintType && l.Sprint != 0:
		for _, s := range f.Sprints {
			if s.ID == l.Sprint {
				return []any{map[string]any{"id": s.ID, "name": s.Name, "state": s.State, "boardId": s.Board}}
			}
		}
	}
	return l.Fields[d.Name]
}

// trelloFile is a board as a person writes it down.
type trelloFile struct {
	Name    string
	Link    string // short link
	Paid    bool   // custom fields are in the plan
	Voting  bool
	Labels  []string
	Fields  []string // numbers
	Lists   []cardList
	Created string // the day of cards that give none
}

type cardList struct {
	Name  string
	Cards []cardLine
}

// cardLine is one card. What it leaves out is empty on the board.
type cardLine struct {
	Name, Created   string
	Due             string // RFC 3339
	Labels          []string
	Votes, Comments int
	Ticked, Items   int // of a checklist
	Done            bool
	Fields          map[string]float64
}

// boardID is the id of the only board; partID gives those of its parts.
const boardID = "5f3c00000000000000000b0b"

func partID(kind, n int) string { return fmt.Sprintf("5f3c0000%014x%02x", kind, n+1) }

// seed expands the board to an export of it.
func (f trelloFile) seed(t *testing.T) trellosim.Seed {
	t.Helper()
	lists, labels, fields, cards := []any{}, []any{}, []any{}, []any{}
	for n, name := range f.Labels {
		labels = append(labels, map[string]any{"id": partID(2, n), "idBoard": boardID, "name": name, "color": "green"})
	}
	for n, name := range f.Fields {
		fields = append(fields, map[string]any{"id": partID(3, n), "idModel": boardID, "modelType": "board", "name": name, "type": "number", "pos": (n + 1) * 16384})
	}
	for n, l := range f.Lists {
		lists = append(lists, map[string]any{"id": partID(1, n), "idBoard": boardID, "name": l.Name, "closed": false, "pos": (n + 1) * 16384})
		for place, c := range l.Cards {
			card := f.card(t, c, len(cards))
			card["idList"], card["pos"] = partID(1, n), (place+1)*16384
			cards = append(cards, card)
		}
	}
	voting, features := "disabled", []string{}
	if f.Voting {
		voting = "members"
	}
	if f.Paid {
		features = append(features, "paidCorePlugins")
	}
	s := trellosim.Seed{Bare: len(f.Fields) == 0}
	if err := s.Read(bytes.NewReader(marshal(t, map[string]any{
		"id": boardID, "name": f.Name, "shortLink": f.Link, "closed": false, "premiumFeatures": features,
		"prefs": map[string]any{"voting": voting}, "dateLastActivity": "2026-11-20T09:00:00.000Z",
		"members": []any{map[string]any{"id": partID(5, 0), "username": "po", "fullName": "Product Owner", "initials": "PO"}},
		"lists":   lists, "labels": labels, "customFields": fields, "cards": cards, "actions": []any{},
	}))); err != nil {
		t.Fatal(err)
	}
	return s
}

func (f trelloFile) card(t *testing.T, c cardLine, n int) map[string]any {
	t.Helper()
	created := day(t, cmp.Or(c.Created, f.Created))
	id := fmt.Sprintf("%08x%010x%06x", created.Unix(), 0x4a7b0ca2d5, n+1)
	out := map[string]any{
		"id": id, "shortLink": fmt.Sprintf("Card%04d", n+1), "idShort": n + 1, "name": c.Name, "desc": "", "idBoard": boardID,
		"closed": false, "due": nil, "dueComplete": c.Done, "dateLastActivity": created.Format("2006-01-02T15:04:05.000Z"),
		"idLabels": []string{}, "idMembers": []string{}, "idMembersVoted": []string{}, "attachments": []any{},
		"badges": map[string]any{"votes": c.Votes, "comments": c.Comments, "checkItems": c.Items, "checkItemsChecked": c.Ticked},
	}
	if c.Due != "" {
		out["due"] = c.Due
	}
	for k, name := range f.Labels {
		if slices.Contains(c.Labels, name) {
			out["idLabels"] = append(out["idLabels"].([]string), partID(2, k))
		}
	}
	items := []any{}
	for k, name := range f.Fields {
		if x, ok := c.Fields[name]; ok {
			items = append(items, map[string]any{
				"id": partID(6, n*16+k), "idCustomField": partID(3, k), "idModel": id, "modelType": "card",
				"value": map[string]string{"number": strconv.FormatFloat(x, 'f', -1, 64)},
			})
		}
	}
	out["customFieldItems"] = items
	return out
}

// day reads a day, as its morning.
func day(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d.Add(9 * time.Hour)
}
