package trellosim

import (
	"cmp"
	"fmt"
	"hash/fnv"
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

	key, token string
	me         string // the member who acts
	app        string // the id of the API key's application
	born       time.Time
	now        func() time.Time
	serial     int
}

// newWorld builds the state that a seed describes.
func newWorld(seed Seed, now func() time.Time) *world {
	w := &world{
		lists: map[string]*list{}, cards: map[string]*card{}, labels: map[string]*label{},
		fields: map[string]*customField{}, checklists: map[string]*checklist{},
		members: map[string]*member{}, links: map[string]string{},
		key: seed.key(), token: seed.token(), now: now, born: now(),
	}
	w.app = "5e0000000000000000005eed"
	for i := range seed.boards {
		w.addBoard(&seed.boards[i])
	}
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

// byPos orders what stands in a row; equal positions fall back to the id.
func byPos[T any](at func(T) (float64, string)) func(a, b T) int {
	return func(a, b T) int {
		ap, aid := at(a)
		bp, bid := at(b)
		return cmp.Or(cmp.Compare(ap, bp), cmp.Compare(aid, bid))
	}
}

// listsOf gives a board's lists in order, archived ones too.
func (w *world) listsOf(board string) []*list {
	var out []*list
	for _, l := range w.lists {
		if l.IDBoard == board {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, byPos(func(l *list) (float64, string) { return l.Pos, l.ID }))
	return out
}

// cardsOf gives a list's cards in order, archived ones too.
func (w *world) cardsOf(list string) []*card {
	var out []*card
	for _, c := range w.cards {
		if c.IDList == list {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, byPos(func(c *card) (float64, string) { return c.Pos, c.ID }))
	return out
}

// boardCards gives a board's cards in list and position order.
func (w *world) boardCards(board string) []*card {
	rows := map[string]float64{}
	for _, l := range w.lists {
		rows[l.ID] = l.Pos
	}
	var out []*card
	for _, c := range w.cards {
		if c.IDBoard == board {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *card) int {
		return cmp.Or(cmp.Compare(rows[a.IDList], rows[b.IDList]), cmp.Compare(a.IDList, b.IDList),
			cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func (w *world) labelsOf(board string) []*label {
	var out []*label
	for _, l := range w.labels {
		if l.IDBoard == board {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *label) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (w *world) fieldsOf(board string) []*customField {
	var out []*customField
	for _, f := range w.fields {
		if f.IDModel == board {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, byPos(func(f *customField) (float64, string) { return f.Pos, f.ID }))
	return out
}

func (w *world) checklistsOf(card string) []*checklist {
	var out []*checklist
	for _, c := range w.checklists {
		if c.IDCard == card {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, byPos(func(c *checklist) (float64, string) { return c.Pos, c.ID }))
	return out
}
