package jira

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"stackrank/connectors/rawjson"
	"stackrank/internal/work"
)

// phrases maps what a link says of its holder to a relation. Names of link
// types are never read: "Depends" points the other way than "Blocks", and sites
// name types as they like. A phrase that is not here orders nothing.
var phrases = map[string]work.LinkKind{
	"blocks":                    work.Blocks,
	"is blocked by":             work.BlockedBy,
	"blocked by":                work.BlockedBy,
	"depends on":                work.BlockedBy,
	"depends upon":              work.BlockedBy,
	"is dependent on":           work.BlockedBy,
	"is dependent upon":         work.BlockedBy,
	"is depended on by":         work.Blocks,
	"is depended upon by":       work.Blocks,
	"is depended by":            work.Blocks,
	"depended on by":            work.Blocks,
	"requires":                  work.BlockedBy,
	"is required by":            work.Blocks,
	"required by":               work.Blocks,
	"has to be done before":     work.Blocks,
	"has to be done after":      work.BlockedBy,
	"has to be finished before": work.Blocks,
	"has to be started after":   work.BlockedBy,
	"duplicates":                work.Duplicates,

	// People write the phrases in their own language: German, French and Spanish.
	"blockiert":             work.Blocks,
	"wird blockiert von":    work.BlockedBy,
	"wird blockiert durch":  work.BlockedBy,
	"ist blockiert durch":   work.BlockedBy,
	"wird blockiert":        work.BlockedBy,
	"hängt ab von":          work.BlockedBy,
	"ist abhängig von":      work.BlockedBy,
	"ist voraussetzung für": work.Blocks,
	"setzt voraus":          work.BlockedBy,
	"dupliziert":            work.Duplicates,
	"bloque":                work.Blocks,
	"est bloqué par":        work.BlockedBy,
	"dépend de":             work.BlockedBy,
	"bloquea":               work.Blocks,
	"bloquea a":             work.Blocks,
	"está bloqueado por":    work.BlockedBy,
	"está bloqueada por":    work.BlockedBy,
	"depende de":            work.BlockedBy,
}

// opposite turns the two relations that order around.
var opposite = map[work.LinkKind]work.LinkKind{work.Blocks: work.BlockedBy, work.BlockedBy: work.Blocks}

// relation gives what a link means for its holder, from the phrase that reads
// from the holder to the other end and the one that reads back. A type that says
// the same both ways orders nothing; one whose two phrases contradict each other
// neither. Where only the way back is a known phrase, it decides.
func relation(phrase, back string) (work.LinkKind, bool) {
	phrase, back = plain(phrase), plain(back)
	kind, known := phrases[phrase]
	other, knownBack := phrases[back]
	switch {
	case phrase == back:
		return "", false
	case known && knownBack && kind == other:
		return "", false
	case known:
		return kind, true
	case knownBack && opposite[other] != "":
		return opposite[other], true
	}
	return "", false
}

func plain(phrase string) string { return strings.Join(strings.Fields(strings.ToLower(phrase)), " ") }

// rawLink is one entry of "issuelinks"; it holds either end.
type rawLink struct {
	inward, outward   string  // the phrases of its type
	inwards, outwards *linked // nil: not this end
}

// readLink reads an entry, and reports whether it has the form of one.
func readLink(raw json.RawMessage) (rawLink, bool) {
	p := partOf(raw)
	kind := p.part("type")
	l := rawLink{inward: kind.text("inward"), outward: kind.text("outward")}
	l.outwards, l.inwards = p.end("outwardIssue"), p.end("inwardIssue")
	return l, !p.isOdd()
}

// end reads one end of a link; nil where it is not there.
func (p part) end(name string) *linked {
	in := p.part(name)
	if empty(in.raw) {
		return nil
	}
	l := linkedIn(in)
	return &l
}

// linked is the other end of a link, or a parent, as Jira embeds it.
type linked struct {
	ID     flexID
	Key    string
	status json.RawMessage
}

// linkedIn reads the other end.
func linkedIn(p part) linked {
	return linked{p.id("id"), p.text("key"), rawjson.Get(p.part("fields").raw, "status")}
}

// sound reports whether the link says all that it should: both phrases, and of
// one other end which issue it is and whether that is done.
func (l rawLink) sound() bool {
	end := l.outwards
	if end == nil {
		end = l.inwards
	}
	if end == nil || l.inward == "" || l.outward == "" || l.outwards != nil && l.inwards != nil {
		return false
	}
	_, err := categoryOf(end.status)
	return err == nil && end.ID != "" && end.Key != ""
}

// open reports whether the other end is not done, as far as the link tells.
func (l linked) open() bool {
	s, err := categoryOf(l.status)
	return err != nil || s != work.Done
}

// links reads the relations that count, each once, in a fixed order, and counts
// the closed issues that repeat this one: they asked for the same.
func (v *view) links(iss rawIssue, it *work.Item) {
	var out []work.Link
	repeats := map[string]bool{}
	for raw := range v.elements(iss, "issuelinks") {
		l, ok := readLink(raw)
		if !ok || !l.sound() {
			v.bad(iss, "issuelinks")
		}
		if !ok {
			continue
		}
		if w, ok := v.link(l); ok && w.To.ID != string(iss.ID) {
			out = append(out, w)
		}
		if end, ok := l.repeats(); ok && string(end.ID) != string(iss.ID) && !end.open() {
			repeats[end.Key] = true
		}
	}
	slices.SortStableFunc(out, func(a, b work.Link) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), a.To.Compare(b.To), cmp.Compare(a.Key, b.Key))
	})
	it.Links = slices.CompactFunc(out, func(a, b work.Link) bool {
		return a.Kind == b.Kind && a.To == b.To && a.Key == b.Key
	})
	if len(repeats) > 0 {
		it.Signals[work.Repeats] = float64(len(repeats))
	}
}

// ends gives the other end, what the link says of its holder, and what it says
// back.
func (l rawLink) ends() (end *linked, phrase, back string) {
	if l.outwards != nil {
		return l.outwards, l.outward, l.inward
	}
	return l.inwards, l.inward, l.outward
}

// repeats gives the other end where it is the one that repeats the holder.
func (l rawLink) repeats() (*linked, bool) {
	end, phrase, back := l.ends()
	if end == nil || end.Key == "" || phrases[plain(phrase)] != "" {
		return nil, false
	}
	return end, phrases[plain(back)] == work.Duplicates
}

func (v *view) link(l rawLink) (work.Link, bool) {
	end, phrase, back := l.ends()
	if end == nil || end.ID == "" && end.Key == "" {
		return work.Link{}, false
	}
	kind, ok := relation(phrase, back)
	if !ok {
		return work.Link{}, false
	}
	w := work.Link{Kind: kind, Key: end.Key, Open: end.open(), Phrase: plain(phrase)}
	if end.ID != "" {
		w.To = v.ref(string(end.ID))
	} else {
		w.URL = v.browse(end.Key)
	}
	return w, true
}
