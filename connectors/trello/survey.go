package trello

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	adlio "github.com/adlio/trello"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// surveyed is on how many boards a survey looks at lists and fields, when the
// configuration names none; and sampled how many cards it looks at on each.
const (
	surveyed = 20
	sampled  = 500
)

// Survey lists the boards of the account, and for the configured boards, or the
// twenty that were used last, their lists and fields. It looks at up to
// 500 cards a board. A configured board or list that is not there is an error.
func (c *Connector) Survey(ctx context.Context) (connectors.Survey, error) {
	s := &survey{c: c, out: connectors.Survey{Site: c.site(), Open: -1}, fields: map[fieldKey]int{}}
	if err := s.look(ctx); err != nil {
		return connectors.Survey{}, c.named(err)
	}
	return s.out, nil
}

// survey gathers fields of several boards: fields of one name and type count
// as one, because a configuration names fields and not boards.
type survey struct {
	c      *Connector
	out    connectors.Survey
	boards []*board         // those looked into
	fields map[fieldKey]int // index into out.Fields
}

type fieldKey struct{ name, kind string }

type seenBoard struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	ShortLink string `json:"shortLink"`
	ShortURL  string `json:"shortUrl"`
	Active    string `json:"dateLastActivity"` // RFC 3339 in UTC, so that text order is time order
}

func (s *survey) look(ctx context.Context) error {
	var all []seenBoard
	args := adlio.Arguments{"filter": "open", "fields": "id,name,shortLink,shortUrl,dateLastActivity"}
	if err := s.c.api.get(ctx, "members/me/boards", args, &all); err != nil {
		return fmt.Errorf("boards of the account: %w", err)
	}
	chosen := s.choose(all)
	for _, b := range all {
		p := connectors.Place{ID: b.ID, Name: b.Name, Kind: "board", URL: b.ShortURL, Open: -1}
		if !chosen[b.ID] {
			s.out.Places = append(s.out.Places, p)
			continue
		}
		if err := s.board(ctx, p); err != nil {
			return err
		}
	}
	if err := s.unlisted(ctx, all); err != nil {
		return err
	}
	_, err := s.c.chooseLists(s.boards)
	return err
}

// unlisted looks into the configured boards that are not among those of the
// account: public ones, and those that are not there at all.
func (s *survey) unlisted(ctx context.Context, all []seenBoard) error {
	for _, named := range s.c.opts.Boards {
		id, _ := boardID(named) // checked by New
		if slices.ContainsFunc(all, func(b seenBoard) bool { return b.ID == id || b.ShortLink == id }) {
			continue
		}
		err := s.board(ctx, connectors.Place{ID: id, Kind: "board", URL: "https://trello.com/b/" + id, Open: -1})
		if isFinding(err) {
			return fmt.Errorf("%w; correct the address of board %s, or invite the account to it", err, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// choose gives the ids of the boards to look into.
func (s *survey) choose(all []seenBoard) map[string]bool {
	chosen := map[string]bool{}
	for _, named := range s.c.opts.Boards {
		id, _ := boardID(named) // checked by New
		for _, b := range all {
			if b.ID == id || b.ShortLink == id {
				chosen[b.ID] = true
			}
		}
	}
	if len(s.c.opts.Boards) > 0 {
		return chosen
	}
	latest := slices.Clone(all)
	slices.SortStableFunc(latest, func(a, b seenBoard) int { return cmp.Compare(b.Active, a.Active) })
	for _, b := range latest[:min(surveyed, len(latest))] {
		chosen[b.ID] = true
	}
	return chosen
}

// board adds one board with its lists and fields.
func (s *survey) board(ctx context.Context, p connectors.Place) error {
	b, err := s.c.readBoard(ctx, p.ID)
	if err != nil {
		return err
	}
	if b.closed {
		return fmt.Errorf("%w: board %q is closed: reopen it, or take it out of boards", work.ErrInvalid, b.name)
	}
	p.ID, p.Name = b.id, b.name
	if b.fields, b.offered, err = s.c.readFields(ctx, b.id); err != nil {
		return fmt.Errorf("board %q: %w", b.name, err)
	}
	if err = s.c.readLists(ctx, b); err != nil {
		return err
	}
	cards, whole, err := s.sample(ctx, b)
	if err != nil {
		return fmt.Errorf("cards of board %q: %w", b.name, err)
	}
	s.boards = append(s.boards, b)
	s.places(p, b, cards, whole)
	s.count(b, cards)
	return nil
}

// places adds a board and its open lists. Cards are counted only where the
// sample is all of them.
func (s *survey) places(p connectors.Place, b *board, cards []card, whole bool) {
	open := map[string]int{}
	for _, k := range cards {
		open[k.list]++
	}
	if whole {
		p.Open = len(cards)
	}
	s.out.Places = append(s.out.Places, p)
	for _, l := range b.lists {
		if l.Closed {
			continue
		}
		place := connectors.Place{ID: l.ID, Name: l.Name, Kind: "list", Parent: b.id, Open: -1}
		if whole {
			place.Open = open[l.ID]
		}
		s.out.Places = append(s.out.Places, place)
	}
}

// sample reads one page of cards and keeps the open work among them; whole
// says that there are no more.
func (s *survey) sample(ctx context.Context, b *board) (cards []card, whole bool, err error) {
	p := pager{api: s.c.api, path: "boards/" + b.id + "/cards", size: sampled, args: adlio.Arguments{
		"filter": "visible", "fields": cardFields, "customFieldItems": "true",
	}}
	page, err := p.page(ctx, "")
	if err != nil {
		return nil, false, err
	}
	for _, raw := range page {
		if k, err := readCard(raw); err == nil && !k.done() && k.skipCode() == "" {
			cards = append(cards, k)
		}
	}
	return cards, len(page) < p.size, nil
}

// surveyKinds names the types of custom fields as a survey does.
var surveyKinds = map[string]string{"number": "number", "text": "text", "date": "date", "list": "select", "checkbox": "checkbox"}

// count adds the fields of a board and how many cards have a value.
func (s *survey) count(b *board, cards []card) {
	voted, commented, dated := 0, 0, 0
	filled := map[string]int{}
	for _, k := range cards {
		if k.votes != nil && *k.votes > 0 {
			voted++
		}
		if k.comments != nil && *k.comments > 0 {
			commented++
		}
		if !k.due.IsZero() {
			dated++
		}
		for _, v := range k.values {
			filled[v.field]++
		}
	}
	if b.votes {
		s.add(connectors.Field{ID: "votes", Name: "Votes", Kind: "votes", Signal: work.Votes}, voted, len(cards))
	}
	s.add(connectors.Field{ID: "comments", Name: "Comments", Kind: "number", Signal: work.Comments}, commented, len(cards))
	s.add(connectors.Field{ID: "due", Name: "Due date", Kind: "date"}, dated, len(cards))
	for _, d := range b.fields {
		s.add(connectors.Field{
			ID: d.ID, Name: d.Name, Kind: surveyKinds[d.Type],
			Writable: slices.Contains(writable, d.Type),
		}, filled[d.ID], len(cards))
	}
}

func (s *survey) add(f connectors.Field, filled, sample int) {
	key := fieldKey{f.Name, f.Kind}
	i, ok := s.fields[key]
	if !ok {
		i = len(s.out.Fields)
		s.fields[key] = i
		s.out.Fields = append(s.out.Fields, f)
	}
	s.out.Fields[i].Filled += filled
	s.out.Fields[i].Sample += sample
}
