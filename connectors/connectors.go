// Package connectors owns the contract between stackrank and a tracker. A
// connector is one source of a backlog: it reads the source whole into the
// common model and writes single items back. Further abilities are interfaces
// of their own, found by a type assertion. connectortest holds what every
// connector must pass.
package connectors

import (
	"context"

	"stackrank/internal/work"
)

// Reader reads one source. It is safe for use by one goroutine at a time. Its
// errors, and those of all other interfaces here, name the source and are of a
// kind in package work.
type Reader interface {
	// Source gives the configured name of the source.
	Source() string

	// Caps gives what the source can do. It may ask the service, and answers
	// for certain only after the first Pull.
	Caps() work.Caps

	// Pull reads the source whole: every open item in native order, or an
	// error and nothing. It writes nothing. One odd field or item becomes a
	// finding; a page that cannot be understood is an error.
	Pull(ctx context.Context) (work.Snapshot, error)
}

// Connector also writes.
type Connector interface {
	Reader

	// Apply writes all edits of one item and leaves everything else of it
	// alone, labels without our prefix included. Every edit is an absolute
	// target, so that Apply may be repeated. It never mails anybody unless the
	// configuration allows it.
	Apply(ctx context.Context, c work.Change) error
}

// Checker looks for what would make a pull or a write fail, and for what a
// person should know before the first write. It writes nothing.
type Checker interface {
	// Check gives findings with their fixes, the worst level saying whether
	// the use could be done. The error is for a check that could not be made.
	Check(ctx context.Context, use Use) ([]work.Finding, error)
}

// Use says what a source is checked for; each use includes those before it.
type Use int

// The uses of a source.
const (
	ForReport Use = iota // reading
	ForFields            // writing fields and labels
	ForOrder             // changing the native order
)

// Orderer changes the native order.
type Orderer interface {
	// Reorder places the items of one run, at most Caps.MaxRun of them, and
	// gives one result an item. Repeating a run changes nothing. The error is
	// for a run that could not be tried at all.
	Reorder(ctx context.Context, r work.Run) ([]work.Result, error)
}

// Incremental reads only what has changed, at a few requests however large the
// source is.
type Incremental interface {
	// Cursor gives from where Since can go on: how far the last Pull or Since has
	// read, and what was written since. It is opaque and belongs to the snapshot
	// of that read; keep both, and keep the cursor only after the last write of
	// a round, since it knows the writes of this connector alone. After a round
	// that died, read whole. It is nil before the first read, after one that
	// failed, and where the source cannot be gone on from.
	Cursor() []byte

	// Since gives what has become of the source since the cursor was made.
	// Applied to the snapshot of that time it gives what Pull would give, findings
	// included, apart from the signals that it names as kept. Edits of other
	// people that the service's index does not show yet may come one read later.
	// An error of the kind work.ErrCursor asks for a Pull: the cursor is of
	// another version, site or configuration, too much has changed, or what
	// changed concerns items that nothing shows. It writes nothing.
	//
	// What is embedded in an item from outside the source and from the site's
	// configuration may be as old as the last Pull, which callers repeat at
	// times therefore.
	Since(ctx context.Context, cursor []byte) (work.Delta, error)
}

// Looker looks at single items, whatever has become of them.
type Looker interface {
	// Look gives each of the items as it is now, in the order of refs: those that
	// are done, archived or outside the configuration, too. It takes a few requests
	// for many items, leaves the cursor as it is and writes nothing. The error is
	// for a look that could not be made at all.
	Look(ctx context.Context, refs []work.Ref) ([]Sight, error)
}

// Sight is one item as a look found it.
type Sight struct {
	Ref  work.Ref
	Item work.Item // its key, title, address, status (Done where it was archived), labels, outputs, and what Pull says of writes to it
	Err  error     // of the kind work.ErrNotFound where it was deleted or is not to be seen; of another where nobody can say
}

// Surveyor looks at what a service has, for a first configuration.
type Surveyor interface {
	// Survey lists places (projects, boards, lists) and fields with how often
	// they are filled in. It writes nothing.
	Survey(ctx context.Context) (Survey, error)
}

// Survey is what a service has to offer.
type Survey struct {
	Site   string
	Places []Place
	Fields []Field
	Open   int // open items that the configuration selects; -1: not counted
}

// Place is a project, a board or a list.
type Place struct {
	ID, Name, Kind string // Kind: "project", "board", "list"
	URL            string
	Parent         string // the ID of the board of a list
	Open           int    // open items in it; -1: not counted
}

// Field is a field that could feed a signal or take an output.
type Field struct {
	ID, Name string
	Kind     string      // "number", "text", "date", "select", "priority", "votes"
	Signal   work.Signal // the signal that it would feed by itself; "" for none
	Filled   int         // items of the sample that have a value
	Sample   int         // items looked at
	Distinct int         // different values among those of the sample; 0: not counted
	Writable bool
}

// Progressor tells how far a long pull has come. A connector that implements it
// calls report from the goroutine of the pull; total is 0 while it is unknown.
type Progressor interface {
	OnProgress(report func(done, total int))
}
