package trello

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"stackrank/internal/work"
)

// card is what we read of a card. Fields that the answer does not have, or has
// in a form that nobody documents, are zero; odd names the latter.
type card struct {
	id, board, list  string
	name, shortLink  string
	role, mirror     string
	closed, complete bool
	template         bool
	pos              float64
	due              time.Time
	labels           []label
	votes, comments  *float64 // nil: not told
	items, ticked    float64
	attachments      []string // their addresses
	values           []fieldValue
	odd              []string
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
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Closed bool    `json:"closed"`
	Pos    float64 `json:"pos"`
}

// cardFields are asked for by name: the default answer holds the card's secret
// mail address.
const cardFields = "id,idBoard,idList,name,closed,pos,due,dueComplete,shortLink,shortUrl,labels,badges,isTemplate,cardRole,mirrorSourceId"

// object reads the fields of a JSON object one by one, so that one odd field
// does not cost the others.
type object struct {
	fields map[string]json.RawMessage
	odd    []string
}

func readObject(raw json.RawMessage) (*object, error) {
	o := &object{}
	if err := json.Unmarshal(raw, &o.fields); err != nil {
		return nil, err
	}
	if o.fields == nil {
		return nil, errors.New("null in place of an object")
	}
	return o, nil
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
	if json.Unmarshal(o.fields[name], &v) != nil {
		o.odd = append(o.odd, name)
		return zero
	}
	return v
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

// readCard reads one card of an answer. Only a card without an id is an error.
func readCard(raw json.RawMessage) (card, error) {
	o, err := readObject(raw)
	if err != nil {
		return card{}, fmt.Errorf("%w: a card is no object: %w", work.ErrUnexpected, err)
	}
	c := card{
		id: field[string](o, "id"), board: field[string](o, "idBoard"), list: field[string](o, "idList"),
		name: field[string](o, "name"), shortLink: field[string](o, "shortLink"),
		role: field[string](o, "cardRole"), mirror: field[string](o, "mirrorSourceId"),
		closed: field[bool](o, "closed"), complete: field[bool](o, "dueComplete"),
		template: field[bool](o, "isTemplate"), pos: field[float64](o, "pos"),
		labels: each[label](o, "labels"), values: readValues(o),
	}
	if c.id == "" {
		return card{}, fmt.Errorf("%w: a card without id", work.ErrUnexpected)
	}
	if c.shortLink == "" {
		c.shortLink = shortLinkOf(field[string](o, "shortUrl"))
	}
	c.due = o.time("due")
	for _, a := range each[struct{ URL *string }](o, "attachments") {
		if a.URL != nil {
			c.attachments = append(c.attachments, *a.URL)
		}
	}
	c.readBadges(o)
	c.odd = o.odd
	return c, nil
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
	c.items, c.ticked = field[float64](b, "checkItems"), field[float64](b, "checkItemsChecked")
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

// readValues reads custom field values. Trello writes them as text, numbers and
// truth values included; other forms of a scalar are read as well.
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
		for _, kind := range []string{"number", "text", "checked", "date"} {
			if raw, ok := it.Value[kind]; ok && v.kind == "" {
				v.kind, v.text = kind, scalar(raw)
			}
		}
		if v.field != "" && (v.option != "" || v.kind != "") {
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
