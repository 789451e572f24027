package jirasim

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// facts is what queries ask of an issue, taken from its fields once.
type facts struct {
	project                  entity
	number                   int // of the key
	status, kind             entity
	category                 string // key of the status category
	priority, resolution     entity
	parent                   entity // its name is the key
	assignee, reporter       entity
	labels                   []string
	components, fixed, found []entity
	sprints                  []sprintFact
	created, updated         time.Time
	resolved                 time.Time
	due                      string // a day, or empty
	subtask                  bool
	summary                  string
	numbers                  map[string]float64 // number fields by id
	words                    map[string][]entity
	ranks                    []string // by place of the field in Site.ranks
}

// entity is something with an id and a name that queries may use either of.
type entity struct{ id, name, also string }

// sprintFact is a sprint as an issue mentions it.
type sprintFact struct {
	entity
	state string
}

// none says that there is no such thing.
func (e entity) none() bool { return e.id == "" && e.name == "" }

// is says whether a query's word means this entity.
func (e entity) is(word string) bool {
	return word != "" && (word == e.id || strings.EqualFold(word, e.name) || e.also != "" && strings.EqualFold(word, e.also))
}

// factsOf reads an issue's fields. A field of an unexpected shape is as absent.
func (s *Site) factsOf(i *issue) facts {
	f := facts{
		project:    entityOf(i.fields["project"]),
		status:     entityOf(i.fields["status"]),
		kind:       entityOf(i.fields["issuetype"]),
		priority:   entityOf(i.fields["priority"]),
		resolution: entityOf(i.fields["resolution"]),
		parent:     entityOf(i.fields["parent"]),
		assignee:   entityOf(i.fields["assignee"]),
		reporter:   entityOf(i.fields["reporter"]),
		components: entitiesOf(i.fields["components"]),
		fixed:      entitiesOf(i.fields["fixVersions"]),
		found:      entitiesOf(i.fields["versions"]),
		created:    timeOf(i.fields["created"]),
		updated:    timeOf(i.fields["updated"]),
		resolved:   timeOf(i.fields["resolutiondate"]),
		due:        textOf(i.fields["duedate"]),
		summary:    textOf(i.fields["summary"]),
		category:   categoryOf(i.fields["status"]),
		subtask:    isSubtask(i.fields["issuetype"]),
		numbers:    map[string]float64{},
		words:      map[string][]entity{},
	}
	_ = json.Unmarshal(i.fields["labels"], &f.labels)
	f.project.also, f.number = splitKey(i.key)
	if f.status.none() {
		f.status = s.firstStatus()
		f.category = categoryNew
	}
	s.customFacts(i, &f)
	f.ranks = make([]string, len(s.ranks))
	for n, r := range s.ranks {
		f.ranks[n] = textOf(i.fields[r.id])
	}
	return f
}

// customFacts reads the fields that depend on the site.
func (s *Site) customFacts(i *issue, f *facts) {
	for id, raw := range i.fields {
		field := s.fields[id]
		if field == nil || isNull(raw) {
			continue
		}
		switch {
		case field.schema.Type == "number":
			if n, err := strconv.ParseFloat(string(raw), 64); err == nil {
				f.numbers[id] = n
			}
		case field.schema.Custom == SprintType || id == "sprint" || id == "closedSprints":
			f.sprints = append(f.sprints, sprintsOf(raw)...)
		case field.custom && field.schema.Custom != RankType:
			f.words[id] = entitiesOf(raw)
		}
	}
	f.numbers["votes"] = countOf(i.fields["votes"], "votes")
	f.numbers["watches"] = countOf(i.fields["watches"], "watchCount")
}

func isNull(raw json.RawMessage) bool {
	return len(raw) == 0 || string(raw) == "null"
}

// entityOf reads one thing: an object with an id, key, value or name, or a
// plain text or number.
func entityOf(raw json.RawMessage) entity {
	if isNull(raw) {
		return entity{}
	}
	if raw[0] != '{' {
		text := textOf(raw)
		if text == "" && raw[0] != '"' {
			text = string(raw)
		}
		return entity{id: text, name: text}
	}
	var o struct {
		ID        json.RawMessage `json:"id"`
		AccountID string          `json:"accountId"`
		Key       json.RawMessage `json:"key"`
		Name      string          `json:"name"`
		Value     string          `json:"value"`
		Label     string          `json:"displayName"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return entity{}
	}
	key := textOf(o.Key)
	return entity{id: first(o.AccountID, plain(o.ID), key), name: first(o.Name, o.Value, key), also: o.Label}
}

// first gives the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// entitiesOf reads a list of things, or one.
func entitiesOf(raw json.RawMessage) []entity {
	if isNull(raw) {
		return nil
	}
	if raw[0] != '[' {
		if e := entityOf(raw); !e.none() {
			return []entity{e}
		}
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var out []entity
	for _, one := range list {
		if e := entityOf(one); !e.none() {
			out = append(out, e)
		}
	}
	return out
}

// plain gives an id that may be a text or a number as text.
func plain(raw json.RawMessage) string {
	if len(raw) > 0 && raw[0] == '"' {
		return textOf(raw)
	}
	if isNull(raw) {
		return ""
	}
	return string(raw)
}

// textOf gives a JSON text's content, or "" for anything else.
func textOf(raw json.RawMessage) string {
	if len(raw) == 0 || raw[0] != '"' {
		return ""
	}
	var t string
	if json.Unmarshal(raw, &t) != nil {
		return ""
	}
	return t
}

// timeOf reads a time as Jira, or RFC 3339, writes it.
func timeOf(raw json.RawMessage) time.Time {
	text := textOf(raw)
	for _, layout := range []string{stamp, time.RFC3339Nano, "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

// countOf reads one number of an object; no object counts as zero.
func countOf(raw json.RawMessage, key string) float64 {
	if isNull(raw) {
		return 0
	}
	var o map[string]json.RawMessage
	var n float64
	if json.Unmarshal(raw, &o) == nil {
		_ = json.Unmarshal(o[key], &n)
	}
	return n
}

// categoryOf gives the key of a status's category; the names are localised.
func categoryOf(status json.RawMessage) string {
	var o struct {
		Category struct {
			Key string `json:"key"`
		} `json:"statusCategory"`
	}
	if isNull(status) || json.Unmarshal(status, &o) != nil || o.Category.Key == "" {
		return categoryNew
	}
	return o.Category.Key
}

func isSubtask(kind json.RawMessage) bool {
	var o struct {
		Subtask bool `json:"subtask"`
	}
	return !isNull(kind) && json.Unmarshal(kind, &o) == nil && o.Subtask
}

// splitKey gives the project and the number of a key such as PAY-42.
func splitKey(key string) (string, int) {
	at := strings.LastIndexByte(key, '-')
	if at < 0 {
		return key, 0
	}
	n, err := strconv.Atoi(key[at+1:])
	if err != nil {
		return key, 0
	}
	return key[:at], n
}

// javaSprint reads the ends of the text form that older Data Center versions
// give sprints in; names may hold commas, so the name ends at the next key.
var javaSprint = regexp.MustCompile(`^com\.atlassian\.greenhopper\.service\.sprint\.Sprint@[^\[]*\[.*\]$`)

// sprintsOf reads sprints given as objects, texts, or one of either.
func sprintsOf(raw json.RawMessage) []sprintFact {
	list := []json.RawMessage{slices.Clone(raw)}
	if raw[0] == '[' && json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var out []sprintFact
	for _, one := range list {
		if s, ok := sprintOf(one); ok {
			out = append(out, s)
		}
	}
	return out
}

func sprintOf(raw json.RawMessage) (sprintFact, bool) {
	if text := textOf(raw); javaSprint.MatchString(text) {
		return sprintFact{entity{id: sprintValue(text, "id="), name: sprintValue(text, "name=")}, strings.ToLower(sprintValue(text, "state="))}, true
	}
	var o struct {
		ID    json.RawMessage `json:"id"`
		Name  string          `json:"name"`
		State string          `json:"state"`
	}
	if isNull(raw) || raw[0] != '{' || json.Unmarshal(raw, &o) != nil {
		return sprintFact{}, false
	}
	return sprintFact{entity{id: plain(o.ID), name: o.Name}, strings.ToLower(o.State)}, true
}

// nextKey is where a value in a sprint's text form ends.
var nextKey = regexp.MustCompile(`,[a-zA-Z]+=|\]$`)

// sprintValue gives the value of a key in a sprint's text form.
func sprintValue(text, key string) string {
	for _, before := range []string{"[", ","} {
		if _, rest, found := strings.Cut(text, before+key); found {
			if end := nextKey.FindStringIndex(rest); end != nil {
				return rest[:end[0]]
			}
			return rest
		}
	}
	return ""
}
