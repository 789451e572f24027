package trello

import (
	"cmp"
	"fmt"
	"slices"

	"stackrank/internal/work"
)

// standing is an open card where it stands, with what has to be told of it.
type standing struct {
	id, list string
	pos      float64
	labels   []label
	mark     string // changes with the card; "": it tells nothing
	done     bool
	damaged  bool       // its answer contradicts itself: what it says of being done, too, may be wrong
	skip     string     // the code of the finding that counts it, where it is no work
	doubts   *notes     // what of it cannot be relied on
	told     *notes     // what came up when an item was made of it, doubts included; nil: none was made
	item     *work.Item // nil: it is no item, or was made into one earlier
}

// stand makes an item of a card, if it is one in its present place.
func (c *Connector) stand(b *board, k card, chosen map[string]list) standing {
	e := standing{
		id: k.id, list: k.list, pos: k.pos, labels: k.labels, mark: k.mark(), done: k.done(), skip: k.skipCode(), damaged: k.flaw != "",
		doubts: newNotes(c.wiring.Source),
	}
	k.doubts(work.Ref{Source: c.wiring.Source, ID: k.id}, e.doubts)
	l, ok := chosen[k.list]
	if !ok || e.done || e.skip != "" {
		return e
	}
	e.told = newNotes(c.wiring.Source)
	it := b.item(c.wiring.Source, k, l, e.told)
	it.Lacks = c.lacking(b)
	e.item = &it
	return e
}

// assemble puts the cards of a board into native order, tells what is to be told
// of them, and gives those that are items, numbered within their lanes.
func (c *Connector) assemble(b *board, all []standing, chosen map[string]list, out *notes) []standing {
	lists := map[string]list{}
	for _, l := range b.lists {
		lists[l.ID] = l
	}
	slices.SortFunc(all, func(x, y standing) int {
		lx, ly := lists[x.list], lists[y.list]
		return cmp.Or(cmp.Compare(lx.Pos, ly.Pos), cmp.Compare(x.list, y.list), cmp.Compare(x.pos, y.pos), cmp.Compare(x.id, y.id))
	})
	var items []standing
	native := map[string]int{}
	for i := range all {
		e := &all[i]
		code, why := e.leaveOut(lists[e.list])
		if code != "" {
			out.count(code, fmt.Sprintf("board %q: %s", b.name, why))
		}
		if code != "" || e.done && e.damaged {
			out.merge(e.doubts)
		}
		if _, ok := chosen[e.list]; !ok || e.done || code != "" {
			e.told, e.item = nil, nil // no item, or no more
			continue
		}
		out.merge(e.told)
		if e.item != nil {
			e.item.Native = native[e.list]
		}
		native[e.list]++
		items = append(items, *e)
	}
	return items
}

// leaveOut gives the code and the words for an open card that is no part of any
// backlog. Done cards and cards of other lists are left out without a word.
func (e standing) leaveOut(l list) (code, why string) {
	switch {
	case e.done:
		return "", ""
	case l.Closed:
		return "archived-list", "open cards on archived lists, which are not visible"
	case e.skip != "":
		return e.skip, skipped[e.skip]
	}
	return "", ""
}

// remember keeps what later writes must know about the cards, and what the next
// read goes on from.
func (c *Connector) remember(boards []*board, all [][]standing) {
	known := &knowledge{}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, b := range boards {
		c.boards[b.id] = b
		kept := knownBoard{ID: b.id, Digest: b.digest()}
		for _, e := range all[i] {
			if !e.done && e.skip == "" {
				c.cards[e.id] = stateOn(b.id, e.labels)
			}
			kept.Cards = append(kept.Cards, e.seen())
		}
		known.Boards = append(known.Boards, kept)
	}
	c.pulled = true
	c.known = known
}

func stateOn(board string, labels []label) cardState {
	s := cardState{board: board, labels: map[string]string{}}
	for _, l := range labels {
		s.labels[l.ID] = l.Name
	}
	return s
}
