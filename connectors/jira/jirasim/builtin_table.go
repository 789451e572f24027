package jirasim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// builtin is the built-in backlog on its way from the tables to issues.
type builtin struct {
	now    time.Time // UTC, whole seconds
	zone   *time.Location
	drafts []*draft // in the order of the backlog
	byKey  map[string]*draft
	links  int // made so far
}

// draft is an issue as the tables describe it.
type draft struct {
	id                          int64
	key, kind, status, priority string
	summary                     string
	created                     time.Time
	more                        map[string]string // further fields by their word in the table
	about                       string
	comments                    []remark
	links, subtasks             []any
}

// remark is a comment.
type remark struct {
	author, body string
	at           time.Time
}

// newBuiltin reads the tables and joins what belongs together.
func newBuiltin(now time.Time) *builtin {
	b := &builtin{now: now.UTC().Truncate(time.Second), zone: location(DefaultZone), byKey: map[string]*draft{}}
	for _, column := range tableRows(builtinIssues, 7) {
		d := b.draft(column)
		b.drafts = append(b.drafts, d)
		b.byKey[d.key] = d
	}
	for _, column := range tableRows(builtinTexts, 4) {
		d := b.byKey[column[0]]
		if column[1] == "about" {
			d.about = column[3]
			continue
		}
		d.comments = append(d.comments, remark{author: column[2], body: column[3], at: b.ago(column[1])})
	}
	for _, d := range b.drafts {
		b.join(d)
	}
	return b
}

// tableRows splits a table at tabs. A table that does not fit is a fault of the
// program.
func tableRows(table string, columns int) [][]string {
	var out [][]string
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		column := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(column) != columns {
			panic(fmt.Sprintf("built-in backlog: %d columns in %q, want %d", len(column), line, columns))
		}
		out = append(out, column)
	}
	return out
}

// draft reads one line of the table of issues. Summaries hold Go escapes.
func (b *builtin) draft(column []string) *draft {
	summary, err := strconv.Unquote(`"` + column[6] + `"`)
	if err != nil {
		panic(fmt.Sprintf("built-in backlog: summary %q: %v", column[6], err))
	}
	d := &draft{
		key: column[0], created: b.ago(column[1]), kind: column[2], status: column[3], priority: column[4],
		summary: summary, more: map[string]string{},
	}
	for part := range strings.FieldsSeq(column[5]) {
		word, value, _ := strings.Cut(part, "=")
		d.more[word] = value
	}
	project, number := splitKey(d.key)
	base := map[string]int{"FERRY": 12000, "SHORE": 13000}[project]
	d.id = int64(base + number)
	return d
}

// ago gives the time some days before now.
func (b *builtin) ago(days string) time.Time {
	return b.now.Add(-time.Duration(builtinNumber(days) * 24 * float64(time.Hour)))
}

func builtinNumber(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("built-in backlog: %v", err))
	}
	return n
}

// join tells the other end of each of an issue's links, and its parent.
func (b *builtin) join(d *draft) {
	if parent := b.byKey[d.more["parent"]]; parent != nil && d.kind == "Sub-task" {
		parent.subtasks = append(parent.subtasks, b.brief(d))
	}
	for _, l := range builtinLinks {
		if to := d.more[l.word]; to != "" {
			b.link(d, l.kind, to)
		}
	}
}

// link joins two issues. An issue that is not in the table is one of a
// project that the account cannot see: only this end knows of the link.
func (b *builtin) link(from *draft, kind LinkType, key string) {
	b.links++
	id := strconv.Itoa(11000 + b.links)
	l := storedLink{ID: id, Self: selfMark + "/rest/api/2/issueLink/" + id, Type: linkTypeThing(kind).raw}
	to := b.byKey[key]
	outward, inward := l, l
	if to == nil {
		to = &draft{id: 11900, key: key, kind: "Task", status: "To Do", priority: "Medium", summary: "Barrier controller speaks our protocol"}
	}
	outward.Outward, inward.Inward = encode(b.brief(to)), encode(b.brief(from))
	from.links = append(from.links, outward)
	to.links = append(to.links, inward)
}

// builtinPerson gives somebody by the word in the tables; the id is fixed.
func builtinPerson(word string) map[string]any {
	for n, p := range builtinPeople {
		if p.word == word {
			id := fmt.Sprintf("5b10a2844c20165700ede2%02x", n+0x30)
			return map[string]any{
				"self": selfMark + "/rest/api/2/user?accountId=" + id, "accountId": id, "accountType": "atlassian",
				"emailAddress": word + "@example.com", "displayName": p.name, "active": true,
				"timeZone": DefaultUserZone, "avatarUrls": json.RawMessage(avatars("user", "10002")),
			}
		}
	}
	panic(fmt.Sprintf("built-in backlog: nobody is called %q", word))
}

// version gives a version by its name.
func (b *builtin) version(name string) thing {
	i := slices.IndexFunc(builtinVersions, func(v builtinVersion) bool { return v.name == name })
	v := builtinVersions[i]
	t := made("version", v.id, v.name, fmt.Sprintf(`,"archived":false,"released":%t`, v.released))
	t.raw = withKey(t.raw, "releaseDate", quote(b.day(v.days)))
	return t
}
