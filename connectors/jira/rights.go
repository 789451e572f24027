package jira

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"stackrank/internal/work"
)

// permission is a right by the name that Jira's interface gives it.
type permission string

const (
	permBrowse  permission = "BROWSE_PROJECTS"
	permEdit    permission = "EDIT_ISSUES"
	permRank    permission = "SCHEDULE_ISSUES"
	permProject permission = "ADMINISTER_PROJECTS"
	permSite    permission = "ADMINISTER"
)

// rights are what Jira says of the account in one project. Of a permission that
// it does not mention nothing is known.
type rights map[permission]bool

// lacks reports whether Jira says no to all of the permissions.
func (r rights) lacks(ps ...permission) bool {
	return !slices.ContainsFunc(ps, func(p permission) bool {
		have, known := r[p]
		return have || !known
	})
}

// loud reports whether a write mails the watchers, because Jira keeps silence
// for administrators alone.
func (r rights) loud() bool { return r.lacks(permProject, permSite) }

// rightsIn asks for the account's rights in one project. Without a project Jira
// says yes to whatever the account may do in any of them.
func (c *Connector) rightsIn(ctx context.Context, s *site, project string) (rights, error) {
	q := url.Values{"projectKey": {project}}
	if s.cloud { // Data Center knows no such parameter and tells them all
		q.Set("permissions", joinPermissions(permBrowse, permEdit, permRank, permProject, permSite))
	}
	var a struct {
		Permissions map[permission]struct {
			Have *bool `json:"havePermission"`
		} `json:"permissions"`
	}
	if err := c.call(ctx, http.MethodGet, "rest/api/2/mypermissions?"+q.Encode(), nil, &a); err != nil {
		return nil, err
	}
	if a.Permissions == nil {
		return nil, fmt.Errorf("%w: the answer names no permissions", work.ErrUnexpected)
	}
	out := rights{}
	for p, x := range a.Permissions {
		if x.Have != nil {
			out[p] = *x.Have
		}
	}
	return out, nil
}

func joinPermissions(ps ...permission) string {
	names := make([]string, len(ps))
	for i, p := range ps {
		names[i] = string(p)
	}
	return strings.Join(names, ",")
}

// askRights asks what the account may do in the projects of the items, if anything
// is to be written there.
func (c *Connector) askRights(ctx context.Context, s *site, items []ranked) error {
	c.rights = nil
	if !c.writes() {
		return nil
	}
	g, err := c.grantsFor(ctx, s, items)
	c.rights = g
	return c.unlessHidden("permissions", err)
}

// writes reports whether anything of the source is to be written.
func (c *Connector) writes() bool {
	return len(c.wiring.Targets) > 0 || c.wiring.Labels || c.wiring.Order
}

// markRefused says of each item that cannot be written why, so that a plan
// leaves it out instead of running into a refusal.
func (c *Connector) markRefused(items []ranked, g map[string]rights) {
	if g == nil {
		return
	}
	for i := range items {
		it := &items[i].item
		project := c.homes[it.Ref.ID].projectKey
		if c.wiring.Order && g[project].lacks(permRank) {
			it.Fixed = "The account lacks the permission Schedule issues in project " + project + "."
		}
		switch r := g[project]; {
		case r.lacks(permEdit):
			it.Refused = "The account lacks the permission Edit issues in project " + project + "."
		case r.loud() && c.quiet():
			it.Refused = "Jira would mail the watchers: give the account the permission Administer projects in project " +
				project + ", or set notify: allow."
		case r.loud():
			c.loud[project] = true
		}
	}
}

// markLacking says of each item which slots its project has no field for: a
// field of a team-managed project is its own.
func (c *Connector) markLacking(s *site, items []ranked) error {
	for _, slot := range []work.Slot{work.SlotScore, work.SlotRank} {
		name := c.wiring.Targets[slot]
		if name == "" {
			continue
		}
		n, err := s.fields.find(name)
		if err != nil {
			return c.explain(atQuery, err)
		}
		for i := range items {
			it := &items[i].item
			if _, ok := n.in(c.homes[it.Ref.ID].projectID); !ok {
				it.Lacks = append(it.Lacks, slot)
			}
		}
	}
	return nil
}

// grantsFor asks for the rights in all projects of the items: on Cloud with one
// request for all of them.
func (c *Connector) grantsFor(ctx context.Context, s *site, items []ranked) (map[string]rights, error) {
	projects := map[string]string{} // id by key
	for _, r := range items {
		h := c.homes[r.item.Ref.ID]
		projects[h.projectKey] = h.projectID
	}
	if s.cloud && len(projects) > 1 {
		return c.grantsAtOnce(ctx, projects)
	}
	out := map[string]rights{}
	for _, key := range slices.Sorted(maps.Keys(projects)) {
		have, err := c.rightsIn(ctx, s, key)
		if err != nil {
			return nil, err
		}
		out[key] = have
	}
	return out, nil
}

type permissionCheck struct {
	Global   []permission        `json:"globalPermissions"`
	Projects []projectPermission `json:"projectPermissions"`
}

type projectPermission struct {
	Permissions []permission `json:"permissions,omitempty"` // asked
	Permission  permission   `json:"permission,omitempty"`  // answered
	Projects    []int64      `json:"projects"`
}

func (c *Connector) grantsAtOnce(ctx context.Context, projects map[string]string) (map[string]rights, error) {
	keys := map[int64][]string{} // more than one where a project was just renamed
	out := map[string]rights{}
	for key, id := range projects {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			continue
		}
		keys[n] = append(keys[n], key)
		out[key] = rights{permEdit: false, permRank: false, permProject: false}
	}
	ask := permissionCheck{Global: []permission{permSite}, Projects: []projectPermission{{
		Permissions: []permission{permEdit, permRank, permProject}, Projects: slices.Sorted(maps.Keys(keys)),
	}}}
	var got permissionCheck
	if err := c.call(ctx, http.MethodPost, "rest/api/3/permissions/check", ask, &got); err != nil {
		return nil, err
	}
	if got.Projects == nil || got.Global == nil {
		return nil, fmt.Errorf("%w: the answer names no permissions", work.ErrUnexpected)
	}
	for _, p := range got.Projects {
		if p.Projects == nil || slices.Contains(p.Projects, 0) {
			return nil, fmt.Errorf("%w: the answer does not say where the permission %q holds", work.ErrUnexpected, p.Permission)
		}
		for _, id := range p.Projects {
			for _, key := range keys[id] {
				out[key][p.Permission] = true
			}
		}
	}
	for key := range out {
		out[key][permSite] = slices.Contains(got.Global, permSite)
	}
	return out, nil
}
