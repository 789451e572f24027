package trellosim

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// longest is the most characters in a name, a description or a comment.
const longest = 16384

// cardEdit is one field of a card that a request may set.
type cardEdit struct {
	key   string
	apply func(w *world, q *request, c *card) error // reads the parameter key
	value func(c *card) any                         // as the action feed shows it
}

// cardEdits lists the fields in the order in which they take effect: a card
// goes to its board and list before it finds its place there.
func cardEdits() []cardEdit {
	return []cardEdit{
		{"idBoard", (*world).editBoard, func(c *card) any { return c.IDBoard }},
		{"idList", (*world).editList, func(c *card) any { return c.IDList }},
		{"pos", (*world).editPos, func(c *card) any { return c.Pos }},
		{"name", editText("name", func(c *card) *string { return &c.Name }), func(c *card) any { return c.Name }},
		{"desc", editText("desc", func(c *card) *string { return &c.Desc }), func(c *card) any { return c.Desc }},
		{"closed", editFlag("closed", func(c *card) *bool { return &c.Closed }), func(c *card) any { return c.Closed }},
		{"due", editDate("due", func(c *card) **string { return &c.Due }), func(c *card) any { return deref(c.Due) }},
		{"start", editDate("start", func(c *card) **string { return &c.Start }), func(c *card) any { return deref(c.Start) }},
		{"dueComplete", editFlag("dueComplete", func(c *card) *bool { return &c.DueComplete }), func(c *card) any { return c.DueComplete }},
		{"dueReminder", editReminder, func(c *card) any { return c.DueReminder }},
		{"isTemplate", editFlag("isTemplate", func(c *card) *bool { return &c.IsTemplate }), func(c *card) any { return c.IsTemplate }},
		{"subscribed", editFlag("subscribed", func(c *card) *bool { return &c.Subscribed }), func(*card) any { return nil }},
		{"idLabels", (*world).editLabels, func(c *card) any { return texts(c.IDLabels) }},
		{"idMembers", (*world).editMembers, func(*card) any { return nil }},
		{"cover", editCover, func(c *card) any { return c.Cover }},
		{"idAttachmentCover", editExtra("idAttachmentCover"), nil},
		{"address", editExtra("address"), nil},
		{"locationName", editExtra("locationName"), nil},
		{"coordinates", editExtra("coordinates"), nil},
	}
}

// applyEdits sets every field that the request names.
func (w *world) applyEdits(q *request, c *card) error {
	for _, e := range cardEdits() {
		if _, given := q.params[e.key]; !given {
			continue
		}
		if err := e.apply(w, q, c); err != nil {
			return err
		}
	}
	return nil
}

// tooLong says whether text has more characters than the service takes.
func tooLong(text string) bool { return utf8.RuneCountInString(text) > longest }

func editText(key string, field func(*card) *string) func(*world, *request, *card) error {
	return func(_ *world, q *request, c *card) error {
		text, ok := q.params[key].(string)
		if !ok {
			text, _ = q.params.text(key)
		}
		if tooLong(text) || key == "name" && text == "" {
			return invalidValue(key)
		}
		*field(c) = text
		if key == "desc" {
			c.rest = over(object{}, c.rest, object{"descData": object{"emoji": object{}}})
		}
		return nil
	}
}

func editFlag(key string, field func(*card) *bool) func(*world, *request, *card) error {
	return func(_ *world, q *request, c *card) error {
		v, given, err := q.params.boolean(key)
		if err != nil || !given {
			return err
		}
		*field(c) = v
		return nil
	}
}

func editDate(key string, field func(*card) **string) func(*world, *request, *card) error {
	return func(_ *world, q *request, c *card) error {
		text, _ := q.params.text(key)
		if text == "" {
			*field(c) = nil
			return nil
		}
		t, ok := parseDate(text)
		if !ok {
			return invalidValue(key)
		}
		date := stamp(t)
		*field(c) = &date
		return nil
	}
}

// parseDate reads the forms of dates that the service was seen to take.
func parseDate(text string) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700", time.DateOnly,
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	return time.UnixMilli(ms), err == nil
}

// editReminder sets the minutes before due; -1 means none.
func editReminder(_ *world, q *request, c *card) error {
	text, _ := q.params.text("dueReminder")
	if text == "" {
		c.DueReminder = nil
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < -1 {
		return invalidValue("dueReminder")
	}
	minutes := float64(n)
	c.DueReminder = &minutes
	return nil
}

func editCover(_ *world, q *request, c *card) error {
	c.Cover = q.params["cover"]
	if text, ok := c.Cover.(string); ok {
		c.Cover = nil
		if text != "" && text != "null" {
			return invalidValue("cover")
		}
	}
	return nil
}

// editExtra keeps a field that the simulator does not reason about.
func editExtra(key string) func(*world, *request, *card) error {
	return func(_ *world, q *request, c *card) error {
		text, _ := q.params.text(key)
		c.rest = over(object{}, c.rest, object{key: orNull(text)})
		return nil
	}
}

// editBoard moves a card to another board: labels and custom field values stay
// behind, and so do members who are not on the new one.
func (w *world) editBoard(q *request, c *card) error {
	id, _ := q.params.text("idBoard")
	if !objectID.MatchString(id) {
		return invalidObjectID()
	}
	b := w.findBoard(id)
	if b == nil || q.denied(id) {
		return invalidValue("idBoard")
	}
	if id == c.IDBoard {
		return nil
	}
	c.IDBoard, c.IDLabels, c.Items = id, nil, nil
	c.IDMembers = slices.DeleteFunc(c.IDMembers, func(m string) bool {
		return !slices.ContainsFunc(b.Memberships, func(s membership) bool { return s.IDMember == m })
	})
	if _, given := q.params["idList"]; given {
		return nil
	}
	for _, l := range w.listsOf(id) {
		if !l.Closed {
			w.placeIn(c, l.ID)
			return nil
		}
	}
	return invalidValue("idList")
}

func (w *world) editList(q *request, c *card) error {
	id, _ := q.params.text("idList")
	if !objectID.MatchString(id) {
		return invalidObjectID()
	}
	l := w.lists[id]
	if l == nil || l.IDBoard != c.IDBoard {
		return invalidValue("idList")
	}
	if id != c.IDList {
		w.placeIn(c, id)
	}
	return nil
}

// placeIn puts a card behind all others of a list.
func (w *world) placeIn(c *card, list string) {
	c.IDList = list
	c.Pos = below(positions(w.othersIn(c)), first)
}

func (w *world) editPos(q *request, c *card) error {
	pos, err := q.params.wished(positions(w.othersIn(c)), "bottom", first)
	if err != nil {
		return err
	}
	c.Pos = pos
	return nil
}

// othersIn gives the cards that share a card's list, in order.
func (w *world) othersIn(c *card) []*card {
	return slices.DeleteFunc(w.cardsOf(c.IDList), func(o *card) bool { return o.ID == c.ID })
}

func positions(cards []*card) []float64 {
	out := make([]float64, len(cards))
	for i, c := range cards {
		out[i] = c.Pos
	}
	return out
}

// editLabels replaces the whole set.
func (w *world) editLabels(q *request, c *card) error {
	ids, _ := q.params.list("idLabels")
	seen := map[string]bool{}
	for _, id := range ids {
		if !objectID.MatchString(id) {
			return invalidObjectID()
		}
		if l := w.labels[id]; l == nil || l.IDBoard != c.IDBoard {
			return invalidValue("idLabels")
		}
		if seen[id] {
			return plain(400, "label not found")
		}
		seen[id] = true
	}
	c.IDLabels = ids
	return nil
}

func (w *world) editMembers(q *request, c *card) error {
	ids, _ := q.params.list("idMembers")
	for _, id := range ids {
		if !objectID.MatchString(id) {
			return invalidObjectID()
		}
		if w.members[id] == nil {
			return invalidValue("idMembers")
		}
	}
	slices.Sort(ids)
	c.IDMembers = slices.Compact(ids)
	return nil
}

var (
	separatorName = regexp.MustCompile(`^(-{3,}|_{3,})$`)
	boardName     = regexp.MustCompile(`^https://trello\.com/b/\S+$`)
	linkName      = regexp.MustCompile(`^https?://\S+$`)
)

// role gives what a card is by its name. A description or a label makes it an
// ordinary card; a mirror stays one.
func role(c *card) string {
	switch {
	case c.CardRole == "mirror":
		return "mirror"
	case c.Desc != "" || len(c.IDLabels) > 0:
		return ""
	case separatorName.MatchString(c.Name):
		return "separator"
	case boardName.MatchString(c.Name):
		return "board"
	case linkName.MatchString(c.Name):
		return "link"
	}
	return ""
}

// spread turns the value of a route that sets one field into that field.
func (q *request) spread() {
	if v, ok := q.params["value"]; ok {
		q.params[q.id("field")] = v
		delete(q.params, "value")
	}
}

// valueID gives the parameter value, which must be an id.
func (q *request) valueID() (string, error) {
	id := cmp.Or(q.params.or("value", ""), q.params.or("id", ""))
	if !objectID.MatchString(id) {
		return "", invalidObjectID()
	}
	return id, nil
}
