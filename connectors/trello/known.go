package trello

import (
	"cmp"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"stackrank/connectors/cursor"
	"stackrank/internal/work"
)

// knowledge is what a cursor holds.
type knowledge struct {
	Boards  []knownBoard `json:"boards"` // in their configured order
	Touched []string     `json:"touched,omitempty"`
}

// knownBoard is a board as it was read. The digest is of all that its cards
// have in common: with another one they are to be read anew.
type knownBoard struct {
	ID     string `json:"id"`
	Digest string `json:"digest"`
	Cards  []seen `json:"cards"`
}

// seen is an open card as it was read, without what the snapshot holds of it.
type seen struct {
	ID     string         `json:"id"`
	Mark   string         `json:"m,omitempty"`
	Done   bool           `json:"d,omitempty"`
	Skip   string         `json:"s,omitempty"`
	Item   bool           `json:"i,omitempty"` // it was an item
	Doubts []work.Finding `json:"f,omitempty"`
	Told   []work.Finding `json:"t,omitempty"`
	Counts []tally        `json:"c,omitempty"`
}

type tally struct {
	Code, What string
	Times      int
}

// head names what a cursor of this connector is good for.
func (c *Connector) head() string {
	w := c.wiring
	return "trello 1 " + cursor.Digest(w.Source, w.Signals, w.Targets, w.LabelPrefix, c.opts.address(), c.opts.Boards, c.opts.Lists)
}

// Cursor gives from where Since can go on; nil where nothing was read, or
// not all of it can be named.
func (c *Connector) Cursor() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		return nil
	}
	for id := range c.touched {
		if !slices.Contains(c.known.Touched, id) {
			c.known.Touched = append(c.known.Touched, id)
		}
	}
	slices.Sort(c.known.Touched)
	sealed, err := cursor.Seal(c.head(), c.known)
	if err != nil {
		c.log.Warn("no cursor; the next read is a whole one", zap.Error(err))
		return nil
	}
	return sealed
}

// touch notes that a card was written, or may have been.
func (c *Connector) touch(ids ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		c.touched[id] = true
	}
}

// digest stands for all that the cards of a board have in common.
func (b *board) digest() string { return cursor.Digest(b.name, b.votes, b.offered, b.fields) }

// mark changes whenever the card does, its place aside: with the moment of what
// was last done to it, and with what that moment may not tell of. The light
// listing has all of it.
func (c card) mark() string {
	if c.active == "" || c.flaw != "" || len(c.odd) > 0 {
		return ""
	}
	labels := slices.Clone(c.labels)
	slices.SortFunc(labels, func(a, b label) int { return cmp.Compare(a.ID, b.ID) })
	return cursor.Digest(c.active, labels, told(c.votes), told(c.comments), c.items, c.ticked)[:16]
}

func told(n *float64) string {
	if n == nil {
		return "not told"
	}
	return fmt.Sprint(*n)
}

// seen gives what a cursor keeps of a card.
func (e standing) seen() seen {
	s := seen{ID: e.id, Mark: e.mark, Done: e.done, Skip: e.skip, Item: e.told != nil, Doubts: e.doubts.list}
	if e.told != nil {
		s.Told = e.told.list
		for _, k := range e.told.keys() {
			s.Counts = append(s.Counts, tally{k.code, k.what, e.told.counts[k]})
		}
	}
	return s
}

// standing gives a card that was not read anew: it has changed its place at most.
func (s seen) standing(source string, light card) standing {
	e := standing{
		id: s.ID, list: light.list, pos: light.pos, labels: light.labels, mark: s.Mark, done: s.Done, skip: s.Skip,
		doubts: &notes{source: source, list: s.Doubts},
	}
	if s.Item {
		e.told = &notes{source: source, list: s.Told, counts: map[counted]int{}}
		for _, t := range s.Counts {
			e.told.counts[counted{t.Code, t.What}] = t.Times
		}
	}
	return e
}
