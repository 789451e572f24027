package jirasim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// issue gives the JSON of an issue as the search returns it.
func (b *builtin) issue(d *draft) json.RawMessage {
	fields := b.briefFields(d)
	fields["project"] = b.project(d)
	fields["created"] = b.stamp(d.created)
	fields["updated"] = b.stamp(b.lastTouched(d))
	fields["description"] = textOrNull(d.about)
	fields["labels"] = commaList(d.more["labels"])
	fields["issuelinks"] = anyList(d.links)
	fields["subtasks"] = anyList(d.subtasks)
	fields["duedate"] = nil
	if due := d.more["due"]; due != "" {
		fields["duedate"] = b.day(int(builtinNumber(due)))
	}
	if parent := b.byKey[d.more["parent"]]; parent != nil {
		fields["parent"] = b.brief(parent)
	}
	if level := d.more["security"]; level != "" {
		fields["security"] = made("securitylevel", "10400", strings.ReplaceAll(level, "-", " "), `,"description":"Only those who guard the keys."`).raw
	}
	b.people(d, fields)
	b.plans(d, fields)
	b.counts(d, fields)
	b.outcome(d, fields)
	untouched(fields)
	return encode(map[string]any{
		"id": strconv.FormatInt(d.id, 10), "key": d.key, "self": fmt.Sprintf("%s/rest/api/2/issue/%d", selfMark, d.id), "fields": fields,
	})
}

// brief is an issue as links, parents and sub-tasks show it.
func (b *builtin) brief(d *draft) map[string]any {
	return map[string]any{
		"id": strconv.FormatInt(d.id, 10), "key": d.key, "self": fmt.Sprintf("%s/rest/api/2/issue/%d", selfMark, d.id), "fields": b.briefFields(d),
	}
}

// briefFields are the fields that say what an issue is. An empty summary or
// priority is left out, "none" is null: sites have both.
func (b *builtin) briefFields(d *draft) map[string]any {
	fields := map[string]any{}
	if d.summary != "" {
		fields["summary"] = d.summary
	}
	for _, s := range builtinStatuses {
		if s.Name == d.status {
			fields["status"] = statusThing(s).raw
		}
	}
	for _, t := range builtinTypes {
		if t.name == d.kind {
			fields["issuetype"] = made("issuetype", t.id, t.name, kindLooks(t.id, t.level)).raw
		}
	}
	if d.priority == "none" {
		fields["priority"] = nil
	}
	for _, p := range builtinPriorities {
		if p.Name == d.priority {
			fields["priority"] = priorityThing(p).raw
		}
	}
	return fields
}

func (b *builtin) project(d *draft) json.RawMessage {
	key, _ := splitKey(d.key)
	for _, p := range builtinProjects {
		if p.Key == key {
			return projectThing(p).raw
		}
	}
	panic(fmt.Sprintf("built-in backlog: no project for %s", d.key))
}

// people says who works on an issue and who reported it.
func (b *builtin) people(d *draft, fields map[string]any) {
	reporter := builtinPerson(builtinPeople[int(d.id)%len(builtinPeople)].word)
	fields["reporter"], fields["creator"], fields["assignee"] = reporter, reporter, nil
	if d.more["by"] != "" {
		fields["assignee"] = builtinPerson(d.more["by"])
	}
}

// plans says what part, release and sprint an issue belongs to.
func (b *builtin) plans(d *draft, fields map[string]any) {
	fields["components"] = []any{}
	if n := slices.Index(builtinParts, d.more["part"]); n >= 0 {
		fields["components"] = []any{made("component", strconv.Itoa(10500+n), builtinParts[n], "").raw}
	}
	versions := []any{}
	for _, name := range commaList(d.more["fix"]) {
		versions = append(versions, b.version(name).raw)
	}
	fields["fixVersions"] = versions
	var sprints []any
	for _, id := range commaList(d.more["sprint"]) {
		s := b.sprint(int64(builtinNumber(id)))
		sprints = append(sprints, map[string]any{
			"id": s.ID, "name": s.Name, "state": s.State, "boardId": s.Board, "goal": s.Goal, "startDate": s.Start, "endDate": s.End,
		})
	}
	fields[builtinSprint] = sprints // none: null
}

// counts are the numbers that speak for an issue.
func (b *builtin) counts(d *draft, fields map[string]any) {
	for id, word := range map[string]string{builtinPoints: "points", builtinRevenue: "arr"} {
		fields[id] = nil
		if text := d.more[word]; text != "" {
			value, _ := number64(json.RawMessage(text))
			fields[id] = value
		}
	}
	fields[builtinScore], fields[builtinPlace] = nil, nil
	self := selfMark + "/rest/api/2/issue/" + d.key
	fields["votes"] = map[string]any{"self": self + "/votes", "votes": d.count("votes"), "hasVoted": false}
	fields["watches"] = map[string]any{"self": self + "/watchers", "watchCount": d.count("watch"), "isWatching": false}
	comments := []any{}
	for n, c := range d.comments {
		id := strconv.FormatInt(d.id*100+int64(n), 10)
		author := builtinPerson(c.author)
		comments = append(comments, map[string]any{
			"self": fmt.Sprintf("%s/rest/api/2/issue/%d/comment/%s", selfMark, d.id, id), "id": id, "author": author, "updateAuthor": author,
			"body": c.body, "created": b.stamp(c.at), "updated": b.stamp(c.at), "jsdPublic": true,
		})
	}
	fields["comment"] = map[string]any{"comments": comments, "maxResults": len(comments), "total": len(comments), "startAt": 0}
}

// count reads a number of an issue; none is zero.
func (d *draft) count(word string) int {
	if d.more[word] == "" {
		return 0
	}
	return int(builtinNumber(d.more[word]))
}

// outcome says how and when a done issue ended.
func (b *builtin) outcome(d *draft, fields map[string]any) {
	fields["resolution"], fields["resolutiondate"] = nil, nil
	if done := d.more["done"]; done != "" {
		fields["resolution"] = made("resolution", "10600", "Done", `,"description":""`).raw
		fields["resolutiondate"] = b.stamp(b.ago(done))
	}
}

// lastTouched is when the last thing happened to an issue that the tables
// know of.
func (b *builtin) lastTouched(d *draft) time.Time {
	last := d.created
	if done := d.more["done"]; done != "" {
		last = b.ago(done)
	}
	for _, c := range d.comments {
		if c.at.After(last) {
			last = c.at
		}
	}
	return last
}

// commaList splits a list at commas; an empty text is an empty list.
func commaList(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, ",")
}

// anyList keeps an empty list from becoming null.
func anyList(values []any) []any {
	if values == nil {
		return []any{}
	}
	return values
}

func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
