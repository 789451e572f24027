package trellosim

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxBatch is the most requests in a batch. Source: the API's description.
const maxBatch = 10

// getBatch answers several reads at once, each in its own element. Every
// element counts against the limits.
func (w *world) getBatch(q *request) (any, error) {
	urls, _ := q.params.list("urls")
	if len(urls) == 0 || len(urls) > maxBatch {
		return nil, invalidValue("urls")
	}
	out := []object{}
	for _, u := range urls {
		inner, err := url.PathUnescape(u)
		if err != nil || !strings.HasPrefix(inner, "/") {
			return nil, invalidValue("urls")
		}
		answer, err := q.sub("/1" + inner)
		if err != nil {
			out = append(out, element(refusalOf(err)))
			continue
		}
		out = append(out, object{"200": answer})
	}
	return out, nil
}

// subrequest gives the function by which a batch runs its elements, as q would.
// Arranged faults are for them, too.
func (s *Site) subrequest(q *request) func(string) (any, error) {
	return func(target string) (any, error) {
		r, err := http.NewRequestWithContext(q.http.Context(), http.MethodGet, target, http.NoBody)
		if err != nil {
			return nil, invalidValue("urls")
		}
		inner := s.newRequest(r)
		inner.key, inner.token = q.key, q.token
		if inner.pattern == "GET /1/batch" {
			return nil, invalidValue("urls")
		}
		if f := s.switches.takeFault(inner.method, inner.path, inner.pattern); f != nil && f.refusal != nil {
			return nil, f.refusal
		}
		if err := s.limits.take(inner, s.now(), s.switches.limited()); err != nil {
			return nil, err
		}
		return s.serve(inner)
	}
}

// element is how a refusal looks inside a batch.
func element(r *refusal) object {
	message := r.body
	var parsed struct {
		Message string `json:"message"`
	}
	if json.Unmarshal([]byte(r.body), &parsed) == nil && parsed.Message != "" {
		message = parsed.Message
	}
	name := map[int]string{
		http.StatusBadRequest: "BadRequestError", http.StatusUnauthorized: "UnauthorizedError",
		http.StatusForbidden: "ForbiddenError", http.StatusNotFound: "NotFoundError",
		http.StatusTooManyRequests: "TooManyRequestsError",
	}[r.status]
	return object{"name": cmp.Or(name, "Error"), "message": message, "statusCode": r.status}
}

// getSearch finds the cards and boards that hold every word of the query in
// their name or description. Changes younger than the lag are not seen.
func (w *world) getSearch(q *request) (any, error) {
	terms := strings.Fields(strings.ToLower(q.params.or("query", "")))
	if len(terms) == 0 {
		return nil, invalidValue("query")
	}
	kinds := words(q.params.or("modelTypes", "all"))
	wants := func(kind string) bool { return slices.Contains(kinds, "all") || slices.Contains(kinds, kind) }
	out := object{"options": object{
		"terms": []object{{"text": q.params.or("query", "")}}, "modifiers": []object{}, "modelTypes": kinds,
		"partial": q.params.flag("partial"),
	}}
	if wants("cards") {
		cards, err := w.searchCards(q, terms)
		if err != nil {
			return nil, err
		}
		out["cards"] = cards
	}
	if wants("boards") {
		boards := []object{}
		for _, b := range w.boards {
			if !q.denied(b.ID) && holds(b.Name+" "+b.Desc, terms) {
				boards = append(boards, pick(w.showBoard(q, b), words(q.params.or("board_fields", "name,idOrganization"))))
			}
		}
		out["boards"] = boards
	}
	return out, nil
}

func (w *world) searchCards(q *request, terms []string) ([]object, error) {
	const usual, lastPage = 10, 100 // Source: the API's description of search.
	limit, err := q.params.count("cards_limit", usual, maxPage)
	if err != nil {
		return nil, err
	}
	nr, err := q.params.count("cards_page", 0, lastPage)
	if err != nil {
		return nil, err
	}
	only, _ := q.params.list("idBoards")
	found := []object{}
	for _, b := range w.boards {
		if q.denied(b.ID) || len(only) > 0 && !slices.Contains(only, b.ID) && !slices.Contains(only, "mine") {
			continue
		}
		for _, c := range w.boardCards(b.ID) {
			c = c.asOf(w.now().Add(-q.lag.search), q.lag.search > 0)
			if c != nil && holds(c.Name+" "+c.Desc, terms) {
				found = append(found, pick(w.showCard(c), words(q.params.or("card_fields", "all"))))
			}
		}
	}
	from := min(nr*limit, len(found))
	return found[from:min(from+limit, len(found))], nil
}

// searchMembers finds the members whose name or user name has the query in it.
func (w *world) searchMembers(q *request) (any, error) {
	query := strings.ToLower(q.params.or("query", ""))
	if query == "" {
		return nil, invalidValue("query")
	}
	const usual, most = 8, 20 // Source: the API's description of the route.
	limit, err := q.params.count("limit", usual, most)
	if err != nil {
		return nil, err
	}
	found := []object{}
	for _, id := range slices.Sorted(maps.Keys(w.members)) {
		m := w.members[id]
		if len(found) < limit && holds(m.FullName+" "+m.Username, []string{query}) {
			found = append(found, pick(m.show(), []string{"fullName", "username", "avatarHash", "avatarUrl", "initials"}))
		}
	}
	return found, nil
}

func holds(text string, terms []string) bool {
	text = strings.ToLower(text)
	return !slices.ContainsFunc(terms, func(t string) bool { return !strings.Contains(text, t) })
}
