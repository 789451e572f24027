package trellosim

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// object is a JSON object.
type object = map[string]any

// The records below hold what the simulator reasons about; rest holds the
// whole JSON object that a record was read from, so that other keys are
// answered as they came. It is never changed.

type board struct {
	ID              string       `json:"id"`
	Name            string       `json:"name"`
	Desc            string       `json:"desc"`
	ShortLink       string       `json:"shortLink"`
	Closed          bool         `json:"closed"`
	IDOrganization  string       `json:"idOrganization"`
	Prefs           object       `json:"prefs"`
	LabelNames      object       `json:"labelNames"`
	PremiumFeatures []string     `json:"premiumFeatures"`
	Members         []member     `json:"members"`
	Memberships     []membership `json:"memberships"`
	Active          time.Time    `json:"dateLastActivity"`
	plugins         []object
	lastShort       int // the highest idShort given so far
	rest            object
}

type membership struct {
	ID          string `json:"id"`
	IDMember    string `json:"idMember"`
	MemberType  string `json:"memberType"`
	Unconfirmed bool   `json:"unconfirmed"`
	Deactivated bool   `json:"deactivated"`
}

type member struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	FullName string `json:"fullName"`
	Initials string `json:"initials"`
	rest     object
}

type list struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Closed  bool    `json:"closed"`
	IDBoard string  `json:"idBoard"`
	Pos     float64 `json:"pos"` // zero in a seed: none given
	rest    object
}

type card struct {
	ID             string       `json:"id"`
	ShortLink      string       `json:"shortLink"`
	IDShort        int          `json:"idShort"`
	Name           string       `json:"name"`
	Desc           string       `json:"desc"`
	IDBoard        string       `json:"idBoard"`
	IDList         string       `json:"idList"`
	Pos            float64      `json:"pos"` // zero in a seed: none given
	Closed         bool         `json:"closed"`
	Due            *string      `json:"due"`
	Start          *string      `json:"start"`
	DueReminder    *float64     `json:"dueReminder"`
	DueComplete    bool         `json:"dueComplete"`
	IsTemplate     bool         `json:"isTemplate"`
	Subscribed     bool         `json:"subscribed"`
	CardRole       string       `json:"cardRole"`
	MirrorSourceID string       `json:"mirrorSourceId"`
	IDLabels       []string     `json:"idLabels"`
	Labels         []label      `json:"labels"`
	IDMembers      []string     `json:"idMembers"`
	IDMembersVoted []string     `json:"idMembersVoted"`
	Items          []fieldItem  `json:"customFieldItems"`
	Attachments    []attachment `json:"attachments"`
	Cover          any          `json:"cover"`
	PluginData     []object     `json:"pluginData"`
	IDChecklists   []string     `json:"idChecklists"`    // read from a seed only
	States         []object     `json:"checkItemStates"` // read from a seed only
	Active         time.Time    `json:"dateLastActivity"`
	Badges         struct {
		Votes    int `json:"votes"`
		Comments int `json:"comments"`
	} `json:"badges"`
	dateClosed string
	completed  string
	past       []card // as it was before its latest writes, oldest first; kept only under a lag
	rest       object
}

type label struct {
	ID      string  `json:"id"`
	IDBoard string  `json:"idBoard"`
	Name    string  `json:"name"`
	Color   *string `json:"color"`
	rest    object
}

type customField struct {
	ID         string `json:"id"`
	IDModel    string `json:"idModel"`
	FieldGroup string `json:"fieldGroup"`
	Display    struct {
		CardFront bool `json:"cardFront"`
	} `json:"display"`
	Name    string   `json:"name"`
	Pos     float64  `json:"pos"`
	Type    string   `json:"type"`
	Options []option `json:"options"`
	rest    object
}

type option struct {
	ID            string      `json:"id"`
	IDCustomField string      `json:"idCustomField"`
	Value         optionValue `json:"value"`
	Color         string      `json:"color"`
	Pos           float64     `json:"pos"`
}

type optionValue struct {
	Text string `json:"text"`
}

type fieldItem struct {
	ID            string `json:"id"`
	IDCustomField string `json:"idCustomField"`
	IDModel       string `json:"idModel"`
	Value         object `json:"value"`
	IDValue       string `json:"idValue"`
}

type attachment struct {
	ID   string  `json:"id"`
	Name string  `json:"name"`
	URL  string  `json:"url"`
	Pos  float64 `json:"pos"`
	rest object
}

type checklist struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	IDCard  string      `json:"idCard"`
	IDBoard string      `json:"idBoard"`
	Pos     float64     `json:"pos"`
	Items   []checkItem `json:"checkItems"`
	rest    object
}

type checkItem struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	State    string  `json:"state"`
	Pos      float64 `json:"pos"`
	Due      *string `json:"due"`
	IDMember *string `json:"idMember"`
}

type action struct {
	ID              string    `json:"id"`
	IDMemberCreator string    `json:"idMemberCreator"`
	Type            string    `json:"type"`
	Date            time.Time `json:"date"`
	Data            object    `json:"data"`
	rest            object
}

type webhook struct {
	ID          string `json:"id"`
	Description string `json:"description"`
	IDModel     string `json:"idModel"`
	CallbackURL string `json:"callbackURL"`
	Active      bool   `json:"active"`
}

// readBoth fills a record and keeps the object it came from.
func readBoth(data []byte, record any, rest *object) error {
	if err := json.Unmarshal(data, record); err != nil {
		return err
	}
	return json.Unmarshal(data, rest)
}

// UnmarshalJSON reads a board and keeps its other keys.
func (b *board) UnmarshalJSON(data []byte) error {
	type plain board
	return readBoth(data, (*plain)(b), &b.rest)
}

// UnmarshalJSON reads a member and keeps its other keys.
func (m *member) UnmarshalJSON(data []byte) error {
	type plain member
	return readBoth(data, (*plain)(m), &m.rest)
}

// UnmarshalJSON reads a list and keeps its other keys.
func (l *list) UnmarshalJSON(data []byte) error {
	type plain list
	return readBoth(data, (*plain)(l), &l.rest)
}

// UnmarshalJSON reads a card and keeps its other keys.
func (c *card) UnmarshalJSON(data []byte) error {
	type plain card
	if err := readBoth(data, (*plain)(c), &c.rest); err != nil {
		return err
	}
	for _, nested := range nestedInCard() {
		delete(c.rest, nested)
	}
	return nil
}

// UnmarshalJSON reads a label and keeps its other keys.
func (l *label) UnmarshalJSON(data []byte) error {
	type plain label
	return readBoth(data, (*plain)(l), &l.rest)
}

// UnmarshalJSON reads a field definition and keeps its other keys.
func (f *customField) UnmarshalJSON(data []byte) error {
	type plain customField
	return readBoth(data, (*plain)(f), &f.rest)
}

// UnmarshalJSON reads an attachment and keeps its other keys.
func (a *attachment) UnmarshalJSON(data []byte) error {
	type plain attachment
	return readBoth(data, (*plain)(a), &a.rest)
}

// UnmarshalJSON reads a checklist and keeps its other keys.
func (c *checklist) UnmarshalJSON(data []byte) error {
	type plain checklist
	return readBoth(data, (*plain)(c), &c.rest)
}

// UnmarshalJSON reads an action and keeps its other keys.
func (a *action) UnmarshalJSON(data []byte) error {
	type plain action
	return readBoth(data, (*plain)(a), &a.rest)
}

// stamp is the service's way to write a time.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// born gives the time that an id carries in its first eight digits.
func born(id string) time.Time {
	secs, err := strconv.ParseInt(id[:min(8, len(id))], 16, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(secs, 0).UTC()
}

// slug is the part of a URL that repeats a name.
func slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.IsSpace(r) || r == '-' || r == '_' || r == '/':
			gap = true
		}
	}
	return b.String()
}
