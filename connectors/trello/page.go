package trello

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"

	adlio "github.com/adlio/trello"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// The bounds of reading cards. An answer holds at most 1000 cards; a board
// at most 5000 open ones, so that the page cap is far away.
// Source: Trello's paging guide; limits of live boards, 2026.
const (
	pageSize    = 500
	smallestAsk = 25
	maxPages    = 400
)

// pager reads cards page by page, newest first, by the id of the oldest card
// seen, and is safe where the service caps a page lower than asked or ignores
// the limit.
type pager struct {
	api        *api
	path       string
	args       adlio.Arguments
	size       int
	lastBelow  int               // a page with fewer cards is the last; 0: only an empty page is
	seen       func(int)         // told how many cards a page brought; may be nil
	wanted     []string          // fields that every card should have
	unreadable []string          // the names of the cards without an id
	have       map[string]string // short link by id
	ids        map[string]string // id by short link
}

// all reads every page.
func (p *pager) all(ctx context.Context) ([]card, error) {
	p.have, p.ids = map[string]string{}, map[string]string{}
	var out []card
	before, ended := "", false
	for range maxPages {
		page, err := p.page(ctx, before)
		if err != nil {
			return nil, err
		}
		fresh, oldest, err := p.take(page)
		if err != nil {
			return nil, err
		}
		out = append(out, fresh...)
		if p.seen != nil {
			p.seen(len(fresh))
		}
		if len(page) == 0 && !ended {
			ended = true // an empty page after a full one, or none, is asked for twice
			continue
		}
		ended = len(page) < p.size
		switch {
		case len(page) == 0, len(page) < p.lastBelow, len(fresh) == 0 && len(page) < p.size:
			return out, nil
		case len(fresh) == 0:
			return nil, fmt.Errorf("%w: the same page of %d cards came again", work.ErrUnexpected, len(page))
		}
		if before == "" || oldest < before {
			before = oldest
		}
	}
	return nil, fmt.Errorf("%w: more than %d pages", work.ErrUnexpected, maxPages)
}

// take gives the cards of a page that are new, and the smallest id among all.
func (p *pager) take(page []json.RawMessage) (fresh []card, oldest string, err error) {
	for _, raw := range page {
		k, err := readCard(raw, p.wanted...)
		if err != nil {
			p.unreadable = append(p.unreadable, fmt.Sprintf("%.80q", k.name))
			continue
		}
		if oldest == "" || k.id < oldest {
			oldest = k.id
		}
		short, before := p.have[k.id]
		switch {
		case before && short != k.shortLink:
			return nil, "", fmt.Errorf("%w: cards %s and %s have the same id %s", work.ErrUnexpected, short, k.shortLink, k.id)
		case !before && p.ids[k.shortLink] != "":
			return nil, "", fmt.Errorf("%w: card %s comes with two ids, %s and %s", work.ErrUnexpected, k.shortLink, p.ids[k.shortLink], k.id)
		case !before:
			p.have[k.id] = k.shortLink
			if k.shortLink != "" {
				p.ids[k.shortLink] = k.id
			}
			fresh = append(fresh, k)
		}
	}
	return fresh, oldest, nil
}

// page reads one page. A page that the service finds too big is asked for again
// with fewer cards.
func (p *pager) page(ctx context.Context, before string) ([]json.RawMessage, error) {
	args := maps.Clone(p.args)
	args["sort"] = "-id"
	if before != "" {
		args["before"] = before
	}
	for {
		args["limit"] = strconv.Itoa(p.size)
		var page []json.RawMessage
		err := p.api.get(ctx, p.path, args, &page)
		if refusal, ok := errors.AsType[*rest.Error](err); ok && (tooBig(refusal) || refusal.Status == http.StatusGatewayTimeout) && p.size > smallestAsk {
			p.size = max(p.size/4, smallestAsk)
			continue
		}
		if err == nil && page == nil {
			err = fmt.Errorf("%w: null in place of cards", work.ErrUnexpected)
		}
		return page, err
	}
}
