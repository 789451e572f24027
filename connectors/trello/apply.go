package trello

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	adlio "github.com/adlio/trello"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// Apply writes the edits of one card: its custom fields in one request, then
// each label by a request of its own, so that labels which others put on the
// card meanwhile survive. Where Trello refuses custom fields for lack of the
// right to them, the labels are written all the same.
func (c *Connector) Apply(ctx context.Context, ch work.Change) error {
	if err := c.apply(ctx, ch); err != nil {
		return fmt.Errorf("card %s: %w", keyOf(ch), c.named(err))
	}
	return nil
}

func keyOf(ch work.Change) string {
	if ch.Key != "" {
		return ch.Key
	}
	return ch.Ref.ID
}

func (c *Connector) apply(ctx context.Context, ch work.Change) error {
	if err := c.mayWrite(ch); err != nil {
		return err
	}
	c.touch(ch.Ref.ID)
	s, err := c.stateOf(ctx, ch.Ref.ID)
	if err != nil {
		return err
	}
	values, err := c.fieldItems(ctx, s.board, ch)
	if err != nil {
		return err
	}
	fieldErr := c.writeFields(ctx, ch.Ref.ID, s.board, values)
	if fieldErr != nil && !errors.Is(fieldErr, errFieldsRefused) {
		return fieldErr
	}
	return errors.Join(fieldErr, c.writeLabels(ctx, ch, s))
}

// mayWrite refuses what no plan of ours holds: cards of other sources, labels
// of others and slots that have no field.
func (c *Connector) mayWrite(ch work.Change) error {
	if ch.Ref.Source != c.wiring.Source || !isID(ch.Ref.ID) {
		return fmt.Errorf("%w: %q is no card of this source", work.ErrInvalid, ch.Ref)
	}
	for _, e := range ch.Edits {
		switch {
		case e.Op == work.Set && c.wiring.Targets[e.Slot] == "":
			return fmt.Errorf("%w: no custom field is configured for %s", work.ErrInvalid, e.Slot)
		case e.Op == work.Set:
		case !c.wiring.Labels:
			return fmt.Errorf("%w: labels are not configured for this source", work.ErrInvalid)
		case e.Label() == "" || !strings.HasPrefix(e.Label(), c.wiring.LabelPrefix):
			return fmt.Errorf("%w: label %q does not begin with %q and is not ours", work.ErrInvalid, e.Label(), c.wiring.LabelPrefix)
		}
	}
	return nil
}

// isID reports whether s has the form of an id, which may stand in a path.
func isID(s string) bool {
	const digits = 24
	return len(s) == digits && plainID.MatchString(s)
}

// fieldItems gives the custom field values of a change in the form of a request.
func (c *Connector) fieldItems(ctx context.Context, boardID string, ch work.Change) ([]fieldItem, error) {
	var items []fieldItem
	for _, e := range ch.Edits {
		if e.Op != work.Set {
			continue
		}
		b, err := c.boardOf(ctx, boardID)
		if err != nil {
			return nil, err
		}
		d, ok := b.targets[e.Slot]
		if !ok {
			want := c.wiring.Targets[e.Slot]
			return nil, fmt.Errorf("%w: board %q has no custom field %q of type number or text for %s: add it to the board, or name another",
				work.ErrInvalid, b.name, want, e.Slot)
		}
		it, err := d.encode(e.New)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

// errFieldsRefused marks a board whose custom fields may not be written; labels
// still may.
var errFieldsRefused = errors.New("custom fields may not be written on this board: enable the Custom Fields Power-Up (Trello Standard or above), or keep labels alone")

// pullsUntilRetry is for how many pulls a board that refused a custom field
// value counts as one without custom fields.
const pullsUntilRetry = 10

// isFieldRefusal reports whether the board refused custom fields as such; a
// missing right to the card itself is a 401.
func isFieldRefusal(err error) bool {
	refusal, ok := errors.AsType[*rest.Error](err)
	return ok && refusal.Status == http.StatusForbidden
}

// writeFields sets all values of one card. A board that has refused one for
// lack of the right to custom fields is not asked again.
func (c *Connector) writeFields(ctx context.Context, cardID, boardID string, items []fieldItem) error {
	if len(items) == 0 {
		return nil
	}
	c.mu.Lock()
	refused := c.refused[boardID] > 0
	c.mu.Unlock()
	if refused {
		return fmt.Errorf("%w: %w", work.ErrForbidden, errFieldsRefused)
	}
	body := struct {
		Items []fieldItem `json:"customFieldItems"`
	}{items}
	err := c.api.put(ctx, "cards/"+cardID+"/customFields", body, nil)
	if !isFieldRefusal(err) {
		return err
	}
	c.mu.Lock()
	c.refused[boardID] = pullsUntilRetry
	c.mu.Unlock()
	return fmt.Errorf("%w: %w", errFieldsRefused, err)
}

// writeLabels adds and removes the labels of a change, in its order.
func (c *Connector) writeLabels(ctx context.Context, ch work.Change, s cardState) error {
	for _, e := range ch.Edits {
		var err error
		switch e.Op {
		case work.Add:
			err = c.addLabel(ctx, ch.Ref.ID, s, e.Label())
		case work.Remove:
			err = c.removeLabel(ctx, ch.Ref.ID, s, e.Label())
		}
		if err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cards[ch.Ref.ID] = s
	return nil
}

// stateOf gives what a write must know about a card: as the last pull or write
// left it, else as it is now. Only open work is written to.
func (c *Connector) stateOf(ctx context.Context, id string) (cardState, error) {
	c.mu.Lock()
	s, ok := c.cards[id]
	c.mu.Unlock()
	if ok {
		s.labels = maps.Clone(s.labels)
		return s, nil
	}
	return c.readState(ctx, id)
}

// readState reads a card as it is now.
func (c *Connector) readState(ctx context.Context, id string) (cardState, error) {
	var k card
	err := c.api.get(ctx, "cards/"+id, adlio.Arguments{"fields": cardFields}, &k)
	if err != nil {
		return cardState{}, err
	}
	if code := k.skipCode(); code != "" {
		return cardState{}, fmt.Errorf("%w: it is no work any more (%s)", work.ErrConflict, skipped[code])
	}
	return stateOn(k.board, k.labels), nil
}

// boardOf gives a board with its custom fields.
func (c *Connector) boardOf(ctx context.Context, id string) (*board, error) {
	c.mu.Lock()
	b, ok := c.boards[id]
	c.mu.Unlock()
	if ok {
		return b, nil
	}
	b, err := c.loadBoard(ctx, id)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.boards[id] = b
	return b, nil
}
