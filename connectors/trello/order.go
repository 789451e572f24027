package trello

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	adlio "github.com/adlio/trello"

	"stackrank/internal/work"
)

// attempts is how often a run is written before an order that does not hold is
// reported: the service may renumber, and people move cards meanwhile.
const attempts = 2

// Reorder places the cards of one list. It writes no card that stands right,
// gives no card that is not ours a new position, and reads the list back to see
// whether the order holds.
func (c *Connector) Reorder(ctx context.Context, r work.Run) ([]work.Result, error) {
	if !c.wiring.Order {
		return nil, fmt.Errorf("source %s: %w: the order is not configured to be written", c.wiring.Source, work.ErrInvalid)
	}
	if !isID(r.Lane) {
		return nil, fmt.Errorf("source %s: %w: %q is no list", c.wiring.Source, work.ErrInvalid, r.Lane)
	}
	o := &ordering{c: c, lane: r.Lane, failed: map[string]error{}}
	for _, ref := range r.Items {
		o.run.items = append(o.run.items, ref.ID)
	}
	for _, ref := range r.Way {
		o.run.way = append(o.run.way, ref.ID)
	}
	o.run.after, o.run.before = r.After.ID, r.Before.ID
	c.touch(o.run.items...)
	if err := o.place(ctx); err != nil {
		return nil, c.named(err)
	}
	results := make([]work.Result, len(r.Items))
	for i, ref := range r.Items {
		results[i].Ref = ref
		if err := o.failed[ref.ID]; err != nil {
			results[i].Err = c.named(err)
		}
	}
	return results, nil
}

// ordering is one run on its way to the service.
type ordering struct {
	c      *Connector
	lane   string
	run    run
	spots  []spot
	failed map[string]error
}

// place writes the run and looks whether it holds. Its error means that the
// list cannot be read, so that nothing was tried.
func (o *ordering) place(ctx context.Context) error {
	if err := o.read(ctx, false); err != nil {
		return err
	}
	if !o.complete() {
		if err := o.read(ctx, true); err != nil {
			return err
		}
	}
	if !o.settle() {
		return nil
	}
	for range attempts {
		moves, err := arrange(o.spots, o.run)
		if err != nil {
			o.failRest(fmt.Errorf("%w: %w", work.ErrConflict, err))
			return nil
		}
		if len(moves) == 0 {
			return nil
		}
		if !o.send(ctx, sequence(o.spots, moves)) {
			return nil
		}
		if err := o.read(ctx, true); err != nil {
			o.failRest(fmt.Errorf("read the list back: %w", err))
			return nil
		}
		if !o.settle() {
			return nil
		}
	}
	o.judge()
	return nil
}

// judge fails what still does not stand where it was put.
func (o *ordering) judge() {
	moves, err := arrange(o.spots, o.run)
	if err != nil {
		o.failRest(fmt.Errorf("%w: %w", work.ErrConflict, err))
		return
	}
	for _, m := range moves {
		if slices.Contains(o.run.items, m.id) {
			o.failed[m.id] = fmt.Errorf("%w: somebody moves cards of this list at the same time; it is tried again in the next round", work.ErrConflict)
		}
	}
}

// has reports whether the list holds the card as open work.
func (o *ordering) has(id string) bool {
	return slices.ContainsFunc(o.spots, func(s spot) bool { return s.id == id && s.ours })
}

// anchor gives the card that the run goes by, if any.
func (o *ordering) anchor() string {
	if o.run.after != "" {
		return o.run.after
	}
	return o.run.before
}

// complete reports whether the list holds all items and the anchor.
func (o *ordering) complete() bool {
	for _, id := range o.run.items {
		if !o.has(id) {
			return false
		}
	}
	return o.anchor() == "" || o.has(o.anchor())
}

// settle takes items that are no longer in the list out of the run, and reports
// whether there is something left to place.
func (o *ordering) settle() bool {
	if a := o.anchor(); a != "" && !o.has(a) {
		o.failRest(fmt.Errorf("%w: the card that it goes next to has left the list", work.ErrConflict))
		return false
	}
	o.run.items = slices.DeleteFunc(o.run.items, func(id string) bool {
		if o.failed[id] == nil && !o.has(id) {
			o.failed[id] = fmt.Errorf("%w: the card has left the list or is done", work.ErrConflict)
		}
		return o.failed[id] != nil
	})
	return len(o.run.items) > 0
}

func (o *ordering) failRest(err error) {
	for _, id := range o.run.items {
		if o.failed[id] == nil {
			o.failed[id] = err
		}
	}
}

// send writes the moves and reports whether going on makes sense. The answered
// position is the truth. One card's refusal fails that card; refused
// credentials and an unreachable service fail the rest.
func (o *ordering) send(ctx context.Context, moves []move) bool {
	for _, m := range moves {
		pos, err := o.c.writePos(ctx, m)
		switch {
		case err == nil:
			i := slices.IndexFunc(o.spots, func(s spot) bool { return s.id == m.id })
			o.spots[i].pos = pos
		case isItemFailure(err):
			o.failed[m.id] = err
		default:
			o.c.forgetLane(o.lane)
			o.failRest(err)
			return false
		}
	}
	return true
}

// isItemFailure tells what concerns one card from what concerns the source.
func isItemFailure(err error) bool {
	for _, kind := range []error{work.ErrForbidden, work.ErrNotFound, work.ErrConflict, work.ErrInvalid} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// writePos sets one position and gives the one that the service has decided on.
func (c *Connector) writePos(ctx context.Context, m move) (float64, error) {
	body := struct {
		Pos json.RawMessage `json:"pos"`
	}{json.RawMessage(strconv.FormatFloat(m.pos, 'f', -1, 64))}
	var k card
	if err := c.api.put(ctx, "cards/"+m.id, body, &k); err != nil {
		return 0, err
	}
	return k.pos, nil
}

// spotFields are what tells ours from other cards, and where they stand.
const spotFields = "id,pos,name,closed,dueComplete,isTemplate,cardRole,mirrorSourceId"

// read takes the open cards of the list: as the last run left them since the
// pull, or, when fresh, from the service.
func (o *ordering) read(ctx context.Context, fresh bool) error {
	o.c.mu.Lock()
	known, ok := o.c.lanes[o.lane]
	o.c.mu.Unlock()
	if ok && !fresh {
		o.spots = slices.Clone(known)
		return nil
	}
	p := pager{api: o.c.api, path: "lists/" + o.lane + "/cards", args: adlio.Arguments{"fields": spotFields}, size: laneSize, lastBelow: pageSize, wanted: []string{"pos", "closed"}}
	cards, err := p.all(ctx)
	if err != nil {
		return fmt.Errorf("cards of the list: %w", err)
	}
	if len(p.unreadable) > 0 {
		return fmt.Errorf("cards of the list: %w: one came without an id, named %s", work.ErrUnexpected, p.unreadable[0])
	}
	o.spots = nil
	for _, k := range cards {
		if len(k.odd) > 0 {
			return fmt.Errorf("cards of the list: %w: where card %s stands is not certain; its field %s is missing, or in no form that Trello documents",
				work.ErrUnexpected, k.id, k.odd[0])
		}
		o.spots = append(o.spots, spot{id: k.id, pos: k.pos, ours: !k.done() && k.skipCode() == ""})
	}
	o.c.mu.Lock()
	defer o.c.mu.Unlock()
	o.c.lanes[o.lane] = slices.Clone(o.spots)
	return nil
}

// laneSize is the most cards that one answer holds, so that a usual list is
// read by one request.
// Source: Trello's paging guide.
const laneSize = 1000

func (c *Connector) forgetLane(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.lanes, id)
}
