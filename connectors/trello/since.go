package trello

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	adlio "github.com/adlio/trello"

	"stackrank/connectors/cursor"
	"stackrank/internal/work"
)

// lightFields tell where a card stands and whether it has changed. The moment
// of its last activity moves with every change of the card itself; a label that
// is renamed or deleted changes no card, and of badges it is not certain.
const lightFields = "id,idList,pos,dateLastActivity,labels,badges"

// lightPage is how many cards of a light listing one request asks for.
// Source: Trello's paging guide, at most 1000 an answer.
const lightPage = 1000

// Since reads where all open cards stand, and whole only those that have changed.
func (c *Connector) Since(ctx context.Context, sealed []byte) (work.Delta, error) {
	d, err := c.since(ctx, sealed)
	if err != nil {
		return work.Delta{}, c.named(err)
	}
	return d, nil
}

func (c *Connector) since(ctx context.Context, sealed []byte) (work.Delta, error) {
	var last knowledge
	if err := cursor.Open(sealed, c.head(), &last); err != nil {
		return work.Delta{}, err
	}
	c.forget()
	boards, err := c.loadBoards(ctx)
	if err != nil {
		return work.Delta{}, err
	}
	if err := c.requireSignals(boards); err != nil {
		return work.Delta{}, err
	}
	if err := last.of(boards); err != nil {
		return work.Delta{}, err
	}
	light := make([][]card, len(boards))
	for i, b := range boards {
		if light[i], err = c.readWork(ctx, b, func() ([]card, error) { return c.readLight(ctx, b) }); err != nil {
			return work.Delta{}, err
		}
	}
	chosen, err := c.chooseLists(boards)
	if err != nil {
		return work.Delta{}, err
	}
	out := newNotes(c.wiring.Source)
	c.fieldFindings(boards, work.Warning, out)
	d := work.Delta{Site: c.site()}
	all := make([][]standing, len(boards))
	for i, b := range boards {
		r := renewal{c: c, b: b, chosen: chosen, known: last.cards(i), touched: last.Touched}
		if all[i], err = r.stand(ctx, light[i]); err != nil {
			return work.Delta{}, err
		}
		for _, e := range c.assemble(b, all[i], chosen, out) {
			d.Order = append(d.Order, work.Spot{
				Ref: work.Ref{Source: c.wiring.Source, ID: e.id}, Lane: e.list, LaneName: chosen[e.list].Name, Position: e.pos,
			})
			if e.item != nil {
				d.Items = append(d.Items, *e.item)
			}
		}
	}
	d.Findings = out.all()
	c.remember(boards, all)
	return d, nil
}

// of holds that the boards are those that the cursor knows, unchanged.
func (k knowledge) of(boards []*board) error {
	same := slices.EqualFunc(k.Boards, boards, func(was knownBoard, b *board) bool { return was.ID == b.id && was.Digest == b.digest() })
	if !same {
		return fmt.Errorf("%w: a board or its custom fields have changed", work.ErrCursor)
	}
	return nil
}

func (k knowledge) cards(i int) map[string]seen {
	out := make(map[string]seen, len(k.Boards[i].Cards))
	for _, s := range k.Boards[i].Cards {
		out[s.ID] = s
	}
	return out
}

// readLight reads where every open card of the board stands.
func (c *Connector) readLight(ctx context.Context, b *board) ([]card, error) {
	p := pager{
		api: c.api, path: "boards/" + b.id + "/cards", args: adlio.Arguments{"filter": "open", "fields": lightFields},
		size: lightPage, wanted: strings.Split(lightFields, ","),
	}
	cards, err := p.all(ctx)
	if err == nil && len(p.unreadable) > 0 {
		err = fmt.Errorf("%w: %d cards came without an id", work.ErrCursor, len(p.unreadable))
	}
	if err != nil {
		return nil, fmt.Errorf("cards of board %q: %w", b.name, err)
	}
	return cards, nil
}

// renewal brings the cards of one board up to date.
type renewal struct {
	c       *Connector
	b       *board
	chosen  map[string]list
	known   map[string]seen
	touched []string
}

// stand gives every open card where it stands now. Cards that may have changed
// are read; those that the listing lacks are looked for.
func (r renewal) stand(ctx context.Context, light []card) ([]standing, error) {
	var stale []string
	present := make(map[string]bool, len(light))
	for _, k := range light {
		present[k.id] = true
		if !r.holds(k) {
			stale = append(stale, k.id)
		}
	}
	lost, err := r.lost(ctx, present)
	if err != nil {
		return nil, err
	}
	fresh, err := r.read(ctx, append(stale, lost...), len(light))
	if err != nil {
		return nil, err
	}
	var all []standing
	for _, k := range light {
		if r.holds(k) {
			all = append(all, r.known[k.id].standing(r.c.wiring.Source, k))
		}
	}
	for _, id := range append(stale, lost...) {
		if k, open := fresh[id]; open {
			all = append(all, r.c.stand(r.b, k, r.chosen))
		}
	}
	return all, nil
}

// holds reports whether what is known of a card is still true and enough.
func (r renewal) holds(light card) bool {
	s, known := r.known[light.id]
	if !known || s.Mark == "" || s.Mark != light.mark() || slices.Contains(r.touched, light.id) {
		return false
	}
	_, wanted := r.chosen[light.list]
	return s.Item || !wanted || s.Done || s.Skip != ""
}

// mostAlone is how many cards that a listing lacks are looked for one by one.
const mostAlone = 10

// lost gives the cards that are known and that the listing lacks, as far as they
// may still be there: an answer that came short makes nobody's card disappear.
// More than a few are looked for in a second listing first.
func (r renewal) lost(ctx context.Context, present map[string]bool) ([]string, error) {
	var out []string
	for id := range r.known {
		if !present[id] {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	if len(out) <= mostAlone {
		return out, nil
	}
	again, err := r.c.readLight(ctx, r.b)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(id string) bool {
		return !slices.ContainsFunc(again, func(k card) bool { return k.id == id })
	}), nil
}

// read gives the cards with the ids as far as they are open and on the board: one
// by one, or by reading the whole board where that takes fewer requests.
func (r renewal) read(ctx context.Context, ids []string, open int) (map[string]card, error) {
	out := map[string]card{}
	if len(ids) > open/pageSize+2+mostAlone {
		notes, read := newNotes(r.c.wiring.Source), 0
		cards, err := r.c.readCards(ctx, r.b, notes, &read)
		if err != nil {
			return nil, err
		}
		for _, k := range cards {
			out[k.id] = k
		}
		return out, nil
	}
	for _, id := range ids {
		k, err := r.c.readCard(ctx, r.b, id)
		switch {
		case gone(err):
			continue
		case err != nil:
			return nil, fmt.Errorf("card %s of board %q: %w", id, r.b.name, err)
		case k.board != r.b.id || k.closed:
			continue
		}
		if s := r.b.stray([]card{k}); s != nil {
			return nil, r.b.astray(k)
		}
		out[id] = k
	}
	return out, nil
}

// gone reports whether a card is not to be seen: it was deleted, or moved to a
// board that the account may not see. The boards themselves were just read.
func gone(err error) bool {
	return errors.Is(err, work.ErrNotFound) || errors.Is(err, work.ErrAuth) || errors.Is(err, work.ErrForbidden)
}

// readCard reads one card as the listing of its board gives it.
func (c *Connector) readCard(ctx context.Context, b *board, id string) (card, error) {
	args, wanted := b.cardArgs()
	var raw oneCard
	if err := c.api.get(ctx, "cards/"+id, args, &raw); err != nil {
		return card{}, err
	}
	k, err := readCard(raw.text, wanted...)
	if err == nil && k.id != id {
		err = fmt.Errorf("%w: card %s was asked for, and %s came", work.ErrUnexpected, id, k.id)
	}
	return k, err
}

// oneCard is the answer of one card, which its reader looks at by itself.
type oneCard struct{ text json.RawMessage }

// UnmarshalJSON keeps the text.
func (o *oneCard) UnmarshalJSON(raw []byte) error {
	o.text = slices.Clone(raw)
	return nil
}
