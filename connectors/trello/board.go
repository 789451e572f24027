package trello

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	adlio "github.com/adlio/trello"

	"stackrank/internal/work"
)

// board is one board as a pull found it.
type board struct {
	id, name string
	closed   bool
	votes    bool              // voting is on, so that a count of votes means something
	paid     *bool             // the plan includes custom fields; nil: not told
	roles    map[string]string // kinds of membership by member, as far as told; nil: not told
	fields   []fieldDef
	offered  bool // custom fields can be read
	lists    []list
	targets  map[work.Slot]fieldDef
	signals  map[work.Signal]fieldDef
}

// corePlugins is the feature of a plan that custom fields come with.
// Source: boards of paid and of free workspaces, 2026.
const corePlugins = "paidCorePlugins"

// readBoard reads a board by its id or short link, without fields and lists.
func (c *Connector) readBoard(ctx context.Context, id string) (*board, error) {
	var raw json.RawMessage
	args := adlio.Arguments{"fields": "id,name,closed,prefs,premiumFeatures", "memberships": "me"}
	if err := c.api.get(ctx, "boards/"+id, args, &raw); err != nil {
		return nil, fmt.Errorf("board %s: %w", id, err)
	}
	b, err := decodeBoard(raw)
	if err != nil {
		return nil, fmt.Errorf("board %s: %w: %w", id, work.ErrUnexpected, err)
	}
	return b, nil
}

// decodeBoard reads a board. All its cards depend on it, so that what is in no
// form that Trello documents is an error. Some answers leave out the features of
// the plan and the memberships.
func decodeBoard(raw json.RawMessage) (*board, error) {
	o, err := readObject(raw)
	if err != nil {
		return nil, err
	}
	b := &board{id: field[string](o, "id"), name: field[string](o, "name"), closed: field[bool](o, "closed")}
	o.want("id", "name", "closed", "prefs")
	if b.id == "" {
		return nil, errors.New("the answer has no id")
	}
	prefs := &object{fields: field[map[string]json.RawMessage](o, "prefs")}
	voting := field[string](prefs, "voting") // where it is not told, votes are not known
	b.votes = voting != "" && voting != "disabled"
	if o.has("premiumFeatures") {
		paid := slices.Contains(each[string](o, "premiumFeatures"), corePlugins)
		b.paid = &paid
	}
	if o.has("memberships") {
		b.roles = map[string]string{}
		for _, m := range each[struct{ IDMember, MemberType string }](o, "memberships") {
			b.roles[m.IDMember] = m.MemberType
		}
	}
	if odd := slices.Concat(o.odd, prefs.odd); len(odd) > 0 {
		return nil, fmt.Errorf("its %s is missing, or in no form that Trello documents", odd[0])
	}
	return b, nil
}

// loadBoard reads a board with what writing to its cards needs.
func (c *Connector) loadBoard(ctx context.Context, id string) (*board, error) {
	b, err := c.readBoard(ctx, id)
	if err != nil {
		return nil, err
	}
	b.targets, b.signals = map[work.Slot]fieldDef{}, map[work.Signal]fieldDef{}
	if len(c.wiring.Signals)+len(c.wiring.Targets) == 0 {
		return b, nil
	}
	if b.fields, b.offered, err = c.readFields(ctx, b.id); err != nil {
		return nil, fmt.Errorf("board %q: %w", b.name, err)
	}
	for s, want := range c.wiring.Signals {
		if d, ok := findField(b.fields, want); ok {
			b.signals[s] = d
		}
	}
	for s, want := range c.wiring.Targets {
		if d, ok := findField(b.fields, want); ok && slices.Contains(writable, d.Type) {
			b.targets[s] = d
		}
	}
	return b, nil
}

// loadBoards reads the configured boards, each once, in their order.
func (c *Connector) loadBoards(ctx context.Context) ([]*board, error) {
	if err := c.opts.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", work.ErrInvalid, err)
	}
	var out []*board
	for _, named := range c.opts.Boards {
		id, err := boardID(named)
		if err != nil {
			return nil, fmt.Errorf("%w: boards: %w", work.ErrInvalid, err)
		}
		b, err := c.loadBoard(ctx, id)
		if err != nil {
			return nil, err
		}
		if b.closed {
			return nil, fmt.Errorf("%w: board %q is closed: reopen it, or take it out of boards", work.ErrInvalid, b.name)
		}
		if !slices.ContainsFunc(out, func(o *board) bool { return o.id == b.id }) {
			out = append(out, b)
		}
	}
	return out, nil
}

// readLists reads all lists of the board, archived ones too. It ignores paging,
// as the service does.
func (c *Connector) readLists(ctx context.Context, b *board) error {
	args := adlio.Arguments{"filter": "all", "fields": "id,name,closed,pos"}
	var lists []list
	if err := c.api.get(ctx, "boards/"+b.id+"/lists", args, &lists); err != nil {
		return fmt.Errorf("lists of board %q: %w", b.name, err)
	}
	if lists == nil {
		return fmt.Errorf("lists of board %q: %w: null in place of lists", b.name, work.ErrUnexpected)
	}
	b.lists = lists
	return nil
}

// chooseLists gives the lists to read by id: the configured ones, or all open
// ones. A configured list that is nowhere is an error that says what there is.
func (c *Connector) chooseLists(boards []*board) (map[string]list, error) {
	chosen := map[string]list{}
	var names []string
	for _, b := range boards {
		for _, l := range b.lists {
			if l.Closed {
				continue
			}
			names = append(names, l.Name)
			if len(c.opts.Lists) == 0 {
				chosen[l.ID] = l
			}
		}
	}
	for _, want := range c.opts.Lists {
		found := matchLists(boards, want)
		if len(found) == 0 {
			return nil, fmt.Errorf("%w: lists: %q is on none of the boards or archived; their lists are %s",
				work.ErrInvalid, want, strings.Join(names, ", "))
		}
		for _, l := range found {
			chosen[l.ID] = l
		}
	}
	return chosen, nil
}

// matchLists gives the open lists that a person means by a name or an id. Case
// counts only where some list matches letter by letter.
func matchLists(boards []*board, want string) []list {
	var exact, folded []list
	for _, b := range boards {
		for _, l := range b.lists {
			switch {
			case l.Closed:
			case l.ID == want || l.Name == want:
				exact = append(exact, l)
			case strings.EqualFold(strings.TrimSpace(l.Name), strings.TrimSpace(want)):
				folded = append(folded, l)
			}
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return folded
}

// fieldFindings says which fields that the backlog names are missing, and what
// follows from it.
func (c *Connector) fieldFindings(boards []*board, level work.Level, out *notes) {
	for _, s := range slots {
		if want := c.wiring.Targets[s]; want != "" {
			for _, b := range boards {
				c.targetFinding(b, s, want, level, out)
			}
		}
	}
	for _, b := range boards {
		for _, s := range sortedSignals(c.wiring.Signals) {
			if _, ok := b.signals[s]; !ok {
				out.put(work.Finding{
					Code: "no-field", Level: work.Warning,
					Message: fmt.Sprintf("board %q has no custom field %q, so signal %s is not known there", b.name, c.wiring.Signals[s], s),
					Fix:     "add the field to the board, or name another under signals",
				})
			}
		}
	}
}

// requireSignals holds that some board has each field that a signal reads. Where
// none has it, it was renamed or misspelt, and the backlog would be ranked as
// if nobody had filled it in. Boards without any custom field prove nothing.
func (c *Connector) requireSignals(boards []*board) error {
	for _, s := range sortedSignals(c.wiring.Signals) {
		has := func(b *board) bool { _, ok := b.signals[s]; return ok }
		if !slices.ContainsFunc(boards, has) && slices.ContainsFunc(boards, func(b *board) bool { return len(b.fields) > 0 && !c.fieldsOff(b) }) {
			return fmt.Errorf("%w: no board has the custom field %q, which signal %s reads; add it, or name another under signals",
				work.ErrInvalid, c.wiring.Signals[s], s)
		}
	}
	return nil
}

func (c *Connector) targetFinding(b *board, s work.Slot, want string, level work.Level, out *notes) {
	f := work.Finding{Code: "no-field", Level: level}
	d, found := findField(b.fields, want)
	switch {
	case c.fieldsOff(b):
		f.Code, f.Level = "no-custom-fields", work.Warning
		f.Message = fmt.Sprintf("custom fields are not available on board %q, so its %s is not written; labels serve", b.name, s)
		f.Fix = "enable the Custom Fields Power-Up (Trello Standard or above), or leave the field out and keep labels: true"
	case !found:
		f.Message = fmt.Sprintf("board %q has no custom field %q, so its %s is not written", b.name, want, s)
		f.Fix = fmt.Sprintf("add a custom field %q of type number to the board, or name another", want)
	case !slices.Contains(writable, d.Type):
		f.Code = "field-type"
		f.Message = fmt.Sprintf("custom field %q of board %q is of type %s, so its %s is not written", d.Name, b.name, d.Type, s)
		f.Fix = "use a custom field of type number or text"
	default:
		return
	}
	out.put(f)
}

// fieldsOff reports whether custom fields are out of reach on the board: they
// cannot be read, a write was refused, or there are none and the plan has none.
func (c *Connector) fieldsOff(b *board) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !b.offered || c.refused[b.id] > 0 || (len(b.fields) == 0 && b.paid != nil && !*b.paid)
}
