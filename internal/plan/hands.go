package plan

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"stackrank/internal/work"
)

// hands knows what people have moved and what becomes of it.
type hands struct {
	pins  map[work.Ref]Pin  // items that keep their places
	asked map[work.Ref]bool // of which pin_for is over
	ended []ended           // in the order of the lanes
}

// ended is a pin that holds no more.
type ended struct {
	ref     work.Ref
	since   time.Time
	changed bool // because of what is known of the item; otherwise its time is over
}

// hands finds what people have moved since the last round, in lanes whose order
// we write, and looks through the pins of former moves.
func (in Input) hands(lanes []lane) hands {
	h := hands{pins: map[work.Ref]Pin{}, asked: map[work.Ref]bool{}}
	if in.Past == nil {
		return h
	}
	for _, l := range lanes {
		if !in.Rules.To[l.source].Order {
			continue
		}
		moved := in.moved(l)
		for _, m := range l.present {
			if !in.released[m.item.Ref] {
				h.look(in, m.item, moved[m.item.Ref])
			}
		}
	}
	return h
}

// look settles whether an item is pinned. One that a person moves again is
// pinned anew.
func (h *hands) look(in Input, it *work.Item, moved bool) {
	p, ok := in.Past.Pins[in.Identity(it.Ref)]
	if !moved && !ok {
		return
	}
	inputs := in.inputsOf(*it)
	if moved {
		p = Pin{Since: in.Now, Until: in.Now.Add(in.Rules.PinFor), Digest: inputs}
	}
	over := !in.Now.Before(p.Until)
	switch {
	case p.Digest != inputs:
		h.ended = append(h.ended, ended{it.Ref, p.Since, true})
	case over && in.Rules.PinExpiry == ExpiryRelease:
		h.ended = append(h.ended, ended{it.Ref, p.Since, false})
	default:
		h.pins[it.Ref], h.asked[it.Ref] = p, over
	}
}

// moved gives the items of a lane that a person has moved within it: the fewest
// that explain how the order of those that were there and are there differs from
// the one remembered. Items that we may have moved ourselves are left out.
func (in Input) moved(l lane) map[work.Ref]bool {
	var now []work.Ref
	place := map[work.Ref]int{}
	for _, m := range l.present {
		if w, ok := in.written(m.item.Ref); ok && w.Place > 0 && w.Lane == l.id && !w.Astir {
			now = append(now, m.item.Ref)
			place[m.item.Ref] = w.Place
		}
	}
	then := slices.Clone(now)
	slices.SortStableFunc(then, func(x, y work.Ref) int { return cmp.Compare(place[x], place[y]) })
	return movedBetween(then, now)
}

// held says whether and why an item keeps its place: by the rules, or because a
// person moved it, which goes before what the rule hold says.
func (h hands) held(r Rules, it work.Item) Held {
	by := r.held(it)
	if _, pinned := h.pins[it.Ref]; pinned && (by == "" || r.labelled(by)) {
		return HeldMoved
	}
	return by
}

// labelled reports whether a reason is one of the rule hold.
func (r Rules) labelled(h Held) bool { return slices.Contains(r.Hold, Hold(h)) }

// findings tells what became of pins, and asks about those whose time is over.
func (h hands) findings(in Input) []work.Finding {
	var out []work.Finding
	for it := range in.items() {
		if h.asked[it.Ref] && h.held(in.Rules, it) == HeldMoved {
			out = append(out, work.Finding{
				Ref: it.Ref, Code: "pin-expired", Level: work.Warning,
				Message: fmt.Sprintf("A person moved it %s, and it still keeps its place although pin_for is over. Is it to stay?", ago(h.pins[it.Ref].Since, in.Now)),
				Fix: fmt.Sprintf("To keep it there, label it %s; to let it go, change its value, estimate or date, or set write.pin_expiry: release.",
					in.Rules.LabelPrefix+pinName),
			})
		}
	}
	for _, e := range h.ended {
		why := "pin_for is over"
		if e.changed {
			why = "what is known of it has changed since"
		}
		out = append(out, work.Finding{
			Ref: e.ref, Code: "pin-ended", Level: work.Note,
			Message: fmt.Sprintf("A person moved it %s; %s, so it is ranked anew.", ago(e.since, in.Now), why),
		})
	}
	return out
}

// ago gives "today", "1 day ago" or "20 days ago".
func ago(then, now time.Time) string {
	const day = 24 * time.Hour
	switch n := int(now.Sub(then) / day); {
	case n < 1:
		return "today"
	case n == 1:
		return "1 day ago"
	default:
		return fmt.Sprintf("%d days ago", n)
	}
}
