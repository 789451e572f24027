package trello

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"stackrank/internal/work"
)

// roles are the cards that are no work, by the role that Trello gives them, and
// the code of the finding that counts them. Writing to such a card could turn it
// into an ordinary one.
var roles = map[string]string{
	"separator": "skipped-separators",
	"link":      "skipped-links",
	"board":     "skipped-boards",
	"mirror":    "skipped-mirrors",
}

const skippedTemplates = "skipped-templates"

// separator is a name that makes a card a line between others. Cards made
// before Trello knew roles have the name alone.
// Source: Trello's own client: three or more equal dashes or underscores.
var separator = regexp.MustCompile(`^(?:-{3,}|_{3,})$`)

// skipCode gives the code of the finding that counts a card which is no work,
// or "" for a piece of work.
func (c card) skipCode() string {
	switch {
	case c.template:
		return skippedTemplates
	case roles[c.role] != "":
		return roles[c.role]
	case c.mirror != "":
		return roles["mirror"]
	case separator.MatchString(strings.TrimSpace(c.name)):
		return roles["separator"]
	}
	return ""
}

// done reports whether the card is no open work any more.
func (c card) done() bool { return c.closed || c.complete }

// item turns a card into an item of the board. Its place in its lane is filled in later.
func (b *board) item(source string, c card, l list, notes *notes) work.Item {
	it := work.Item{
		Ref:      work.Ref{Source: source, ID: c.id},
		Key:      c.key(),
		Title:    c.name,
		Status:   work.Open,
		Lane:     l.ID,
		LaneName: l.Name,
		Position: c.pos,
		Labels:   labelNames(c.labels),
		Created:  createdAt(c.id),
		Due:      c.due,
	}
	it.URL = c.url()
	c.doubts(it.Ref, notes)
	checkTitle(it, notes)
	it.Links = mirrors(it, c, notes)
	b.fill(&it, c, notes)
	return it
}

// key names the card as people see it.
func (c card) key() string { return cmp.Or(c.shortLink, c.id) }

func (c card) url() string { return "https://trello.com/c/" + c.key() }

// doubts notes what of the card cannot be relied on.
func (c card) doubts(ref work.Ref, notes *notes) {
	key := c.key()
	for _, n := range c.odd {
		notes.add(ref, "bad-field", fmt.Sprintf("card %s: its field %s is missing, or in no form that Trello documents, and counts as empty", key, n), "")
	}
	if c.flaw != "" {
		notes.add(ref, "damaged", fmt.Sprintf("card %s: it %s", key, c.flaw), "")
	}
}

// checkTitle notes a title that nobody can read.
func checkTitle(it work.Item, notes *notes) {
	readable, control := false, false
	for _, r := range it.Title {
		readable = readable || (unicode.IsGraphic(r) && !unicode.IsSpace(r) && r != unicode.ReplacementChar && !unicode.Is(unicode.Mn, r))
		control = control || unicode.IsControl(r) || r == unicode.ReplacementChar
	}
	switch {
	case !readable:
		notes.add(it.Ref, "no-title", fmt.Sprintf("card %s has no readable title", it.Key), "give it a name")
	case control:
		notes.add(it.Ref, "odd-title", fmt.Sprintf("the title of card %s holds control characters or broken ones", it.Key), "type the name anew")
	}
}

// labelNames gives the names on a card, sorted and each once. Labels without a
// name are colours and tell us nothing.
func labelNames(ls []label) []string {
	var names []string
	for _, l := range ls {
		if strings.TrimSpace(l.Name) != "" {
			names = append(names, l.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// browse is the address of a Jira issue, with or without a context path.
var browse = regexp.MustCompile(`^(https?://[^/\s?#]+(?:/[^/\s?#]+)*?/browse/)([A-Za-z][A-Za-z0-9_]*-[0-9]+)(?:[/?#]\S*)?$`)

// mirrors gives the link to the Jira issue that the card stands for: the one
// issue that is attached to it or that is its name.
func mirrors(it work.Item, c card, notes *notes) []work.Link {
	var links []work.Link
	for _, a := range append([]string{c.name}, c.attachments...) {
		m := browse.FindStringSubmatch(strings.TrimSpace(a))
		if m == nil {
			continue
		}
		key := strings.ToUpper(m[2])
		l := work.Link{Kind: work.Mirrors, Key: key, URL: work.CanonicalURL(m[1] + key), Open: true, Phrase: "is attached"}
		if !slices.Contains(links, l) {
			links = append(links, l)
		}
	}
	if len(links) <= 1 {
		return links
	}
	keys := make([]string, len(links))
	for i, l := range links {
		keys[i] = l.Key
	}
	notes.warn(it.Ref, "several-issues",
		fmt.Sprintf("card %s links %d Jira issues (%s) and is joined with none of them", it.Key, len(links), strings.Join(keys, ", ")),
		"leave one of the issues attached")
	return nil
}

// fill adds what the badges and the custom fields of the card tell.
func (b *board) fill(it *work.Item, c card, notes *notes) {
	it.Signals = work.Signals{}
	if c.votes != nil && b.votes {
		it.Signals[work.Votes] = *c.votes
	}
	if c.comments != nil {
		it.Signals[work.Comments] = *c.comments
	}
	if c.items > 0 && c.ticked >= 0 {
		it.Signals[work.Progress] = min(1, c.ticked/c.items)
	}
	byField := map[string]fieldValue{}
	for _, v := range c.values {
		byField[v.field] = v
	}
	for s, d := range b.signals {
		v, ok := byField[d.ID]
		if !ok {
			continue
		}
		if f, ok := d.number(v); ok {
			it.Signals[s] = f
		} else {
			notes.count("bad-field", fmt.Sprintf("board %s: values of custom field %q that are no number and count as not known, for signal %s", b.name, d.Name, s))
		}
	}
	it.Outputs = b.outputs(c)
	it.Attrs = b.attrs(c)
}

// outputs gives what the custom fields hold that take ours.
func (b *board) outputs(c card) map[work.Slot]work.Value {
	out := map[work.Slot]work.Value{}
	for s, d := range b.targets {
		for _, v := range c.values {
			if v.field == d.ID && !d.output(v).IsZero() {
				out[s] = d.output(v)
			}
		}
	}
	return out
}

// saysWhenDone reports whether the card says what has to be true in the end, by
// its description or, as cards do, by a checklist.
func (c card) saysWhenDone() (says, told bool) {
	switch {
	case c.items > 0:
		return true, true
	case c.criteria != nil:
		return *c.criteria, true
	}
	return false, false
}

// attrs gives the filled custom fields of a card by name and what its text tells,
// for readiness and own expressions.
func (b *board) attrs(c card) map[string]work.Attr {
	attrs := map[string]work.Attr{}
	for _, v := range c.values {
		i := slices.IndexFunc(b.fields, func(d fieldDef) bool { return d.ID == v.field })
		if i < 0 || b.isTarget(v.field) {
			continue
		}
		d := b.fields[i]
		a := work.Attr{Text: cmp.Or(d.options[v.option], v.text)}
		a.Number, a.Numeric = d.number(v)
		attrs[d.Name] = a
	}
	if says, told := c.saysWhenDone(); told {
		attrs[work.AttrCriteria] = work.Yes(says)
	}
	return attrs
}

// isTarget reports whether the field is one that we write, whose value says
// nothing about the work.
func (b *board) isTarget(id string) bool {
	for _, d := range b.targets {
		if d.ID == id {
			return true
		}
	}
	return false
}
