package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// fewProjects is how many projects of a query are checked one by one.
const fewProjects = 20

// Check looks for what would make a pull, an edit or a move fail. It stops at
// the first step that nothing after it can do without: the site, the account,
// the query.
func (c *Connector) Check(ctx context.Context, use connectors.Use) ([]work.Finding, error) {
	k := &checking{Connector: c, use: use}
	for _, step := range []func(context.Context) error{k.account, k.query, k.names, k.rights, k.screens, k.order} {
		err := step(ctx)
		switch {
		case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
			return nil, err
		case err != nil:
			k.add(work.Failure, "not-possible", work.Plain(err), "")
			return k.found, nil
		}
	}
	return k.found, nil
}

// checking is one Check on its way.
type checking struct {
	*Connector
	use   connectors.Use
	here  *site
	list  listing
	rank  *wanted
	found []work.Finding
}

func (k *checking) add(level work.Level, code, message, fix string) {
	k.found = append(k.found, k.about(level, code, message, fix))
}

// account says who acts, on what, and by which kind of token.
func (k *checking) account(ctx context.Context) error {
	s, err := k.enter(ctx)
	if err != nil {
		return err
	}
	k.here = s
	kind, token := "Data Center", "a personal access token"
	if s.cloud {
		kind, token = "Cloud", "an OAuth or service token"
	}
	switch {
	case scoped(k.base):
		token = "a scoped token"
	case k.opts.Auth.User != "" && s.cloud:
		token = "an API token"
	case k.opts.Auth.User != "":
		token = "user and password"
	}
	k.add(work.Note, "account", fmt.Sprintf("Acts as %s on Jira %s %s at %s, with %s.", s.account, kind, s.version, s.address, token), "")
	k.add(work.Note, "least-rights", "Needs "+k.leastRights()+".", "")
	return nil
}

// leastRights names what the account must be able to do for the use at hand.
func (k *checking) leastRights() string {
	rights, scopes := []string{"Browse projects"}, []string{"read:jira-work", "read:jira-user"}
	if k.use >= connectors.ForFields {
		rights = append(rights, "Edit issues")
		scopes = append(scopes, "write:jira-work")
		if k.quiet() {
			rights = append(rights, "Administer projects (to write without mail)")
		}
	}
	if k.use >= connectors.ForOrder {
		rights = append(rights, "Schedule issues")
		scopes = append(scopes, "write:issue:jira-software", "read:board-scope:jira-software", "read:board-scope.admin:jira-software")
	}
	text := "the permissions " + strings.Join(rights, ", ") + " in every project of the query"
	if k.here.cloud {
		text += "; a scoped token needs " + strings.Join(scopes, ", ")
	}
	return text
}

func (k *checking) query(ctx context.Context) error {
	l, err := k.Connector.list(ctx, k.here)
	if err != nil {
		return k.explain(atQuery, err)
	}
	k.list = l
	if len(l.ids) == 0 {
		k.add(work.Warning, "empty-query", "The query gives no issues.",
			"Correct jql, or give the account the permission Browse projects in its projects.")
		return nil
	}
	n, more := max(len(l.ids), l.total), ""
	if !l.whole && l.total == 0 {
		more = "more than "
	}
	k.add(work.Note, "query", fmt.Sprintf("The query gives %s%s in %s.", more, issues(n), strings.Join(l.projects(), ", ")), "")
	return nil
}

// names resolves every field that the configuration names. Targets count only
// for uses that write them.
func (k *checking) names(ctx context.Context) error {
	bare := *k.Connector
	if k.use < connectors.ForFields {
		bare.wiring.Targets = nil
	}
	bare.wiring.Order = bare.wiring.Order && k.use >= connectors.ForOrder
	w, err := bare.resolve(ctx, k.here, k.list.projects())
	if err != nil {
		return err
	}
	k.rank = w
	for _, f := range w.problem {
		if f.Code != "no-story-points" && k.use >= connectors.ForOrder {
			f.Level = work.Failure
		}
		k.found = append(k.found, f)
	}
	return nil
}

// some gives the projects of the query that are checked one by one.
func (k *checking) some() []string {
	all := k.list.projects()
	return all[:min(len(all), fewProjects)]
}

func (k *checking) rights(ctx context.Context) error {
	for _, project := range k.some() {
		have, err := k.rightsIn(ctx, k.here, project)
		if err != nil {
			return k.explain(atQuery, err)
		}
		k.judge(project, have)
	}
	return nil
}

func (k *checking) judge(project string, have rights) {
	lacks := func(level work.Level, name, why, or string) {
		k.add(level, "permission", fmt.Sprintf("In project %s the account lacks the permission %s, without which %s.", project, name, why),
			fmt.Sprintf("Give the account %s in project %s%s.", name, project, or))
	}
	writes := k.use >= connectors.ForFields
	if have.lacks(permBrowse) {
		lacks(work.Failure, "Browse projects", "its issues are not to be seen", "")
	}
	if writes && have.lacks(permEdit) {
		lacks(work.Failure, "Edit issues", "nothing can be written", "")
	}
	if writes && have.loud() {
		if k.quiet() {
			lacks(work.Failure, "Administer projects", "Jira refuses to write without mailing the watchers", ", or set notify: allow")
		} else {
			lacks(work.Warning, "Administer projects", "every write mails the watchers, as notify: allow permits", "")
		}
	}
	if k.use >= connectors.ForOrder && k.wiring.Order && have.lacks(permRank) {
		lacks(work.Failure, "Schedule issues", "the order cannot be changed", ", or set order: false")
	}
}

// screens looks at one issue a project whether the fields that are written can
// be set there. Cloud takes a field that is on no screen, Data Center does not.
func (k *checking) screens(ctx context.Context) error {
	if k.use < connectors.ForFields || len(k.rank.targets) == 0 {
		return nil
	}
	done := map[string]bool{}
	for i, id := range k.list.ids {
		project := projectOf(k.list.keys[i])
		if done[project] || len(done) >= fewProjects {
			continue
		}
		done[project] = true
		if err := k.screen(ctx, id, project); err != nil {
			return err
		}
	}
	return nil
}

func (k *checking) screen(ctx context.Context, id, project string) error {
	var meta struct {
		Fields map[string]struct{} `json:"fields"`
	}
	err := k.call(ctx, http.MethodGet, "rest/api/2/issue/"+url.PathEscape(id)+"/editmeta", nil, &meta)
	if err != nil {
		return k.unlessHidden("edit screen", err)
	}
	h, err := k.homeOf(ctx, id)
	if err != nil {
		return k.explain(atQuery, err)
	}
	for _, slot := range []work.Slot{work.SlotScore, work.SlotRank} {
		n, asked := k.rank.targets[slot]
		if !asked {
			continue
		}
		f, ok := n.in(h.projectID)
		if !ok {
			k.add(work.Failure, "no-field", fmt.Sprintf("Project %s has no field %q.", project, n.name), "Add the field to the project.")
			continue
		}
		if _, ok := meta.Fields[f.ID]; ok {
			continue
		}
		level := work.Failure
		if k.here.cloud {
			level = work.Warning
		}
		k.add(level, "off-screen", fmt.Sprintf("Field %q (%s) is not on the Edit screen of project %s.", f.Name, f.ID, project),
			k.fixScreenSentence(f, project))
	}
	return nil
}

func (k *checking) fixScreenSentence(f field, project string) string {
	fix := k.fixScreen(k.here, f.ID, project)
	return strings.ToUpper(fix[:1]) + fix[1:] + "."
}

// order names the boards that a changed order shows on: the rank of an issue is
// one for all of them.
func (k *checking) order(ctx context.Context) error {
	if k.use < connectors.ForOrder || !k.wiring.Order {
		return nil
	}
	var names []string
	for _, project := range k.some() {
		list, err := k.boardList(ctx, project)
		if err != nil {
			return k.explain(atQuery, err)
		}
		for _, b := range list {
			names = append(names, fmt.Sprintf("%q", b.Name))
		}
	}
	if len(names) > 0 {
		k.add(work.Note, "boards", fmt.Sprintf("The order shows on %s of the projects: %s, and on every other board over these issues, since Jira keeps one rank for all.",
			plural(len(names), "board"), strings.Join(names, ", ")), "")
	}
	if k.rank.rank != nil {
		k.add(work.Note, "rank-field", fmt.Sprintf("The order is kept in the field %q (%s).", k.rank.rank.Name, k.rank.rank.ID), "")
	}
	return nil
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
