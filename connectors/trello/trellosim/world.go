package trellosim

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"
)

// world is the state of a site. Its methods are called under the site's lock.
type world struct {
	boards     []*board
	lists      map[string]*list
	cards      map[string]*card
	labels     map[string]*label
	fields     map[string]*customField
	checklists map[string]*checklist
	members    map[string]*member
	webhooks   []*webhook
	actions    []*action         // by id: oldest first
	links      map[string]string // short link of a card → its id
	uses       map[string]int    // cards by label; nil: to be counted

	key, token string
	me         string // the member who acts
	app        string // the id of the API key's application
	born       time.Time
	now        func() time.Time
	serial     int
}

// newWorld builds the state that a seed describes as of the time born.
func newWorld(seed Seed, born time.Time, now func() time.Time) *world {
	w := &world{
		lists: map[string]*list{}, cards: map[string]*card{}, labels: map[string]*label{},
		fields: map[string]*customField{}, checklists: map[string]*checklist{},
		members: map[string]*member{}, links: map[string]string{},
		key: seed.key(), token: seed.token(), now: func() time.Time { return born }, born: born,
	}
	w.app = "5e0000000000000000005eed"
	for i := range seed.boards {
		w.addBoard(&seed.boards[i])
	}
	w.addMissingBoards()
	w.addMissingMembers()
	w.me = cmp.Or(seed.Member, w.firstMember())
	if w.members[w.me] == nil {
		w.members[w.me] = &member{ID: w.me, Username: "sandbox", FullName: "Sandbox", Initials: "S"}
	}
	for _, b := range w.boards {
		w.join(b, w.me)
		if !seed.Bare {
			w.addNumberFields(b, "Score", "Rank")
		}
	}
	w.now = now
	slices.SortStableFunc(w.actions, func(a, b *action) int { return cmp.Compare(a.ID, b.ID) })
	return w
}

func (w *world) firstMember() string {
	for _, b := range w.boards {
		if len(b.Members) > 0 {
			return b.Members[0].ID
		}
	}
	return "5e0000000000000000000abc"
}

// addMissingBoards makes the boards that only lists, cards, labels or fields
// name, as merged dumps have them.
func (w *world) addMissingBoards() {
	ids := map[string]bool{}
	for _, l := range w.lists {
		ids[l.IDBoard] = true
	}
	for _, c := range w.cards {
		ids[c.IDBoard] = true
	}
	for _, l := range w.labels {
		ids[l.IDBoard] = true
	}
	for _, f := range w.fields {
		ids[f.IDModel] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if objectID.MatchString(id) && w.findBoard(id) == nil {
			w.boards = append(w.boards, &board{ID: id, ShortLink: linkOf(id)})
		}
	}
}

// addMissingMembers makes the members that only cards and actions name.
func (w *world) addMissingMembers() {
	for _, a := range w.actions {
		creator, ok := a.rest["memberCreator"].(object)
		if !ok || w.members[a.IDMemberCreator] != nil {
			continue
		}
		p := params(creator)
		w.members[a.IDMemberCreator] = &member{
			ID: a.IDMemberCreator, Username: p.or("username", ""), FullName: p.or("fullName", ""),
			Initials: p.or("initials", ""), rest: creator,
		}
	}
	for _, c := range w.cards {
		for _, id := range slices.Concat(c.IDMembers, c.IDMembersVoted) {
			if w.members[id] == nil {
				w.members[id] = &member{ID: id, Username: "user" + id[:min(8, len(id))]}
			}
		}
	}
}

// join makes a member of a board, as an admin, unless he is one.
func (w *world) join(b *board, id string) {
	if slices.ContainsFunc(b.Memberships, func(m membership) bool { return m.IDMember == id }) {
		return
	}
	b.Memberships = append(b.Memberships, membership{ID: w.newID(), IDMember: id, MemberType: "admin"})
}

// addBoard takes over an export, filling in what old exports lack.
func (w *world) addBoard(e *export) {
	b := e.board
	b.Memberships = slices.Clone(b.Memberships)
	b.ShortLink = cmp.Or(b.ShortLink, linkOf(b.ID))
	w.boards = append(w.boards, &b)
	for _, m := range e.Members {
		w.members[m.ID] = &m
		if len(e.Memberships) == 0 {
			b.Memberships = append(b.Memberships, membership{ID: w.newID(), IDMember: m.ID, MemberType: "normal"})
		}
	}
	for _, l := range e.labels {
		w.labels[l.ID] = &l
	}
	for _, f := range e.fields {
		f.Options = slices.Clone(f.Options)
		w.fields[f.ID] = &f
	}
	w.addLists(e)
	w.addCards(&b, e)
	for _, c := range e.checklists {
		c.Items = slices.Clone(c.Items)
		c.IDBoard = cmp.Or(c.IDBoard, b.ID)
		w.checklists[c.ID] = &c
	}
	w.addMissingChecklists(e)
	for _, a := range e.actions {
		w.actions = append(w.actions, &a)
	}
	for _, h := range e.webhooks {
		w.webhooks = append(w.webhooks, &h)
	}
	b.plugins = slices.Clone(e.pluginData)
}

// addLists takes over the lists, and makes those that only cards name.
func (w *world) addLists(e *export) {
	last := 0.0
	for _, l := range e.lists {
		if l.Pos == 0 {
			l.Pos = last + step
		}
		last = l.Pos
		l.IDBoard = cmp.Or(l.IDBoard, e.ID)
		w.lists[l.ID] = &l
	}
	for _, c := range e.cards {
		if w.lists[c.IDList] == nil {
			last += step
			w.lists[c.IDList] = &list{ID: c.IDList, IDBoard: cmp.Or(c.IDBoard, e.ID), Pos: last}
		}
	}
}

func (w *world) addCards(b *board, e *export) {
	for _, c := range e.cards {
		b.lastShort = max(b.lastShort, c.IDShort)
	}
	last := map[string]float64{}
	for _, c := range e.cards {
		if c.Pos == 0 {
			c.Pos = cmp.Or(last[c.IDList], first-step) + step
		}
		last[c.IDList] = max(last[c.IDList], c.Pos)
		c.IDBoard = cmp.Or(c.IDBoard, b.ID)
		if c.IDShort == 0 {
			b.lastShort++
			c.IDShort = b.lastShort
		}
		c.ShortLink = cmp.Or(c.ShortLink, linkOf(c.ID))
		if c.Active.IsZero() {
			c.Active = born(c.ID)
		}
		w.takeLabels(&c)
		c.Items = slices.Clone(c.Items)
		c.Attachments = slices.Clone(c.Attachments)
		c.IDMembers = slices.Clone(c.IDMembers)
		w.putCard(&c)
	}
}

// addMissingChecklists makes the checklists and ticked items that only cards
// name.
func (w *world) addMissingChecklists(e *export) {
	for _, c := range e.cards {
		for i, id := range c.IDChecklists {
			if w.checklists[id] == nil {
				w.checklists[id] = &checklist{ID: id, Name: "Checklist", IDCard: c.ID, IDBoard: e.ID, Pos: float64(i+1) * step}
			}
		}
		lists := w.checklistsOf(c.ID)
		for _, s := range c.States {
			id, ok := s["idCheckItem"].(string)
			if !ok || len(lists) == 0 || hasItem(lists, id) {
				continue
			}
			lists[0].Items = append(lists[0].Items, checkItem{ID: id, State: "complete", Pos: float64(len(lists[0].Items)+1) * step})
		}
	}
}

func hasItem(lists []*checklist, id string) bool {
	return slices.ContainsFunc(lists, func(l *checklist) bool {
		return slices.ContainsFunc(l.Items, func(i checkItem) bool { return i.ID == id })
	})
}

// takeLabels turns labels as old exports nest them into references.
func (w *world) takeLabels(c *card) {
	c.IDLabels = slices.Clone(c.IDLabels)
	for _, l := range c.Labels {
		if l.ID == "" {
			l.ID = w.labelLike(c.IDBoard, l)
		}
		if w.labels[l.ID] == nil {
			l.IDBoard = cmp.Or(l.IDBoard, c.IDBoard)
			w.labels[l.ID] = &l
		}
		if !slices.Contains(c.IDLabels, l.ID) {
			c.IDLabels = append(c.IDLabels, l.ID)
		}
	}
	c.Labels = nil
}

// labelLike gives the id of the board's label with the name and colour of l,
// making it when there is none.
func (w *world) labelLike(board string, l label) string {
	for _, have := range w.labels {
		if have.IDBoard == board && have.Name == l.Name && deref(have.Color) == deref(l.Color) {
			return have.ID
		}
	}
	id := w.newID()
	w.labels[id] = &label{ID: id, IDBoard: board, Name: l.Name, Color: l.Color}
	return id
}

func (w *world) putCard(c *card) {
	w.cards[c.ID] = c
	w.links[c.ShortLink] = c.ID
}

// addNumberFields gives a board the number fields that it lacks by name.
func (w *world) addNumberFields(b *board, names ...string) {
	for _, name := range names {
		has := slices.ContainsFunc(w.fieldsOf(b.ID), func(f *customField) bool { return f.Name == name && f.Type == "number" })
		if !has {
			w.addField(b, name, "number")
		}
	}
}

// newID gives an id of the present second, higher than those given before.
func (w *world) newID() string {
	for {
		w.serial++
		id := fmt.Sprintf("%08x%010x%06x", w.now().Unix()&0xffffffff, 0x5eed5eed5e, w.serial&0xffffff)
		if w.cards[id] == nil && w.lists[id] == nil && w.labels[id] == nil {
			return id
		}
	}
}

// linkOf derives a short link of eight characters from an id.
func linkOf(id string) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	n := h.Sum64()
	var out [8]byte
	for i := range out {
		out[i] = digits[n%uint64(len(digits))]
		n /= uint64(len(digits))
	}
	return string(out[:])
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
