package store

import (
	"context"
	"time"

	"stackrank/internal/work"
)

// Pin says that an item keeps its place for a time because a person moved it.
type Pin struct {
	Item   work.Identity
	Since  time.Time
	Until  time.Time // it stays remembered afterwards, until Unpin
	Digest string    // of the inputs of the item when it was pinned
	Who    string    // empty: not told
}

// Pin remembers a pin of a backlog in place of the one that the item had. A pin
// goes with its item, when See gets the backlog without it.
func (s *Store) Pin(ctx context.Context, backlog string, p Pin) error {
	return s.fault(pin(ctx, s.db, backlog, p))
}

func pin(ctx context.Context, to executor, backlog string, p Pin) error {
	_, err := to.ExecContext(ctx, `INSERT INTO pin (backlog, site, id, since, expires, digest, who) VALUES (`+placeholders(1, 7)+`)
		ON CONFLICT (backlog, site, id) DO UPDATE SET since = excluded.since, expires = excluded.expires, digest = excluded.digest, who = excluded.who`,
		backlog, p.Item.Site, p.Item.ID, millis(p.Since), millis(p.Until), p.Digest, text(p.Who))
	return err
}

// Unpin forgets the pin of an item, if there is one.
func (s *Store) Unpin(ctx context.Context, backlog string, item work.Identity) error {
	return s.fault(unpin(ctx, s.db, backlog, item))
}

func unpin(ctx context.Context, to executor, backlog string, item work.Identity) error {
	_, err := to.ExecContext(ctx, "DELETE FROM pin WHERE backlog = $1 AND site = $2 AND id = $3", backlog, item.Site, item.ID)
	return err
}

// Pins gives the pins of a backlog, those that have expired among them.
func (s *Store) Pins(ctx context.Context, backlog string) (map[work.Identity]Pin, error) {
	found, err := collect(ctx, s.db, scanPin, "SELECT site, id, since, expires, digest, who FROM pin WHERE backlog = $1", backlog)
	if err != nil {
		return nil, s.fault(err)
	}
	out := make(map[work.Identity]Pin, len(found))
	for _, p := range found {
		out[p.Item] = p
	}
	return out, nil
}

func scanPin(scan func(...any) error) (Pin, error) {
	var p Pin
	var since, until int64
	err := scan(&p.Item.Site, &p.Item.ID, &since, &until, &p.Digest, &p.Who)
	p.Since, p.Until = moment(since), moment(until)
	return p, err
}
