package jirasim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// newest is where ids of new things begin when the data holds none above.
const newest = 10000

// load builds the state from the seed.
func (s *Site) load() {
	s.state = state{
		records: map[int64]*record{}, byKey: map[string]int64{}, moved: map[string]int64{},
		numbers: map[string]int{}, cursors: map[int64]*cursor{}, tasks: map[string]*task{}, sessions: map[string]bool{}, last: newest,
	}
	s.newRegistry(s.seed.Fields)
	issues := s.readIssues()
	for _, i := range issues {
		if s.cloud() {
			levelled(i)
		} else {
			asDataCenter(i)
		}
	}
	s.discover(issues)
	s.provide(issues)
	if !s.cloud() {
		s.provideEpics(issues)
	}
	s.catalog = s.newCatalog(issues)
	if !s.cloud() {
		s.turnSprints(issues)
	}
	s.newRanks(issues)
	for _, i := range issues {
		i.facts = s.factsOf(i)
		s.records[i.id] = &record{now: i}
		s.ids = append(s.ids, i.id)
		s.index(i)
	}
	slices.Sort(s.ids)
}

// index makes an issue known by its key.
func (s *Site) index(i *issue) {
	s.byKey[i.key] = i.id
	project, number := splitKey(i.key)
	s.numbers[project] = max(s.numbers[project], number)
}

// readIssues turns the seed's issues into versions, in the seed's order. Of
// two issues with one key the first stays; an id that is missing or taken by
// another issue is replaced, since exports of several sites may meet here.
func (s *Site) readIssues() []*issue {
	var out []*issue
	keys, ids := map[string]bool{}, map[int64]bool{}
	var homeless []*issue
	for _, raw := range s.seed.Issues {
		i := s.readIssue(raw)
		if keys[i.key] {
			continue
		}
		if i.id == 0 || ids[i.id] {
			homeless = append(homeless, i)
		} else {
			ids[i.id] = true
			s.last = max(s.last, i.id)
		}
		out = append(out, i)
		if i.key != "" {
			keys[i.key] = true
		}
	}
	for _, i := range homeless {
		i.id = s.fresh()
		i.key = first(i.key, fmt.Sprintf("SIM-%d", i.id))
	}
	return out
}

// fresh gives a number that nothing has yet.
func (s *Site) fresh() int64 {
	s.last++
	return s.last
}

// readIssue reads one issue; whatever cannot be read is left out, for the
// issue as such has been checked when it was added to the seed.
func (s *Site) readIssue(raw json.RawMessage) *issue {
	var flat bytes.Buffer
	if json.Compact(&flat, raw) != nil {
		flat.Reset()
		flat.WriteString(`{"fields":{}}`)
	}
	var o struct {
		ID         json.RawMessage            `json:"id"`
		Key        string                     `json:"key"`
		Fields     map[string]json.RawMessage `json:"fields"`
		Properties map[string]json.RawMessage `json:"properties"`
		Changelog  json.RawMessage            `json:"changelog"`
	}
	_ = json.Unmarshal(mark(flat.Bytes()), &o)
	i := &issue{key: o.Key, fields: map[string]json.RawMessage{}, adf: map[string]json.RawMessage{}, props: o.Properties}
	i.id, _ = strconv.ParseInt(plain(o.ID), 10, 64)
	if i.props == nil {
		i.props = map[string]json.RawMessage{}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) { // the same ids on every start
		id, value := s.fieldID(name), o.Fields[name]
		if isDocument(value) {
			i.adf[id] = value
			value = quote(documentText(value))
		}
		i.fields[id] = value
	}
	i.history = readHistory(o.Changelog)
	return i
}

// fieldID gives the id for a field's name in an export. Some exports name
// fields as people see them; those get an id of their own.
func (s *Site) fieldID(name string) string {
	if s.fields[name] != nil || isCustomID(name) {
		return name
	}
	for _, d := range systemFields {
		if strings.EqualFold(d.name, name) {
			return d.id
		}
	}
	if strings.ToLower(name) == name && !strings.Contains(name, " ") {
		return name
	}
	for id, f := range s.fields {
		if f.custom && f.name == name {
			return id
		}
	}
	d := Field{ID: fmt.Sprintf("%s%d", customPrefix, 19000+len(s.fields)), Name: name, Type: "any"}
	return s.define(d).id
}

func isCustomID(id string) bool {
	number, ok := strings.CutPrefix(id, customPrefix)
	_, err := strconv.ParseInt(number, 10, 64)
	return ok && err == nil
}

// provide adds the fields that a site for trying out must have: a rank, and
// two numbers to write a score and a place into.
func (s *Site) provide(issues []*issue) {
	hasRank := slices.ContainsFunc(slices.Collect(maps.Values(s.fields)), func(f *field) bool { return f.schema.Custom == RankType })
	if !hasRank {
		s.define(Field{ID: s.freeID(10019), Name: "Rank", Custom: RankType})
	}
	for _, name := range []string{"Priority Score", "Stack Rank"} {
		if s.fieldNamed(name) == nil {
			id := s.freeID(10050)
			s.define(Field{ID: id, Name: name, Custom: NumberType})
			for _, i := range issues {
				i.fields[id] = json.RawMessage("null")
			}
		}
	}
}

// freeID gives the first free id of a custom field from a number on.
func (s *Site) freeID(from int) string {
	for {
		id := customPrefix + strconv.Itoa(from)
		if s.fields[id] == nil {
			return id
		}
		from++
	}
}

// readHistory reads a changelog, given as a page or as a list.
func readHistory(raw json.RawMessage) []history {
	var p struct {
		Histories []json.RawMessage `json:"histories"`
	}
	if isNull(raw) {
		return nil
	}
	if raw[0] == '[' {
		_ = json.Unmarshal(raw, &p.Histories)
	} else {
		_ = json.Unmarshal(raw, &p)
	}
	var out []history
	for _, one := range p.Histories {
		out = append(out, historyOf(one))
	}
	slices.SortStableFunc(out, func(a, b history) int { return a.created.Compare(b.created) })
	return out
}

func historyOf(raw json.RawMessage) history {
	var o struct {
		ID      json.RawMessage `json:"id"`
		Created json.RawMessage `json:"created"`
		Items   []struct {
			Field   string `json:"field"`
			FieldID string `json:"fieldId"`
		} `json:"items"`
	}
	_ = json.Unmarshal(raw, &o)
	h := history{created: timeOf(o.Created), raw: raw}
	h.id, _ = strconv.ParseInt(plain(o.ID), 10, 64)
	for _, item := range o.Items {
		h.fields = append(h.fields, first(item.FieldID, item.Field))
	}
	return h
}

// insertSorted puts a number into an ascending list.
func insertSorted(list []int64, n int64) []int64 {
	at, found := slices.BinarySearch(list, n)
	if found {
		return list
	}
	return slices.Insert(list, at, n)
}

// quote gives a text as JSON, as Jira writes it.
func quote(text string) json.RawMessage { return encode(text) }
