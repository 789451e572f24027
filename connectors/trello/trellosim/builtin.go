package trellosim

import (
	"bytes"
	_ "embed" // for the table of cards
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// builtinCards is the table of the built-in board; its first line says how it
// is read. A list's cards stand in their order.
//
//go:embed builtin_cards.tsv
var builtinCards string

// The built-in board. Of its parts only the cards and the actions
// have ids that depend on the clock, since an id begins with the time of its
// creation.
const (
	builtinBoard = "5f3c00000000000000000b0a"
	builtinName  = "Harbour ideas"
	builtinLink  = "HarbIdea"
)

// The lists, labels, choices, people and steps of the built-in board, in the
// order of their ids.
var (
	builtinLists  = []string{"Inbox", "Ideas", "Next", "Later", "Done"}
	builtinLabels = []struct{ word, name, color string }{
		{"passengers", "Passengers", "green"}, {"harbours", "Harbours", "blue"}, {"agents", "Agents", "orange"},
		{"commuters", "Commuters", "lime"}, {"quick", "Quick win", "yellow"}, {"research", "Needs research", "purple"},
		{"legal", "Ask legal", "red_dark"}, {"someday", "Someday", ""}, {"red", "", "red"}, {"sky", "", "sky"},
	}
	builtinFields = []struct{ word, name, kind string }{
		{"effort", "Effort", "number"}, {"revenue", "Revenue", "number"}, {"confidence", "Confidence", "list"},
		{"legal", "Needs legal", "checkbox"}, {"promised", "Promised for", "date"},
		{"score", "Score", "number"}, {"rank", "Rank", "number"},
	}
	builtinChoices = []string{"High", "Medium", "Low"}
	builtinPeople  = []struct{ user, name, initials string }{
		{"lenaokafor", "Lena Okafor", "LO"}, {"tomasbrandt", "Tomas Brandt", "TB"}, {"inesduarte", "Inés Duarte", "ID"},
	}
	builtinSteps = []string{
		"Talk to the people on the pier", "Draw it", "Try it with five passengers", "Write the texts", "Ask the lawyers", "Tell support",
	}
)

// Builtin gives the board that demo and sandbox start with: ideas for
// "Harbour", a shop for ferry tickets. All times are relative to now, so equal
// times give equal seeds. Five cards stand for issues of the Jira site at
// jiraURL, which they have attached.
func Builtin(now time.Time, jiraURL string) Seed {
	b := builtinBuilder{now: now.UTC().Truncate(time.Second), jira: strings.TrimSuffix(jiraURL, "/"), filled: map[string]int{}}
	for line := range strings.Lines(builtinCards) {
		if !strings.HasPrefix(line, "#") {
			b.add(strings.TrimSuffix(line, "\n"))
		}
	}
	data, err := json.Marshal(b.export())
	var s Seed
	if err == nil {
		err = s.Read(bytes.NewReader(data))
	}
	if err != nil {
		panic(fmt.Errorf("built-in board: %w", err))
	}
	return s
}

// builtinBuilder turns the table into an export.
type builtinBuilder struct {
	now        time.Time
	jira       string         // address of the Jira site
	filled     map[string]int // cards so far, by list
	cards      []object
	checklists []object
	actions    []object
}

// builtinID gives the fixed id of a part of the board, by its kind and place.
func builtinID(kind, place int) string { return fmt.Sprintf("5f3c0000%014x%02x", kind, place+1) }

// Kinds of parts in builtinID.
const (
	kindList = iota + 1
	kindLabel
	kindField
	kindOption
	kindMember
)

// at gives the time some days from now.
func (b *builtinBuilder) at(days string) time.Time {
	n, err := strconv.ParseFloat(days, 64)
	if err != nil {
		panic(fmt.Errorf("built-in board: days: %w", err))
	}
	return b.now.Add(time.Duration(n * 24 * float64(time.Hour)))
}

func (b *builtinBuilder) export() object {
	lists, labels, members := []object{}, []object{}, []object{}
	for n, name := range builtinLists {
		lists = append(lists, object{
			"id": builtinID(kindList, n), "idBoard": builtinBoard, "name": name, "closed": false, "pos": first + n*step,
		})
	}
	for n, l := range builtinLabels {
		color := &l.color
		if l.color == "" {
			color = nil
		}
		labels = append(labels, object{"id": builtinID(kindLabel, n), "idBoard": builtinBoard, "name": l.name, "color": color, "uses": 0})
	}
	for n, p := range builtinPeople {
		members = append(members, object{"id": builtinID(kindMember, n), "username": p.user, "fullName": p.name, "initials": p.initials})
	}
	return object{
		"id": builtinBoard, "name": builtinName, "desc": "What people on both sides of the water wish for.",
		"shortLink": builtinLink, "closed": false, "prefs": object{"voting": "members", "permissionLevel": "org"},
		"premiumFeatures": []string{"paidCorePlugins", "plugins"}, "dateLastActivity": stamp(b.now),
		"members": members, "lists": lists, "labels": labels, "customFields": builtinDefinitions(),
		"cards": b.cards, "checklists": b.checklists, "actions": b.actions,
	}
}

// builtinDefinitions gives the custom fields.
func builtinDefinitions() []object {
	var out []object
	for n, f := range builtinFields {
		o := object{
			"id": builtinID(kindField, n), "idModel": builtinBoard, "modelType": "board", "name": f.name, "type": f.kind,
			"pos": (n + 1) * step, "display": object{"cardFront": true}, "fieldGroup": fmt.Sprintf("%064x", n+1), "isSuggestedField": false,
		}
		if f.kind == "list" {
			options := []object{}
			for k, text := range builtinChoices {
				options = append(options, object{
					"id": builtinID(kindOption, k), "idCustomField": o["id"], "value": object{"text": text}, "color": "none", "pos": (k + 1) * step,
				})
			}
			o["options"] = options
		}
		out = append(out, o)
	}
	return out
}

// add reads one line of the table.
func (b *builtinBuilder) add(line string) {
	column := strings.SplitN(line, "\t", 4)
	name, err := strconv.Unquote(`"` + strings.ReplaceAll(column[3], `"`, `\"`) + `"`)
	if err != nil {
		panic(fmt.Errorf("built-in board: name %q: %w", column[3], err))
	}
	more := map[string]string{}
	for part := range strings.FieldsSeq(column[2]) {
		key, value, _ := strings.Cut(part, "=")
		more[key] = value
	}
	serial, list := len(b.cards)+1, column[0]
	created := b.at("-" + column[1])
	id := fmt.Sprintf("%08x%010x%06x", created.Unix()&0xffffffff, 0x4a7b0ca2d5, serial)
	card := object{
		"id": id, "shortLink": fmt.Sprintf("Harb%04d", serial), "idShort": serial, "name": name, "desc": "",
		"idBoard": builtinBoard, "idList": builtinID(kindList, slices.Index(builtinLists, list)),
		"pos": first + b.filled[list]*step, "closed": more["archived"] != "", "isTemplate": more["template"] != "",
		"cardRole": orNull(more["role"]), "due": nil, "start": nil, "dueComplete": more["complete"] != "",
		"dateLastActivity": stamp(created), "idLabels": builtinLabelIDs(more["labels"]), "idMembers": []string{}, "idMembersVoted": []string{},
		"badges": object{"votes": builtinCount(more["votes"]), "comments": builtinCount(more["comments"])},
	}
	b.filled[list]++
	b.dates(card, more)
	b.attach(card, more["mirror"])
	b.values(card, more)
	b.checklist(card, more["items"])
	b.feed(card, list, created, builtinCount(more["comments"]))
	b.cards = append(b.cards, card)
}

// builtinCount reads a count; none is zero.
func builtinCount(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Errorf("built-in board: %w", err))
	}
	return n
}

func builtinLabelIDs(words string) []string {
	out := []string{}
	for n, l := range builtinLabels {
		if slices.Contains(strings.Split(words, ","), l.word) {
			out = append(out, builtinID(kindLabel, n))
		}
	}
	return out
}
