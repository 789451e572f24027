package jira

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	jiralib "github.com/andygrunwald/go-jira"
	"go.uber.org/zap"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// resolve finds the fields that the wiring names. A field that is not there is
// an error before anything is read or written: a backlog ranked without a
// signal that was asked for is ranked wrong. Projects come fullest first.
func (c *Connector) resolve(ctx context.Context, s *site, projects []string) (*wanted, error) {
	w := &wanted{
		signals: map[work.Signal]named{}, targets: map[work.Slot]named{},
		sla: s.fields.ofType(typeSLA), sprint: s.fields.ofType(typeSprint),
		epics: s.fields.ofType(typeEpicLink), titles: s.fields.ofType(typeEpicName), ranks: s.ranks,
	}
	if err := c.resolveNames(s, w); err != nil {
		c.site = nil // the field may be there when the next pull looks
		return nil, c.explain(atIssue, err)
	}
	w.criteria = slices.DeleteFunc(s.fields.criteriaFields(), w.maps)
	pointed := c.wantsPoints()
	var b board
	if len(projects) > 0 && (pointed || len(s.ranks) > 1) {
		var err error
		if b, err = c.boardOf(ctx, projects[0]); err != nil {
			return nil, c.explain(atQuery, err)
		}
	}
	if pointed {
		w.points = s.fields.pointFields(b.Estimation.Field.ID)
		if len(w.points) == 0 {
			w.problem = append(w.problem, c.about(work.Warning, "no-story-points",
				"No field for story points was found, so effort is unknown.",
				"Name the field in signals, as in effort: customfield_10016."))
		}
	}
	c.chooseRank(s, w, b)
	if f, found := s.fields.untyped(); found {
		w.problem = append(w.problem, c.about(work.Note, "untyped-field",
			fmt.Sprintf("Jira does not say what field %q (%s) holds; if it is one for ranks, sprints or epics, it is not read.", f.Name, f.ID), ""))
	}
	return w, nil
}

// wantsPoints reports whether a signal asks for story points, wherever they are.
func (c *Connector) wantsPoints() bool {
	for _, name := range c.wiring.Signals {
		if name == storyPoints {
			return true
		}
	}
	return false
}

func (c *Connector) resolveNames(s *site, w *wanted) error {
	for signal, name := range c.wiring.Signals {
		if name == storyPoints {
			continue
		}
		n, err := s.fields.find(name)
		if err != nil {
			return fmt.Errorf("signals.%s: %w", signal, err)
		}
		w.signals[signal] = n
	}
	for slot, name := range c.wiring.Targets {
		n, err := s.fields.find(name)
		if err != nil {
			return fmt.Errorf("write.to.%s.%s: %w", c.wiring.Source, slot, err)
		}
		for _, f := range n.byPrj {
			if f.Schema.Type != "number" && f.Schema.Type != "string" {
				return fmt.Errorf("write.to.%s.%s: %w: field %q (%s) holds a %s; name a number field",
					c.wiring.Source, slot, work.ErrInvalid, f.Name, f.ID, orUnknown(f.Schema.Type))
			}
		}
		w.targets[slot] = n
	}
	return nil
}

// maps reports whether the wiring names the field.
func (w *wanted) maps(f field) bool {
	for _, n := range w.signals {
		if slices.Contains(n.ids(), f.ID) {
			return true
		}
	}
	for _, n := range w.targets {
		if slices.Contains(n.ids(), f.ID) {
			return true
		}
	}
	return false
}

func orUnknown(s string) string {
	if s == "" {
		return "value of unknown kind"
	}
	return s
}

// chooseRank settles which rank field orders the backlog: the only one, or the
// one that the board works with.
func (c *Connector) chooseRank(s *site, w *wanted, b board) {
	switch len(s.ranks) {
	case 0:
		if c.wiring.Order {
			w.problem = append(w.problem, c.about(work.Warning, "no-rank-field",
				"The site has no rank field that this account can see, so the order is that of the query and is not changed.",
				"Give the site Jira Software, or the account access to it, or set order: false."))
		}
		return
	case 1:
		w.rank = &s.ranks[0]
		return
	}
	i := slices.IndexFunc(s.ranks, func(f field) bool { return f.number() == b.Ranking.Field.String() })
	if i >= 0 {
		w.rank = &s.ranks[i]
		return
	}
	w.problem = append(w.problem, c.about(work.Warning, "many-rank-fields",
		fmt.Sprintf("The site has several rank fields (%s) and no board tells which one counts, so the order is that of the query and is not changed.", fieldIDs(s.ranks)),
		"Give the account access to the board of the backlog, or have the surplus rank fields removed."))
}

func fieldIDs(fs []field) string {
	ids := make([]string, len(fs))
	for i, f := range fs {
		ids[i] = f.ID
	}
	return strings.Join(ids, ", ")
}

// boardOf gives the configuration of a project's oldest board, a Scrum board
// before others since it alone knows an estimate. A site without Jira Software,
// or an account without access to it, has none.
func (c *Connector) boardOf(ctx context.Context, project string) (board, error) {
	if b, known := c.boards[project]; known {
		return b, nil
	}
	list, err := c.boardList(ctx, project)
	if err != nil || len(list) == 0 {
		return board{}, err
	}
	first := slices.MinFunc(list, func(a, b jiralib.Board) int {
		return cmp.Or(-cmp.Compare(scrum(a), scrum(b)), cmp.Compare(a.ID, b.ID))
	})
	b, err := c.boardConfig(ctx, first.ID)
	if err == nil {
		c.boards[project] = b
	}
	return b, err
}

// scrum is 1 for a Scrum board, 0 for others.
func scrum(b jiralib.Board) int {
	if b.Type == "scrum" {
		return 1
	}
	return 0
}

// boardList gives the boards of a project; none where they are not to be seen.
func (c *Connector) boardList(ctx context.Context, project string) ([]jiralib.Board, error) {
	list, _, err := c.client.Board.GetAllBoardsWithContext(ctx, &jiralib.BoardListOptions{ProjectKeyOrID: project})
	if err != nil {
		return nil, c.unlessHidden("boards", rest.Trim(err))
	}
	if list.Values == nil || slices.ContainsFunc(list.Values, func(b jiralib.Board) bool { return b.ID == 0 }) {
		return nil, fmt.Errorf("%w: the answer lists no boards, or one without an id", work.ErrUnexpected)
	}
	return list.Values, nil
}

func (c *Connector) boardConfig(ctx context.Context, id int) (board, error) {
	var b board
	err := c.call(ctx, http.MethodGet, "rest/agile/1.0/board/"+strconv.Itoa(id)+"/configuration", nil, &b)
	return b, c.unlessHidden("board configuration", err)
}

// unlessHidden drops an error that only says that the account may not look, or
// that there is nothing to look at; what it hides is then not known.
func (c *Connector) unlessHidden(what string, err error) error {
	if err == nil || !hidden(err) {
		return err
	}
	c.log.Debug("not to be seen", zap.String("what", what), zap.Error(err))
	return nil
}

// about makes a finding about the source as a whole.
func (c *Connector) about(level work.Level, code, message, fix string) work.Finding {
	return work.Finding{Source: c.wiring.Source, Code: code, Message: message, Fix: fix, Level: level}
}
