package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// webhook is a registration as administrators make it. The site keeps it and
// calls nobody.
type webhook struct {
	ID      int64           `json:"-"`
	Self    string          `json:"self"`
	Name    string          `json:"name"`
	URL     string          `json:"url"`
	Events  []string        `json:"events"`
	Filters json.RawMessage `json:"filters,omitempty"`
	Exclude bool            `json:"excludeBody"`
	Enabled *bool           `json:"enabled,omitempty"`
}

// webhookRoutes are the registrations of administrators, and on Cloud those
// of apps, which nobody may use who is none.
func (s *Site) webhookRoutes() {
	const hooks = "/rest/webhooks/1.0/webhook"
	s.register("GET", hooks, (*call).listWebhooks)
	s.register("POST", hooks, (*call).addWebhook)
	s.register("GET", hooks+"/{id}", (*call).showWebhook)
	s.register("DELETE", hooks+"/{id}", (*call).deleteWebhook)
	if s.cloud() {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			s.platform(method, "/webhook", (*call).appsOnly)
		}
	}
}

// appsOnly refuses everybody who is no app, as the acting user is.
func (c *call) appsOnly() answer {
	return refuse(http.StatusForbidden, "Only Connect and OAuth 2.0 apps can use this operation.")
}

// mayHook gives the refusal for people who do not administer the site.
func (c *call) mayHook() *answer {
	if c.s.allowed("", Administer) {
		return nil
	}
	a := refuse(http.StatusForbidden, "You do not have permission to manage webhooks.")
	return &a
}

func (c *call) listWebhooks() answer {
	if a := c.mayHook(); a != nil {
		return *a
	}
	return reply(http.StatusOK, append([]webhook{}, c.s.webhooks...))
}

func (c *call) addWebhook() answer {
	if a := c.mayHook(); a != nil {
		return *a
	}
	var in webhook
	if a := c.read(&in); a != nil {
		return *a
	}
	target, err := url.Parse(in.URL)
	switch {
	case strings.TrimSpace(in.Name) == "":
		return refuse(http.StatusBadRequest, "The name of the webhook must not be empty.")
	case err != nil || target.Host == "" || target.Scheme != "https" && (c.s.cloud() || target.Scheme != "http"):
		return refuse(http.StatusBadRequest, fmt.Sprintf("The URL '%s' of the webhook is invalid.", in.URL))
	case slices.ContainsFunc(c.s.webhooks, func(w webhook) bool { return w.URL == in.URL && w.Name == in.Name }):
		return refuse(http.StatusConflict, "A webhook with this name and URL exists already.")
	}
	on := true
	in.ID, in.Enabled = c.s.fresh(), &on
	in.Self = selfMark + "/rest/webhooks/1.0/webhook/" + strconv.FormatInt(in.ID, 10)
	if in.Events == nil {
		in.Events = []string{}
	}
	c.s.webhooks = append(c.s.webhooks, in)
	return reply(http.StatusCreated, in)
}

// webhookInPath finds the place of the registration in the path.
func (c *call) webhookInPath() (int, *answer) {
	if a := c.mayHook(); a != nil {
		return 0, a
	}
	id := c.r.PathValue("id")
	at := slices.IndexFunc(c.s.webhooks, func(w webhook) bool { return strconv.FormatInt(w.ID, 10) == id })
	if at < 0 {
		a := refuse(http.StatusNotFound, fmt.Sprintf("There is no webhook with id %s.", id))
		return 0, &a
	}
	return at, nil
}

func (c *call) showWebhook() answer {
	at, refusal := c.webhookInPath()
	if refusal != nil {
		return *refusal
	}
	return reply(http.StatusOK, c.s.webhooks[at])
}

func (c *call) deleteWebhook() answer {
	at, refusal := c.webhookInPath()
	if refusal != nil {
		return *refusal
	}
	c.s.webhooks = slices.Delete(c.s.webhooks, at, at+1)
	return done()
}
