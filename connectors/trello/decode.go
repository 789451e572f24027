package trello

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stackrank/connectors/prose"
	"stackrank/connectors/rawjson"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// card is what we read of a card. Fields that the answer does not have, or has
// in a form that nobody documents, are zero; odd names the latter.
type card struct {
	id, board, list  string
	name, shortLink  string
	active           string // when something was last done to it, as Trello writes it
	role, mirror     string
	closed, complete bool
	template         bool
	pos              float64
	due              time.Time
	labels           []label
	votes, comments  *float64 // nil: not told
	items, ticked    float64
	criteria         *bool    // the description says when the work is done; nil: not told. The text itself is not kept
	attachments      []string // their addresses
	values           []fieldValue
	odd              []string // fields that are in no form that Trello documents
	flaw             string   // what is wrong with the card as a whole
}

type label struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// fieldValue is the value of one custom field on one card.
type fieldValue struct {
	field  string // id of the custom field
	kind   string // "number", "text", "checked", "date" or "" for a list
	text   string
	option string // id of the chosen option of a list
}

// list is a list of a board. Its position is a float64: the library's float32
// cannot tell the lists of a present-day board apart.
type list struct {
	ID     string
	Name   string
	Closed bool
	Pos    float64
}

// UnmarshalJSON reads a list. All cards depend on it, so that one whose id,
// state or position is not told is an error; a name may be empty.
func (l *list) UnmarshalJSON(raw []byte) error {
	o, err := readObject(raw)
	if err != nil {
		return err
	}
	*l = list{ID: field[string](o, "id"), Name: field[string](o, "name"), Closed: field[bool](o, "closed"), Pos: field[float64](o, "pos")}
	o.want("id", "name", "closed", "pos")
	if len(o.odd) > 0 {
		return fmt.Errorf("list %.80q: its %s is not in a form that Trello documents", l.Name, o.odd[0])
	}
	return nil
}

// cardFields are asked for by name: the default answer holds the card's secret
// mail address.
const cardFields = "id,idBoard,idList,name,desc,closed,pos,due,dueComplete,shortLink,shortUrl,labels,badges,isTemplate,cardRole,mirrorSourceId,dateLastActivity"

// object reads the fields of a JSON object one by one, so that one odd field
// does not cost the others.
type object struct {
	fields map[string]json.RawMessage
	odd    []string
}

func readObject(raw json.RawMessage) (*object, error) {
	o := &object{fields: map[string]json.RawMessage{}}
	if rawjson.Kind(raw) != '{' {
		return nil, cmp.Or(json.Unmarshal(raw, &o.fields), errors.New("null in place of an object"))
	}
	for name, value := range rawjson.Members(raw) {
		o.fields[string(name)] = value
	}
	return o, nil
}

// want notes as odd what was asked for and did not come. Where Trello keeps
// nothing for a field, it says null for a due date and an empty list, text or
// number for all others.
func (o *object) want(names ...string) {
	for _, n := range names {
		if _, given := o.fields[n]; !given || n != "due" && !o.has(n) {
			o.odd = append(o.odd, n)
		}
	}
}

// has reports whether the field is there and not null.
func (o *object) has(name string) bool {
	raw, ok := o.fields[name]
	return ok && string(raw) != "null"
}

// field reads one field; a missing one and null are the zero value.
func field[T any](o *object, name string) T {
	var v, zero T
	if !o.has(name) {
		return zero
	}
	raw := o.fields[name]
	if !plain(raw, &v) && json.Unmarshal(raw, &v) != nil {
		o.odd = append(o.odd, name)
		return zero
	}
	return v
}

// plain reads a value of one of the kinds that nearly all fields have, without
// the detours of decoding, and reports whether it is one.
func plain(raw json.RawMessage, into any) (ok bool) {
	switch into := into.(type) {
	case *string:
		*into, ok = rawjson.Text(raw)
	case *float64:
		*into, ok = rawjson.Number(raw)
	case *bool:
		*into, ok = rawjson.Truth(raw)
	case *[]json.RawMessage:
		*into, ok = listed(raw)
	}
	return ok
}

// listed gives the elements of an array, as parts of it.
func listed(raw json.RawMessage) ([]json.RawMessage, bool) {
	if rawjson.Kind(raw) != '[' {
		return nil, false
	}
	out := []json.RawMessage{}
	for one := range rawjson.Elements(raw) {
		out = append(out, one)
	}
	return out, true
}

// each reads an array element by element.
func each[T any](o *object, name string) []T {
	var out []T
	odd := false
	for _, raw := range field[[]json.RawMessage](o, name) {
		var v T
		if json.Unmarshal(raw, &v) != nil {
			odd = true
			continue
		}
		out = append(out, v)
	}
	if odd {
		o.odd = append(o.odd, name)
	}
	return out
}

// readCard reads one card of an answer, which should have the wanted fields.
// Only a card without an id is an error.
func readCard(raw json.RawMessage, wanted ...string) (card, error) {
	o, err := readObject(raw)
	if err != nil {
		return card{}, fmt.Errorf("%w: a card is no object: %w", work.ErrUnexpected, err)
	}
	c := card{
		id: field[string](o, "id"), board: field[string](o, "idBoard"), list: field[string](o, "idList"),
		name: field[string](o, "name"), shortLink: field[string](o, "shortLink"), active: field[string](o, "dateLastActivity"),
		role: field[string](o, "cardRole"), mirror: field[string](o, "mirrorSourceId"),
		closed: field[bool](o, "closed"), complete: field[bool](o, "dueComplete"),
		template: field[bool](o, "isTemplate"), pos: field[float64](o, "pos"),
		labels: each[label](o, "labels"), values: readValues(o),
	}
	if !isID(c.id) {
		return c, fmt.Errorf("%w: a card without a readable id", work.ErrUnexpected)
	}
	o.want(wanted...)
	c.flaw = rest.Flaw(raw, 0)
	if c.shortLink == "" {
		c.shortLink = shortLinkOf(field[string](o, "shortUrl"))
	}
	c.due = o.time("due")
	c.readDescription(o)
	for _, a := range each[struct{ URL *string }](o, "attachments") {
		if a.URL != nil {
			c.attachments = append(c.attachments, *a.URL)
		}
	}
	if slices.ContainsFunc(c.labels, func(l label) bool { return l.ID == "" }) {
		o.odd = append(o.odd, "labels")
	}
	c.readBadges(o)
	slices.Sort(o.odd)
	c.odd = slices.Compact(o.odd)
	return c, nil
}

// readDescription keeps what the description tells.
func (c *card) readDescription(o *object) {
	if odd := len(o.odd); o.has("desc") {
		says := prose.Criteria(field[string](o, "desc"))
		if len(o.odd) == odd {
			c.criteria = &says
		}
	}
}

func (c *card) readBadges(o *object) {
	if !o.has("badges") {
		return
	}
	b, err := readObject(o.fields["badges"])
	if err != nil {
		o.odd = append(o.odd, "badges")
		return
	}
	c.votes, c.comments = b.count("votes"), b.count("comments")
	if items, ticked := b.count("checkItems"), b.count("checkItemsChecked"); items != nil && ticked != nil {
		c.items, c.ticked = *items, *ticked
	}
	for _, n := range b.odd {
		o.odd = append(o.odd, "badges."+n)
	}
}

// count reads a number that may not be told; a negative one is odd.
func (o *object) count(name string) *float64 {
	if !o.has(name) {
		return nil
	}
	n := len(o.odd)
	v := field[float64](o, name)
	if len(o.odd) > n {
		return nil
	}
	if v < 0 {
		o.odd = append(o.odd, name)
		return nil
	}
	return &v
}

// time reads a moment, which Trello writes as 2026-11-23T10:00:00.000Z.
func (o *object) time(name string) time.Time {
	s := field[string](o, name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		o.odd = append(o.odd, name)
		return time.Time{}
	}
	return t.UTC()
}

// kinds are the kinds of custom field values, each with the signs that its
// value may begin with. Trello writes all of them as text; numbers and truth
// values are read as well.
var kinds = []struct{ name, begins string }{
	{"number", `"-0123456789`}, {"text", `"`}, {"checked", `"tf`}, {"date", `"`},
}

// readValues reads custom field values. An item without a value is a field that
// somebody has emptied.
func readValues(o *object) []fieldValue {
	type item struct {
		Field  string                     `json:"idCustomField"`
		Option *string                    `json:"idValue"`
		Value  map[string]json.RawMessage `json:"value"`
	}
	var out []fieldValue
	for _, it := range each[item](o, "customFieldItems") {
		v := fieldValue{field: it.Field}
		if it.Option != nil {
			v.option = *it.Option
		}
		known := len(it.Value) == 0
		for _, kind := range kinds {
			raw := it.Value[kind.name]
			if len(raw) > 0 && strings.IndexByte(kind.begins, raw[0]) >= 0 && v.kind == "" {
				v.kind, v.text, known = kind.name, scalar(raw), true
			}
		}
		if v.field == "" || !known {
			o.odd = append(o.odd, "customFieldItems")
			continue
		}
		if v.option != "" || v.kind != "" {
			out = append(out, v)
		}
	}
	return out
}

// scalar gives the text of a JSON string, or the literal of anything else.
func scalar(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// shortLinkOf reads the short link out of https://trello.com/c/SHORT.
func shortLinkOf(url string) string {
	_, rest, ok := strings.Cut(url, "/c/")
	if !ok {
		return ""
	}
	short, _, _ := strings.Cut(rest, "/")
	return short
}

// createdAt reads the moment at which an id was made: its first eight digits
// are Unix seconds in hexadecimal. Copied cards carry the time of the copy.
func createdAt(id string) time.Time {
	const digits = 8
	if len(id) < digits {
		return time.Time{}
	}
	s, err := strconv.ParseUint(id[:digits], 16, 32)
	if err != nil || s == 0 {
		return time.Time{}
	}
	return time.Unix(int64(s), 0).UTC()
}

// UnmarshalJSON reads one card leniently; see readCard.
func (c *card) UnmarshalJSON(raw []byte) error {
	k, err := readCard(raw)
	if err != nil {
		return err
	}
	*c = k
	return nil
}
