package trellosim

import "net/http"

// Dump is the whole state as the sandbox shows it.
type Dump struct {
	Cards        []map[string]any `json:"cards"` // in board, list and position order, with customFieldItems; archived ones too
	Lists        []map[string]any `json:"lists"` // in board and position order
	Labels       []map[string]any `json:"labels"`
	CustomFields []map[string]any `json:"customFields"` // with their options
}

// Dump gives the whole state, whatever the switches say.
func (s *Site) Dump() Dump {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.world
	d := Dump{Cards: []object{}, Lists: []object{}, Labels: []object{}, CustomFields: []object{}}
	all := &request{mode: func(string) FieldMode { return FieldsOn }}
	for _, b := range w.boards {
		for _, c := range w.boardCards(b.ID) {
			shown := w.showCard(c)
			shown["customFieldItems"] = all.showItems(c)
			d.Cards = append(d.Cards, shown)
		}
		d.Lists = append(d.Lists, showAll(w.listsOf(b.ID), (*list).show)...)
		d.Labels = append(d.Labels, showAll(w.labelsOf(b.ID), w.showLabel)...)
		d.CustomFields = append(d.CustomFields, showAll(w.fieldsOf(b.ID), (*customField).show)...)
	}
	return d
}

// serveSandbox answers the routes that are not Trello's.
func (s *Site) serveSandbox(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET /_sandbox/stats":
		write(w, http.StatusOK, s.Stats(), nil)
	case "GET /_sandbox/dump":
		write(w, http.StatusOK, s.Dump(), nil)
	case "POST /_sandbox/reset":
		s.Reset()
		write(w, http.StatusOK, object{}, nil)
	default:
		write(w, http.StatusOK, nil, noRoute(r.Method, r.URL.Path))
	}
}
