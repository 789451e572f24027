package cycle

import (
	"errors"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// take keeps what a look decided, and gives the first reason for what it did not.
func take(looked map[work.Ref]plan.Looked, sights []connectors.Sight) error {
	var reason error
	for _, s := range sights {
		switch {
		case s.Err == nil:
			looked[s.Ref] = plan.Looked{Item: s.Item}
		case errors.Is(s.Err, work.ErrNotFound):
			looked[s.Ref] = plan.Looked{Gone: true}
		case reason == nil:
			reason = s.Err
		}
	}
	return reason
}
