package trello

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	adlio "github.com/adlio/trello"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// Pull reads the open cards of the chosen lists: boards in their configured
// order, lists and cards by position. Whatever is left out is counted in a
// finding.
func (c *Connector) Pull(ctx context.Context) (work.Snapshot, error) {
	s, err := c.pull(ctx)
	if err != nil {
		return work.Snapshot{}, c.named(err)
	}
	return s, nil
}

// named puts the source before an error, unless the transport has done so.
func (c *Connector) named(err error) error {
	if _, known := errors.AsType[*rest.Error](err); known {
		return err
	}
	return fmt.Errorf("source %s: %w", c.wiring.Source, err)
}

func (c *Connector) pull(ctx context.Context) (work.Snapshot, error) {
	c.forget()
	boards, err := c.loadBoards(ctx)
	if err != nil {
		return work.Snapshot{}, err
	}
	if err := c.requireSignals(boards); err != nil {
		return work.Snapshot{}, err
	}
	cards := make([][]card, len(boards))
	out, read := newNotes(c.wiring.Source), 0
	for i, b := range boards {
		begin := read
		cards[i], err = c.readWork(ctx, b, func() ([]card, error) {
			read = begin
			return c.readCards(ctx, b, out, &read)
		})
		if err != nil {
			return work.Snapshot{}, err
		}
	}
	chosen, err := c.chooseLists(boards)
	if err != nil {
		return work.Snapshot{}, err
	}
	c.fieldFindings(boards, work.Warning, out)
	s := work.Snapshot{Site: c.site()}
	all := make([][]standing, len(boards))
	for i, b := range boards {
		for _, k := range cards[i] {
			all[i] = append(all[i], c.stand(b, k, chosen))
		}
		for _, e := range c.assemble(b, all[i], chosen, out) {
			s.Items = append(s.Items, *e.item)
		}
	}
	s.Findings = out.all()
	unnamed := slices.ContainsFunc(s.Findings, func(f work.Finding) bool { return f.Code == noID })
	c.remember(boards, all)
	if unnamed {
		c.known = nil // what has no id cannot be gone on from
	}
	return s, nil
}

// readWork reads the cards of a board, and after them its lists, so that a list
// made meanwhile is known. Where a card is in none of them, something moved, or
// the lists came short: the board is read once more.
func (c *Connector) readWork(ctx context.Context, b *board, read func() ([]card, error)) ([]card, error) {
	var stray *card
	for range 2 {
		cards, err := read()
		if err != nil {
			return nil, err
		}
		if err := c.readLists(ctx, b); err != nil {
			return nil, err
		}
		if stray = b.stray(cards); stray == nil {
			return cards, nil
		}
	}
	return nil, b.astray(*stray)
}

func (b *board) astray(k card) error {
	return fmt.Errorf("%w: card %s of board %q is in a list that Trello does not name; it may be moving, try again in a minute",
		work.ErrUnexpected, cmp.Or(k.shortLink, k.id), b.name)
}

// stray gives a card that is in none of the board's lists.
func (b *board) stray(cards []card) *card {
	lists := map[string]bool{}
	for _, l := range b.lists {
		lists[l.ID] = true
	}
	for i := range cards {
		if !lists[cards[i].list] {
			return &cards[i]
		}
	}
	return nil
}

// site gives the address at which people see the boards.
func (c *Connector) site() string {
	u, err := url.Parse(c.api.base)
	if err != nil || u.Host == "api.trello.com" {
		return "https://trello.com"
	}
	return u.Scheme + "://" + u.Host
}

// lacking lists the slots that a board has no field for.
func (c *Connector) lacking(b *board) []work.Slot {
	var out []work.Slot
	for _, s := range slots {
		if _, ok := b.targets[s]; !ok && c.wiring.Targets[s] != "" {
			out = append(out, s)
		}
	}
	return out
}

// skipped says in words what the codes of skipped cards count.
var skipped = map[string]string{
	"skipped-separators": "separators, which are no work",
	"skipped-links":      "link cards, which are no work of their own",
	"skipped-boards":     "board cards, which are no work of their own",
	"skipped-mirrors":    "mirror cards, whose originals count",
	skippedTemplates:     "templates, which are no work",
}

// noID is the code of the finding about cards that nobody can name.
const noID = "no-id"

// readCards reads every open card of the board. The filter is open and not
// visible, which it includes, because then cards on archived lists, common as
// they are, can be counted at no further request.
func (c *Connector) readCards(ctx context.Context, b *board, out *notes, read *int) ([]card, error) {
	args, wanted := b.cardArgs()
	args["filter"] = "open"
	p := pager{api: c.api, path: "boards/" + b.id + "/cards", args: args, wanted: wanted, size: pageSize, seen: func(n int) {
		*read += n
		if c.report != nil {
			c.report(*read, 0)
		}
	}}
	cards, err := p.all(ctx)
	if err != nil {
		return nil, fmt.Errorf("cards of board %q: %w", b.name, err)
	}
	slices.SortFunc(cards, func(a, b card) int { return cmp.Compare(a.id, b.id) }) // what is told of them must not depend on the pages
	if n := len(p.unreadable); n > 0 {
		out.put(work.Finding{
			Code: noID, Level: work.Warning,
			Message: fmt.Sprintf("board %q: %d cards came without an id and cannot be ranked, named %s", b.name, n, strings.Join(p.unreadable[:min(n, 5)], ", ")),
		})
	}
	return cards, nil
}

// cardArgs says what is asked for of a card, and which fields have to come.
func (b *board) cardArgs() (adlio.Arguments, []string) {
	args := adlio.Arguments{"fields": cardFields, "attachments": "true", "attachment_fields": "url"}
	wanted := []string{"name", "desc", "idList", "closed", "pos", "due", "dueComplete", "shortLink", "labels", "badges", "isTemplate", "attachments"}
	if len(b.fields) > 0 {
		args["customFieldItems"] = "true"
		wanted = append(wanted, "customFieldItems")
	}
	return args, wanted
}
