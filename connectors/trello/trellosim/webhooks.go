package trellosim

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

func (w *world) createWebhook(q *request) (any, error) {
	h := &webhook{
		ID: w.newID(), Description: q.params.or("description", ""), IDModel: q.params.or("idModel", ""),
		CallbackURL: q.params.or("callbackURL", ""), Active: q.params.or("active", "true") == "true",
	}
	if err := w.checkWebhook(q, h); err != nil {
		return nil, err
	}
	if err := askReceiver(q, h.CallbackURL); err != nil {
		return nil, err
	}
	w.webhooks = append(w.webhooks, h)
	return h.show(), nil
}

// checkWebhook refuses a webhook that cannot be, or that is there already.
func (w *world) checkWebhook(q *request, h *webhook) error {
	if !isURL(h.CallbackURL) {
		return jsonRefusal(http.StatusBadRequest, object{"message": "Invalid callbackURL", "error": "ERROR"})
	}
	if !objectID.MatchString(h.IDModel) {
		return invalidObjectID()
	}
	if !w.isModel(q, h.IDModel) {
		return invalidValue("idModel")
	}
	if slices.ContainsFunc(w.webhooks, func(o *webhook) bool {
		return o.ID != h.ID && o.IDModel == h.IDModel && o.CallbackURL == h.CallbackURL
	}) {
		return plain(http.StatusBadRequest, "A webhook with that callback, model, and token already exists")
	}
	return nil
}

// askReceiver holds that whoever is to get a webhook's events answers HEAD with
// 200, as the service wants. A simulator never leaves its own machine, so it
// asks none elsewhere.
func askReceiver(q *request, callback string) error {
	u, err := url.Parse(callback)
	if err != nil || !net.ParseIP(u.Hostname()).IsLoopback() {
		return err
	}
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(q.http.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, callback, http.NoBody)
	if err != nil {
		return err
	}
	got := 0
	if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
		got = resp.StatusCode
		resp.Body.Close() //nolint:errcheck,gosec // HEAD has no body
	}
	if got == http.StatusOK {
		return nil
	}
	text := fmt.Sprintf("URL (%s) did not return 200 status code, got %d", callback, got)
	return jsonRefusal(http.StatusBadRequest, object{"message": text, "error": "ERROR"})
}

// isModel says whether something with that id can be watched.
func (w *world) isModel(q *request, id string) bool {
	if b := w.findBoard(id); b != nil {
		return !q.denied(b.ID)
	}
	if l := w.lists[id]; l != nil {
		return !q.denied(l.IDBoard)
	}
	if c := w.cards[id]; c != nil {
		return !q.denied(c.IDBoard)
	}
	return w.members[id] != nil
}

func (w *world) getWebhook(q *request) (any, error) {
	h, err := w.webhook(q, "id")
	if err != nil {
		return nil, err
	}
	return h.show(), nil
}

func (w *world) updateWebhook(q *request) (any, error) {
	h, err := w.webhook(q, "id")
	if err != nil {
		return nil, err
	}
	next := *h
	next.Description = q.params.or("description", h.Description)
	next.CallbackURL = q.params.or("callbackURL", h.CallbackURL)
	next.IDModel = q.params.or("idModel", h.IDModel)
	if active, given, err := q.params.boolean("active"); err != nil {
		return nil, err
	} else if given {
		next.Active = active
	}
	if next.IDModel != h.IDModel || next.CallbackURL != h.CallbackURL {
		if err := w.checkWebhook(q, &next); err != nil {
			return nil, err
		}
	}
	*h = next
	return h.show(), nil
}

func (w *world) deleteWebhook(q *request) (any, error) {
	h, err := w.webhook(q, "id")
	if err != nil {
		return nil, err
	}
	w.webhooks = slices.DeleteFunc(w.webhooks, func(o *webhook) bool { return o == h })
	return nothing(), nil
}

// ownToken refuses a token in the path that is not the caller's.
func (w *world) ownToken(q *request) error {
	if q.id("token") != w.token {
		return plain(http.StatusNotFound, "token not found")
	}
	return nil
}

func (w *world) getToken(q *request) (any, error) {
	if err := w.ownToken(q); err != nil {
		return nil, err
	}
	grant := func(id, kind string) object {
		return object{"idModel": id, "modelType": kind, "read": true, "write": !q.readOnly}
	}
	out := object{
		"id": "5e679ea23b9ddc07a50b3dcc", "identifier": "Server Token", "idMember": w.me,
		"dateCreated": stamp(w.born), "dateExpires": nil,
		"permissions": []object{grant(w.me, "Member"), grant("*", "Board"), grant("*", "Organization")},
	}
	fields, _ := q.params.list("fields")
	out = pick(out, fields)
	if q.params.flag("webhooks") {
		out["webhooks"] = showAll(w.webhooks, (*webhook).show)
	}
	return out, nil
}

func (w *world) getTokenMember(q *request) (any, error) {
	if err := w.ownToken(q); err != nil {
		return nil, err
	}
	return w.members[w.me].show(), nil
}

func (w *world) getTokenWebhooks(q *request) (any, error) {
	if err := w.ownToken(q); err != nil {
		return nil, err
	}
	return showAll(w.webhooks, (*webhook).show), nil
}
