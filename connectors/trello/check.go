package trello

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	adlio "github.com/adlio/trello"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// Check looks at the acting account, the boards, their lists and fields, and,
// for writing, at the rights of the token and of the account.
func (c *Connector) Check(ctx context.Context, use connectors.Use) ([]work.Finding, error) {
	out := newNotes(c.wiring.Source)
	me, err := c.checkAccount(ctx, out)
	if err != nil || me == "" {
		return out.all(), err
	}
	out.put(work.Finding{Code: "least-rights", Message: rights[use]})
	boards, err := c.checkBoards(ctx, out)
	if err != nil {
		return nil, c.named(err)
	}
	if _, err := c.chooseLists(boards); err != nil {
		out.fail("no-list", work.Plain(err), "correct lists, or leave it out to read all open lists")
	}
	for _, b := range boards {
		if !b.votes {
			out.put(work.Finding{
				Code:    "no-votes",
				Message: fmt.Sprintf("voting is off on board %q, so votes are not known there", b.name),
				Fix:     "enable the Voting Power-Up if votes should count",
			})
		}
	}
	level := work.Warning
	if use >= connectors.ForFields {
		level = work.Failure
		if err := c.checkWriting(ctx, me, boards, out); err != nil {
			return nil, c.named(err)
		}
	}
	c.fieldFindings(boards, level, out)
	return out.all(), nil
}

// rights are the least that an account needs, by use. Trello knows none for the
// order alone.
var rights = [...]string{
	connectors.ForReport: "needs an account that sees the boards, and a token with scope=read",
	connectors.ForFields: "needs an account that is a member of the boards and no observer, and a token with scope=read,write; for fields a plan with custom fields",
	connectors.ForOrder:  "needs an account that is a member of the boards and no observer, and a token with scope=read,write; for fields a plan with custom fields",
}

// checkAccount says who acts. Refused credentials are a finding; "" is given
// for the account then.
func (c *Connector) checkAccount(ctx context.Context, out *notes) (id string, err error) {
	var me struct {
		ID       string `json:"id"`
		Username string `json:"username"`
		FullName string `json:"fullName"`
	}
	err = c.api.get(ctx, "members/me", adlio.Arguments{"fields": "id,username,fullName"}, &me)
	if err == nil && me.ID == "" {
		err = fmt.Errorf("%w: the account came without an id: is url the address of Trello's API, %s?", work.ErrUnexpected, DefaultURL)
	}
	if isFinding(err) {
		out.fail("account", err.Error(), "correct url, auth.key or auth.token")
		return "", nil
	}
	if err != nil {
		return "", c.named(err)
	}
	out.put(work.Finding{Code: "account", Message: fmt.Sprintf("acts as %s (@%s)", me.FullName, me.Username)})
	return me.ID, nil
}

// isFinding tells what a person can mend from what hinders the check itself.
func isFinding(err error) bool {
	for _, kind := range []error{work.ErrAuth, work.ErrForbidden, work.ErrNotFound, work.ErrInvalid, work.ErrUnexpected} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// checkBoards reads the boards and says which cannot be read.
func (c *Connector) checkBoards(ctx context.Context, out *notes) ([]*board, error) {
	var boards []*board
	for _, named := range c.opts.Boards {
		id, err := boardID(named)
		if err != nil {
			return nil, fmt.Errorf("%w: boards: %w", work.ErrInvalid, err)
		}
		b, err := c.loadBoard(ctx, id)
		if err == nil {
			err = c.readLists(ctx, b)
		}
		switch {
		case isFinding(err):
			out.fail("board", fmt.Sprintf("board %s cannot be read: %s", id, work.Plain(err)), "correct its address, or invite the account to it")
		case err != nil:
			return nil, err
		case b.closed:
			out.fail("board", fmt.Sprintf("board %q is closed", b.name), "reopen it, or take it out of boards")
		default:
			boards = append(boards, b)
		}
	}
	return boards, nil
}

// checkWriting looks at what a write needs: the scope of the token, the
// account's part on each board, and room for labels.
func (c *Connector) checkWriting(ctx context.Context, me string, boards []*board, out *notes) error {
	if err := c.checkToken(ctx, out); err != nil {
		return err
	}
	for _, b := range boards {
		checkRole(b, me, out)
		c.checkPowerUp(ctx, b, out)
		if !c.wiring.Labels {
			continue
		}
		if err := c.checkLabels(ctx, b, out); err != nil {
			return err
		}
	}
	return nil
}

// checkToken looks whether the token may write. Its address holds the token,
// which is why errors name routes.
func (c *Connector) checkToken(ctx context.Context, out *notes) error {
	var token struct {
		Expires     *string `json:"dateExpires"`
		Permissions []struct {
			Model string `json:"modelType"`
			Write bool   `json:"write"`
		} `json:"permissions"`
	}
	err := c.api.get(ctx, "tokens/"+c.opts.Auth.Token.Reveal(), adlio.Arguments{"fields": "dateExpires,permissions"}, &token)
	if isFinding(err) {
		out.put(work.Finding{Code: "token", Level: work.Warning, Message: fmt.Sprintf("what the token may do cannot be read: %v", err)})
		return nil
	}
	if err != nil {
		return err
	}
	writes := false
	for _, p := range token.Permissions {
		writes = writes || (p.Write && strings.EqualFold(p.Model, "board"))
	}
	if !writes {
		out.fail("token", "the token may not write to boards", "make a new token for your key with scope=read,write")
	}
	if token.Expires != nil {
		out.put(work.Finding{
			Code: "token-expires", Message: "the token expires at " + *token.Expires,
			Fix: "make one with expiration=never, or renew it before",
		})
	}
	return nil
}

// customFieldsPlugin is the id of the Custom Fields Power-Up.
// Source: real boards.
const customFieldsPlugin = "56d5e249a98895a9797bebb9"

// checkPowerUp warns where the board has our fields but not the Power-Up that
// lets them be written. Whether Trello lists it on every plan is not certain,
// so this is a warning, and a pull does not rely on it.
func (c *Connector) checkPowerUp(ctx context.Context, b *board, out *notes) {
	if len(b.targets) == 0 {
		return
	}
	var enabled []struct {
		Plugin string `json:"idPlugin"`
	}
	if c.api.get(ctx, "boards/"+b.id+"/boardPlugins", adlio.Arguments{}, &enabled) != nil {
		return // not everybody may list them
	}
	for _, e := range enabled {
		if e.Plugin == customFieldsPlugin {
			return
		}
	}
	out.put(work.Finding{
		Code: "no-custom-fields", Level: work.Warning,
		Message: fmt.Sprintf("the Custom Fields Power-Up seems to be off on board %q; then its fields cannot be written, and labels serve alone", b.name),
		Fix:     "enable the Custom Fields Power-Up on the board (Trello Standard or above)",
	})
}

// checkRole says where the account may read but not write.
func checkRole(b *board, me string, out *notes) {
	if b.roles == nil {
		return
	}
	switch role, ok := b.roles[me]; {
	case !ok:
		out.put(work.Finding{
			Code: "no-member", Level: work.Warning,
			Message: fmt.Sprintf("the account is no member of board %q, so that writing to it will most likely be refused", b.name),
			Fix:     "invite the account to the board",
		})
	case role == "observer":
		out.fail("observer", fmt.Sprintf("the account only observes board %q and may not write to it", b.name), "make it a member of the board")
	}
}

// checkLabels says where one more label may be too many.
func (c *Connector) checkLabels(ctx context.Context, b *board, out *notes) error {
	c.labelMu.Lock()
	defer c.labelMu.Unlock()
	have, err := c.readLabels(ctx, b.id, "id,name")
	if err != nil {
		return err
	}
	n, ours := 0, 0
	for _, name := range slices.Sorted(maps.Keys(have)) {
		ids := have[name]
		n += len(ids)
		if c.wiring.LabelPrefix != "" && strings.HasPrefix(name, c.wiring.LabelPrefix) {
			ours++
			if len(ids) > 1 {
				out.put(work.Finding{
					Code: "label-twice", Message: fmt.Sprintf("board %q has %d labels named %q; the oldest is used", b.name, len(ids), name),
					Fix: "delete the others",
				})
			}
		}
	}
	if n >= maxLabels && ours == 0 {
		out.fail("labels-full", fmt.Sprintf("board %q has %d labels, the most that Trello takes", b.name, n), "delete some that nobody uses")
	}
	return nil
}
