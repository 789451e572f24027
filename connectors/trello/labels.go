package trello

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	adlio "github.com/adlio/trello"
	"go.uber.org/zap"

	"stackrank/internal/work"
)

// maxLabels is the most labels a board has, and the most that one answer holds.
// Without it Trello gives 50, and a label beyond them would be made again.
// Source: OpenAPI document of 2026-01-30; limits of live boards.
const maxLabels = 1000

// boardLabel names a label of a board.
type boardLabel struct{ board, name string }

// labelColor is that of the labels that we make. Labels without a colour are
// not shown on the front of a card.
const labelColor = "sky"

// labelID gives the id of the board's label of that name, letter by letter, and
// makes it where there is none. Names need not be unique: the first made wins.
func (c *Connector) labelID(ctx context.Context, boardID, name string) (string, error) {
	c.labelMu.Lock()
	defer c.labelMu.Unlock()
	have, cached := c.labels[boardID]
	if !cached || len(have[name]) == 0 {
		var err error
		if have, err = c.readLabels(ctx, boardID, "id,name"); err != nil {
			return "", err
		}
	}
	if len(have[name]) == 0 {
		// Trello takes a second label of the same name, and an answer of a moment
		// ago would lead to one: the board is asked in other words first.
		var err error
		if have, err = c.readLabels(ctx, boardID, "name"); err != nil {
			return "", err
		}
	}
	if ids := have[name]; len(ids) > 0 {
		return ids[0], nil
	}
	if id := c.carried(boardID, name); id != "" {
		have[name] = []string{id} // the list is wrong: cards carry the label
		return id, nil
	}
	return c.createLabel(ctx, boardID, name)
}

// carried gives the first made of the labels of that name that cards of the board
// had when they were read; "" where none had one.
func (c *Connector) carried(boardID, name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := ""
	for _, s := range c.cards {
		for id, n := range s.labels {
			if s.board == boardID && n == name && (first == "" || id < first) {
				first = id
			}
		}
	}
	return first
}

// readLabels reads the labels of a board and keeps them. The caller holds labelMu.
func (c *Connector) readLabels(ctx context.Context, boardID, fields string) (map[string][]string, error) {
	var all []label
	args := adlio.Arguments{"limit": strconv.Itoa(maxLabels), "fields": fields}
	if err := c.api.get(ctx, "boards/"+boardID+"/labels", args, &all); err != nil {
		return nil, fmt.Errorf("labels of the board: %w", err)
	}
	byName := map[string][]string{}
	for _, l := range all {
		byName[l.Name] = append(byName[l.Name], l.ID)
	}
	for _, ids := range byName {
		slices.Sort(ids)
	}
	c.labels[boardID] = byName
	return byName, nil
}

// createLabel makes a label, once between two pulls: the request may have worked
// although its answer was lost, so after a failure the board is only
// read. The caller holds labelMu.
func (c *Connector) createLabel(ctx context.Context, boardID, name string) (string, error) {
	key := boardLabel{boardID, name}
	if c.doubtful[key] {
		return "", fmt.Errorf("%w: the label %q may have been created or not; the next run sees", work.ErrUnavailable, name)
	}
	var made label
	err := c.api.post(ctx, "labels", adlio.Arguments{"name": name, "color": labelColor, "idBoard": boardID}, &made)
	if err == nil && made.ID == "" {
		err = fmt.Errorf("%w: a new label without id", work.ErrUnexpected)
	}
	if err == nil {
		c.log.Debug("label created", zap.String("label", name), zap.String("board", boardID))
		return c.first(ctx, boardID, name, made.ID)
	}
	if refusedForSure(err) {
		return "", fmt.Errorf("create label %q: %w", name, err)
	}
	c.doubtful[key] = true
	have, readErr := c.readLabels(ctx, boardID, "id,name")
	if readErr != nil || len(have[name]) == 0 {
		return "", fmt.Errorf("create label %q: %w", name, err)
	}
	return have[name][0], nil
}

// first gives the board's first label of that name. Where the one just made
// turns out to be a second, because another run made one at the same moment or
// the list was of a moment ago, it is deleted again: it is on no card yet. The
// caller holds labelMu.
func (c *Connector) first(ctx context.Context, boardID, name, made string) (string, error) {
	have, err := c.readLabels(ctx, boardID, "name,id")
	if err != nil {
		return "", err
	}
	ids := have[name]
	if len(ids) == 0 || ids[0] == made {
		have[name] = []string{made}
		return made, nil
	}
	if err := c.api.remove(ctx, "labels/"+made); err != nil {
		return "", fmt.Errorf("take back the second label %q: %w", name, err)
	}
	have[name] = slices.DeleteFunc(ids, func(id string) bool { return id == made })
	return have[name][0], nil
}

// refusedForSure reports whether the service has said that it did nothing.
func refusedForSure(err error) bool {
	for _, kind := range []error{work.ErrAuth, work.ErrForbidden, work.ErrNotFound, work.ErrConflict, work.ErrInvalid, work.ErrThrottled} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// forgetLabels drops what is known of a board's labels, and of one that is gone
// from it also that cards had it.
func (c *Connector) forgetLabels(boardID, gone string) {
	c.labelMu.Lock()
	defer c.labelMu.Unlock()
	delete(c.labels, boardID)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.cards {
		delete(s.labels, gone)
	}
}

// addLabel puts a label on a card and leaves the card's other labels alone.
func (c *Connector) addLabel(ctx context.Context, cardID string, s cardState, name string) error {
	for try := 0; ; try++ {
		id, err := c.labelID(ctx, s.board, name)
		if err != nil {
			return err
		}
		if _, on := s.labels[id]; on {
			return nil
		}
		k := adlio.Card{ID: cardID}
		err = c.api.with(ctx, func(client *adlio.Client) error {
			k.SetClient(client)
			return k.AddIDLabel(id)
		})
		if err == nil {
			s.labels[id] = name
			return nil
		}
		again, err := c.afterRefusal(ctx, cardID, id, true, err)
		if err == nil {
			s.labels[id] = name
			return nil
		}
		if !again || try > 0 {
			return fmt.Errorf("add label %q: %w", name, err)
		}
		c.forgetLabels(s.board, id) // somebody has deleted the label since it was read
	}
}

// removeLabel takes every label of that name off a card.
func (c *Connector) removeLabel(ctx context.Context, cardID string, s cardState, name string) error {
	var ids []string
	for id, n := range s.labels {
		if n == name {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		err := c.api.remove(ctx, "cards/"+cardID+"/idLabels/"+id)
		if err != nil {
			_, err = c.afterRefusal(ctx, cardID, id, false, err)
		}
		if err != nil {
			return fmt.Errorf("remove label %q: %w", name, err)
		}
		delete(s.labels, id)
	}
	return nil
}

// afterRefusal looks at the card after a label change that was refused as
// invalid or not found: Trello so refuses what is done already. It gives no
// error when the card is as wanted, and reports whether trying again with the
// board's labels read anew may help. Where the card cannot be looked at, the
// error is of the kind of that.
func (c *Connector) afterRefusal(ctx context.Context, cardID, labelID string, want bool, refusal error) (again bool, err error) {
	if !errors.Is(refusal, work.ErrInvalid) && !errors.Is(refusal, work.ErrNotFound) {
		return false, refusal
	}
	s, err := c.readState(ctx, cardID)
	if err != nil {
		return false, fmt.Errorf("%w, after Trello said: %v", err, refusal) //nolint:errorlint // the refusal decides nothing: the label may be as wanted
	}
	if _, on := s.labels[labelID]; on == want {
		return false, nil
	}
	return want, refusal
}
