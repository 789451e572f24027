package trello

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	adlio "github.com/adlio/trello"

	"stackrank/connectors"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// lookFields tell what has become of a card, and needed are those of them that
// every card has.
const (
	needed     = "id,idBoard,idList,name,shortLink,closed,dueComplete,labels,isTemplate"
	lookFields = needed + ",cardRole,mirrorSourceId"
)

// maxBatch is the most requests in a batch.
// Source: Trello REST API, "Batch".
const maxBatch = 10

// Look asks for the cards ten at a time. A card that does not come that way is
// asked for alone, since only then Trello says for certain that it is gone.
func (c *Connector) Look(ctx context.Context, refs []work.Ref) ([]connectors.Sight, error) {
	l := &look{c: c, cards: map[string]json.RawMessage{}, failed: map[string]error{}}
	if err := l.read(ctx, refs); err != nil {
		return nil, c.named(err)
	}
	out := make([]connectors.Sight, len(refs))
	for i, ref := range refs {
		out[i].Ref = ref
		err := l.failed[ref.ID]
		if err == nil {
			out[i].Item, err = l.item(ctx, ref)
		}
		if ctx.Err() != nil {
			return nil, c.named(ctx.Err())
		}
		if err != nil {
			out[i] = connectors.Sight{Ref: ref, Err: c.named(err)}
		}
	}
	return out, nil
}

// look is what was found out about some cards.
type look struct {
	c      *Connector
	cards  map[string]json.RawMessage // by id
	failed map[string]error           // why there is none
}

// read asks for the cards. Once Trello itself refuses, the rest is not asked for.
// The error is for what ends a round.
func (l *look) read(ctx context.Context, refs []work.Ref) error {
	var ids []string
	for _, ref := range refs {
		if ref.Source != l.c.wiring.Source || !isID(ref.ID) {
			l.failed[ref.ID] = fmt.Errorf("%w: %q is no card of this source", work.ErrInvalid, ref)
			continue
		}
		ids = append(ids, ref.ID)
	}
	slices.Sort(ids)
	var refused error
	for part := range slices.Chunk(slices.Compact(ids), maxBatch) {
		if refused == nil {
			refused = l.part(ctx, part)
		}
		if errors.Is(refused, work.ErrAuth) || ctx.Err() != nil {
			return refused
		}
		for _, id := range part {
			if l.cards[id] == nil && l.failed[id] == nil {
				l.failed[id] = refused
			}
		}
	}
	return nil
}

// part reads up to ten cards. The error is that of all of them.
func (l *look) part(ctx context.Context, ids []string) error {
	if len(ids) > 1 {
		if err := l.batch(ctx, ids); err != nil && !besideThePoint(err) {
			return err
		}
	}
	for _, id := range ids {
		if l.cards[id] != nil {
			continue
		}
		var one oneCard
		switch err := l.c.api.get(ctx, "cards/"+id, lookArgs(), &one); {
		case err == nil:
			l.cards[id] = one.text
		case absent(err):
			l.failed[id] = fmt.Errorf("%w: %w", work.ErrNotFound, err)
		case errors.Is(err, work.ErrAuth) || ctx.Err() != nil:
			return err
		default:
			l.failed[id] = undecided(err)
		}
	}
	return nil
}

// besideThePoint reports whether an error tells of the batch and not of its cards.
func besideThePoint(err error) bool {
	return errors.Is(err, work.ErrInvalid) || errors.Is(err, work.ErrNotFound) || errors.Is(err, work.ErrUnexpected)
}

func lookArgs() adlio.Arguments {
	return adlio.Arguments{"fields": lookFields, "list": "true", "customFieldItems": "true"}
}

// batch reads cards with one request, and leaves out those that it cannot have.
func (l *look) batch(ctx context.Context, ids []string) error {
	q := url.Values{}
	for name, value := range lookArgs() {
		q.Set(name, value)
	}
	paths := make([]string, len(ids))
	for i, id := range ids {
		paths[i] = "/cards/" + id + "?" + q.Encode() // its commas are encoded, and so do not end it
	}
	var answers []map[string]json.RawMessage
	if err := l.c.api.get(ctx, "batch", adlio.Arguments{"urls": strings.Join(paths, ",")}, &answers); err != nil {
		return err
	}
	if len(answers) != len(ids) {
		return fmt.Errorf("%w: %d answers to %d requests", work.ErrUnexpected, len(answers), len(ids))
	}
	for i, a := range answers {
		if raw := a["200"]; raw != nil {
			l.cards[ids[i]] = raw
		}
	}
	return nil
}

// absent reports whether Trello itself says that it has no such card, or that the
// account may not see it.
func absent(err error) bool {
	e, ok := errors.AsType[*rest.Error](err)
	return ok && (e.Status == http.StatusNotFound && strings.Contains(e.Message, "requested resource was not found") ||
		e.Status == http.StatusUnauthorized && strings.Contains(e.Message, "card permission requested"))
}

// undecided gives an error that nobody takes for that of a card which is gone.
func undecided(err error) error {
	if e, ok := errors.AsType[*rest.Error](err); ok && errors.Is(err, work.ErrNotFound) {
		return fmt.Errorf("%w: %s %s is answered with status %d and not in Trello's words", work.ErrUnexpected, e.Method, e.Route, e.Status)
	}
	return err
}

// item gives what is to be known of one card. What is odd in its answer would
// decide whether it is written, so that it is an error here.
func (l *look) item(ctx context.Context, ref work.Ref) (work.Item, error) {
	raw := l.cards[ref.ID]
	k, err := readCard(raw, strings.Split(needed, ",")...)
	if err == nil && k.id != ref.ID {
		err = fmt.Errorf("%w: card %s was asked for, and %s came", work.ErrUnexpected, ref.ID, k.id)
	}
	if err != nil {
		return work.Item{}, err
	}
	b, err := l.c.boardOf(ctx, k.board)
	if err != nil {
		return work.Item{}, undecided(err)
	}
	in, err := k.whereabouts(raw, len(b.targets) > 0)
	if err != nil {
		return work.Item{}, err
	}
	it := work.Item{
		Ref: ref, Key: k.key(), URL: k.url(), Title: k.name, Status: work.Open, Labels: labelNames(k.labels),
		Outputs: b.outputs(k), Lacks: l.c.lacking(b), Lane: in.ID, LaneName: in.Name,
	}
	switch code := k.skipCode(); {
	case k.done() || in.Closed || b.closed:
		it.Status = work.Done
	case code != "":
		it.Refused = "It is no work any more: it is among " + skipped[code] + "."
	default:
		l.c.mu.Lock()
		l.c.cards[k.id] = stateOn(k.board, k.labels)
		l.c.mu.Unlock()
	}
	return it, nil
}

// whereabouts gives the list that a card is in, and an error where the answer does
// not tell all that it was asked for.
func (c card) whereabouts(raw json.RawMessage, fields bool) (list, error) {
	odd := c.odd
	o, err := readObject(raw)
	if err != nil {
		return list{}, err
	}
	in := field[list](o, "list")
	if fields {
		o.want("customFieldItems")
	}
	if o.want("list"); in.ID != c.list {
		o.odd = append(o.odd, "list")
	}
	switch odd = append(odd, o.odd...); {
	case c.flaw != "":
		return in, fmt.Errorf("%w: card %s: it %s", work.ErrUnexpected, c.key(), c.flaw)
	case len(odd) > 0:
		return in, fmt.Errorf("%w: card %s: its field %s is missing, or in no form that Trello documents", work.ErrUnexpected, c.key(), odd[0])
	}
	return in, nil
}
